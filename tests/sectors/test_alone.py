"""What memory says of points that one sector alone takes, beside the judge; and what it leaves to the judge."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from shapely.geometry import LineString

from sectors.alone import alone
from sectors.routing import Outcome, choose
from sectors.survey import survey
from tests.factories import LONG_AGO, Land, Point, corner, land, square

pytestmark = pytest.mark.django_db
NOW = LONG_AGO.replace(year=2026)


@pytest.fixture
def three(db) -> Land:
    """a beside b, and c, which lies over a part of both; under an agreement along the north of b."""
    made = land()
    made.sector("a", square(0, 0))
    made.sector("b", square(1, 0).difference(square(1.4, 0.4, 0.1, 0.1)))
    made.sector("c", square(0.9, 0.1, 0.2, 0.2))
    made.agreement("north", "a", LineString([corner(1.2, 0.9), corner(1.8, 0.9)]), reach_m=20)
    return made


def told(*points: Point) -> list[str]:
    lon, lat = np.array(points).T
    found = alone(lon, lat, NOW)
    return [found.codes[place] if place >= 0 else "" for place in found.index]


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((0.5, 0.5), "a"),
        ((1.5, 0.2), "b"),
        ((1.0, 0.2), ""),  # two cover it
        ((1.0, 0.8), ""),  # on the border of two
        ((0.0, 0.5), ""),  # on the rim
        ((1e-5, 0.5), ""),  # a centimetre inside
        ((1e-3, 0.5), "a"),  # seventy centimetres inside
        ((1.45, 0.45), ""),  # in the hole
        ((1.5, 0.9), ""),  # under the agreement
        ((1.5, 0.8), "b"),  # a hundred metres beside it
        ((2.5, 0.5), ""),  # outside
    ],
)
def test_one_sector_alone(three: Land, point: Point, expected: str):
    assert told(corner(*point)) == [expected]


def test_what_memory_settles_the_judge_says_too(three: Land):
    """Whatever the accuracy: of a point inside one sector alone it changes neither the sector nor the post."""
    random = Random(7)
    points = [corner(random.uniform(-0.2, 2.2), random.uniform(-0.2, 1.2)) for _ in range(400)]
    discs = [random.choice([None, 3.0, 60.0, 250.0]) for _ in points]
    lon, lat = np.array(points).T
    found = alone(lon, lat, NOW)
    posts, settled = found.post_of(), 0
    for n, surveyed in enumerate(survey(points, NOW, accuracy_m=discs)):
        if found.index[n] < 0:
            assert posts[n] == 0
            continue
        settled += 1
        decision = choose(surveyed.facts)
        assert decision.outcome == Outcome.INSIDE
        assert (decision.post, decision.sector and decision.sector.code) == (posts[n], found.codes[found.index[n]])
    assert settled > 100


def test_an_empty_map_leaves_every_point_to_the_judge(db):
    assert told(corner(0.5, 0.5), corner(9, 9)) == ["", ""]


def test_each_point_has_its_own_accuracy(three: Land):
    """One statement for all of them says what one for each would."""
    points, discs = [corner(0.98, 0.5), corner(1.05, 0.2), corner(0.98, 0.5)], [None, 40.0, 150.0]
    together = survey(points, NOW, accuracy_m=discs)
    assert together == [survey([p], NOW, accuracy_m=d)[0] for p, d in zip(points, discs, strict=True)]
    assert [each.facts.accuracy_m for each in together] == discs
