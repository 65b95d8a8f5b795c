"""What PostGIS says of a point in a land drawn for the test: edges, vertices, holes, parts, and one millimetre."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from django.db import connection, transaction
from shapely.geometry import Polygon

from accounts import prepared
from sectors import atlas
from sectors.holders import holder_of
from sectors.routing import Decision, Facts, choose
from sectors.survey import survey
from tests.factories import LONG_AGO, Land, Point, beside, corner, land, many, square

pytestmark = pytest.mark.django_db
NOW = LONG_AGO.replace(year=2026)
# Straight lines of degrees and of metres differ by up to 0.7 mm between two points 0.002 degree apart.


def facts_at(point: Point, **asked) -> Facts:
    return survey([point], NOW, **asked)[0].facts


def decided(point: Point, **asked) -> Decision:
    return choose(facts_at(point, **asked))


def told(decision: Decision) -> tuple[str, str | None, str]:
    readers = "".join(each.code for each in decision.co_readers)
    return str(decision.outcome), decision.sector.code if decision.sector else None, readers


@pytest.fixture
def quarters(db) -> Land:
    """Four cells around the corner (1, 1): a b / c d, on a commune of the police zone three cells wide."""
    made = land()
    for code, (i, j) in {"a": (0, 1), "b": (1, 1), "c": (0, 0), "d": (1, 0)}.items():
        made.sector(code, square(i, j))
    made.commune("22001", square(-1, -1, 4, 4))
    return made


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((0.5, 0.5), ("inside", "c", "")),  # in the middle
        ((0.5, 1), ("tie", "a", "c")),  # on a shared edge
        ((1, 0.5), ("tie", "c", "d")),
        ((1, 1), ("tie", "a", "bcd")),  # on the vertex of four
        ((0, 1), ("tie", "a", "c")),  # a vertex of two at the rim
        ((0, 0), ("inside", "c", "")),  # the outer vertex
        ((0.5, 0), ("inside", "c", "")),  # the outer edge
        ((2.5, 2.5), ("commune_desk", None, "")),
        ((9, 9), ("outside", None, "")),
    ],
)
def test_places_of_the_grid(quarters: Land, point, expected):
    assert told(decided(corner(*point))) == expected


@pytest.mark.parametrize("millimetres", [-1.0, 1.0])
@pytest.mark.parametrize("along", [0.1, 0.5, 0.77])
def test_a_millimetre_on_each_side_of_an_edge(quarters: Land, millimetres, along):
    # The edge between a (north) and c (south) is a parallel: its straight line in degrees.
    decision = decided(beside(corner(along, 1), north_m=millimetres / 1000))
    holder, reader = ("a", "c") if millimetres > 0 else ("c", "a")
    assert told(decision) == ("inside", holder, reader)
    assert decision.sector is not None
    assert decision.sector.distance_m == pytest.approx(-0.001, abs=0.00075)


@pytest.mark.parametrize("millimetres", [-1.0, 1.0])
def test_a_millimetre_in_and_out_of_the_rim(quarters: Land, millimetres):
    outside = decided(beside(corner(0.5, 2), north_m=millimetres / 1000))
    assert outside.outcome == ("nearest" if millimetres > 0 else "inside")
    assert outside.sector is not None
    assert outside.sector.code == "a"
    assert outside.sector.distance_m == pytest.approx(millimetres / 1000, abs=0.00075)
    # On it is in, at distance nought.
    on_it = decided(corner(0.5, 2))
    assert (on_it.outcome, on_it.sector and on_it.sector.distance_m) == ("inside", 0.0)


def test_a_hole_and_an_island_in_it():
    made = land()
    ring = square(0, 0, 3, 3) - square(1, 1)
    made.sector("ring", ring)
    made.sector("isle", square(1.4, 1.4, 0.2, 0.2))
    made.commune("22001", square(-1, -1, 5, 5))
    assert told(decided(corner(0.5, 0.5))) == ("inside", "ring", "")
    assert told(decided(corner(1.2, 1.2))) == ("commune_desk", None, "")
    assert told(decided(corner(1.5, 1.5))) == ("inside", "isle", "")
    assert told(decided(corner(1.5, 1))) == ("inside", "ring", "")  # on the rim of the hole
    assert told(decided(beside(corner(1.5, 1), north_m=24.5))) == ("nearest", "ring", "")
    distances = {each.code: each.distance_m for each in facts_at(corner(1.2, 1.2)).candidates}
    assert distances["ring"] == pytest.approx(0.2 * 743, rel=0.01)


def test_an_overlap_and_a_sector_of_several_parts():
    made = land()
    made.sector("wide", square(0, 0, 2, 1), priority=20)
    made.sector("over", many(square(1, 0, 2, 1), square(6, 0)), priority=10)
    assert told(decided(corner(1.5, 0.5))) == ("tie", "over", "wide")
    assert told(decided(corner(0.5, 0.5))) == ("inside", "wide", "")
    assert told(decided(corner(6.5, 0.5))) == ("inside", "over", "")
    assert told(decided(corner(4.5, 0.5)))[0] == "outside"


def test_three_sectors_at_a_vertex_that_is_on_the_edge_of_one():
    made = land()
    made.sector("long", square(0, 1, 2, 1))
    made.sector("left", square(0, 0))
    made.sector("right", square(1, 0))
    assert told(decided(corner(1, 1))) == ("tie", "left", "longright")


def test_shares_of_the_disc_on_a_straight_edge(quarters: Land):
    on_edge = {each.code: each.share for each in facts_at(corner(0.5, 1), accuracy_m=50).candidates}
    assert on_edge["a"] == pytest.approx(0.5, abs=0.001)
    assert on_edge["c"] == pytest.approx(0.5, abs=0.001)
    assert on_edge["b"] == on_edge["d"] == 0.0
    # A disc of radius r, its centre 0.5 r from the edge: acos(1/2) / pi - sqrt(3) / (4 pi) = 19.55 % lies beyond.
    half = {each.code: each.share for each in facts_at(beside(corner(0.5, 1), north_m=50), accuracy_m=100).candidates}
    assert half["c"] == pytest.approx(0.1955, abs=0.002)
    assert half["a"] == pytest.approx(0.8045, abs=0.002)
    deep = {each.code: each.share for each in facts_at(corner(0.5, 0.5), accuracy_m=100).candidates}
    assert (deep["c"], deep["a"]) == (1.0, 0.0)
    # A point with an accuracy of nothing is in or out.
    exact = {each.code: each.share for each in facts_at(corner(0.5, 0.5), accuracy_m=0).candidates}
    assert (exact["c"], exact["a"]) == (1.0, 0.0)
    assert all(each.share is None for each in facts_at(corner(0.5, 0.5)).candidates)


@pytest.mark.parametrize("accuracy", [5e-324, 1e-12, 1e-9, 1e-6, 0.00099, 0.001])
def test_a_disc_of_nearly_nothing_on_a_vertex(quarters: Land, accuracy):
    shares = {each.code: each.share for each in facts_at(corner(1, 1), accuracy_m=accuracy).candidates}
    assert all(share is not None and 0 <= share <= 1 for share in shares.values())


def test_the_larger_share_decides_a_tie(quarters: Land):
    # An overlap whose smaller part is preferred by code: the disc speaks louder.
    quarters.sector("aa", square(0.9, 0, 0.2, 0.5))
    point = corner(0.95, 0.25)
    assert told(decided(point))[:2] == ("tie", "aa")
    assert told(decided(point, accuracy_m=150))[:2] == ("tie", "c")


@pytest.mark.parametrize(
    ("metres", "outcome"),
    [(24.9, "nearest"), (25.1, "commune_desk")],
)
def test_the_tolerance(quarters: Land, metres, outcome):
    # Lambert-93 is 0.2 per thousand off the ellipsoid here: 5 mm on these distances.
    assert decided(beside(corner(0.5, 2), north_m=metres)).outcome == outcome


def test_a_point_in_no_commune_takes_the_nearest_within_two_hundred_metres():
    made = land()
    made.commune("22001", square(0, 0), "GN")
    made.commune("22002", square(1.005, 0), "PN")
    near = [decided(beside(corner(0.5, 1), north_m=m)).outcome for m in (199, 201)]
    assert near == ["gendarmerie", "outside"]
    between = facts_at(corner(1.0035, 0.5)).commune  # 2.6 m from the one, 1.1 m from the other
    assert between is not None
    assert between.post == made.posts["desk-22002"].pk
    assert between.distance_m == pytest.approx(0.0015 * 743, rel=0.02)


def test_on_the_border_of_two_communes_the_lower_code_takes_it():
    made = land()
    made.commune("22002", square(0, 0), "GN")
    made.commune("22001", square(1, 0), "PN")
    assert decided(corner(1, 0.5)).post == made.posts["desk-22001"].pk


def weighed(point: tuple[float, float], accuracy_m: float | None = None) -> list[str]:
    """The codes of the sectors weighed for the point, by PostGIS and by memory alike."""
    atlas.forget()
    codes = sorted(each.code for each in facts_at(point, accuracy_m=accuracy_m).candidates)
    assert sorted(each.code for each in atlas.current().facts(*point, accuracy_m=accuracy_m).candidates) == codes
    return codes


def test_the_sectors_within_two_kilometres_are_weighed_else_the_nearest():
    made = land()
    for n in range(11):
        made.sector(f"s{n:02}", square(n, 0))  # 743 m wide
    assert weighed(corner(5.4, 0.5)) == ["s02", "s03", "s04", "s05", "s06", "s07", "s08"]
    assert weighed(corner(5, 25)) == []  # 26.7 km away
    assert weighed(corner(-26.8, 0.5)) == ["s00"]  # 19.9 km
    assert weighed(corner(-2.6, 0.5)) == ["s00"]  # 1.9 km: the next one is beyond two


def test_within_a_wide_accuracy_no_more_than_eight_are_weighed():
    made = land()
    for n in range(11):
        made.sector(f"s{n:02}", square(n, 0))
    assert weighed(corner(5.4, 0.5), 1999.0) == weighed(corner(5.4, 0.5))
    assert weighed(corner(5.4, 0.5), 5000.0) == [f"s{n:02}" for n in range(1, 9)]


def test_all_that_cover_are_weighed_even_beyond_eight():
    made = land()
    for n in range(10):
        made.sector(f"s{n:02}", square(0, 0, 1 + n, 1))
    decision = decided(corner(0.5, 0.5))
    assert told(decision) == ("tie", "s00", "".join(f"s{n:02}" for n in range(1, 10)))


def test_nothing_is_asked_of_points_beyond_the_projection(quarters: Land):
    for point in [(180.0, 90.0), (-180.0, -90.0), (0.0, 0.0), (40.0001, 48.0), (-2.5, 70.0001)]:
        facts = facts_at(point, accuracy_m=100.0)
        assert (facts.candidates, facts.commune) == ([], None)
        assert choose(facts).outcome == "outside"


def test_points_come_back_in_order_and_none_for_none(quarters: Land):
    points = [corner(i / 7 - 1, j / 5 - 1) for i in range(20) for j in range(15)]
    together = [each.facts for each in survey(points, NOW)]
    assert together == [facts_at(point) for point in points]
    assert survey([], NOW) == []


def test_the_holder_of_the_post_is_told_with_the_point():
    """Of every outcome: a sector's, a desk's by competence or by a category's rule, and the triage's."""
    told, rng, at = set(), Random(2), datetime(2026, 11, 23, 9, tzinfo=UTC)
    for category in ("depot_sauvage", "abords_scolaires", None):
        points = [(rng.uniform(5.4, 7.1), rng.uniform(44.2, 45.1)) for _ in range(40)]
        points += [(6.079 + rng.gauss(0, 0.01), 44.559 + rng.gauss(0, 0.01)) for _ in range(20)]
        for each in survey(points, at, category=category):
            decision = choose(each.facts)
            assert each.holders.get(decision.post) == holder_of(decision.post, at)
            told.add((str(decision.outcome), decision.post in each.holders))
    assert {outcome for outcome, _held in told} >= {"inside", "commune_desk", "outside", "category_rule"}
    assert {held for _outcome, held in told} == {True, False}


def test_any_number_of_points_is_one_query(quarters: Land, django_assert_num_queries):
    survey([corner(0.5, 0.5)], NOW)  # a connection's first plans the statement
    with django_assert_num_queries(1):
        survey([corner(0.5, 0.5)] * 500, NOW, accuracy_m=40, category="x")


def test_the_plan_outlives_a_rollback_and_can_be_done_without(quarters: Land, settings):
    expected = facts_at(corner(0.7, 1), accuracy_m=30.0, category="x")
    prepared._known.clear()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with transaction.atomic():
        assert facts_at(corner(0.7, 1), accuracy_m=30.0, category="x") == expected
        transaction.set_rollback(True)
    for _ in range(8):  # from the sixth time on PostgreSQL may plan for any parameters
        assert facts_at(corner(0.7, 1), accuracy_m=30.0, category="x") == expected
    settings.PREPARED = False
    assert facts_at(corner(0.7, 1), accuracy_m=30.0, category="x") == expected


def test_the_area_carried_to_metres_keeps_the_straight_lines_of_degrees():
    # An edge 0.3 degree long on a parallel bows by metres in Lambert-93 unless its middle is kept.
    made = land()
    made.sector("long", Polygon([(-3, 48), (-2.7, 48), (-2.7, 48.1), (-3, 48.1)]))
    decision = decided(beside((-2.85, 48.1), north_m=0.002))
    assert decision.sector is not None
    assert decision.sector.distance_m == pytest.approx(0.002, abs=0.0011)
