"""Bytes to a JSON object: what is taken, what is refused, and a second parser as witness."""

import json
import math
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogcapi.geojson import Refused
from ogcapi.geojson.documents import DEEPEST, depth
from ogcapi.geojson.refusals import MESSAGES, MOST_ERRORS, STATUS

from .reading import MIB, defects, read_feature, read_object, read_points, refusal_of


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b' \r\n\t{"a": 1} \n', {"a": 1}),
        ('{"é": "ça 😀"}'.encode(), {"é": "ça 😀"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a": [1, -0.0, 1e5, 1E-5, true, false, null]}', {"a": [1, -0.0, 1e5, 1e-5, True, False, None]}),
        (b'{"a": 1e-999}', {"a": 0.0}),
        (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890}),
        (b'{"a": {"b": 1}, "b": {"b": 1}}', {"a": {"b": 1}, "b": {"b": 1}}),
        (b'{"a": "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', {"a": "[" * 30}),
        (b'{"a": "\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', {"a": '"' + "[" * 30}),
        (b'{"a": ' + b"[" * 19 + b"]" * 19 + b"}", {"a": json.loads("[" * 19 + "]" * 19)}),
    ],
)
def test_documents_taken(body: bytes, value: dict[str, Any]):
    assert read_object(body) == value


def test_minus_zero_keeps_its_sign():
    assert math.copysign(1, read_object(b'{"a": -0.0}')["a"]) == -1


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json;charset=utf-8",
        'application/json; Charset="UTF-8"',
        "application/json; charset=utf8; profile=a",
        " application/geo+json ;",
    ],
)
def test_media_types_taken(content_type: str):
    assert read_object(b"{}", content_type) == {}


def test_exactly_the_limit_is_taken_and_one_byte_more_is_not():
    body = b'{"a":"' + b"x" * (MIB - 8) + b'"}'
    assert len(read_object(body)["a"]) == MIB - 8
    with pytest.raises(Refused) as caught:
        read_object(body + b" ")
    assert (caught.value.status, caught.value.code) == (413, "too_large")


def test_every_defect_of_a_document_is_named():
    body = (
        b'{"type": "feature", "geometry": {"type": "Point", "coordinates": ["6", 91]}, "a": 1, "properties": {"b": 1}}'
    )
    with pytest.raises(Refused) as caught:
        read_feature(body)
    assert defects(caught.value) == [
        ("a", "unknown_member"),
        ("type", "wrong_type"),
        ("geometry.coordinates[0]", "not_a_number"),
        ("geometry.coordinates[1]", "out_of_range"),
        ("properties.b", "unknown_member"),
        ("properties.category", "required"),
    ]
    assert (caught.value.status, caught.value.code) == (400, "invalid")


def test_defects_are_bounded():
    body = json.dumps({f"a{index}": math.nan for index in range(1000)}).encode()
    with pytest.raises(Refused) as caught:
        read_object(body)
    assert len(caught.value.errors) == MOST_ERRORS
    assert caught.value.code == "not_finite"


def test_a_long_or_odd_member_name_is_shown_short_and_in_ascii():
    with pytest.raises(Refused) as caught:
        read_feature(json.dumps({"é" * 100_000: 1}).encode())
    field = caught.value.errors[0].field
    assert len(field) < 300
    assert field.isascii()


def test_every_code_has_words_and_a_client_status():
    assert all(str(message) for message in MESSAGES.values())
    assert set(STATUS) <= set(MESSAGES)
    assert set(STATUS.values()) <= {413, 415}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(10**300, 10**320) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
# Close to right, so that the deeper rules are reached.
numbers = st.floats() | st.integers() | st.sampled_from([0, -0.0, 6.0786, 180, -180, 90, True, None, "6", 10**400])
positions = st.lists(numbers, max_size=4) | json_values
geometries = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString"]) | json_values,
        "coordinates": positions
        | st.lists(positions, max_size=5)
        | st.lists(st.lists(positions, max_size=5), max_size=2)
        | st.lists(st.lists(st.lists(positions, max_size=5), max_size=2), max_size=2),
    }
)
documents = json_values | st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("Feature") | json_values,
        "geometry": geometries | json_values,
        "properties": st.dictionaries(st.sampled_from(["category", "accuracy_m", "a"]), json_values) | json_values,
        "points": st.lists(positions, max_size=5) | json_values,
        "accuracy": json_values,
    },
)


@given(documents, st.booleans())
def test_whatever_json_writes_is_read_or_refused(value: object, ascii_only: bool):
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    for read in (read_object, read_feature, read_points):
        refused = refusal_of(read, body)
        if refused is not None:
            assert refused.status in (400, 413)
            assert 1 <= len(refused.errors) <= MOST_ERRORS
            assert all(str(error.message) for error in refused.errors)


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\u0d8e1-.+ \t\n\0é', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes):
    for read in (read_object, read_feature, read_points):
        # orjson is lenient on duplicate members alone: what it refuses, no reader of ours takes.
        assert refusal_of(read, body) is not None or _is_an_object(body)


@given(documents)
def test_what_is_read_is_what_a_second_parser_reads(value: object):
    body = json.dumps(value).encode("utf-8", "surrogatepass")
    if refusal_of(read_object, body) is None:
        assert _as_doubles(read_object(body)) == _as_doubles(orjson.loads(body))


@given(json_values)
def test_depth_is_that_of_the_value(value: object):
    def deep(each: object) -> int:
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else None
        return 0 if inner is None else 1 + max(map(deep, inner), default=0)

    body = json.dumps(value).encode()
    padded = b"[" + b"[]," * DEEPEST + body + b"]"  # enough brackets not to be settled by their number
    assert depth(padded) == max(2, 1 + deep(value))


def _as_doubles(value: object) -> object:
    if isinstance(value, dict):
        return {name: _as_doubles(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_doubles(each) for each in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _is_an_object(body: bytes) -> bool:
    try:
        return isinstance(orjson.loads(body), dict)
    except orjson.JSONDecodeError:
        return False
