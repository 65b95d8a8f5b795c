"""The map in memory says of every point what PostGIS says, in every field."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterable
from dataclasses import replace

import pytest
import shapely
import time_machine
from django.utils import timezone
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from sectors import atlas
from sectors.models import Commune, MapVersion, Sector, Territory
from sectors.routing import Candidate, Facts, choose
from sectors.survey import survey
from tests.factories import Land, Point, beside, corner, degrees, land, square

pytestmark = pytest.mark.django_db

# As the product has it, before the suite stilled the map's clock for the counts of statements.
A_SECOND = atlas.OLDEST_S


def ordered(facts: Facts) -> list[Candidate]:
    return sorted(facts.candidates, key=lambda each: each.sector)


def assert_equal(points: list[Point], **asked) -> None:
    """Every field of every fact; distances to a micrometre, shares to a thousand-millionth."""
    image = atlas.read(timezone.now())
    judged = survey(points, image.directory.at, **asked)
    for point, each in zip(points, judged, strict=True):
        theirs, ours = each.facts, image.facts(*point, **asked)
        assert [c.sector for c in ordered(ours)] == [c.sector for c in ordered(theirs)], point
        for mine, judge in zip(ordered(ours), ordered(theirs), strict=True):
            assert mine.distance_m == pytest.approx(judge.distance_m, abs=1e-6), point
            assert (mine.share is None) == (judge.share is None)
            assert mine.share is None or mine.share == pytest.approx(judge.share, abs=1e-9), point
            assert replace(mine, distance_m=0.0, share=None) == replace(judge, distance_m=0.0, share=None), point
        assert (ours.commune is None) == (theirs.commune is None), point
        if ours.commune is not None and theirs.commune is not None:
            assert ours.commune.distance_m == pytest.approx(theirs.commune.distance_m, abs=1e-6), point
            if 0 < ours.commune.distance_m < 1e-6:
                continue  # outside two communes at their common corner by one bit: neither is nearer
            assert replace(ours.commune, distance_m=0.0) == replace(theirs.commune, distance_m=0.0), point
        agreed = [sorted((a.code, a.candidate.sector) for a in facts.agreements) for facts in (ours, theirs)]
        assert agreed[0] == agreed[1], point
        assert sorted(map(repr, ours.rules)) == sorted(map(repr, theirs.rules))
        for name in ("triage_post", "triage_territory", "accuracy_m", "tolerance_m"):
            assert getattr(ours, name) == getattr(theirs, name)
        first, second = choose(ours), choose(theirs)
        names = ("outcome", "post", "territory", "unit", "border")
        assert [getattr(first, n) for n in names] == [getattr(second, n) for n in names], point
        assert [c.code for c in first.co_readers] == [c.code for c in second.co_readers], point


def around(shapes: Iterable[BaseGeometry], count: int, seed: int) -> list[Point]:
    """Random points in the shapes' boxes, a little beyond them."""
    draw = random.Random(seed)
    west, south, east, north = shapely.total_bounds(list(shapes)).tolist()
    return [(draw.uniform(west - 0.02, east + 0.02), draw.uniform(south - 0.02, north + 0.02)) for _ in range(count)]


def areas(*starts: str) -> list[BaseGeometry]:
    rows = Sector.objects.all()
    return [shapely.from_wkb(bytes(row.area.wkb)) for row in rows if row.code.startswith(starts)]


@pytest.mark.parametrize("accuracy", [None, 0.0, 12.0, 150.0, 5000.0])
@pytest.mark.parametrize("town", ["gap", "briancon"])
def test_random_points_of_the_embedded_territory(town, accuracy):
    assert_equal(around(areas(town), 250, seed=len(town)), accuracy_m=accuracy, category="abords_scolaires")


def test_random_points_of_the_departement_and_of_the_globe():
    communes = [shapely.from_wkb(bytes(row.area.wkb)) for row in Commune.objects.all()[::9]]
    draw = random.Random(7)
    globe = [(draw.uniform(-180, 180), draw.uniform(-90, 90)) for _ in range(300)]
    europe = [(draw.uniform(-31, 41), draw.uniform(19, 71)) for _ in range(300)]
    assert_equal(around(communes, 400, seed=5) + globe + europe, accuracy_m=200.0)


def test_the_ends_of_the_world():
    ends = [(lon, lat) for lon in (-180.0, -30.0, -0.0, 0.0, 40.0, 180.0) for lat in (-90.0, 0.0, 20.0, 70.0, 90.0)]
    ends += [(5e-324, 5e-324), (-5e-324, 46.0), (math.nextafter(180, 0), 0.0), (math.nextafter(-30, -99), 46.0)]
    assert_equal(ends)
    assert_equal(ends, accuracy_m=100_000.0)


@pytest.fixture
def puzzle(puzzle: Land) -> Land:
    """With an agreement far from its sector, a commune that nobody polices, and one that is not served."""
    puzzle.agreement("k-far", "c", square(9, 2, 0.3, 0.3))
    puzzle.commune("22003", square(7, -1, 1, 1), None)
    puzzle.commune("22004", square(9, 2), served=False)
    return puzzle


