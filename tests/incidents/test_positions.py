"""The street and not the door: always the same place for the same point, near it, and saying no more."""

from __future__ import annotations

import math
from typing import Any

import pyproj
import pytest
from django.contrib.gis.geos import GEOSGeometry
from hypothesis import assume, example, given
from hypothesis import strategies as st

from incidents.positions import CELL_M, STEP_M, cell, cell_of, lazy_point, numbers_of, street
from tests.factories import beside, degrees, metres

GEOD = pyproj.Geod(ellps="GRS80")
Point = tuple[float, float]
FRANCE = st.tuples(st.floats(-5.2, 9.7), st.floats(41.2, 51.2))


def between(one: Point, other: Point) -> float:
    """Metres on the ellipsoid."""
    return float(GEOD.inv(one[0], one[1], other[0], other[1])[2])


# Half the diagonal of a cell, and what Lambert-93 is off the ellipsoid.
FARTHEST_M = STEP_M / 2 * math.sqrt(2) * 1.003


@given(FRANCE)
def test_no_farther_than_half_a_cell(point):
    assert between(point, street(*point)) <= FARTHEST_M


@given(FRANCE)
def test_on_the_grid(point):
    """A place of the grid in metres, printed with seven decimals: a centimetre at most beside it."""
    x, y = metres(*street(*point))
    assert abs(x - STEP_M * round(x / STEP_M)) < 0.02
    assert abs(y - STEP_M * round(y / STEP_M)) < 0.02


@given(FRANCE)
def test_it_is_its_own_street(point):
    once = street(*point)
    assert street(*once) == once


@given(FRANCE, st.floats(-11, 11), st.floats(-11, 11))
def test_all_the_points_of_a_cell_are_told_alike(point, east, north):
    corner = street(*point)
    x, y = (STEP_M * round(v / STEP_M) for v in metres(*corner))
    assert street(*degrees(x + east, y + north)) == corner


@given(st.floats(-180, 180), st.floats(-90, 90))
@example(180.0, 90.0)
@example(-180.0, -90.0)
@example(-0.0, -0.0)
@example(5e-324, -5e-324)
@example(-30.0, 20.0)
@example(40.0, 70.0)
@example(40.0000001, 70.0000001)
def test_any_point_of_the_globe_has_one(lon, lat):
    shown = street(lon, lat)
    assert -180 <= shown[0] <= 180
    assert -90 <= shown[1] <= 90
    assert shown == (round(shown[0], 7), round(shown[1], 7))
    assert street(lon, lat) == shown
    assume(abs(lat) < 85)
    assert between((lon, lat), shown) < 30


def test_a_row_of_houses_is_told_as_a_few_places():
    here = (6.0786, 44.5594)
    shown = {street(*beside(here, east_m=metre)) for metre in range(200)}
    assert 8 <= len(shown) <= 18


@pytest.mark.parametrize("decimals", [7])
def test_it_is_written_with_seven_decimals(decimals):
    lon, lat = street(6.078612345, 44.559412345)
    assert (round(lon, decimals), round(lat, decimals)) == (lon, lat)


@pytest.mark.parametrize("place", [(6.0795, 44.5595), (-0.0, 90.0), (179.9999999, -1e-12)])
def test_a_lazy_point_is_the_point(place):
    made: Any = GEOSGeometry(lazy_point(*place))
    assert (made.geom_type, made.srid, made.coords) == ("Point", 4326, place)
    assert numbers_of(lazy_point(*place)) == numbers_of(made) == place


@given(FRANCE)
@example((6.0786, 44.5594))
def test_the_cell_holds_the_point(point):
    x, y = cell_of(*point)
    assert x is not None and y is not None  # noqa: PT018 - for the types
    east, north = metres(*point)
    assert (east // CELL_M, north // CELL_M) == (x, y)
    ring = [metres(*corner) for corner in cell(x, y)]
    assert min(each for each, _ in ring) - 0.05 <= east <= max(each for each, _ in ring) + 0.05
    assert min(each for _, each in ring) - 0.05 <= north <= max(each for _, each in ring) + 0.05


@given(st.tuples(st.floats(-180, 180), st.floats(-90, 90)))
@example((3.0, -90.0))
@example((3.0, -89.9999999999))
@example((-177.0, -89.0))
def test_any_point_of_the_globe_has_a_cell_that_a_column_holds_or_none(point):
    assert all(each is None or abs(each) < 2**31 for each in cell_of(*point))


@given(st.floats(-180, 180), st.floats(-90, 90))
@example(-30.0, 70.0)
@example(40.0, 69.9999)
def test_a_street_is_found_by_the_index_of_its_place(lon, lat):
    """The box of a list is widened by 0.001 degree for it, and the circle of what is near by 50 m."""
    there = street(lon, lat)
    assert max(abs(there[0] - lon), abs(there[1] - lat)) < 0.001
