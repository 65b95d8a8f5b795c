"""What a set of concerns says by itself: how many, since when, on which days, at what hours, and whether they go up.

Pure. The form is frozen and versioned: it is kept with a diagnosis or a suggestion as it was computed that day, and a
version once written is read for ever.

- Days and hours are those of Paris. An hour is known only of a concern that says when it happened: the hour at which
  somebody wrote says when people write. `dated` counts the concerns that the hours and weekdays are of.
- Weeks begin on Monday and are told by it; the last one may not be over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from partnership.evaluation import Counts, compared

PARIS: Final = ZoneInfo("Europe/Paris")
VERSION: Final = 1
# Of the trend, so many weeks are told at most: the last ones.
MOST_WEEKS: Final = 26


@dataclass(frozen=True, slots=True)
class Told:
    """One concern, as far as it is counted: moments are aware; `organisation` None of a person's own."""

    reported_at: datetime
    occurred_at: datetime | None
    category: str
    organisation: int | None = None
    point: tuple[float, float] | None = None


def facts_of(concerns: Iterable[Told], *, until: date) -> dict[str, Any]:
    """The facts of these concerns as plain data; `until` is the day up to which the weeks are told.

    count, points (different places), organisations, first_on, last_on (null of none), dated, weekdays (7 counts from
    Monday), hours (24 counts), weeks ([monday, count], none left out), categories (code -> count, most first), trend
    (`before` and `after`: the two halves of the weeks that are over, `change`: what they say).
    """
    rows = list(concerns)
    days = sorted(each.reported_at.astimezone(PARIS).date() for each in rows)
    happened = [each.occurred_at.astimezone(PARIS) for each in rows if each.occurred_at is not None]
    weekdays = Counter(moment.weekday() for moment in happened)
    hours = Counter(moment.hour for moment in happened)
    weeks = _weeks(days, until)
    return {
        "version": VERSION,
        "count": len(rows),
        "points": len({each.point for each in rows if each.point is not None}),
        "organisations": len({each.organisation for each in rows if each.organisation is not None}),
        "first_on": days[0].isoformat() if days else None,
        "last_on": days[-1].isoformat() if days else None,
        "dated": len(happened),
        "weekdays": [weekdays[day] for day in range(7)],
        "hours": [hours[hour] for hour in range(24)],
        "weeks": [[monday.isoformat(), count] for monday, count in weeks.items()],
        "categories": dict(Counter(sorted(each.category for each in rows)).most_common()),
        "trend": _trend([count for monday, count in weeks.items() if monday + timedelta(days=7) <= until]),
    }


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _weeks(days: list[date], until: date) -> Mapping[date, int]:
    """The count of each week from the first concern's to that of `until`, at most the last `MOST_WEEKS`."""
    if not days:
        return {}
    last = monday_of(max(until, days[-1]))
    first = max(monday_of(days[0]), last - timedelta(weeks=MOST_WEEKS - 1))
    counts = Counter(monday_of(day) for day in days)
    number = (last - first).days // 7 + 1
    return {monday: counts[monday] for monday in (first + timedelta(weeks=n) for n in range(number))}


def _trend(counts: list[int]) -> dict[str, Any]:
    """The older half of these weeks against the newer one; of an odd number the oldest is left out."""
    half = len(counts) // 2
    before, after = sum(counts[-2 * half : -half or None]), sum(counts[-half:])
    if not half:
        before = after = 0
    found = compared(Counts(before, after))
    return {"weeks": half, "before": before, "after": after, "change": found.change.value}
