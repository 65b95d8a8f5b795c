"""Many points at once: the answers are PostGIS's on every point, and an independent oracle's."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import shapely
from django.utils import timezone
from shapely.geometry import Point as ShapelyPoint

from sectors import atlas, bulk
from sectors.atlas import Atlas
from sectors.atlas.directory import answered
from sectors.bulk import places
from sectors.models import Commune, Sector
from sectors.routing import choose
from sectors.survey import survey
from tests.factories import Land, Point, corner, degrees, land, square
from tests.oracle import Oracle

pytestmark = pytest.mark.django_db
Told = tuple[str, str | None, str, str, str | None, bool]


def settled(image: Atlas, points: list[Point], **asked) -> list[Told]:
    lon, lat = (np.array(axis, dtype=float) for axis in zip(*points, strict=True)) if points else (np.zeros(0),) * 2
    return [(a.outcome, a.sector, a.post, a.unit, a.commune, a.border) for a in bulk.settle(image, lon, lat, **asked)]


def judged(image: Atlas, points: list[Point], **asked) -> list[Told]:
    """The same columns, from PostGIS and the rule."""
    told: list[Told] = []
    names = image.directory
    for start in range(0, len(points), 1000):
        for each in survey(points[start : start + 1000], names.at, **asked):
            decision, place = answered(names, choose(each.facts)), each.facts.commune
            post = names.posts[decision.post]
            told.append(
                (
                    str(decision.outcome),
                    decision.sector.code if decision.sector else None,
                    post.code,
                    names.units[decision.unit or post.unit_id].code,
                    names.communes[place.commune].code if place else None,
                    decision.border,
                )
            )
    return told


def assert_equal(points: list[Point], **asked) -> None:
    image = atlas.read(timezone.now())
    ours, theirs = settled(image, points, **asked), judged(image, points, **asked)
    wrong = [(p, a, b) for p, a, b in zip(points, ours, theirs, strict=True) if a != b]
    assert not wrong, f"{len(wrong)} of {len(points)}: {wrong[:3]}"


def rings(row: Sector | Commune, metres: list[float], draw: random.Random, some: int) -> list[Point]:
    """Points so many metres inside and outside a border, at its vertices and along its edges."""
    border = shapely.get_coordinates(shapely.boundary(shapely.from_wkb(bytes(row.area_m.wkb)))).tolist()
    points = []
    for _ in range(some):
        k = draw.randrange(len(border) - 1)
        (x0, y0), (x1, y1) = border[k], border[k + 1]
        t = draw.choice([0.0, 0.5, draw.random()])
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        normal = ((y1 - y0) / length, (x0 - x1) / length)
        for away in metres:
            side = draw.choice([-1, 1])
            points.append(
                degrees(x0 + t * (x1 - x0) + side * away * normal[0], y0 + t * (y1 - y0) + side * away * normal[1])
            )
    return points


STEPS = [0.0, 0.001, 0.01, 0.1]
AROUND_25 = [25 + sign * step for step in STEPS for sign in (-1, 1)]
# Beside the lines that are drawn round a sector a metre farther than its tolerance.
BEYOND_25 = [25.5, 25.95, 25.999, 26.0, 26.001, 26.05, 26.5, 28.0, 33.0]
NEAR = [
    0.0,
    1e-6,
    0.001,
    0.002,
    0.01,
    0.049,
    0.051,
    0.1,
    1.0,
    12.0,
    12.05,
    *AROUND_25,
    *BEYOND_25,
    60.0,
    199.999,
    200.0,
    200.01,
]


@pytest.mark.parametrize(
    ("asked", "some"),
    [
        ({}, 30),
        ({"category": "abords_scolaires"}, 12),
        ({"accuracy_m": 12.0}, 12),
        ({"accuracy_m": 60.0, "category": "abords_scolaires"}, 8),
        ({"accuracy_m": 300.0}, 6),
        ({"accuracy_m": 0.0}, 6),
    ],
    ids=str,
)
def test_equal_to_postgis_near_edges_vertices_and_tolerance_rings(asked, some):
    draw = random.Random(some)
    points = [p for row in Sector.objects.all() for p in rings(row, NEAR, draw, some)]
    assert_equal(points, **asked)


def test_equal_to_postgis_near_the_borders_of_communes():
    draw = random.Random(2)
    points = [
        p
        for row in Commune.objects.order_by("code")[::4]
        for p in rings(row, [0.0, 0.01, 0.06, 0.9, 0.999, 1.0, 1.001, 1.1, 5.0, 199.9, 200.1, 201.0, 202.0], draw, 6)
    ]
    assert_equal(points)


@pytest.fixture
def puzzle(puzzle: Land) -> Land:
    """What makes memory hand a point to PostGIS, all at once: with a gap before a commune that nobody polices."""
    puzzle.commune("22003", square(7.1, -1, 1, 1), None)
    return puzzle


@pytest.mark.parametrize(
    "asked",
    [{}, {"accuracy_m": 30.0}, {"accuracy_m": 180.0, "category": "schools"}, {"accuracy_m": 900.0}],
    ids=str,
)
def test_equal_to_postgis_on_overlaps_holes_agreements_and_rules(puzzle: Land, asked):
    draw = random.Random(4)
    points = [corner(draw.uniform(-2, 9), draw.uniform(-2, 4)) for _ in range(1200)]
    points += [corner(i / 4, j / 4) for i in range(-6, 34) for j in range(-6, 14)]
    metres = [0.0, 0.001, 0.04, 0.06, 34.99, 35.01, 39.99, 40.0, 40.01, 40.9, 41.0, 41.1, 43.0, 120.0, 199.9]
    points += [p for row in Sector.objects.filter(edition=puzzle.edition) for p in rings(row, metres, draw, 12)]
    assert_equal(points, **asked)


def test_a_point_in_a_hole_is_at_no_border_when_its_disc_is_nearly_all_in_the_sector():
    made = land()
    made.sector("ring", square(0, 0, 2, 2) - ShapelyPoint(corner(1, 1)).buffer(0.0008))
    made.commune("22001", square(-1, -1, 4, 4))
    # The hole is 60 m wide and 89 m high from its middle: beyond the tolerance, and 12 % of a disc of 200 m.
    assert_equal([corner(1, 1)], accuracy_m=200.0)


def test_no_points_and_only_doubtful_ones(puzzle: Land):
    image = atlas.read(timezone.now())
    assert settled(image, []) == []
    assert_equal([corner(1, 1)])
    assert_equal([corner(1, 1)] * 3)


def test_a_territory_without_sectors_or_at_a_time_before_them():
    before = atlas.read(timezone.now().replace(year=2024))
    points = [(6.0786, 44.5594), (6.64, 44.9), (6.2, 44.7), (2.0, 48.0)]
    assert [each[0] for each in settled(before, points)] == ["commune_desk", "commune_desk", "gendarmerie", "outside"]
    assert settled(before, points) == judged(before, points)


def test_a_home_takes_what_is_outside(puzzle: Land):
    image = atlas.read(timezone.now())
    assert settled(image, [(0.0, -50.0)], home=puzzle.territory.pk)[0][2] == "triage-bzh"
    assert settled(image, [(0.0, -50.0)])[0][2] == "triage-05"


def test_queries_do_not_grow_with_the_points(django_assert_num_queries):
    image = atlas.current()
    draw = random.Random(1)
    clear = [(draw.uniform(6.0775, 6.0795), draw.uniform(44.5588, 44.5598)) for _ in range(5000)]
    row = Sector.objects.first()
    assert row is not None
    doubtful = rings(row, [0.0], draw, 990)
    settled(image, doubtful[:1])  # a connection's first plans the statement
    with django_assert_num_queries(0):
        settled(image, clear)
    # One survey for up to a thousand doubtful points.
    with django_assert_num_queries(1):
        settled(image, clear + doubtful)


def test_the_largest_accuracy_weighs_no_more_sectors_than_reach_the_point(monkeypatch: pytest.MonkeyPatch):
    """A disc of 100 km around each of 100,000 points, over 20,000 sectors, would be two thousand million pairs."""
    made = land()
    for n in range(40):
        made.sector(f"s{n:02}", square(n, 0))
    counted = []
    pairs = places._pairs

    def count(*given):
        found = pairs(*given)
        counted.append(len(found[0]))
        return found

    monkeypatch.setattr(places, "_pairs", count)
    settled(atlas.read(timezone.now()), [corner(n + 0.5, 0.5) for n in range(40)], accuracy_m=100_000.0)
    assert max(counted) <= 40 * 3


@pytest.fixture(scope="module")
def hundred_thousand() -> tuple[Oracle, np.ndarray, np.ndarray, list[tuple[str, str | None]]]:
    oracle = Oracle()
    lon, lat = oracle.points(100_000, seed=20261121)
    return oracle, lon, lat, oracle.answers(lon, lat)


def agrees(told: Told, expected: tuple[str, str | None]) -> bool:
    if expected[0] == "none":
        return told[0] in {"commune_desk", "gendarmerie", "outside"} and told[1] is None
    return told[:3] == (*expected, expected[1])


def test_the_oracle_is_agreed_with_on_a_hundred_thousand_points(hundred_thousand):
    oracle, lon, lat, expected = hundred_thousand
    image = atlas.read(timezone.now())
    points = list(zip(lon.tolist(), lat.tolist(), strict=True))
    ours = settled(image, points)
    wrong = [(p, told, e) for p, told, e in zip(points, ours, expected, strict=True) if not agrees(told, e)]
    assert not wrong, f"{len(wrong)}: {wrong[:3]}"
    # The sample is worth something: each kind of answer and each sector is in it.
    assert {e[0] for e in expected} >= {"inside", "nearest", "none"}
    assert {e[1] for e in expected} >= set(oracle.codes)


def test_the_oracle_is_agreed_with_by_postgis_near_every_border(hundred_thousand):
    oracle, lon, lat, expected = hundred_thousand
    near = np.flatnonzero((oracle.distances(lon, lat) < 50).any(axis=1))
    chosen = np.unique(np.concatenate([near, np.arange(0, len(lon), 100)]))
    points = [(float(lon[i]), float(lat[i])) for i in chosen]
    theirs = judged(atlas.read(timezone.now()), points)
    wrong = [(p, t, expected[i]) for p, t, i in zip(points, theirs, chosen, strict=True) if not agrees(t, expected[i])]
    assert len(near) > 1000
    assert not wrong, f"{len(wrong)} of {len(points)}: {wrong[:3]}"
