"""What the checker of borders says, and from which sizes on it says it. Lengths in metres, areas in m², EPSG:2154."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shapely.geometry.base import BaseGeometry as Geometry

Kind = Literal["invalid", "gap", "overlap", "sliver", "near_miss", "outside_commune", "hole"]
# error: it cannot come into force; warning: it needs a look; notice: it harms nothing.
Severity = Literal["error", "warning", "notice"]
Means = Literal["make_valid", "snap", "assign", "yield", "fill"]

# The widest strip between two neighbours that nobody meant: a street left out by two people who each stopped at kerbs.
GAP_M: Final = 10.0
# Neighbours nearer than this were meant to touch: no drawing by hand, and no aerial picture, is more exact.
SNAP_M: Final = 1.0
# Nearer than this they do touch: what storing in degrees and carrying to metres rounds is a thousand times less.
TOUCH_M: Final = 0.001
# Below it an area is what rounding leaves.
LEAST_M2: Final = 0.1
# A part of a sector smaller than a house, or narrower than a pavement, is a slip of the hand.
SLIVER_M2: Final = 50.0
SLIVER_M: Final = 2.0
# Borders of communes are themselves drawn to some metres: less than this outside one is no mistake of the sector.
OUTSIDE_M2: Final = 100.0
OUTSIDE_M: Final = 5.0

# From how many square metres on a finding weighs this much; the last one reached holds.
SEVERITIES: Final[Mapping[Kind, tuple[tuple[float, Severity], ...]]] = {
    "invalid": ((0, "error"),),
    # A point in a gap still goes to the nearest sector; from the size of a building on, people live there.
    "gap": ((0, "notice"), (100, "warning")),
    # A tie is settled by a written rule, seldom as those who drew it meant.
    "overlap": ((0, "notice"), (10, "warning")),
    "sliver": ((0, "warning"),),
    "near_miss": ((0, "notice"),),
    "outside_commune": ((0, "notice"), (1_000, "warning")),
    # A lake is a hole that was meant.
    "hole": ((0, "notice"),),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sector as it is drawn: its code, its (multi)polygon in EPSG:2154, and its commune's code or ""."""

    code: str
    area: Geometry
    commune: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A sector before and after a repair, and the ground it wins and loses."""

    code: str
    before: Geometry
    after: Geometry
    gained_m2: float
    lost_m2: float


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposal, which changes nothing until `accept` is called: who gets what, and by which means."""

    means: Means
    changes: tuple[Change, ...]

    @property
    def moved_m2(self) -> float:
        """The ground that changes hands, that is won from nobody, or that one of two gives up."""
        return max(sum(change.gained_m2 for change in self.changes), sum(change.lost_m2 for change in self.changes))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: where (EPSG:2154), between which sectors, how large, and what would mend it.

    `size_m2` is the area of `where`; of vertices that nearly meet it is the ground that mending them would move.
    `repair` is None where every repair would lose ground, or where only a person can know.
    """

    kind: Kind
    sectors: tuple[str, ...]
    where: Geometry
    size_m2: float
    severity: Severity
    repair: Repair | None = None
    reason: str = ""


def severity(kind: Kind, size_m2: float) -> Severity:
    """How much a finding of this kind and size weighs."""
    return [weight for least, weight in SEVERITIES[kind] if size_m2 >= least][-1]
