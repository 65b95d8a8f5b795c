"""Lists of places stored: a territory's public ones by their source, and those of one organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import shapely
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.changes import log_access
from accounts.models import User
from sectors import atlas
from sectors.atlas.directory import CommuneCard
from sectors.changes.rows import Report, make_equal
from sectors.models import OwnPlace, Partner, PublicPlace, Territory
from sectors.place_lists import PlaceRow, Wrong, WrongList, fold, told

# A list of stops or residences of one organisation: more is a register, and the territory's to load.
MOST_OWN: Final = 2_000
_NOTES: Final = 20

Row = TypeVar("Row", PublicPlace, OwnPlace)


@transaction.atomic
def load_places(*, territory: Territory, source: str, rows: Sequence[PlaceRow], commit: bool) -> Report:
    """Makes the territory's places of this source equal to the list; those of other sources stay.

    Where places would be removed and `commit` is False, nothing is written and `report.written` is False. Raises
    WrongList where not one place lies in the territory.
    """
    # Two loads of one list at once: the second finds what the first has written.
    Territory.objects.select_for_update(of=("self",)).get(pk=territory.pk)
    report = Report()
    inside = _inside(rows, territory.pk, report)
    owner = {"territory_id": territory.pk, "source": source}
    _equalise(PublicPlace, PublicPlace.objects.filter(**owner), owner, inside, report)
    return _settle(PublicPlace, report, commit)


@transaction.atomic
def load_own_places(
    *, partner: Partner, rows: Sequence[PlaceRow], commit: bool, keep: bool = False, by: User | None = None
) -> Report:
    """Makes an organisation's own places equal to the list; `keep` leaves those that it does not name.

    by: who brings the list on the screens, for the log. Otherwise as `load_places`. Raises WrongList also for more than
    MOST_OWN in all.
    """
    Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    report = Report()
    inside = _inside(rows, partner.territory_id, report)
    mine = OwnPlace.objects.filter(partner=partner)
    _equalise(OwnPlace, mine, {"partner_id": partner.pk}, inside, report, keep=keep)
    report = _settle(OwnPlace, report, commit)
    if mine.all().count() > MOST_OWN:
        raise WrongList([Wrong(0, _("An organisation keeps %(most)s places at most.") % {"most": MOST_OWN})])
    if by is not None:
        _log(by, "place.load", partner, len(rows))
    return report


@transaction.atomic
def drop_own_places(*, partner: Partner, by: User, codes: Sequence[str] | None = None) -> int:
    """How many of the organisation's places are gone: those of these codes, or all."""
    rows = OwnPlace.objects.filter(partner=partner)
    gone = (rows if codes is None else rows.filter(code__in=codes)).delete()[0]
    _log(by, "place.remove", partner, gone)
    return gone


def _log(by: User, operation: str, partner: Partner, count: int) -> None:
    log_access(
        user=by,
        operation=operation,
        reference=f"partner:{partner.code}",
        count=count,
        territory=partner.territory.code,
    )


def _equalise(
    model: type[Row],
    existing: Any,
    owner: Mapping[str, Any],
    rows: Sequence[PlaceRow],
    report: Report,
    *,
    keep: bool = False,
) -> None:
    wanted: dict[str, dict[str, Any]] = {
        row.code: {
            **owner,
            "code": row.code,
            "name": row.name,
            "kind": row.kind,
            "location": Point(row.lon, row.lat, srid=4326),
        }
        for row in rows
    }
    make_equal(model, existing, lambda row: row.code, wanted, report, noun="place", keep=keep)


def _settle(model: type[Row], report: Report, commit: bool) -> Report:
    if report.removed and not commit:
        transaction.set_rollback(True)
        report.written = False
    elif report.doomed:
        # Nothing refers to a place: all in one statement.
        model._default_manager.filter(pk__in=[row.pk for row in report.doomed]).delete()
    return report


def _inside(rows: Sequence[PlaceRow], territory: int, report: Report) -> list[PlaceRow]:
    """The places that lie in a commune of the territory. The others, and those that say another commune, are noted."""
    if not rows:
        return []
    image = atlas.current()
    communes = image.ground.communes
    points = shapely.points([(row.lon, row.lat) for row in rows])
    point, area = communes.tree.query(points, predicate="intersects")
    found: dict[int, CommuneCard] = {}
    for i, j in zip(point.tolist(), area.tolist(), strict=True):
        card = image.directory.communes[communes.keys[j]]
        # On a common limit the commune that the list names is as good as the other.
        if card.territory_id == territory and (i not in found or _is(card, rows[i].commune)):
            found[i] = card
    outside = [row for i, row in enumerate(rows) if i not in found]
    if len(outside) == len(rows):
        raise WrongList(
            [Wrong(0, _("No place of the list lies in the territory: are longitude and latitude exchanged?"))]
        )
    left_out = _("%(name)s lies outside the territory and is left out")
    _note(report, [Wrong(row.line, left_out % {"name": row.name}) for row in outside])
    said = _("%(name)s is said to be in %(said)s and lies in %(commune)s")
    elsewhere = [
        Wrong(rows[i].line, said % {"name": rows[i].name, "said": rows[i].commune, "commune": card.name})
        for i, card in sorted(found.items())
        if rows[i].commune and not _is(card, rows[i].commune)
    ]
    _note(report, elsewhere)
    return [row for i, row in enumerate(rows) if i in found]


def _is(card: CommuneCard, said: str) -> bool:
    return said.strip().zfill(5) == card.code or fold(said) == fold(card.name)


def _note(report: Report, notes: Sequence[Wrong]) -> None:
    report.notes.extend(told(notes, _NOTES))
