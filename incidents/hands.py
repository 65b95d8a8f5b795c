"""How long each post, and each person who held it, has had a concern in hand: pure, from the histories of both.

Only time in which the concern waited for the post counts: neither after it was settled, nor while its clock stood
still. A concern that comes back to a post is one more stretch. A post is held by its stand-in while there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from incidents.workflow import OPEN, Status

# The statuses in which a concern waits for whoever has it.
WAITING: Final = OPEN - {Status.SUSPENDUE}


@dataclass(frozen=True, slots=True)
class Stretch:
    """One time that a post had a concern, until `until` (None: it has it still); `in_hand` of it counts."""

    post: int
    since: datetime
    until: datetime | None
    in_hand: timedelta


@dataclass(frozen=True, slots=True)
class Held:
    """That a person held a post from `since` until `until` (None: ever, for ever), or stood in for its holder."""

    post: int
    person: int
    since: datetime | None
    until: datetime | None
    stand_in: bool


def by_holder(
    routings: Iterable[tuple[datetime, int]],
    statuses: Iterable[tuple[datetime, str]],
    holdings: Iterable[Held],
    at: datetime,
) -> dict[int, dict[int | None, timedelta]]:
    """Return post -> person -> how long a concern waited for them until `at`, first come first; None: for nobody.

    The times of a post add up to that of its stretches.
    """
    moves, every = sorted(statuses, key=lambda each: each[0]), list(holdings)
    waiting = _waiting(moves, at)
    found: dict[int, dict[int | None, timedelta]] = {}
    for each in stretches(routings, moves, at):
        held = [holding for holding in every if holding.post == each.post]
        persons = found.setdefault(each.post, {})
        for since, until in _pieces(each.since, each.until or at, held):
            person = _holder(held, since)
            in_hand = _common(waiting, since, until)
            if in_hand:
                persons[person] = persons.get(person, timedelta()) + in_hand
    return found


def _pieces(since: datetime, until: datetime, held: Iterable[Held]) -> Iterable[tuple[datetime, datetime]]:
    """The time cut wherever somebody begins or ends to hold the post."""
    cuts = {moment for each in held for moment in (each.since, each.until) if moment and since < moment < until}
    return pairwise([since, *sorted(cuts), until])


def _holder(held: Iterable[Held], at: datetime) -> int | None:
    here = [
        each for each in held if (each.since is None or each.since <= at) and (each.until is None or at < each.until)
    ]
    return max(here, key=lambda each: each.stand_in).person if here else None


def stretches(
    routings: Iterable[tuple[datetime, int]], statuses: Iterable[tuple[datetime, str]], at: datetime
) -> list[Stretch]:
    """Return the stretches until `at`, from (moment, post) and (moment, status) of every change, in any order.

    Two routings to the same post one after the other are one stretch.
    """
    held: list[tuple[datetime, int]] = []
    for moment, post in sorted(routings, key=lambda each: each[0]):
        if moment <= at and (not held or held[-1][1] != post):
            held.append((moment, post))
    waiting = _waiting(sorted(statuses, key=lambda each: each[0]), at)
    ends: list[datetime | None] = [*(since for since, _ in held), None][1:]
    return [
        Stretch(post, since, until, _common(waiting, since, until or at))
        for (since, post), until in zip(held, ends, strict=True)
    ]


def _waiting(statuses: Sequence[tuple[datetime, str]], at: datetime) -> list[tuple[datetime, datetime]]:
    """The times in which the concern waited, until `at`."""
    ended = [*statuses, (at, "")]
    return [(since, min(until, at)) for (since, status), (until, _) in pairwise(ended) if status in WAITING]


def _common(spans: Iterable[tuple[datetime, datetime]], since: datetime, until: datetime) -> timedelta:
    return sum((max(min(b, until) - max(a, since), timedelta()) for a, b in spans), timedelta())
