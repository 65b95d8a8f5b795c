"""Areas as a person types them: every number comes back as it was, and what is wrong is told with its line."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from frontend import outlines

numbers = st.floats(-1, 1, allow_nan=False)


@given(st.integers(3, 20), numbers, numbers)
def test_what_is_written_is_read_as_it_was(corners: int, lon: float, lat: float) -> None:
    area = Polygon(Point(lon + 6, lat + 44).buffer(0.01, corners).exterior)
    assert outlines.area(outlines.written(area)).normalize() == MultiPolygon([area]).normalize()


def test_rings_within_rings_are_holes_and_others_are_parts() -> None:
    area = MultiPolygon([Polygon(box(0, 0, 4, 4).exterior, [box(1, 1, 2, 2).exterior]), box(6, 0, 7, 1)])
    assert outlines.area(outlines.written(area)).equals(area)


WRITTEN = (
    "6.0786 44.5594",
    "6.0786, 44.5594",
    "6.0786,44.5594",
    "6,0786 44,5594",
    "6,0786 ; 44,5594",
    " +6.0786\t44.5594",
)


@pytest.mark.parametrize("line", WRITTEN)
def test_a_position_is_read_in_the_ways_people_write_it(line: str) -> None:
    assert outlines.positions(line) == [(6.0786, 44.5594)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "three positions"),
        ("6 44\n6 45", "three different"),
        ("6 44\n6 45\n6 44", "three different"),
        ("6 44\n\n6 45\n7 44\nhere", "Line 5"),
        ("6 44\n6 45\n6 95", "Line 3"),
        ("6 44\n6 45\nnan 44", "Line 3"),
        ("6 44\n6 45\n6e1 44", "Line 3"),
        ("6 44 200\n6 45\n6 46", "Line 1"),
    ],
)
def test_what_is_no_area_says_why_and_where(text: str, said: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=said):
        outlines.area(text)


def test_numbers_near_nothing_are_written_without_an_exponent() -> None:
    text = outlines.written(box(-0.0000005, 44, 0.0000005, 45))
    assert "e" not in text
    assert outlines.area(text).area > 0
