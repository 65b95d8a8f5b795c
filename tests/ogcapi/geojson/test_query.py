"""Query strings, numbers and boxes."""

import math
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from ogcapi import geojson
from ogcapi.geojson import Refused

from .reading import defects, refusal_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6.0786", 6.0786),
        ("-6", -6.0),
        ("+6", 6.0),
        ("5e-05", 5e-05),
        ("1E2", 100.0),
        (".5", 0.5),
        ("6.", 6.0),
        ("0006", 6.0),
        ("-0", -0.0),
        ("1e-999", 0.0),
    ],
)
def test_numbers_taken(text: str, number: float):
    assert geojson.read_number(text, field="lon") == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_written_by_python_is_read_back(number: float):
    assert geojson.read_number(repr(number), field="lon") == number


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text: str):
    refused = refusal_of(lambda each: geojson.read_number(each, field="lon"), text)
    if refused is None:
        assert math.isfinite(geojson.read_number(text, field="lon"))
    else:
        assert refused.errors[0].field == "lon"


def test_query_parameters_are_each_given_once():
    assert geojson.read_query(QueryDict("a=1&b=%C3%A9"), ("a", "b", "c")) == {"a": "1", "b": "é"}
    with pytest.raises(Refused) as caught:
        geojson.read_query(QueryDict("a=1&a=1&d=1&b=%00"), ("a", "b"))
    assert defects(caught.value) == [
        ("a", "repeated_parameter"),
        ("d", "unknown_parameter"),
        ("b", "null_character"),
    ]


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("5.5,44,7,45.5", (5.5, 44.0, 7.0, 45.5)),
        ("177,65,-177,70", (177.0, 65.0, -177.0, 70.0)),
        ("0,0,0,0", (0.0, 0.0, 0.0, 0.0)),
        ("944000,6390000,945000,6391000", (944000.0, 6390000.0, 945000.0, 6391000.0)),
    ],
)
def test_boxes_taken(text: str, box: tuple[Any, ...]):
    assert geojson.read_bbox(text) == box


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "wrong_bbox"),
        ("1,2,3", "wrong_bbox"),
        ("1,2,3,4,5", "wrong_bbox"),
        ("1,2,3,4,5,6", "wrong_bbox"),
        ("," * 1_000_000, "wrong_bbox"),
        ("1,4,3,2", "wrong_bbox"),
        ("1,2,3,", "not_a_number"),
        ("1, 2, 3, 4", "not_a_number"),
        ("a,b,c,d", "not_a_number"),
        ("nan,2,3,4", "not_a_number"),
        ("1,2,3,inf", "not_a_number"),
        ("1,2,3,4\0", "not_a_number"),
        ("1,2,3,1e999", "not_finite"),
    ],
)
def test_boxes_refused(text: str, code: str):
    with pytest.raises(Refused) as caught:
        geojson.read_bbox(text)
    assert defects(caught.value) == [("bbox", code)]


def test_heights_of_a_box_are_checked_and_left_out():
    assert geojson.read_bbox("1,2,-10,3,4,10", heights=True) == (1.0, 2.0, 3.0, 4.0)
    for text in ("1,2,10,3,4,-10", "1,4,0,3,2,0"):
        with pytest.raises(Refused):
            geojson.read_bbox(text, heights=True)
