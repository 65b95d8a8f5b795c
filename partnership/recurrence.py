"""When concerns that keep coming back at one place are suggested to their référent as a problem. Pure.

- A suggestion is of one post and one family of natures: at least `LEAST` concerns of the last `WEEKS` weeks, in at
  least `LEAST_WEEKS` different ones, each within reach of another. A single bad night is none.
- In a dense town everything is within a hundred metres of something: what would be wider than `WIDEST_M` is looked at
  again with a shorter reach (`REACHES_M`), and a place that is still wider is none.
- What was set aside comes back only if it grows (`grown`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

WEEKS: Final = 8
LEAST: Final = 5
LEAST_WEEKS: Final = 2
# From the widest to the narrowest: a cluster that fits at a wider reach is not taken apart.
REACHES_M: Final = (100, 50, 25)
WIDEST_M: Final = 500
# The extent proposed is the hull of the concerns and this far around it.
MARGIN_M: Final = 50
# What was set aside comes back with at least so many concerns reported since, and half as many again.
GROWN_LEAST: Final = 3
GROWN_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Cluster:
    """Concerns of one post and one family that belong together; lengths in metres, `extent` in EPSG:4326 as EWKB.

    span_m: between the two farthest of them. middle_m: half of them are no farther from their middle.
    facts: why it is suggested (`facts.facts_of`, with the lengths).
    """

    post: int
    territory: int
    family: str
    concerns: tuple[int, ...]
    reported_at: tuple[datetime, ...]
    span_m: float
    middle_m: float
    reach_m: int
    extent: Any
    facts: dict[str, Any]

    def since(self, moment: datetime) -> int:
        """How many of its concerns were reported after this moment."""
        return sum(at > moment for at in self.reported_at)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A suggestion of before, of the same post and family: `settled_at` None while nobody has decided on it."""

    key: int
    concerns: frozenset[int]
    settled_at: datetime | None


def grown(count: int, since: int) -> bool:
    """Whether something set aside with `count` concerns is worth another look, with so many reported since."""
    return since >= max(GROWN_LEAST, math.ceil(GROWN_SHARE * count))


def same(cluster: Collection[int], earlier: Iterable[Earlier]) -> Earlier | None:
    """The earlier suggestion that shares the most concerns with this cluster; the older one of two alike."""
    shared = [(len(each.concerns.intersection(cluster)), -each.key, each) for each in earlier]
    most = max(shared, key=lambda found: found[:2], default=None)
    return most[2] if most is not None and most[0] else None
