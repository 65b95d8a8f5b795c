"""What a concern may not say or be, refused in words that name the place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incidents.screening import FindingKind, refusals, screen
from incidents.words import REFUSALS
from incidents.workflow import MoveRefused
from messaging.variables import NotFilled, check
from ogcapi.geojson import FieldError, Refused
from sectors import atlas
from sectors.atlas.ground import point_at

# A client's clock may run a little fast.
CLOCK_SLACK = timedelta(minutes=5)

KINDS = {
    FindingKind.PHONE: _("a phone number"),
    FindingKind.EMAIL: _("an e-mail address"),
    FindingKind.PLATE: _("a number plate"),
    FindingKind.NIR: _("a social security number"),
    FindingKind.IBAN: _("a bank account number"),
    FindingKind.NAME: _("a person's name"),
}


# What a police service may say of itself in an answer: where it is reached.
OF_A_SERVICE: Final = frozenset({FindingKind.PHONE, FindingKind.EMAIL})
# HTTP status and member for each refusal of the table of moves; the others conflict with how the concern stands now.
_MOVES: Final[dict[str, tuple[int, str]]] = {
    "status_unknown": (400, "status"),
    "reason_required": (422, "reason"),
    "reason_not_listed": (422, "reason"),
    "answer_required": (422, "answer"),
}


def of_move(refused: MoveRefused) -> Refused:
    """The refusal of a move, as it is answered: 400, 409 or 422, with the member concerned and words."""
    status, field = _MOVES.get(refused.code, (409, "status"))
    return Refused([FieldError(field, refused.code, REFUSALS[refused.code])], status=status)


def check_filled(text: str, *, field: str) -> None:
    """Nothing, or Refused (422) `placeholder_left`: a standard text with a variable that nobody filled in."""
    if "{{" in text or "}}" in text:
        message = _("Fill in what stands between {{ and }}.")
        raise Refused([FieldError(field, "placeholder_left", message)], status=422)


def check_variables(text: str, known: Collection[str], *, field: str) -> None:
    """Nothing, or Refused (422): `unknown_variable` or `braces_left`, for a text to be filled in from `known`."""
    try:
        check(text, known)
    except NotFilled as error:
        sentence = (
            _("There is no variable “%(what)s”.")
            if error.code == "unknown_variable"
            else _("These braces are no variable: “%(what)s”.")
        )
        raise Refused([FieldError(field, error.code, sentence % {"what": error.what})], status=422) from None


def check_length(text: str, longest: int, *, field: str) -> None:
    """Nothing, or Refused (422) `too_long`."""
    if len(text) > longest:
        message = _("At most %(limit)s characters.") % {"limit": longest}
        raise Refused([FieldError(field, "too_long", message)], status=422)


def check_content(
    text: str,
    occurred_at: datetime | None,
    at: datetime,
    *,
    field: str = "properties.description",
    but: Collection[FindingKind] = (),
) -> None:
    """Nothing, or Refused (422): `personal_data` for what is certainly of a person, `in_future` for what is to come.

    but: what this writer may say all the same.
    """
    errors = [
        FieldError(
            field,
            "personal_data",
            format_lazy(
                _("Characters {start} to {end} are {kind}: describe the place and the problem, never a person."),
                start=finding.start + 1,
                end=finding.end,
                kind=KINDS[finding.kind],
            ),
        )
        for finding in refusals(screen(text))
        if finding.kind not in but
    ]
    if occurred_at is not None and occurred_at > at + CLOCK_SLACK:
        errors.append(FieldError("properties.occurred_at", "in_future", _("This moment is still to come.")))
    if errors:
        raise Refused(errors[:20], status=422)


def doubts(text: str, *, field: str = "properties.description", but: Collection[FindingKind] = ()) -> list[FieldError]:
    """What may be of a person and may not: told to the writer, and taken all the same. but: as in `check_content`."""
    return [
        FieldError(
            field,
            "personal_data_suspected",
            format_lazy(
                _("Characters {start} to {end} may be {kind}: describe the place, never a person."),
                start=finding.start + 1,
                end=finding.end,
                kind=KINDS[finding.kind],
            ),
        )
        for finding in screen(text)
        if not finding.certain and finding.kind not in but
    ]


def warnings(texts: Mapping[str, str], but: Collection[FindingKind] = ()) -> dict[str, object]:
    """The member `warnings` of an answer to these texts, by the members that they were sent in; {} for none."""
    found = [each for field, text in texts.items() for each in doubts(text, field=field, but=but)]
    told = [{"field": each.field, "code": each.code, "message": str(each.message)} for each in found[:20]]
    return {"warnings": told} if told else {}


def check_not_swapped(lon: float, lat: float, *, field: str = "geometry.coordinates") -> None:
    """Nothing, or Refused (422) `looks_swapped`: exchanged, the numbers fall in a served territory; as given, not."""
    if abs(lon) > 90 or _served(lon, lat) or not _served(lat, lon):
        return
    message = _("Latitude and longitude look exchanged: write the longitude first.")
    raise Refused([FieldError(field, "looks_swapped", message)], status=422)


def _served(lon: float, lat: float) -> bool:
    point = point_at(lon, lat)
    commune = atlas.current().ground.commune(point) if point else None
    return commune is not None and commune.territory is not None
