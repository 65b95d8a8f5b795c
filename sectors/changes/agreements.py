"""Border agreements: where one sector answers whatever the areas say, agreed on from a day on, and ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.contrib.gis.geos import GEOSGeometry, LineString, MultiPolygon
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.models import User
from ogcapi.geojson import FieldError, Refused
from sectors.changes.drawing import AREAS
from sectors.changes.geometry import checked
from sectors.models import BorderAgreement, Sector, Territory
from sectors.models.checks import METRIC_DOMAIN, METRIC_SRID
from sectors.moments import PARIS, paris_midnight
from sectors.scope import scope_of

# An agreement is about a street or a square: whatever is larger is a border to be drawn in an edition.
MOST_M2: Final = 250_000
MOST_M: Final = 3_000
MOST_REACH_M: Final = 200
# Further from its sector than this, somebody has exchanged longitude and latitude, or named the wrong one.
NEAR_M: Final = 1_000
LONGEST_REASON: Final = 300

Position = tuple[float, float]


@transaction.atomic
def agree(
    *,
    by: User,
    territory: int,
    sector: str,
    line: tuple[Position, ...] = (),
    area: bytes = b"",
    reach_m: float = 0.0,
    start: date,
    last: date | None,
    reason_fr: str,
    reason_en: str = "",
    at: datetime,
) -> BorderAgreement:
    """The agreement on a line of positions in EPSG:4326, `reach_m` wide on each side, or on an area (WKB).

    start, last: days in Paris, both included; from today on it holds at once. reason_en: the French one where empty.
    Concerns already reported stay with whom they are. Raises Territory.DoesNotExist where this person draws none of
    it, and Refused (422) with what is wrong.
    """
    mine = Territory.objects.filter(pk__in=scope_of(by, at).over("draw_edition"))
    place = mine.select_for_update(of=("self",), no_key=True).get(pk=territory)
    begins, until = _days(start, last, at)
    _check_reason(reason_fr, "reason_fr", required=True)
    _check_reason(reason_en, "reason_en")
    shape = _shape(line, area, reach_m)
    named = Sector.objects.filter(edition__territory=place, edition__validity__contains=begins, code=sector)
    if not named.exists():
        raise _refused("sector", "unknown_code", _("No sector in force on the first day has this code."))
    if not named.filter(area_m__dwithin=(_in_metres(shape), NEAR_M)).exists():
        raise _refused("outline", "far", _("It lies more than a kilometre away from this sector."))
    made = BorderAgreement.objects.create(
        territory=place,
        code=_free_code(place),
        sector_code=sector,
        location=shape,
        reach_m=reach_m if line else 0.0,
        reason_fr=reason_fr,
        reason_en=reason_en or reason_fr,
        validity=DateTimeTZRange(begins, until, "[)"),
    )
    _log(by, "agreement.make", made)
    return made


@transaction.atomic
def end(*, by: User, agreement: str, last: date, at: datetime) -> BorderAgreement | None:
    """The agreement, which holds until this day is over; None where it had not begun then and is taken back.

    Raises BorderAgreement.DoesNotExist where it is none of this person's, Refused: 409 `ended`, 422 `past`.
    """
    mine = BorderAgreement.objects.filter(territory__in=scope_of(by, at).over("draw_edition"))
    held: BorderAgreement = mine.select_for_update(of=("self",)).select_related("territory").get(code=agreement)
    begins, until = held.validity.lower, held.validity.upper
    if until is not None and until <= at:
        raise Refused([FieldError("last", "ended", _("This agreement is over already."))], status=409)
    if last < at.astimezone(PARIS).date():
        raise _refused("last", "past", _("The past is not rewritten: choose today or a later day."))
    over = paris_midnight(last + timedelta(days=1))
    if begins >= over:
        _log(by, "agreement.withdraw", held)
        held.delete()
        return None
    held.validity = DateTimeTZRange(begins, over, "[)")
    held.save(update_fields=["validity"])
    _log(by, "agreement.end", held)
    return held


def _days(start: date, last: date | None, at: datetime) -> tuple[datetime, datetime | None]:
    today = at.astimezone(PARIS).date()
    if start < today:
        raise _refused("start", "past", _("The past is not rewritten: choose today or a later day."))
    if last is not None and last < start:
        raise _refused("last", "order", _("The last day comes after the first."))
    begins = at if start == today else paris_midnight(start)
    return begins, None if last is None else paris_midnight(last + timedelta(days=1))


def _check_reason(text: str, field: str, *, required: bool = False) -> None:
    if required and not text.strip():
        raise _refused(field, "required", _("Give a reason."))
    if len(text) > LONGEST_REASON:
        raise _refused(field, "too_long", _("At most 300 characters."))


def _shape(line: tuple[Position, ...], area: bytes, reach_m: float) -> GEOSGeometry:
    """The geometry in EPSG:4326; Refused (422) for what is no street and no square."""
    if bool(line) == bool(area):
        raise _refused("outline", "no_shape", _("Draw a line, or a small area."))
    if line:
        if not 1 <= reach_m <= MOST_REACH_M:
            raise _refused("reach_m", "out_of_range", _("A line reaches 1 to 200 metres on each side."))
        west, south, east, north = METRIC_DOMAIN
        if not all(west <= x <= east and south <= y <= north for x, y in line):
            raise _refused("outline", "out_of_bounds", AREAS["out_of_bounds"])
        drawn: GEOSGeometry = LineString(*line, srid=4326)
        if not drawn.valid or _in_metres(drawn).length > MOST_M:
            raise _refused("outline", "too_long", _("A line is at most 3 km long: draw longer borders in an edition."))
        return drawn
    verdict = checked([area])[0]
    if verdict.area is None:
        code, reason = verdict.refusal or ("invalid_area", "")
        raise _refused("outline", code, str(AREAS[code]).format(reason=reason))
    if _in_metres(verdict.area).area > MOST_M2:
        raise _refused("outline", "too_large", _("An area has at most 25 hectares: draw larger ones in an edition."))
    parts = list(verdict.area) if isinstance(verdict.area, MultiPolygon) else []
    return parts[0] if len(parts) == 1 else verdict.area


def _in_metres(shape: GEOSGeometry) -> GEOSGeometry:
    carried: GEOSGeometry = shape.transform(METRIC_SRID, clone=True)
    return carried


def _free_code(territory: Territory) -> str:
    """The next one of the territory, which is locked: `limite-05-001`."""
    start = f"limite-{territory.code}-"
    taken = set(BorderAgreement.objects.filter(code__startswith=start).values_list("code", flat=True))
    numbers = range(1, len(taken) + 2)
    return next(code for code in (f"{start}{number:03d}" for number in numbers) if code not in taken)


def _refused(field: str, code: str, message: object) -> Refused:
    return Refused([FieldError(field, code, message)], status=422)  # type: ignore[arg-type]


def _log(by: User, operation: str, agreement: BorderAgreement) -> None:
    territory = agreement.territory.code
    log_access(user=by, operation=operation, reference=f"agreement:{agreement.code}", territory=territory)
