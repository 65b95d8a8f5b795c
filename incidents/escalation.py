"""Who is reminded of a concern, and when: the ladder, as days. Pure.

    J-10  J-5  J-1   the post that has it (each territory has its own days)
    overdue          the post that has it, on the day after the due day
    direction        the direction, when the post has let the working day after that pass too

Beside the due day there are two shorter clocks, told to the post and to the direction at once: `untaken`, nobody has
taken the concern in charge in time; `triage`, nobody has said whose it is, for what no sector took. An offer to another
post has its own: `offer` reminds both posts that nobody has answered it, `unanswered` the direction, as late as above.

A rung is reached on a range of days and not on one: after a week in which nothing ran, what is due is sent, once, and
what was missed below it is not made up for.

Nobody is woken by it: the ladder is climbed from 7 o'clock on working days, and what is reached on a Sunday leaves on
Monday. The day that a rung counts from does not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from incidents.deadlines import PARIS, Policy, is_working_day, working_days_after
from incidents.workflow import OPEN, Status

# Working days after the due day until the direction learns that the answer is late.
DIRECTION_AFTER: Final = 2
# From when to when people are reminded, in Paris: what a worker missed by day is not made up for by night.
FROM_HOUR: Final = time(7)
UNTIL_HOUR: Final = time(20)

_ONE_DAY: Final = timedelta(days=1)


class Step(StrEnum):
    """A rung of the ladder; the values are stored."""

    REMINDER = "reminder"
    OVERDUE = "overdue"
    DIRECTION = "direction"
    UNTAKEN = "untaken"
    TRIAGE = "triage"
    OFFER = "offer"
    UNANSWERED = "unanswered"


class Clock(StrEnum):
    """The day that a rung counts from."""

    DUE = "due"
    TAKEN = "taken"
    TRIAGE = "triage"
    OFFER = "offer"


POST: Final = "post"
DIRECTOR: Final = "director"
# The post that the concern is offered to.
RECEIVER: Final = "receiver"
TOLD: Final[Mapping[Step, frozenset[str]]] = MappingProxyType(
    {
        Step.REMINDER: frozenset({POST}),
        Step.OVERDUE: frozenset({POST}),
        Step.DIRECTION: frozenset({DIRECTOR}),
        Step.UNTAKEN: frozenset({POST, DIRECTOR}),
        Step.TRIAGE: frozenset({POST, DIRECTOR}),
        Step.OFFER: frozenset({POST, RECEIVER}),
        Step.UNANSWERED: frozenset({DIRECTOR}),
    }
)
# A clock that stands still reminds nobody.
RUNNING: Final = OPEN - {Status.SUSPENDUE}


@dataclass(frozen=True, slots=True)
class Rung:
    """A concern is at this rung while the day of `clock` is from `first` to `last`, both included.

    days: how many before the due day, for a reminder; 0 for the others.
    """

    step: Step
    days: int
    clock: Clock
    first: date
    last: date


def is_humane(at: datetime, holiday_zone: str | None) -> bool:
    """Return whether people of this zone are reminded at `at` (aware): by day, on a working day."""
    here = at.astimezone(PARIS)
    return FROM_HOUR <= here.time() < UNTIL_HOUR and is_working_day(here.date(), holiday_zone)


def humane_from(at: datetime, holiday_zone: str | None) -> datetime:
    """Return the first moment from `at` (aware) on at which people of this zone are told of what the clock did."""
    here = at.astimezone(PARIS)
    if is_humane(at, holiday_zone):
        return at
    day = here.date()
    if here.time() >= FROM_HOUR or not is_working_day(day, holiday_zone):
        day = working_days_after(day, 1, holiday_zone)
    return datetime.combine(day, FROM_HOUR, PARIS)


def rungs(today: date, policy: Policy) -> tuple[Rung, ...]:
    """Return the rungs that concerns can be at on this day in Paris; the reminders exclude each other."""
    yesterday = today - _ONE_DAY
    nearer = (*policy.reminders, -1)[1:]
    reminders = tuple(
        Rung(Step.REMINDER, days, Clock.DUE, today + timedelta(days=next_one + 1), today + timedelta(days=days))
        for days, next_one in zip(policy.reminders, nearer, strict=True)
    )
    passed = _passed(today, policy.holiday_zone)
    return (
        *reminders,
        Rung(Step.OVERDUE, 0, Clock.DUE, date.min, yesterday),
        Rung(Step.DIRECTION, 0, Clock.DUE, date.min, passed),
        Rung(Step.UNTAKEN, 0, Clock.TAKEN, date.min, yesterday),
        Rung(Step.TRIAGE, 0, Clock.TRIAGE, date.min, yesterday),
        Rung(Step.OFFER, 0, Clock.OFFER, date.min, yesterday),
        Rung(Step.UNANSWERED, 0, Clock.OFFER, date.min, passed),
    )


def _passed(today: date, holiday_zone: str | None) -> date:
    """Return the latest due day after which `DIRECTION_AFTER` working days have begun by `today`."""
    day = today - _ONE_DAY
    while working_days_after(day, DIRECTION_AFTER, holiday_zone) > today:
        day -= _ONE_DAY
    return day
