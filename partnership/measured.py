"""What an evaluation rests on, asked of the database and frozen as plain data.

The concerns counted are those of the problem's family, by the day of their report: in its extent and in the ring around
it, whatever sector they lie in. One that was turned down or is dealt with within another is not counted.

facts: version, at, begun_on, done_on, readable_on (the first day on which windows can be compared), weeks, before and
after (first and last day; null while there is nothing to compare), ring_m, extent and ring (null likewise; else before,
after, ratio, low, high – null where it has no bound –, change, and the counts of each week), displacement, stages
(state -> days), actions (`course.tally`), observed (code of a criterion -> bool), criteria (the territory's, as they
stood).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from incidents.workflow import Status
from partnership.course import Deed, days_per_stage, tally
from partnership.evaluation import (
    Counts,
    Displacement,
    Window,
    Windows,
    compared,
    displacement,
    readable_on,
    ring_width_m,
    windows,
)
from partnership.facts import PARIS
from partnership.models import Action, ActionChange, Problem, Turn
from sectors.models.checks import METRIC_SRID
from sectors.moments import paris_midnight

VERSION: Final = 1
_COUNT: Final = f"""
WITH place AS MATERIALIZED (
  SELECT extent_m, ST_Envelope(ST_Transform(ST_Buffer(extent_m, %(ring)s), 4326)) AS around
  FROM partnership_problem WHERE id = %(problem)s
), near AS (
  SELECT ST_Transform(incident.location, {METRIC_SRID}) AS point_m,
    (incident.reported_at AT TIME ZONE 'Europe/Paris')::date AS day, place.extent_m
  FROM place
  JOIN incidents_incident AS incident ON incident.location && place.around
  JOIN sectors_category AS category ON category.id = incident.category_id
  WHERE category.family = %(family)s AND incident.territory_id = %(territory)s AND incident.merged_into_id IS NULL
    AND incident.status <> %(turned_down)s
    AND incident.reported_at >= %(since)s AND incident.reported_at < %(until)s
)
SELECT ST_Covers(extent_m, point_m) AS inside, day, count(*) FROM near
WHERE ST_DWithin(extent_m, point_m, %(ring)s) GROUP BY 1, 2
"""  # noqa: S608 - our own numbers
# What is work on the ground, or the promise of it.
_BEGINNINGS: Final = (Turn.ACCEPTED, Turn.BEGUN, Turn.DONE)


@dataclass(frozen=True, slots=True)
class Days:
    """From when to when something was done about a problem, in Paris."""

    begun_on: date
    done_on: date


def days_of_work(problem: Problem, at: datetime) -> Days:
    """From the first promise to the last action done; of none, the day it was retained. One query."""
    turns = ActionChange.objects.filter(action__problem=problem, turn__in=_BEGINNINGS).order_by("at")
    moments = [(_day(moment), turn) for moment, turn in turns.values_list("at", "turn")]
    retained = _day(problem.retained_at or at)
    begun_on = min((day for day, _turn in moments), default=retained)
    return Days(begun_on, max((day for day, turn in moments if turn == Turn.DONE), default=begun_on))


def measure(problem: Problem, days: Days, at: datetime, observed: Mapping[str, bool]) -> dict[str, Any]:
    """The facts of this problem at this moment, as plain data (see above). Four queries."""
    found = windows(begun_on=days.begun_on, done_on=days.done_on, seen_until=_day(at) - timedelta(days=1))
    ring_m = ring_width_m(problem.extent_m.area if problem.extent_m is not None else 0.0)
    moves = list(problem.changes.order_by("at", "pk").values_list("state_to", "at"))
    actions = Action.objects.filter(problem=problem).values_list("state", "due_on", "settled_at", "owner_id")
    return {
        "version": VERSION,
        "at": at.isoformat(),
        "begun_on": days.begun_on.isoformat(),
        "done_on": days.done_on.isoformat(),
        "readable_on": readable_on(days.done_on).isoformat(),
        **_places(problem, found, ring_m),
        "stages": days_per_stage(moves, at),
        "actions": tally((Deed(*row) for row in actions), retained_at=problem.retained_at, today=_day(at)),
        "observed": dict(observed),
        "criteria": list(problem.territory.criteria),
    }


def _places(problem: Problem, found: Windows | None, ring_m: int) -> dict[str, Any]:
    """The windows, with what was counted in them in the extent and in the ring."""
    if found is None or problem.extent is None:
        empty = dict.fromkeys(("weeks", "before", "after", "extent", "ring"))
        return {**empty, "ring_m": ring_m, "displacement": Displacement.CANNOT_TELL.value}
    counted = _counted(problem, found, ring_m)
    extent, ring = (_weekly(counted[inside], found) for inside in (True, False))
    here, around = (compared(Counts(sum(weeks[0]), sum(weeks[1]))) for weeks in (extent, ring))
    return {
        "weeks": found.weeks,
        "before": _told(found.before),
        "after": _told(found.after),
        "ring_m": ring_m,
        "extent": _count(here, extent),
        "ring": _count(around, ring),
        "displacement": displacement(here, around).value,
    }


def _counted(problem: Problem, found: Windows, ring_m: int) -> dict[bool, dict[date, int]]:
    """Concerns by day, in the extent (True) and in the ring."""
    given: dict[str, Any] = {
        "problem": problem.pk,
        "family": problem.family,
        "territory": problem.territory_id,
        "turned_down": Status.NON_RETENUE,
        "ring": ring_m,
        "since": paris_midnight(found.before.first),
        "until": paris_midnight(found.after.last + timedelta(days=1)),
    }
    counted: dict[bool, dict[date, int]] = {True: {}, False: {}}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        for inside, day, count in cursor.fetchall():
            counted[inside][day] = count
    return counted


def _weekly(days: Mapping[date, int], found: Windows) -> tuple[list[int], list[int]]:
    """The counts of each week of the windows, the oldest first. The days of the work are in neither."""
    return tuple(  # type: ignore[return-value]
        [
            sum(days.get(window.first + timedelta(days=7 * week + day), 0) for day in range(7))
            for week in range(found.weeks)
        ]
        for window in (found.before, found.after)
    )


def _count(found: Any, weeks: tuple[list[int], list[int]]) -> dict[str, Any]:
    ratio = found.ratio
    return {
        "before": ratio.before,
        "after": ratio.after,
        "ratio": ratio.value,
        "low": ratio.low,
        "high": ratio.high if math.isfinite(ratio.high) else None,
        "change": found.change.value,
        "weeks_before": weeks[0],
        "weeks_after": weeks[1],
    }


def _told(window: Window) -> list[str]:
    return [window.first.isoformat(), window.last.isoformat()]


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()
