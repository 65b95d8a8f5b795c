"""What giving a concern to others has in common: it is open, a reason is said, and the access log tells to whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from incidents.models import Incident
from incidents.refusals import OF_A_SERVICE, check_content, check_length, of_move
from incidents.workflow import MoveRefused, after_rerouting
from ogcapi.geojson import FieldError, Refused
from sectors import atlas

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User


def check_open(held: Incident) -> None:
    """Nothing, or Refused (409) `already_settled`, or `merged` for what is dealt with in another concern."""
    check_standing(held)
    try:
        after_rerouting(held.status)
    except MoveRefused as refused:
        raise of_move(refused) from None


def check_standing(held: Incident) -> None:
    """Nothing, or Refused (409) `merged`: it follows the concern that it is dealt with in."""
    if held.merged_into_id is not None:
        no(409, "status", "merged", _("It is dealt with in another concern: work on that one, or separate them."))


def said(reason: str, at: datetime) -> str:
    """The reason without blanks around it. Refused (422): `reason_required`, `too_long`, `personal_data`."""
    reason = reason.strip()
    if not any(character.isalnum() for character in reason):
        no(422, "reason", "reason_required", _("Give a reason."))
    check_length(reason, 500, field="reason")
    check_content(reason, None, at, field="reason", but=OF_A_SERVICE)
    return reason


def no(status: int, field: str, code: str, message: _StrOrPromise) -> NoReturn:
    """Raises Refused for one member."""
    raise Refused([FieldError(field, code, message)], status=status)


def log(held: Incident, author: User, operation: str, recipient: str) -> None:
    """One row of the access log: to whom the concern was given."""
    log_access(
        user=author,
        operation=operation,
        reference=f"incident:{held.reference}",
        territory=atlas.current().directory.territories[held.territory_id].code,
        recipient=recipient,
    )
