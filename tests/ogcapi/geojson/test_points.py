"""Batches of points: two paths, one answer."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ogcapi import geojson
from ogcapi.geojson import Refused
from ogcapi.geojson.points import read_any, read_plain
from ogcapi.geojson.refusals import MOST_ERRORS

from .reading import BESIDE_POINTS, defects, read_points

USUAL = [
    b'{"points": [[6.0786, 44.5594]]}',
    b'{"points":[[6.0786,44.5594],[6,44],[-0.0,1e1],[5E-324,-90]]}',
    b' {"accuracy": 12.5, "points": [[180, 90], [-180, -90]], "category": "noise"} ',
    b'{"points": [ [ 1 , 2 ], [ 3 , 4 ] ] }',
    b'{"points": [[1, 2]], "category": "[", "at": "]"}'.replace(b'"]"', b'"x"'),
]


@pytest.mark.parametrize("body", USUAL)
def test_the_fast_path_takes_the_usual_spellings(body: bytes):
    batch = read_plain(body, 100_000, BESIDE_POINTS)
    spaced = b"[ [" in body
    assert (batch is None) == spaced
    expected = json.loads(body)
    read = read_points(body)
    assert list(map(list, zip(read.lon.tolist(), read.lat.tolist(), strict=True))) == expected.pop("points")
    assert read.extras == expected


def test_a_large_batch_takes_the_fast_path_and_keeps_every_bit():
    pairs = np.random.default_rng(5).uniform((-180, -90), (180, 90), (100_000, 2))
    body = json.dumps({"points": pairs.tolist()}).encode()
    batch = read_plain(body, 100_000, ())
    assert batch is not None
    assert (batch.lon.tobytes(), batch.lat.tobytes()) == (pairs[:, 0].tobytes(), pairs[:, 1].tobytes())
    assert len(batch) == 100_000


def test_an_empty_batch():
    batch = read_points(b'{"points": []}')
    assert (batch.lon.shape, batch.lat.shape, batch.extras) == ((0,), (0,), {})
    assert batch.lon.dtype == batch.lat.dtype == np.float64


def test_the_limit_of_points_is_the_callers():
    body = b'{"points": [[0, 0], [1, 1], [2, 2]]}'
    assert len(geojson.read_points(body, max_points=3)) == 3
    with pytest.raises(Refused) as caught:
        geojson.read_points(body, max_points=2)
    assert (caught.value.status, defects(caught.value)) == (413, [("points", "too_many_points")])


def test_malformed_points_are_all_named_up_to_the_bound():
    with pytest.raises(Refused) as caught:
        read_points(b'{"points": [[0, 0], [1], [2, 2], ["3", "3"]], "a": 1}')
    assert defects(caught.value) == [
        ("points[1]", "wrong_length"),
        ("points[3]", "not_a_number"),
        ("a", "unknown_member"),
    ]
    with pytest.raises(Refused) as caught:
        read_points(b'{"points": [' + b"[0]," * 5000 + b"[0]]}")
    assert [error.field for error in caught.value.errors] == [f"points[{index}]" for index in range(MOST_ERRORS)]


def outcome(read, body: bytes):
    """What one of the two paths makes of a body: bytes of both arrays and the rest, or the defects."""
    try:
        batch = read(body, 50, BESIDE_POINTS)
    except Refused as refused:
        return defects(refused)
    return batch and (batch.lon.tobytes(), batch.lat.tobytes(), batch.extras)


# Spellings of lists of pairs, right and nearly right: what a byte-wise reader could be deceived by.
pieces = st.sampled_from(
    [
        "[",
        "]",
        ",",
        "],[",
        "], [",
        "[[",
        "]]",
        " ",
        "\n",
        "1",
        "-0.0",
        "6.0786",
        "44.5",
        "1e999",
        "01",
        "+1",
        "1.",
        ".5",
        "e",
        "-",
        "181",
        "1e2",
        "NaN",
        "null",
        '"',
        "{",
        "}",
        "\\",
        "1 2",
        "18446744073709551616",
        "2.5e-1",
    ]
)
tokens = st.sampled_from(["1", "-2.5", "6.0786", "-0.0", "1e2", "1E-7", " 3 ", "180", "181", "01", "-", "", "1e999"])
pair = st.tuples(tokens, tokens).map(lambda two: "[" + ",".join(two) + "]")
lists = st.lists(pair, max_size=4).map(", ".join) | st.lists(pieces, max_size=12).map("".join)
tails = st.sampled_from(
    [
        "}",
        ', "accuracy": 1}',
        ', "category": "]"}',
        ', "category": "["}',
        ', "points": []}',
        ', "points": [[1,2]]}',
        "}}",
        ', "at": "\\u0000"}',
        ', "accuracy": [[1,2]]}',
        ', "a": 1}',
        ', "accuracy": 1e999}',
        "",
    ]
)
heads = st.sampled_from(
    [
        '{"points": ',
        '{"accuracy": 2, "points":',
        '{"category": "[", "points": ',
        '{"points": 1, "points": ',
        "",
        "{",
        '{"category": "]", "points": ',
        '{"a": {"points": ',
        '{"points": null, "category": ',
        '{"category": "',
    ]
)


@given(heads, lists, tails)
@example('{"points": ', "1[,2],[3,4", "}")
@example('{"points": ', "[1,]2],[3,4]", "}")
@example('{"points": ', "[1,2],[3,4]", ', "category": "["}')
@example('{"category": "[", "points": ', "[1,2]", "}")
def test_the_fast_path_equals_the_slow_one(head: str, inner: str, tail: str):
    body = f"{head}[{inner}]{tail}".encode()
    fast = outcome(read_plain, body)
    if fast is not None:
        assert fast == outcome(read_any, body)


@given(
    st.lists(st.tuples(st.floats(-180, 180) | st.integers(-180, 180), st.floats(-90, 90)), min_size=1, max_size=50),
    st.booleans(),
)
def test_every_right_batch_takes_the_fast_path_bit_for_bit(pairs: list[Any], compact: bool):
    body = json.dumps({"points": pairs}, separators=(",", ":") if compact else None).encode()
    fast = outcome(read_plain, body)
    assert fast == outcome(read_any, body)
    expected = np.array(pairs, dtype=np.float64)
    assert fast == (expected[:, 0].tobytes(), expected[:, 1].tobytes(), {})
