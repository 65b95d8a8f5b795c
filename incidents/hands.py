"""How long each post has had a concern in hand: pure, from the two histories of the concern.

Only time in which the concern waited for the post counts: neither after it was settled, nor while its clock stood
still. A concern that comes back to a post is one more stretch.
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
