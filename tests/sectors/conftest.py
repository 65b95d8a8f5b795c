"""A land with a little of everything."""

from __future__ import annotations

import pytest
from shapely.geometry import LineString

from tests.factories import Land, corner, land, many, square


@pytest.fixture
def puzzle(db: None) -> Land:
    """Neighbours, an overlap, a hole with an isle, two parts, agreements, rules and two communes."""
    made = land(tolerance_m=40.0)
    made.sector("a", square(0, 1), priority=3)
    made.sector("b", square(1, 1), priority=2)
    made.sector("c", many(square(0, 0), square(5, 0)))
    made.sector("d", square(1, 0))
    made.sector("over", square(0.5, 0.5, 1, 1), priority=1)
    made.sector("ring", square(2, 0, 3, 2) - square(3, 0.5, 1, 1))
    made.sector("isle", square(3.4, 0.9, 0.2, 0.2))
    made.agreement("k-line", "d", LineString([corner(1, 0.1), corner(1, 0.4)]), reach_m=35)
    made.agreement("k-poly", "ring", square(0.1, 0.1, 0.1, 0.1))
    here = made.commune("22001", square(-1, -1, 4, 4))
    made.commune("22002", square(3, -1, 4, 4), "GN")
    made.rule("schools", made.post("p1"))
    made.rule("schools", made.post("p2"), here)
    return made
