"""Positions, points, features and polygons."""

import json
import math
from typing import Any

import pytest

from ogcapi import geojson
from ogcapi.geojson import Refused

from .reading import defects, read_feature


@pytest.mark.parametrize(
    ("coordinates", "position"),
    [
        ([6.0786, 44.5594], (6.0786, 44.5594)),
        ([6, 44], (6.0, 44.0)),
        ([0, -0.0], (0.0, 0.0)),
        ([180, 90], (180.0, 90.0)),
        ([-180.0, -90], (-180.0, -90.0)),
        ([6.07860000000000014, 5e-324], (6.0786, 5e-324)),
    ],
)
def test_positions_taken(coordinates: list[Any], position: tuple[float, float]):
    assert geojson.read_position(coordinates) == position
    assert geojson.read_point({"type": "Point", "coordinates": coordinates}) == position
    assert all(type(each) is float for each in geojson.read_position(coordinates))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_values_that_never_were_json_are_refused_too(value: float):
    with pytest.raises(Refused) as caught:
        geojson.read_position([value, 0], at="coordinates")
    assert defects(caught.value) == [("coordinates[0]", "not_finite")]


def test_the_path_begins_where_the_caller_says():
    with pytest.raises(Refused) as caught:
        geojson.read_point({"type": "Point", "coordinates": [0, 91]}, at="location")
    assert defects(caught.value) == [("location.coordinates[1]", "out_of_range")]


def test_a_feature_is_read():
    body = json.dumps(
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [6.0786, 44.5594]},
            "properties": {"category": "noise", "accuracy_m": 12},
        }
    )
    assert read_feature(body.encode()) == geojson.Feature(6.0786, 44.5594, {"category": "noise", "accuracy_m": 12})


def test_a_feature_without_properties_where_none_is_required():
    document = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [6, 44]}, "properties": None}
    assert geojson.read_feature(document, allowed=()) == geojson.Feature(6.0, 44.0, {})


@pytest.mark.parametrize(
    ("value", "kind", "right"),
    [
        (1, float, True),
        (1.5, float, True),
        (True, float, False),
        (True, int, False),
        (True, bool, True),
        (1.5, int, False),
        (1, bool, False),
        (None, float, False),
        (None, float | None, True),
        ("1", float, False),
        ([], list, True),
    ],
)
def test_types_of_members(value: object, kind: type, right: bool):
    findings = geojson.Findings()
    geojson.check_members({"a": value}, at="properties", findings=findings, allowed={"a": kind})
    assert [error.field for error in findings.errors] == ([] if right else ["properties.a"])


SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
HOLE = [[0.2, 0.2], [0.2, 0.4], [0.4, 0.4], [0.2, 0.2]]
FAR = [[9, 9], [10, 9], [10, 10], [9, 9]]


def rings(*each: list[Any]) -> tuple[Any, ...]:
    return tuple(tuple((float(lon), float(lat)) for lon, lat in ring) for ring in each)


@pytest.mark.parametrize(
    ("kind", "coordinates", "polygons"),
    [
        ("Polygon", [SQUARE], (rings(SQUARE),)),
        ("Polygon", [SQUARE, HOLE], (rings(SQUARE, HOLE),)),
        ("MultiPolygon", [[SQUARE, HOLE], [FAR]], (rings(SQUARE, HOLE), rings(FAR))),
    ],
)
def test_polygons_taken(kind: str, coordinates: list[Any], polygons: tuple[Any, ...]):
    assert geojson.read_polygons({"type": kind, "coordinates": coordinates}) == polygons


C = "geometry.coordinates"


@pytest.mark.parametrize(
    ("geometry", "field", "code"),
    [
        (None, "geometry", "not_an_object"),
        ({"type": "Point", "coordinates": [0, 0]}, "geometry.type", "wrong_geometry_type"),
        ({"type": "Polygon"}, C, "required"),
        ({"type": "Polygon", "coordinates": [SQUARE], "crs": {}}, "geometry.crs", "crs_not_allowed"),
        ({"type": "Polygon", "coordinates": None}, C, "wrong_type"),
        ({"type": "Polygon", "coordinates": []}, C, "empty_geometry"),
        ({"type": "Polygon", "coordinates": [[]]}, f"{C}[0]", "ring_too_short"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}, f"{C}[0]", "ring_too_short"),
        ({"type": "Polygon", "coordinates": [SQUARE[:-1]]}, f"{C}[0]", "ring_not_closed"),
        ({"type": "Polygon", "coordinates": [SQUARE, [*FAR[:-1], [9, 9.0000001]]]}, f"{C}[1]", "ring_not_closed"),
        ({"type": "Polygon", "coordinates": SQUARE}, f"{C}[0][0]", "wrong_type"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0, 5], [1, 1], [0, 0]]]}, f"{C}[0][1]", "three_dimensional"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [181, 0], [1, 1], [0, 0]]]}, f"{C}[0][1][0]", "out_of_range"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, "0"], [1, 1], [0, 0]]]}, f"{C}[0][1][1]", "not_a_number"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [math.nan, 0], [1, 1], [0, 0]]]}, f"{C}[0][1][0]", "not_finite"),
        ({"type": "MultiPolygon", "coordinates": []}, C, "empty_geometry"),
        ({"type": "MultiPolygon", "coordinates": {}}, C, "wrong_type"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, f"{C}[0]", "empty_geometry"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [FAR[:-1]]]}, f"{C}[1][0]", "ring_too_short"),
    ],
)
def test_polygons_refused(geometry: object, field: str, code: str):
    with pytest.raises(Refused) as caught:
        geojson.read_polygons(geometry)
    assert (field, code) in defects(caught.value)
    assert caught.value.status == 400


@pytest.mark.parametrize("coordinates", [[[SQUARE, HOLE]], [[SQUARE], [HOLE]]], ids=["holes", "parts"])
def test_positions_are_counted_over_rings_and_parts(coordinates: list[Any]):
    geometry = {"type": "MultiPolygon", "coordinates": coordinates}
    assert len(geojson.read_polygons(geometry, max_positions=9)) == len(coordinates)
    with pytest.raises(Refused) as caught:
        geojson.read_polygons(geometry, max_positions=8)
    assert (caught.value.status, defects(caught.value)) == (413, [(C, "too_many_positions")])
