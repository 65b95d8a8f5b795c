"""When a seat is empty: spans in days from today, and the first day without anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sectors.gaps import first_gap

TODAY = datetime(2026, 11, 23, tzinfo=UTC)


def day(number: int) -> datetime:
    return TODAY + timedelta(days=number)


@pytest.mark.parametrize(
    ("spans", "gap"),
    [
        ([], 0),
        ([(-9, None)], None),
        ([(0, None)], None),
        ([(1, None)], 0),  # begins tomorrow: nobody today
        ([(-9, 0)], 0),  # ended this moment
        ([(-9, 5)], 5),
        ([(-9, 5), (5, None)], None),  # handed over without a gap
        ([(-9, 5), (6, None)], 5),
        ([(6, None), (-9, 7)], None),
        ([(-9, 9), (-5, 2), (8, 12)], 12),
        ([(-9, -5), (-4, -1)], 0),
    ],
)
def test_first_gap(spans: list[tuple[int, int | None]], gap: int | None) -> None:
    found = first_gap([(day(a), None if b is None else day(b)) for a, b in spans], TODAY)
    assert found == (None if gap is None else day(gap))


@given(some.lists(some.tuples(some.integers(-20, 20), some.integers(1, 20)), max_size=6))
def test_nobody_holds_the_seat_at_the_gap_and_somebody_just_before(drawn: list[tuple[int, int]]) -> None:
    spans = [(day(start), day(start + length)) for start, length in drawn]
    gap = first_gap(spans, TODAY)
    assert gap is not None
    assert not any(start <= gap < end for start, end in spans)
    before = gap - timedelta(seconds=1)
    assert gap == TODAY or any(start <= before < end for start, end in spans)
