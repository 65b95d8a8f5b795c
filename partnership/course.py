"""How a problem went: how long it stood in each state, and what became of its actions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from statistics import median
from typing import Any, Final

from partnership.facts import PARIS
from partnership.life import ACTION_OPEN, ActionState

_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Deed:
    """An action as it stands: `done_at` None while it is not done, `owner` None of the police."""

    state: str
    due_on: date
    done_at: datetime | None
    owner: int | None


def days_per_stage(moves: Sequence[tuple[str, datetime]], until: datetime) -> dict[str, float]:
    """state -> days in it, to the tenth, of these moves in their order; a state it came back to counts all its times.

    until: when the last state is looked at; what a state lasted after that is not counted.
    """
    seconds: dict[str, float] = {}
    for (state, since), (_next, ended) in pairwise([*moves, ("", until)]):
        seconds[state] = seconds.get(state, 0.0) + max(0.0, (min(ended, until) - since).total_seconds())
    return {state: round(spent / _DAY_S, 1) for state, spent in seconds.items()}


def tally(deeds: Iterable[Deed], *, retained_at: datetime | None, today: date) -> dict[str, Any]:
    """What became of the actions.

    given: all but those called off. done, on_time (of those), not_done, open, late (open, and their day is over).
    owners: how many organisations own one, the police included. first_done_days: from the retaining; None before.
    """
    stood = [each for each in deeds if each.state != ActionState.ANNULEE]
    done = [each for each in stood if each.state == ActionState.REALISEE and each.done_at is not None]
    first = min((each.done_at for each in done if each.done_at is not None), default=None)
    still = [each for each in stood if each.state in ACTION_OPEN]
    return {
        "given": len(stood),
        "done": len(done),
        "on_time": sum(each.done_at.astimezone(PARIS).date() <= each.due_on for each in done if each.done_at),
        "not_done": sum(each.state == ActionState.NON_REALISEE for each in stood),
        "open": len(still),
        "late": sum(each.due_on < today for each in still),
        "owners": len({each.owner for each in stood}),
        "first_done_days": _days(retained_at, first),
    }


def graded(grades: Iterable[int | None]) -> dict[str, Any]:
    """Of the partners asked: asked, answered, counts (of 1 to 4), median (None of none)."""
    asked = list(grades)
    given = [each for each in asked if each is not None]
    return {
        "asked": len(asked),
        "answered": len(given),
        "counts": [given.count(grade) for grade in (1, 2, 3, 4)],
        "median": median(given) if given else None,
    }


def _days(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else round((end - start).total_seconds() / _DAY_S, 1)
