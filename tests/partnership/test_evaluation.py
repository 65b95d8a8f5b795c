"""Windows, ring and findings of an evaluation: tables, and what holds of every case."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership.evaluation import (
    DISPLACEMENTS,
    LEAST_WEEKS,
    MOST_WEEKS,
    Change,
    Counts,
    Displacement,
    Windows,
    compared,
    displacement,
    readable_on,
    ring_width_m,
    windows,
)

dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def days(window) -> list[date]:
    return [window.first + timedelta(days=n) for n in range(window.days)]


@given(dates, st.integers(0, 200), st.integers(0, 300), st.integers(LEAST_WEEKS, 20))
def test_both_windows_hold_each_weekday_as_often(begun_on, worked, waited, most):
    done_on = begun_on + timedelta(days=worked)
    found = windows(begun_on=begun_on, done_on=done_on, seen_until=done_on + timedelta(days=waited), most_weeks=most)
    if found is None:
        assert waited < 7 * LEAST_WEEKS
        return
    before, after = days(found.before), days(found.after)
    assert Counter(day.weekday() for day in before) == Counter(day.weekday() for day in after)
    assert set(Counter(day.weekday() for day in before).values()) == {found.weeks}
    assert LEAST_WEEKS <= found.weeks <= most
    # Nothing of the time of the work, nothing of a day that is not over, and not a week less than there is.
    assert before[-1] < begun_on <= done_on < after[0]
    assert after[-1] <= done_on + timedelta(days=waited)
    assert found.weeks == most or waited < 7 * (found.weeks + 1)


def test_the_windows_of_a_case():
    found = windows(begun_on=date(2026, 9, 7), done_on=date(2026, 9, 25), seen_until=date(2026, 11, 22))
    assert isinstance(found, Windows)
    assert found.weeks == 8
    assert (found.before.first, found.before.last) == (date(2026, 7, 13), date(2026, 9, 6))  # Monday to Sunday
    assert (found.after.first, found.after.last) == (date(2026, 9, 26), date(2026, 11, 20))  # Saturday to Friday
    long_ago = windows(begun_on=date(2026, 1, 1), done_on=date(2026, 1, 1), seen_until=date(2026, 11, 22))
    assert long_ago is not None
    assert long_ago.weeks == MOST_WEEKS


def test_there_is_nothing_to_compare_before_the_day_that_is_told():
    done_on = date(2026, 11, 1)
    day = readable_on(done_on)
    assert windows(begun_on=done_on, done_on=done_on, seen_until=day - timedelta(days=1)) is not None
    assert windows(begun_on=done_on, done_on=done_on, seen_until=day - timedelta(days=2)) is None


def test_work_does_not_end_before_it_begins():
    with pytest.raises(ValueError, match="before it was begun"):
        windows(begun_on=date(2026, 11, 2), done_on=date(2026, 11, 1), seen_until=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (0, 0, Change.TOO_FEW),
        (5, 0, Change.TOO_FEW),  # five of nothing comes by chance once in sixteen times
        (3, 2, Change.TOO_FEW),
        (6, 0, Change.FEWER),
        (0, 6, Change.MORE),
        (9, 6, Change.NO_CLEAR_CHANGE),
        (10, 2, Change.FEWER),
        (9, 2, Change.NO_CLEAR_CHANGE),  # once in fifteen times
        (40, 25, Change.NO_CLEAR_CHANGE),
        (40, 20, Change.FEWER),
        (20, 40, Change.MORE),
    ],
)
def test_what_two_counts_say(before, after, change):
    assert compared(Counts(before, after)).change is change


@given(st.integers(0, 80), st.integers(0, 80))
def test_backwards_fewer_is_more(before, after):
    turned = {Change.FEWER: Change.MORE, Change.MORE: Change.FEWER}
    change = compared(Counts(before, after)).change
    assert compared(Counts(after, before)).change is turned.get(change, change)


@given(st.integers(0, 80), st.integers(0, 80))
def test_fewer_after_is_never_said_to_be_more(before, after):
    change = compared(Counts(before, after)).change
    assert change is not (Change.FEWER if after >= before else Change.MORE)
    if change is Change.FEWER and after:
        assert compared(Counts(before, after - 1)).change is Change.FEWER


def test_the_table_of_displacement_is_whole():
    assert set(DISPLACEMENTS) == {(extent, ring) for extent in Change for ring in Change}


@pytest.mark.parametrize(
    ("extent", "ring", "finding"),
    [
        ((20, 4), (4, 20), Displacement.DISPLACED),
        ((20, 4), (10, 14), Displacement.POSSIBLY),
        ((20, 4), (1, 3), Displacement.POSSIBLY),
        ((20, 4), (14, 12), Displacement.NOT_SEEN),
        ((20, 4), (0, 0), Displacement.NOT_SEEN),
        ((20, 4), (20, 4), Displacement.BENEFIT),
        ((20, 18), (4, 20), Displacement.CANNOT_TELL),  # whatever came there, nothing is known to have left here
        ((2, 1), (4, 20), Displacement.CANNOT_TELL),
        ((4, 20), (4, 20), Displacement.NOTHING_LESS),
    ],
)
def test_what_is_said_of_the_ring(extent, ring, finding):
    assert displacement(compared(Counts(*extent)), compared(Counts(*ring))) is finding


@given(st.integers(15, 60), st.integers(0, 14), st.integers(0, 14), st.integers(0, 60))
def test_displaced_is_said_only_of_fewer_here_and_more_there(before, after, around_before, around_after):
    extent, ring = compared(Counts(before, after)), compared(Counts(around_before, around_after))
    finding = displacement(extent, ring)
    said = finding in {Displacement.DISPLACED, Displacement.POSSIBLY}
    assert said == (extent.change is Change.FEWER and around_after > around_before)
    assert (finding is Displacement.DISPLACED) == (extent.ratio.high < 1 < ring.ratio.low)


@pytest.mark.parametrize(
    ("area_m2", "width_m"),
    [
        (0, 100),
        (31_416, 100),  # 100 m around a point: its ring of 73 m would be a street's width
        (125_664, 150),  # 200 m
        (785_398, 370),  # 500 m
        (3_141_593, 500),  # a kilometre
    ],
)
def test_the_ring_is_as_wide_as_a_walk(area_m2, width_m):
    assert ring_width_m(area_m2) == width_m


@given(st.floats(0, 1e8), st.floats(0, 1e8))
def test_a_larger_extent_never_has_a_narrower_ring(one, other):
    small, large = sorted((one, other))
    assert ring_width_m(small) <= ring_width_m(large)
