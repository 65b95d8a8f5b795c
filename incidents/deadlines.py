"""The clock of a concern: when its answer is due, how long is left, whether it is late.

Pure rules on values: no Django, no database, and the present moment is always an argument.

* The day of a report is its day in Paris, whatever the offset it was written with.
* The answer is due ``days`` calendar days later. A Saturday, a Sunday or a public holiday sends
  the date *back* to the working day before it, because the promise reads "at most".
* It never goes back past the day of the report: with ``days=0``, or when every day from the
  report on is a day off (reported on Saturday, two days), the answer is due on the day of the
  report itself, working day or not.
* A day lasts until midnight: 23:59:59 is the last second, and its fractions belong to it.

Public holidays are computed by the ``holidays`` library. Beyond the last year it knows it answers
"none" without a word; here that year raises `CalendarEnds` rather than give a wrong date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal
from zoneinfo import ZoneInfo

import holidays

PARIS: Final = ZoneInfo("Europe/Paris")
LAST_SECOND: Final = time(23, 59, 59, tzinfo=PARIS)

_ONE_DAY: Final = timedelta(days=1)
_ONE_SECOND: Final = timedelta(seconds=1)
_SATURDAY: Final = 5
_LONGEST_DAYS: Final = 3650

# Working days to take a concern in charge, where a territory says nothing else.
TAKEN_DAYS: Final = 3

# The local law of 1892 adds Good Friday and Saint Stephen's Day in three départements only.
# The Territoire de Belfort (90), the part of Alsace that stayed French in 1871, is not one of them.
_LOCAL_LAW: Final = {"57": "57", "67": "6AE", "68": "6AE", "6AE": "6AE", "Alsace-Moselle": "6AE"}
_METROPOLITAN: Final = frozenset({f"{number:02d}" for number in range(1, 96) if number != 20} | {"2A", "2B"})


class PolicyInvalid(ValueError):  # noqa: N818 - it says what is wrong, as the other refusals do
    """A policy that cannot be applied. `code` is stable, `facts` are the values refused."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(f"{code}: {facts}")
        self.code = code
        self.facts = facts


class NaiveMoment(ValueError):  # noqa: N818 - it says what is wrong, as the other refusals do
    """A moment without an offset was given: its day in Paris cannot be known."""


class CalendarEnds(ValueError):  # noqa: N818 - it says what is wrong, as the other refusals do
    """The public holidays of `year` are not known to the library (known: `first` to `last`)."""

    def __init__(self, year: int, first: int, last: int) -> None:
        super().__init__(f"no public holidays for {year}, known from {first} to {last}")
        self.year = year
        self.first = first
        self.last = last


@dataclass(frozen=True, slots=True)
class Policy:
    """The rule of a territory that a due date was computed with; `version` is stored beside it.

    days: calendar days from the report to the answer, 0 to 3650.
    roll: where a day off sends the date; only back.
    holiday_zone: None for the public holidays of the whole country, or the code of a metropolitan
        département ("05", "90", "2A", ...), of which "57", "67" and "68" (also "Alsace-Moselle")
        have two more. Overseas codes are refused: the clock here is the one of Paris.
    reminders: days before the due date on which to remind, farthest first.
    triage_days: working days to hand on a report that no sector took.
    taken_days: working days until somebody has taken the concern in charge.
    offer_days: working days until the post that a concern is offered to has answered.

    Raises PolicyInvalid when one of them is out of its range.
    """

    version: str
    days: int
    roll: Literal["previous"] = "previous"
    holiday_zone: str | None = None
    reminders: tuple[int, ...] = (10, 5, 1)
    triage_days: int = 2
    taken_days: int = TAKEN_DAYS
    offer_days: int = 3

    def __post_init__(self) -> None:
        if not self.version.strip():
            raise PolicyInvalid("version_missing")
        if not 0 <= self.days <= _LONGEST_DAYS:
            raise PolicyInvalid("days_out_of_range", days=self.days, most=_LONGEST_DAYS)
        if self.roll != "previous":
            raise PolicyInvalid("roll_unknown", roll=self.roll)
        if not _zone_is_known(self.holiday_zone):
            raise PolicyInvalid("holiday_zone_unknown", holiday_zone=self.holiday_zone)
        descending = all(a > b for a, b in pairwise(self.reminders))
        if not descending or any(days < 1 for days in self.reminders):
            raise PolicyInvalid("reminders_not_descending", reminders=self.reminders)
        if not 1 <= self.triage_days <= _LONGEST_DAYS:
            raise PolicyInvalid("triage_days_out_of_range", triage_days=self.triage_days)
        if not 1 <= self.taken_days <= _LONGEST_DAYS:
            raise PolicyInvalid("taken_days_out_of_range", taken_days=self.taken_days)
        if not 1 <= self.offer_days <= _LONGEST_DAYS:
            raise PolicyInvalid("offer_days_out_of_range", offer_days=self.offer_days)


@dataclass(frozen=True, slots=True)
class Due:
    """A due day, and its last second in Paris (aware, Europe/Paris)."""

    on: date
    at: datetime


