"""The head of a table and its quotation marks: what cannot be told apart is refused, with the line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from ogcapi.geojson import Refused
from sectors.table_heads import MOST_COLUMNS, MOST_LINES, first_record, read_head, repeated

GAP = "6.0786,44.5594"


@pytest.mark.parametrize(
    ("text", "delimiter", "names", "places"),
    [
        ("lon,lat", ",", ["lon", "lat"], (0, 1)),
        ("Latitude;Longitude", ";", ["Latitude", "Longitude"], (1, 0)),
        ('"a;b;c;d",lon,lat', ",", ["a;b;c;d", "lon", "lat"], (1, 2)),
        ('"a\nb,c";lon;lat', ";", ["a\nb,c", "lon", "lat"], (1, 2)),
        ('"a ""b"", c",x,y', ",", ['a "b", c', "x", "y"], (1, 2)),
        # Of the usual names the more usual one is meant.
        ("x,y,lon,lat", ",", ["x", "y", "lon", "lat"], (2, 3)),
    ],
)
def test_a_head(text, delimiter, names, places):
    head = read_head(text)
    assert (head.delimiter, head.names, (head.lon, head.lat)) == (delimiter, names, places)


@pytest.mark.parametrize(
    ("text", "status", "errors"),
    [
        ("east,north", 400, [("lon", "missing_column"), ("lat", "missing_column")]),
        ("lon,north", 400, [("lat", "missing_column")]),
        ("lon,lat,LON", 400, [("lon", "duplicate_column")]),
        (" lon ,lat,lon,lat", 400, [("lon", "duplicate_column"), ("lat", "duplicate_column")]),
        ('"lon,lat', 400, [("line 1", "invalid_csv")]),
        ('"lon"x,lat', 400, [("line 1", "invalid_csv")]),
        ("lon,lat" + ",x" * (MOST_COLUMNS - 1), 413, [("", "too_many_columns")]),
    ],
)
def test_a_head_that_is_refused(text, status, errors):
    with pytest.raises(Refused) as refused:
        read_head(text)
    assert refused.value.status == status
    assert [(each.field, each.code) for each in refused.value.errors] == errors


def test_as_many_columns_as_are_taken():
    assert len(read_head("lon,lat" + ",x" * (MOST_COLUMNS - 2)).names) == MOST_COLUMNS


def test_the_first_record_ends_where_its_quotation_marks_do():
    lines = iter(['name,"a\n', 'long one",lon\r\n', "1,2,3\n"])
    assert first_record(lines) == 'name,"a\nlong one",lon'
    assert next(lines) == "1,2,3\n"
    assert first_record([]) == ""
    for endless in (['"a\n'], ['"\n', *["x\n"] * MOST_LINES, '"']):
        with pytest.raises(Refused):
            first_record(endless)


def test_names_that_stand_twice():
    assert repeated(["lon", "lat", "commune", "note", "note"], ["outcome", "commune"]) == ["commune", "note"]


@pytest.fixture
def post(db, settings) -> Any:
    settings.THROTTLES = False
    client = Client(SERVER_NAME="localhost")

    def sent(body: str) -> Any:
        return client.generic(
            "POST", "/api/locate/batch/", body.encode(), content_type="text/csv", headers={"Accept-Language": "en"}
        )

    return sent


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (['"a', "b", "c"], 2),
        (["a", "b", '"c'], 4),
        (["a", '"b', '"c'], 3),
        (['"a\nb"', '"c"d', "e"], 4),
        (["a", '"' + "x" * 140_000 + '"', "b"], 3),
    ],
    ids=["first", "last", "two", "behind a cell of two lines", "a cell beyond the limit"],
)
def test_a_quotation_mark_that_would_swallow_rows_is_told_with_its_line(post, rows, line):
    import csv

    before = csv.field_size_limit(131_072)
    try:
        response = post(f"lon,lat,name\n{''.join(f'{GAP},{row}{chr(10)}' for row in rows)}")
    finally:
        csv.field_size_limit(before)
    assert response.status_code == 400
    document = json.loads(response.content)
    assert [(each["field"], each["code"]) for each in document["errors"]] == [(f"line {line}", "invalid_csv")]
    assert f"line {line}" in document["detail"]


def test_two_stray_marks_that_pair_up_cost_their_row_and_tell_of_the_others(post):
    """To a reader of CSV this is one cell with line breaks in it; nobody writes rows of points in a cell."""
    response = post(f'lon,lat,name\n{GAP},a\n{GAP},"\n{GAP},b\n{GAP},c\n{GAP},"\n{GAP},d\n')
    lines = response.content.decode().splitlines()
    assert response.status_code == 200
    assert "inside" in lines[1]
    assert "inside" in lines[-1]
    assert "a quotation mark swallowed the 3 rows after it" in response.content.decode()


def test_a_cell_of_several_lines_is_none_of_it(post):
    response = post(f'lon,lat,name\n{GAP},"first line\nsecond, with commas, 3\n1,2"\n{GAP},b\n')
    assert response.content.decode().count("inside") == 2


@pytest.mark.parametrize("pair", ["944000.5,6390000", "6390000,944000"])
def test_metres_are_told_from_degrees(post, pair):
    text = post(f"lon,lat\n{pair}\n1000,2000\n").content.decode()
    assert text.count("these are metres (Lambert-93)") == 1
    assert "lon is out of range" in text
