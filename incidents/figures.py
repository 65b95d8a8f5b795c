"""Which counts may be published: pure, and made so that no count under five is told or can be worked out.

- A count is told only if it stays five or more for whoever subtracts their own: a reporter who knows its own share
  must not read off how few the others reported. Zero, few and many of one's own are hidden alike.
- The figure of a sector is a sum over its places. What the published places leave of it would be a count too, so where
  that rest is small, the smallest published place is hidden as well, until the rest is safe or nothing.
- There is no other sum of what was reported: no total of a territory, of a place or of a family.
- How much was answered in time is told of a territory and a quarter that is over, where those answered in time and the
  others are each such a count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

FEWEST: Final = 5
# A cell of the grid, by the corner of least coordinates in steps of it, and a family of natures.
Place = tuple[int, int, str]
# Codes of the territory and of the sector.
Area = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many concerns one reporter (an organisation, else a person) reported at a place, in a sector or in none."""

    sector: Area | None
    place: Place
    reporter: str
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What may be told: concerns by sector, and by place. What is not there is hidden, or nothing."""

    sectors: Mapping[Area, int]
    places: Mapping[Place, int]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many answers came in time, of the concerns whose answer was due on the days from `first` to `last`.

    on_time, late: settled, and the answer that stands was given by the due day, or after it; a concern that was not
        retained was answered with a reason.
    overdue: open, and their due day is over. What is open and not yet due is in none of the three.
    """

    first: date
    last: date
    on_time: int
    late: int
    overdue: int

    @property
    def counted(self) -> int:
        """The denominator: what was answered, and what should have been."""
        return self.on_time + self.late + self.overdue

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing was due."""
        return self.on_time / self.counted if self.counted else None

    @property
    def percent(self) -> int | None:
        """The share in whole hundredths, never rounded up; None where nothing was due."""
        return 100 * self.on_time // self.counted if self.counted else None


def may_tell(on_time: Counter[str], others: Counter[str]) -> bool:
    """Whether a rate may be published, of which these are the reporters' shares of either side."""
    return safe(on_time) and safe(others)


def safe(shares: Counter[str]) -> bool:
    """Whether this sum of the reporters' shares stays at five or more without the largest of them."""
    return shares.total() - max(shares.values(), default=0) >= FEWEST


def publish(rows: Iterable[Counted]) -> Figures:
    """The figures of these counts."""
    sectors: dict[Area, Counter[str]] = {}
    places: dict[Place, Counter[str]] = {}
    parts: dict[Area, dict[Place, Counter[str]]] = {}
    for row in rows:
        places.setdefault(row.place, Counter())[row.reporter] += row.count
        if row.sector is not None:
            sectors.setdefault(row.sector, Counter())[row.reporter] += row.count
            parts.setdefault(row.sector, {}).setdefault(row.place, Counter())[row.reporter] += row.count
    told = {place for place, shares in places.items() if safe(shares)}
    summed = sorted(sector for sector, shares in sectors.items() if safe(shares))
    # A place may lie in two sectors: hiding it for one leaves another rest for the other.
    changed = True
    while changed:
        changed = False
        for sector in summed:
            changed |= _hide_one(parts[sector], places, told)
    return Figures(
        {sector: sectors[sector].total() for sector in summed}, {place: places[place].total() for place in sorted(told)}
    )


def _hide_one(parts: Mapping[Place, Counter[str]], places: Mapping[Place, Counter[str]], told: set[Place]) -> bool:
    """Hides one place more where the rest of the sector would be a count to hide; whether it did."""
    rest: Counter[str] = Counter()
    for place, shares in parts.items():
        if place not in told:
            rest += shares
    shown = told & parts.keys()
    if not rest or safe(rest) or not shown:
        return False
    told.remove(min(shown, key=lambda place: (places[place].total(), place)))
    return True
