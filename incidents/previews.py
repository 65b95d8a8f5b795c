"""Which open concerns would change hands between two editions of a map, asked by sets and decided by the one rule.

PostGIS finds, in one statement, every open concern so near to what differs between the two that its decision may: by
the tolerance, by its accuracy, or by a border agreement. Those alone are decided, at the last moment of the edition
before and at the first of the one after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.db import connection

from incidents.deadlines import days_left
from incidents.workflow import OPEN
from sectors.models import CategoryRule, Edition, Post
from sectors.models.checks import METRIC_DOMAIN, METRIC_SRID
from sectors.routing import Decision, choose
from sectors.survey import EDGE_M, survey

INSTANT: Final = timedelta(microseconds=1)
_WEST, _SOUTH, _EAST, _NORTH = METRIC_DOMAIN
# The sectors of both, the places where they differ in pieces that are quickly compared, and what lies within reach.
_BOTH: Final = """
was AS (SELECT code, post_id, priority, area, area_m FROM sectors_sector WHERE edition_id = %(was)s),
will AS (SELECT code, post_id, priority, area, area_m FROM sectors_sector WHERE edition_id = %(will)s),
pair AS MATERIALIZED (
  SELECT code, was.area_m AS old, will.area_m AS new, was.area AS old_degrees, will.area AS new_degrees,
    was.post_id IS DISTINCT FROM will.post_id OR was.priority IS DISTINCT FROM will.priority AS another
  FROM was FULL JOIN will USING (code)
  WHERE was.post_id IS DISTINCT FROM will.post_id OR was.priority IS DISTINCT FROM will.priority
    OR ST_AsBinary(was.area) IS DISTINCT FROM ST_AsBinary(will.area))
"""
_NEAR: Final = f"""
WITH {_BOTH},
changed AS MATERIALIZED (
  SELECT ST_Subdivide(CASE WHEN another THEN ST_Collect(old, new) ELSE ST_SymDifference(old, new) END, 64) AS piece
  FROM (SELECT another, old, new FROM pair WHERE NOT another
        UNION ALL SELECT another, old, NULL FROM pair WHERE another AND old IS NOT NULL
        UNION ALL SELECT another, NULL, new FROM pair WHERE another AND new IS NOT NULL) AS each
  UNION ALL
  SELECT ST_Buffer(location_m, reach_m + 1) FROM sectors_borderagreement
  WHERE validity && tstzrange(%(before)s, %(at)s, '[]')
    AND sector_code IN (SELECT code FROM pair WHERE another)),
waiting AS MATERIALIZED (
  SELECT id, accuracy_m,
    CASE WHEN ST_X(location) BETWEEN {_WEST} AND {_EAST} AND ST_Y(location) BETWEEN {_SOUTH} AND {_NORTH}
         THEN ST_Transform(location, {METRIC_SRID}) END AS place
  FROM incidents_incident
  WHERE status = ANY (%(open)s) AND merged_into_id IS NULL)
SELECT incident.id, incident.reference, ST_X(incident.location), ST_Y(incident.location), incident.accuracy_m,
  category.code, incident.status, incident.due_on, incident.territory_id, incident.post_id
FROM waiting JOIN incidents_incident AS incident USING (id)
JOIN sectors_category AS category ON category.id = incident.category_id
WHERE EXISTS (SELECT FROM changed WHERE ST_DWithin(
  changed.piece, waiting.place, greatest(%(tolerance)s::float8, waiting.accuracy_m, {EDGE_M})))
ORDER BY incident.accuracy_m NULLS FIRST, category.code, incident.territory_id, incident.id
"""  # noqa: S608 - constants of ours alone
_THERE: Final = """
SELECT incident.id, incident.reference, ST_X(incident.location), ST_Y(incident.location), incident.accuracy_m,
  category.code, incident.status, incident.due_on, incident.territory_id, incident.post_id
FROM incidents_incident AS incident JOIN sectors_category AS category ON category.id = incident.category_id
WHERE incident.commune_id = %(commune)s AND incident.status = ANY (%(open)s) AND incident.merged_into_id IS NULL
ORDER BY incident.accuracy_m NULLS FIRST, category.code, incident.territory_id, incident.id
"""
_AREAS: Final = f"""
WITH {_BOTH}
SELECT code, coalesce(ST_Area(CASE WHEN old IS NULL THEN new ELSE ST_Difference(new, old) END), 0),
  coalesce(ST_Area(CASE WHEN new IS NULL THEN old ELSE ST_Difference(old, new) END), 0),
  (SELECT count(*) FROM sectors_publicplace WHERE territory_id = %(territory)s
    AND ST_Covers(new_degrees, location) AND NOT coalesce(ST_Covers(old_degrees, location), false)),
  (SELECT count(*) FROM sectors_publicplace WHERE territory_id = %(territory)s
    AND ST_Covers(old_degrees, location) AND NOT coalesce(ST_Covers(new_degrees, location), false))
