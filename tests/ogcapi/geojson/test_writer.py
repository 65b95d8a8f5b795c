"""GeoJSON out."""

import json
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from ogcapi import geojson


def test_a_feature_is_written_with_its_geometry_untouched():
    text = '{"type":"Point","coordinates":[6.07860000,44.5]}'
    written = geojson.feature("a", text, {"name": "é", "of": gettext_lazy("x"), "n": Decimal("1.5")}, links=[])
    assert text.encode() in written
    assert list(json.loads(written)) == ["type", "id", "geometry", "properties", "links"]
    assert json.loads(written)["properties"] == {"name": "é", "of": "x", "n": 1.5}


def test_a_feature_without_geometry_or_id():
    assert geojson.feature(None, None, {}) == b'{"type":"Feature","geometry":null,"properties":{}}'


def test_a_value_without_a_place_in_json_is_an_error_of_ours():
    with pytest.raises(TypeError):
        geojson.feature(1, None, {"a": object()})


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_collection_is_written(count: int):
    features = [geojson.feature(index, '{"type":"Point","coordinates":[1,2]}', {}) for index in range(count)]
    link = {"rel": "self", "href": "http://a/"}
    written = geojson.feature_collection(iter(features), links=[link], numberReturned=count)
    document = json.loads(written)
    assert list(document) == ["type", "links", "numberReturned", "features"]
    assert document["links"] == [link]
    assert [each["id"] for each in document["features"]] == list(range(count))
    assert geojson.feature_collection(
        [orjson.Fragment(each) for each in features], links=[link], numberReturned=count
    ) == (written)
    assert "links" not in json.loads(geojson.feature_collection([]))


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=5))
def test_what_is_written_is_read_back(pairs: list[Any]):
    for lon, lat in pairs:
        text = json.dumps({"type": "Point", "coordinates": [lon, lat]})
        document = json.loads(geojson.feature(None, text, {}))
        assert geojson.read_feature(document, allowed=()) == geojson.Feature(lon, lat, {})
