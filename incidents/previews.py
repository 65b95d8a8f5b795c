"""Which open concerns would change hands between two editions of a map, asked by sets and decided by the one rule.

PostGIS finds, in one statement, every open concern so near to what differs between the two that its decision may: by
the tolerance, by its accuracy, or by a border agreement. Those alone are decided, at the last moment of the edition
before and at the first of the one after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

import numpy as np
from django.db import connection

from incidents.deadlines import days_left
from incidents.workflow import OPEN
from sectors.alone import Alone, alone
from sectors.atlas.directory import Directory
from sectors.changed_ground import BOTH, CHANGED, FARTHEST, REACH
from sectors.holders import holders_of
from sectors.models import CategoryRule, Edition, Post
from sectors.routing import MOST_ACCURACY_M, Decision, Outcome, choose
from sectors.survey import survey

# Points that PostGIS is asked about at once, well within the time limit of a statement though each has a disc.
STATEMENT: Final = 200
INSTANT: Final = timedelta(microseconds=1)
_WAITS: Final = "incident.status = ANY (%(open)s) AND incident.merged_into_id IS NULL"
_WITHIN: Final = f"ST_DWithin(piece, incident.location, {REACH.format(metres='incident.accuracy_m')})"
_NEAR: Final = f"""
WITH {CHANGED},
near AS MATERIALIZED (
  SELECT found.id FROM changed CROSS JOIN LATERAL (
    SELECT incident.id FROM incidents_incident AS incident
    WHERE incident.location && ST_Expand(piece, {FARTHEST})
      AND {_WAITS} AND coalesce(incident.accuracy_m, 0) <= {MOST_ACCURACY_M} AND {_WITHIN} OFFSET 0) AS found
  UNION
  SELECT incident.id FROM incidents_incident AS incident
  WHERE {_WAITS} AND incident.accuracy_m > {MOST_ACCURACY_M} AND EXISTS (SELECT FROM changed WHERE {_WITHIN}))
SELECT incident.id, incident.reference, ST_X(incident.location), ST_Y(incident.location), incident.accuracy_m,
  category.code, incident.status, incident.due_on, incident.territory_id, incident.post_id
FROM near JOIN incidents_incident AS incident USING (id)
JOIN sectors_category AS category ON category.id = incident.category_id
"""  # noqa: S608 - constants of ours alone
_THERE: Final = """
SELECT incident.id, incident.reference, ST_X(incident.location), ST_Y(incident.location), incident.accuracy_m,
  category.code, incident.status, incident.due_on, incident.territory_id, incident.post_id
FROM incidents_incident AS incident JOIN sectors_category AS category ON category.id = incident.category_id
WHERE incident.commune_id = %(commune)s AND incident.status = ANY (%(open)s) AND incident.merged_into_id IS NULL
"""
_AREAS: Final = f"""
WITH {BOTH}
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
    """An open concern that changes hands: from which post to which, by their codes, and how many days are left.

    vacant: the post that the map names, where nobody holds it that day and the desk `to_post` answers in its place.
    """

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
    vacant: str | None = None


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


@dataclass(frozen=True, slots=True)
class _Taken:
    """Who takes a concern: the post that the map names, the code of the sector, and how it was decided."""

    post: int
    sector: str | None
    outcome: str


def preview_of(edition: Edition, *, start: datetime, at: datetime, directory: Directory) -> Preview:
    """What changes at `start`, when this edition begins in the database; `at` is the moment of asking.

    directory: of a moment at which this edition was not yet seen by anybody else.
    """
    before = start - INSTANT
    was = Edition.objects.in_force(before).filter(territory=edition.territory_id).values_list("pk", flat=True).first()
    facts = {
        "was": was or 0, "will": edition.pk, "before": before, "at": start, "open": sorted(OPEN),
        "tolerance": edition.territory.tolerance_m, "territory": edition.territory_id,
    }  # fmt: skip
    concerns = _handed(_asked(_NEAR, facts), start, at, directory)
    gained, lost = _counted(each.to_sector for each in concerns), _counted(each.from_sector for each in concerns)
    sectors = tuple(
        SectorChange(code, more, less, gained.get(code, 0), lost.get(code, 0), places_more, places_less)
        for code, more, less, places_more, places_less in _asked(_AREAS, facts)
    )
    return Preview(edition.code, edition.number, start, sectors, concerns)


