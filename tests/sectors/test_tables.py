"""The quick way through a table and the careful one come to the same, whatever stands in its cells."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sectors import atlas, tables
from sectors.table_heads import Head
from sectors.tables import ADDED, answered, locate_csv

ODD = [
    "nan",
    "inf",
    "Infinity",
    "1_0",
    "٦",
    "６",
    "0x6",
    "6,07",
    "6;07",
    "181",
    "-90.1",
    "1e",
    "--6",
    "1e+2",
    "−6",
    "6\xa0",
    "6\x1f",
]
PLAIN = ["6.0786", "44.5594", "+6", "-0", "6.", ".5", "1e1", "1E-3", "1e-99999", "1e9999"]
NUMBERS = st.sampled_from(["", " 6 ", "6 7", *PLAIN, *ODD])
HEAD = Head(";", ["name", "lon", "lat"], 1, 2)


@given(NUMBERS | st.floats(-200, 200).map(repr), NUMBERS | st.floats(-100, 100).map(repr))
@example("1e-99999", "44.5")
@example("6.0786", "٤٤")
def test_a_number_is_one_on_both_ways_or_on_none(lon, lat):
    row = ["x", lon, lat]
    careful = tables.position(row, HEAD)
    quick = tables._plain_positions([row], HEAD)
    if quick is not None:
        assert careful == (quick[0][0], quick[0][1])


TEXT = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=6)
CELLS = TEXT | st.sampled_from(
    ['"', '""', "a,b", "a;b", "a\nb", "a\r\nb", " a", "a ", "=1", "\ufeff", "\u2028", "\x85"]
)


def round_trip(delimiter: str, names: list[str]) -> list[list[str]]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["name", "lon", "lat"])
    writer.writerows([[name, "6.0786", "44.5594"] for name in names])
    answer = locate_csv(out.getvalue().encode(), image(), most=100)
    return list(csv.reader(io.StringIO(answer, newline=""), delimiter=delimiter))


@pytest.mark.django_db
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_carriage_return_in_a_cell_stays_in_it(delimiter):
    read = round_trip(delimiter, ["a\rb", "c"])
    assert [row[0] for row in read[1:]] == ["a\rb", "c"]


@pytest.mark.django_db
@pytest.mark.parametrize("delimiter", [",", ";"])
@given(names=st.lists(CELLS, min_size=1, max_size=12))
@example(names=["a\u2028b", "a\x85b", "a\x0bb"])
def test_every_cell_comes_back_as_it_was(delimiter, names):
    read = round_trip(delimiter, names)
    assert read[0] == ["name", "lon", "lat", *ADDED]
    assert [row[0] for row in read[1:]] == names
    assert {row[3] for row in read[1:]} == {"inside"}


@pytest.mark.django_db
def test_an_answer_does_not_depend_on_the_neighbours(monkeypatch):
    """A bad row sends its block the careful way: the good ones are told the same."""
    monkeypatch.setattr(tables, "BLOCK", 4)
    good = [[f"n{k}", f"{6.07 + k * 0.0007:.4f}", "44.5594"] for k in range(13)]
    alone = answered(good, HEAD, image()).text.splitlines()
    for spoilt in ([2], [0, 12], list(range(0, 13, 3))):
        rows = [row if k not in spoilt else [row[0], "bad", "row"] for k, row in enumerate(good)]
        told = answered(rows, HEAD, image()).text.splitlines()
        assert len(told) == 13
        assert [line for k, line in enumerate(told) if k not in spoilt] == [
            line for k, line in enumerate(alone) if k not in spoilt
        ]
        assert all(told[k].startswith(f"n{k};bad;row;;;;;;;") for k in spoilt)


@pytest.mark.django_db
def test_bad_rows_in_a_later_block_keep_their_own_errors(monkeypatch):
    monkeypatch.setattr(tables, "BLOCK", 3)
    rows = [[f"n{k}", "6.0786", "44.5594"] for k in range(9)]
    rows[4], rows[7], rows[8] = ["n4", "", "44"], ["n7", "6"], ["n8", "6", "44", "more"]
    read = list(csv.reader(io.StringIO(answered(rows, HEAD, image()).text), delimiter=";"))
    assert [len(row) for row in read] == [3 + len(ADDED)] * 9
    assert [row[0] for row in read] == [f"n{k}" for k in range(9)]
    assert [bool(row[-1]) for row in read] == [k in {4, 7, 8} for k in range(9)]
    assert [row[3] for row in read] == ["" if k in {4, 7, 8} else "inside" for k in range(9)]


@pytest.mark.django_db
def test_no_rows_and_only_bad_ones():
    assert answered([], HEAD, image()) == ("", 0)
    assert answered([["a", "b", "c"]], HEAD, image()).text.startswith("a;b;c;;;;;;;")


@pytest.mark.django_db
def test_positions_are_numbers_or_reasons_and_never_both():
    places, problems = tables._positions([["a", "6", "44"], ["b", "x", "44"], ["c", "6", "44"]], HEAD)
    assert np.isnan(places[:, 0]).tolist() == [False, True, False]
    assert set(problems) == {1}


def image() -> atlas.Atlas:
    return atlas.current()