def bits(point: Point) -> list[Point]:
    """The point and its neighbours in the grid of doubles."""
    lon, lat = point
    near = [(math.nextafter(lon, 999), lat), (math.nextafter(lon, -999), lat)]
    return [point, *near, (lon, math.nextafter(lat, 999)), (lon, math.nextafter(lat, -999))]


@pytest.mark.parametrize("accuracy", [None, 3.0, 120.0])
def test_edges_and_vertices_to_the_last_bit(puzzle: Land, accuracy):
    points = []
    for half_i in range(-2, 13):
        for half_j in range(-2, 6):
            points += bits(corner(half_i / 2, half_j / 2))
    assert_equal(points, accuracy_m=accuracy, category="schools")


def test_slanted_edges_to_the_last_bit():
    made = land()
    made.sector("low", Polygon([corner(0, 0), corner(3.3, 1.7), corner(3.3, 0)]))
    made.sector("high", Polygon([corner(0, 0), corner(3.3, 1.7), corner(0, 1.7)]))
    (x0, y0), (x1, y1) = corner(0, 0), corner(3.3, 1.7)
    points = []
    for k in range(200):
        points += bits((x0 + (x1 - x0) * k / 199, y0 + (y1 - y0) * k / 199))
    assert_equal(points)


def test_millimetres_around_every_threshold(puzzle: Land):
    draw = random.Random(3)
    points = []
    for row in Sector.objects.filter(edition=puzzle.edition):
        border = shapely.boundary(shapely.from_wkb(bytes(row.area_m.wkb)))
        for _ in range(40):
            x, y = (
                shapely.get_coordinates(shapely.line_interpolate_point(border, draw.random(), normalized=True))[0]
                if (border.geom_type == "LineString")
                else shapely.get_coordinates(border)[draw.randrange(shapely.get_num_coordinates(border))]
            )
            angle = draw.uniform(0, 2 * math.pi)
            for metres in (0.001, 0.0021, 39.999, 40.0, 40.001, 119.99, 120.01, 200.0):
                points.append(degrees(x + metres * math.cos(angle), y + metres * math.sin(angle)))
    assert_equal(points, category="schools")
    assert_equal(points[::3], accuracy_m=120.0)


def test_more_sectors_than_are_weighed():
    made = land()
    for i in range(9):
        for j in range(4):
            made.sector(f"s-{i}-{j}", square(i * 0.3, j * 0.3, 0.3, 0.3))
    points = around([square(0, 0, 2.7, 1.2)], 300, seed=11) + [
        corner(i * 0.3, j * 0.3) for i in range(10) for j in range(5)
    ]
    points += [corner(-20, 0.6), corner(-26.85, 0.6), corner(-27.2, 0.6), corner(1, 18.1)]
    assert_equal(points, accuracy_m=60.0)


def test_the_reach_of_a_commune_to_the_millimetre():
    made = land()
    made.commune("22001", square(0, 0))
    made.commune("22002", square(1.2, 0))
    points = [beside(corner(0.5, 1), north_m=m) for m in (199.8, 199.999, 200.0, 200.001, 200.2)]
    points += [corner(1 + k / 100, 0.5) for k in range(21)] + [corner(1.1, 0.5)]
    assert_equal(points)


def test_the_image_is_one_second_old_at_most(monkeypatch):
    monkeypatch.setattr(atlas, "OLDEST_S", A_SECOND)
    with time_machine.travel(timezone.now(), tick=True):
        before = atlas.current()
        assert atlas.current() is before
        Territory.objects.update(tolerance_m=33.0)
        deadline = time.monotonic() + 3
        while atlas.current() is before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert {card.tolerance_m for card in atlas.current().directory.territories.values()} == {33.0}


def test_an_image_of_an_unchanged_map_is_kept(django_assert_num_queries):
    image = atlas.current()
    atlas._current.checked = -math.inf
    # SELECT number FROM sectors_mapversion
    with django_assert_num_queries(1):
        assert atlas.current() is image
    with django_assert_num_queries(0):
        assert atlas.current() is image


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.post("new"),
        lambda made: made.sector("new", square(0, 0)),
        lambda made: made.commune("22009", square(0, 0)),
        lambda made: made.agreement("k", "a", square(0, 0)),
        lambda made: made.rule("x", made.post("p")),
        lambda made: made.held("p", made_person()),
        lambda made: made.edition.delete(),
        lambda made: type(made.unit).objects.filter(pk=made.unit.pk).update(name="Other"),
    ],
)
def test_every_change_of_the_map_counts_its_version_up(change):
    made = land()
    before = MapVersion.objects.get().number
    change(made)
    assert MapVersion.objects.get().number > before


def test_a_person_s_new_name_counts_and_a_sign_in_does_not():
    user = made_person()
    before = MapVersion.objects.get().number
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    assert MapVersion.objects.get().number == before
    user.name = "Autre"
    user.save(update_fields=["name"])
    assert MapVersion.objects.get().number == before + 1


def made_person():
    from tests.factories import person

    return person("someone@bzh.example", "Quelqu'un")


def test_without_a_triage_post_nothing_can_be_said():
    Territory.objects.update(triage_post=None)
    atlas.forget()
    for ask in (lambda: atlas.current().facts(6.0, 44.5), lambda: survey([(6.0, 44.5)], timezone.now())):
        with pytest.raises(LookupError):
            ask()