def passing(commune: int, *, start: datetime, at: datetime, directory: Directory) -> tuple[Handed, ...]:
    """The open concerns of this commune that change hands at `start`, as the database answers for then."""
    return _handed(_asked(_THERE, {"commune": commune, "open": sorted(OPEN)}), start, at, directory)


def _handed(rows: Iterable[tuple[Any, ...]], start: datetime, at: datetime, directory: Directory) -> tuple[Handed, ...]:
    near = [_Near(*row) for row in rows]
    if not near:
        return ()
    moved = _moved(near, start)
    named = {new.post for _each, _old, new in moved}
    vacant = (named & directory.posts.keys()) - holders_of(named, start).keys()
    desks = {post: desk for post in vacant if (desk := directory.desk_in_place_of(post)) is not None}
    answered = [(each, old, new, desks.get(new.post, new.post)) for each, old, new in moved]
    return tuple(_told([row for row in answered if row[3] != row[0].post], at))


def _moved(near: Sequence[_Near], start: datetime) -> list[tuple[_Near, _Taken, _Taken]]:
    """Those for which the map names another post than before, and than the one that has them.

    What lies well inside one sector before and after is settled in memory; PostGIS is asked about the others.
    """
    lon, lat = (np.array([getattr(each, name) for each in near], dtype=np.float64) for name in ("lon", "lat"))
    before, after = alone(lon, lat, start - INSTANT), alone(lon, lat, start)
    ruled = set(CategoryRule.objects.values_list("category__code", flat=True))
    old, new, has = before.post_of(), after.post_of(), np.array([each.post for each in near])
    plain = (old > 0) & (new > 0) & np.array([each.category not in ruled for each in near])
    moved = [
        (near[n], _inside(before, n), _inside(after, n))
        for n in np.flatnonzero(plain & (new != old) & (new != has)).tolist()
    ]
    rest = sorted((near[n] for n in np.flatnonzero(~plain).tolist()), key=lambda each: _alike(each, ruled))
    pairs = zip(rest, _decided(rest, start - INSTANT, ruled), _decided(rest, start, ruled), strict=True)
    return moved + [(each, one, other) for each, one, other in pairs if other.post not in {one.post, each.post}]


def _inside(found: Alone, n: int) -> _Taken:
    place = int(found.index[n])
    return _Taken(int(found.posts[place]), found.codes[place], str(Outcome.INSIDE))


def _alike(each: _Near, ruled: Collection[str]) -> tuple[str, int]:
    return (each.category if each.category in ruled else "", each.territory)


def _asked(sql: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return list(cursor.fetchall())


def _decided(several: Sequence[_Near], at: datetime, ruled: Collection[str]) -> list[_Taken]:
    """Who takes each at this moment, in order; a statement for `STATEMENT` of one rule of categories and one home."""
    found: list[_Taken] = []
    for (category, home), group in groupby(several, key=lambda each: _alike(each, ruled)):
        alike = list(group)
        for first in range(0, len(alike), STATEMENT):
            some = alike[first : first + STATEMENT]
            looked = survey(
                [(each.lon, each.lat) for each in some], at,
                accuracy_m=[each.accuracy_m or None for each in some], category=category or None, home=home,
            )  # fmt: skip
            found += [_taken(choose(surveyed.facts)) for surveyed in looked]
    return found


def _taken(decision: Decision) -> _Taken:
    return _Taken(decision.post, decision.sector.code if decision.sector else None, str(decision.outcome))


def _told(moved: Sequence[tuple[_Near, _Taken, _Taken, int]], at: datetime) -> Iterable[Handed]:
    """In words of codes, what is due first before the rest."""
    posts = dict(Post.objects.values_list("pk", "code"))
    left = {day: days_left(at, day) for day in {each.due_on for each, *_taken in moved}}
    for each, old, new, to in sorted(moved, key=lambda found: (found[0].due_on, found[0].reference)):
        yield Handed(
            key=each.key,
            reference=each.reference,
            category=each.category,
            status=each.status,
            due_on=each.due_on,
            days_left=left[each.due_on],
            from_post=posts[each.post],
            to_post=posts[to],
            from_sector=old.sector,
            to_sector=new.sector,
            outcome=new.outcome,
            vacant=posts[new.post] if to != new.post else None,
        )


def _counted(codes: Iterable[str | None]) -> dict[str, int]:
    return Counter(code for code in codes if code is not None)