FROM pair ORDER BY code
"""  # noqa: S608 - constants of ours alone


@dataclass(frozen=True, slots=True)
class Handed:
    """An open concern that changes hands: from which post to which, by their codes, and how many days are left."""

    key: int
    reference: str
    category: str
    status: str
    due_on: date
    days_left: int
    from_post: str
    to_post: str
    from_sector: str | None
    to_sector: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class SectorChange:
    """What a sector gains and loses: ground in m², open concerns, and public places that the territory names."""

    code: str
    area_gained_m2: float
    area_lost_m2: float
    concerns_gained: int
    concerns_lost: int
    places_gained: int
    places_lost: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What comes of an edition that begins at this moment, as its draft stands at this number."""

    edition: str
    number: int
    start: datetime
    sectors: tuple[SectorChange, ...]
    concerns: tuple[Handed, ...]


@dataclass(frozen=True, slots=True)
class _Near:
    key: int
    reference: str
    lon: float
    lat: float
    accuracy_m: float | None
    category: str
    status: str
    due_on: date
    territory: int
    post: int


def preview_of(edition: Edition, *, start: datetime, at: datetime) -> Preview:
    """What changes at `start`, when this edition begins in the database; `at` is the moment of asking."""
    before = start - INSTANT
    was = Edition.objects.in_force(before).filter(territory=edition.territory_id).values_list("pk", flat=True).first()
    facts = {
        "was": was or 0, "will": edition.pk, "before": before, "at": start, "open": sorted(OPEN),
        "tolerance": edition.territory.tolerance_m, "territory": edition.territory_id,
    }  # fmt: skip
    concerns = _handed(_asked(_NEAR, facts), start, at)
    gained, lost = _counted(each.to_sector for each in concerns), _counted(each.from_sector for each in concerns)
    sectors = tuple(
        SectorChange(code, more, less, gained.get(code, 0), lost.get(code, 0), places_more, places_less)
        for code, more, less, places_more, places_less in _asked(_AREAS, facts)
    )
    return Preview(edition.code, edition.number, start, sectors, concerns)


def passing(commune: int, *, start: datetime, at: datetime) -> tuple[Handed, ...]:
    """The open concerns of this commune that change hands at `start`, as the database answers for then."""
    return _handed(_asked(_THERE, {"commune": commune, "open": sorted(OPEN)}), start, at)


def _handed(rows: Iterable[tuple[Any, ...]], start: datetime, at: datetime) -> tuple[Handed, ...]:
    near = [_Near(*row) for row in rows]
    pairs = zip(near, _decided(near, start - INSTANT), _decided(near, start), strict=True)
    return tuple(_told([(each, old, new) for each, old, new in pairs if new.post not in {old.post, each.post}], at))


def _asked(sql: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return list(cursor.fetchall())


def _decided(near: Sequence[_Near], at: datetime) -> list[Decision]:
    """Who takes each at this moment; a statement for those of one accuracy, one rule of categories, one home."""
    ruled = set(CategoryRule.objects.values_list("category__code", flat=True))
    found: dict[int, Decision] = {}

    def alike(each: _Near) -> tuple[Any, ...]:
        return (each.accuracy_m or 0.0, each.category if each.category in ruled else "", each.territory)

    for (accuracy, category, home), group in groupby(sorted(near, key=alike), key=alike):
        several = list(group)
        places = [(each.lon, each.lat) for each in several]
        looked = survey(places, at, accuracy_m=accuracy or None, category=category or None, home=home)
        found |= {each.key: choose(surveyed.facts) for each, surveyed in zip(several, looked, strict=True)}
    return [found[each.key] for each in near]


def _told(moved: Sequence[tuple[_Near, Decision, Decision]], at: datetime) -> Iterable[Handed]:
    """In words of codes, what is due first before the rest."""
    posts = dict(Post.objects.values_list("pk", "code"))
    for each, old, new in sorted(moved, key=lambda found: (found[0].due_on, found[0].reference)):
        yield Handed(
            key=each.key,
            reference=each.reference,
            category=each.category,
            status=each.status,
            due_on=each.due_on,
            days_left=days_left(at, each.due_on),
            from_post=posts[each.post],
            to_post=posts[new.post],
            from_sector=old.sector.code if old.sector else None,
            to_sector=new.sector.code if new.sector else None,
            outcome=str(new.outcome),
        )


def _counted(codes: Iterable[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code in codes:
        if code is not None:
            found[code] = found.get(code, 0) + 1
    return found
