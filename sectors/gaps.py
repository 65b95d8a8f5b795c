"""Who holds a seat when, and when nobody does. It knows neither Django nor the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Generic, TypeVar

# `[from, to)`; None has no end.
Span = tuple[datetime, datetime | None]
Who = TypeVar("Who")


def first_gap(spans: Iterable[Span], at: datetime) -> datetime | None:
    """The first moment from `at` on that no span covers; None where all of the time to come is covered."""
    reached = at
    for start, end in sorted(spans, key=lambda span: span[0]):
        if start > reached:
            break
        if end is None:
            return None
        reached = max(reached, end)
    return reached


@dataclass(frozen=True, slots=True)
class Stay(Generic[Who]):
    """That somebody holds a seat on `[since, until)`, or stands in for who does."""

    who: Who
    since: datetime
    until: datetime | None
    stand_in: bool = False

    def covers(self, at: datetime) -> bool:
        """Is it held so at this moment?"""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Turn(Generic[Who]):
    """From when to when one stay decides who answers; `stay` is None while nobody does."""

    stay: Stay[Who] | None
    since: datetime
    until: datetime


def holding(stays: Iterable[Stay[Who]], at: datetime) -> Stay[Who] | None:
    """The stay that decides at this moment: a stand-in goes before who it stands in for."""
    here = [stay for stay in stays if stay.covers(at)]
    return max(here, key=lambda stay: stay.stand_in) if here else None


def turns(stays: Sequence[Stay[Who]], since: datetime, until: datetime) -> list[Turn[Who]]:
    """Who answers from `since` to `until`, one turn after the other, gaps among them, without a moment left out."""
    cuts = {moment for stay in stays for moment in (stay.since, stay.until) if moment and since < moment < until}
    found: list[Turn[Who]] = []
    for start, end in pairwise([since, *sorted(cuts), until]):
        stay = holding(stays, start)
        if found and found[-1].stay == stay:
            found[-1] = Turn(stay, found[-1].since, end)
        else:
            found.append(Turn(stay, start, end))
    return found
