"""What may not be said or done in a group's work, refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, NoReturn
from unicodedata import category

from django.utils.translation import gettext_lazy as _

from incidents.deadlines import paris_date
from incidents.refusals import OF_A_SERVICE, check_content, check_filled, check_length
from incidents.workflow import MoveRefused
from ogcapi.geojson import FieldError, Refused

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# Of Unicode: controls, and what ends a line or a paragraph.
_BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})
# code -> HTTP status, member and words, for each refusal of `partnership.life`.
_MOVES: Final[Mapping[str, tuple[int, str, _StrOrPromise]]] = {
    "status_unknown": (400, "status", _("There is no such status.")),
    "status_unchanged": (409, "status", _("It already stands there: somebody may have been faster.")),
    "move_not_allowed": (409, "status", _("From where it stands now it cannot go there.")),
    "role_not_allowed": (409, "status", _("This is for others to say.")),
    "reason_required": (422, "reason", _("Give a reason.")),
    "reason_not_listed": (422, "reason", _("Choose a reason of the list.")),
    "suspension_exhausted": (409, "status", _("Its clock has stood still for as long as it may.")),
}


def of_step(refused: MoveRefused) -> Refused:
    """The refusal of a step, as it is answered."""
    status, field, message = _MOVES[refused.code]
    return Refused([FieldError(field, refused.code, message)], status=status)


def no(status: int, field: str, code: str, message: _StrOrPromise) -> NoReturn:
    """Raises Refused for one member."""
    raise Refused([FieldError(field, code, message)], status=status)


def worded(text: str, at: datetime, *, longest: int, field: str, needed: bool = True, line: bool = False) -> str:
    """The text without blanks around it; on one `line`, as calendars and lists show it, without controls either.

    Raises Refused (422): `required`, `too_long`, `placeholder_left`, `personal_data`.
    """
    if line:
        text = "".join(" " if category(each) in _BREAKS else each for each in text)
        text = " ".join(text.split())
    text = text.strip()
    if needed and not any(character.isalnum() for character in text):
        no(422, field, "required", _("Write something."))
    check_length(text, longest, field=field)
    check_filled(text, field=field)
    check_content(text, None, at, field=field, but=OF_A_SERVICE)
    return text


def to_come(day: date, at: datetime, *, field: str) -> None:
    """Nothing, or Refused (422) `in_past`, `too_far`: a promise is for a day from today on, within two years."""
    today = paris_date(at)
    if day < today:
        no(422, field, "in_past", _("Choose today or a day to come."))
    if (day - today).days > 731:
        no(422, field, "too_far", _("Choose a day within two years."))