def paris_date(moment: datetime) -> date:
    """Return the day it is in Paris at `moment` (aware); NaiveMoment when it has no offset."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise NaiveMoment(f"{moment.isoformat()} has no offset")
    return moment.astimezone(PARIS).date()


def is_working_day(day: date, holiday_zone: str | None = None) -> bool:
    """Return whether `day` is neither a Saturday, a Sunday nor a public holiday of the zone."""
    return day.weekday() < _SATURDAY and day not in _public_holidays(day.year, holiday_zone)


def working_days_after(day: date, count: int, holiday_zone: str | None = None) -> date:
    """Return the `count`-th working day strictly after `day`; `day` itself when `count` is 0."""
    while count > 0:
        day += _ONE_DAY
        if is_working_day(day, holiday_zone):
            count -= 1
    return day


def due(reported_at: datetime, policy: Policy) -> Due:
    """Return when the answer to a concern reported at `reported_at` (aware) is due.

    Raises NaiveMoment, or CalendarEnds when the date falls in a year without known holidays.
    """
    return _end_of(_due_on(paris_date(reported_at), policy.days, policy.holiday_zone))


def triage_due(reported_at: datetime, policy: Policy) -> Due:
    """Return when a concern that no sector took (`outside`, `commune_desk`) must be handed on.

    That is `policy.triage_days` working days after the report, and never after the answer is due.
    Raises as `due` does.
    """
    reported_on = paris_date(reported_at)
    answer_on = _due_on(reported_on, policy.days, policy.holiday_zone)
    return _end_of(min(answer_on, _working_day_after(reported_on, policy.triage_days, policy.holiday_zone)))


def taken_due(since: datetime, policy: Policy) -> Due:
    """Return when somebody must have taken in charge a concern that waits `since` (aware) for it.

    It waits since it was reported, given to another post, reopened, or since its clock went on. That is
    `policy.taken_days` working days later. Raises as `due` does.
    """
    return _end_of(_working_day_after(paris_date(since), policy.taken_days, policy.holiday_zone))


def offer_due(offered_at: datetime, policy: Policy) -> date:
    """Return the last day on which the post that a concern is offered to at `offered_at` (aware) may answer in time.

    That is `policy.offer_days` working days later. Raises as `due` does.
    """
    return _working_day_after(paris_date(offered_at), policy.offer_days, policy.holiday_zone)


def put_off(due_on: date, days: int, holiday_zone: str | None = None) -> Due:
    """Return the due day `days` calendar days after `due_on`, for a clock that stood still so long.

    As for the first promise a day off sends it back to the working day before, and never past `due_on` itself.
    """
    return _end_of(_due_on(due_on, days, holiday_zone))


def days_left(at: datetime, due_on: date) -> int:
    """Return the days from the Paris day of `at` to `due_on`: 0 on the day, negative when late."""
    return (due_on - paris_date(at)).days


def overdue(at: datetime, due_at: datetime) -> bool:
    """Return whether the last second that ends at `due_at` is over at `at`.

    For a `due_at` made here this is the same as `days_left(at, due_on) < 0`.
    """
    return due_at <= overdue_bound(at)


def overdue_bound(at: datetime) -> datetime:
    """Return the latest `due_at` (UTC) that is late at `at`: a query asks `due_at__lte` of it."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise NaiveMoment(f"{at.isoformat()} has no offset")
    # In UTC first: subtracting in Paris time would be wrong within a change of the clocks.
    return at.astimezone(UTC) - _ONE_SECOND


def _end_of(day: date) -> Due:
    return Due(on=day, at=datetime.combine(day, LAST_SECOND))


# One entry a day, term and zone in use: every report of a day shares the answer.
@lru_cache(maxsize=1024)
def _due_on(reported_on: date, days: int, holiday_zone: str | None) -> date:
    day = reported_on + timedelta(days=days)
    while day > reported_on and not is_working_day(day, holiday_zone):
        day -= _ONE_DAY
    return day


@lru_cache(maxsize=1024)
def _working_day_after(day: date, count: int, holiday_zone: str | None) -> date:
    return working_days_after(day, count, holiday_zone)


@lru_cache(maxsize=512)
def _public_holidays(year: int, holiday_zone: str | None) -> frozenset[date]:
    """Return the public holidays of one year; frozen, because the library's own object grows."""
    if not _zone_is_known(holiday_zone):
        raise PolicyInvalid("holiday_zone_unknown", holiday_zone=holiday_zone)
    subdivision = None if holiday_zone is None else _LOCAL_LAW.get(holiday_zone)
    calendar = holidays.country_holidays("FR", subdiv=subdivision, years=year)
    if not calendar.start_year <= year <= calendar.end_year:
        raise CalendarEnds(year, calendar.start_year, calendar.end_year)
    return frozenset(calendar)


def _zone_is_known(holiday_zone: str | None) -> bool:
    return holiday_zone is None or holiday_zone in _LOCAL_LAW or holiday_zone in _METROPOLITAN
