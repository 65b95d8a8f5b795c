"""Whether a problem is better than it was: counts before and after, in its extent and in a ring around it. Pure.

- The two windows are of the same number of whole weeks, so that each weekday is in both as often. The first ends before
  anything was done, the second begins after everything was.
- Two counts are compared by their ratio with an exact interval (`statistics`), and never by the ratio alone: of nine
  concerns against six nobody can say that it got better. Where no outcome at all of so few concerns could be told from
  chance, that is what is said (`TOO_FEW`).
- *Displaced* is a finding of its own (`DISPLACEMENTS`), beside the result that people give: it is said only where the
  concerns became fewer in the extent and more in the ring, each beyond what chance brings.
- It stays a comparison in time and no proof: what else changed meanwhile is in both windows' difference, and a problem
  that was taken up at its worst tends to be better later by itself. The screens say so.

The sentences are made in the views: here are codes, dates and numbers. Lengths are in metres, areas in square metres.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from partnership.statistics import CONFIDENCE, Ratio, least_tellable, rate_ratio

# At most so many weeks are compared, and at least so many: one week is weather.
MOST_WEEKS: Final = 12
LEAST_WEEKS: Final = 2
# The ring has about twice the area of the extent it surrounds, and is a walk wide: 100 to 500 m.
RING_SHARE: Final = math.sqrt(3) - 1
NARROWEST_M: Final = 100
WIDEST_M: Final = 500
# The partners are asked once more so many days after the closing: does it last?
LATER_DAYS: Final = 60


class Change(StrEnum):
    """What can be said of two counts."""

    FEWER = "fewer"
    MORE = "more"
    NO_CLEAR_CHANGE = "no_clear_change"
    TOO_FEW = "too_few"


class Displacement(StrEnum):
    """What can be said of the ring around an extent."""

    DISPLACED = "displaced"
    POSSIBLY = "possibly_displaced"
    NOT_SEEN = "not_displaced"
    BENEFIT = "benefit_around"
    NOTHING_LESS = "nothing_less"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in Paris, both of them in it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Windows:
    """Two windows of the same whole weeks."""

    weeks: int
    before: Window
    after: Window


@dataclass(frozen=True, slots=True)
class Counts:
    """Concerns before and after at a place."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Two counts with the ratio of what came after to what was before, and what that says."""

    ratio: Ratio
    change: Change


def windows(*, begun_on: date, done_on: date, seen_until: date, most_weeks: int = MOST_WEEKS) -> Windows | None:
    """The weeks before the day on which the first thing was done, and as many after the day of the last.

    None while fewer than `LEAST_WEEKS` whole weeks have passed since; `seen_until` is the last day that is over.
    Raises ValueError where the work ended before it began.
    """
    if done_on < begun_on:
        raise ValueError(f"done on {done_on}, before it was begun on {begun_on}")
    weeks = min(most_weeks, (seen_until - done_on).days // 7)
    if weeks < LEAST_WEEKS:
        return None
    length = timedelta(weeks=weeks)
    day = timedelta(days=1)
    return Windows(weeks, Window(begun_on - length, begun_on - day), Window(done_on + day, done_on + length))


def readable_on(done_on: date) -> date:
    """The first day on which there is something to compare with: the shortest window is over the day before."""
    return done_on + timedelta(weeks=LEAST_WEEKS, days=1)


def ring_width_m(area_m2: float) -> int:
    """How wide the ring around an extent of this area is, in metres, a multiple of ten."""
    radius = math.sqrt(max(area_m2, 0.0) / math.pi)
    return min(WIDEST_M, max(NARROWEST_M, 10 * math.ceil(RING_SHARE * radius / 10)))


def compared(counts: Counts, confidence: float = CONFIDENCE) -> Compared:
    """What these counts of two windows of the same length say."""
    ratio = rate_ratio(counts.before, counts.after, confidence=confidence)
    if counts.before + counts.after < least_tellable(confidence):
        return Compared(ratio, Change.TOO_FEW)
    if ratio.high < 1:
        return Compared(ratio, Change.FEWER)
    return Compared(ratio, Change.MORE if ratio.low > 1 else Change.NO_CLEAR_CHANGE)


# (in the extent, in the ring) -> what is said of the ring, where chance is excluded for both. Reasons in the margin.
_FEW, _MORE, _SAME, _NONE = Change.FEWER, Change.MORE, Change.NO_CLEAR_CHANGE, Change.TOO_FEW
DISPLACEMENTS: Final[Mapping[tuple[Change, Change], Displacement]] = MappingProxyType(
    {
        (_FEW, _MORE): Displacement.DISPLACED,  # what went from here came up there
        (_FEW, _SAME): Displacement.NOT_SEEN,  # or POSSIBLY, where the count of the ring grew: see displacement()
        (_FEW, _FEW): Displacement.BENEFIT,  # the neighbours have less of it too
        (_FEW, _NONE): Displacement.NOT_SEEN,  # so few around it that what went cannot be there
        (_MORE, _FEW): Displacement.NOTHING_LESS,  # nothing went from here that could be elsewhere
        (_MORE, _MORE): Displacement.NOTHING_LESS,
        (_MORE, _SAME): Displacement.NOTHING_LESS,
        (_MORE, _NONE): Displacement.NOTHING_LESS,
        (_SAME, _FEW): Displacement.CANNOT_TELL,  # whether anything went is not known
        (_SAME, _MORE): Displacement.CANNOT_TELL,
        (_SAME, _SAME): Displacement.CANNOT_TELL,
        (_SAME, _NONE): Displacement.CANNOT_TELL,
        (_NONE, _FEW): Displacement.CANNOT_TELL,
        (_NONE, _MORE): Displacement.CANNOT_TELL,
        (_NONE, _SAME): Displacement.CANNOT_TELL,
        (_NONE, _NONE): Displacement.CANNOT_TELL,
    }
)


def displacement(extent: Compared, ring: Compared) -> Displacement:
    """What is said of the ring: by the table, and *possibly* where its count grew by what chance may have brought."""
    found = DISPLACEMENTS[extent.change, ring.change]
    if found is Displacement.NOT_SEEN and ring.ratio.after > ring.ratio.before:
        return Displacement.POSSIBLY
    return found
