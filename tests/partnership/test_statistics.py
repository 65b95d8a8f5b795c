"""The ratio of two counts: against scipy, against printed results of R, and what holds of every pair."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from partnership.statistics import least_tellable, rate_ratio

# scipy ships no types.
scipys: Any = stats
counts = st.integers(0, 400)


# Printed by R in the vignettes of `rateratio.test` and `exactci` (M. P. Fay), and for the example of `poisson.test`
# (women of Fredericia and of three other cities).
@pytest.mark.parametrize(
    ("before", "time_before", "after", "time_after", "value", "low", "high"),
    [
        (9, 16_660, 2, 17_877, 0.2070941557, 0.02177406, 1.00054910),
        (10, 20_000, 2, 17_877, 0.2237512, 0.02383738, 1.04995468),
        (21, 3_011, 11, 800, 1.971488, 0.8584264, 4.2772659),
    ],
)
def test_the_interval_is_the_one_that_was_published(before, time_before, after, time_after, value, low, high):
    found = rate_ratio(before, after, time_before=time_before, time_after=time_after)
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), rel=1e-6)


def by_scipy(before: int, after: int, confidence: float) -> tuple[float, float]:
    """The interval of two equal times from scipy's of the share."""
    if not before + after:
        return 0.0, math.inf
    share = scipys.binomtest(after, before + after).proportion_ci(confidence, method="exact")
    return share.low / (1 - share.low), share.high / (1 - share.high) if share.high < 1 else math.inf


@given(counts, counts, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_interval_is_scipys(before, after, confidence):
    found = rate_ratio(before, after, confidence=confidence)
    assert (found.low, found.high) == pytest.approx(by_scipy(before, after, confidence), rel=1e-8)


@given(counts, counts)
def test_what_is_told_backwards_is_the_inverse(before, after):
    there, back = rate_ratio(before, after), rate_ratio(after, before)
    if back.high < math.inf:
        assert there.low == pytest.approx(1 / back.high, rel=1e-9)
    else:
        assert there.low == 0
    if there.value is not None and after:
        assert there.low < there.value < there.high


@given(counts, counts)
def test_more_after_never_makes_the_ratio_smaller(before, after):
    less, more = rate_ratio(before, after), rate_ratio(before, after + 1)
    assert less.low < more.low
    assert less.high < more.high or less.high == more.high == math.inf


@given(counts, counts, st.floats(0.1, 10))
def test_twice_the_time_is_half_the_rate(before, after, time):
    plain, longer = rate_ratio(before, after), rate_ratio(before, after, time_after=time)
    assert longer.low == pytest.approx(plain.low / time)
    assert longer.high == pytest.approx(plain.high / time)


@pytest.mark.parametrize("events", [1, 4, 9, 30, 120])
@pytest.mark.parametrize("ratio", [0.2, 0.5, 1.0, 1.7, 4.0])
def test_it_holds_the_true_ratio_at_least_as_often_as_it_says(events, ratio):
    """Given the sum, the second count is binomial: every outcome with its probability."""
    share = ratio / (1 + ratio)
    held = sum(
        scipys.binom.pmf(after, events, share)
        for after in range(events + 1)
        if (found := rate_ratio(events - after, after)).low <= ratio <= found.high
    )
    assert held >= 0.95


@pytest.mark.parametrize(
    ("before", "after", "value", "low", "high"),
    [
        (0, 0, None, 0.0, math.inf),
        (0, 6, None, 1.17742, math.inf),  # the share is 0.025**(1/6) at least: 0.54074
        (6, 0, 0.0, 0.0, 0.84931),
    ],
)
def test_zero_counts_leave_one_side_open(before, after, value, low, high):
    found = rate_ratio(before, after)
    assert found.value == value
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.95, 0.99])
def test_the_fewest_events_that_can_tell_anything(confidence):
    fewest = least_tellable(confidence)
    assert rate_ratio(fewest, 0, confidence=confidence).high < 1
    assert rate_ratio(fewest - 1, 0, confidence=confidence).high >= 1


def test_many_events_are_counted_too():
    assert rate_ratio(100_000, 90_000).high < 1 < rate_ratio(100_000, 101_000).high


@pytest.mark.parametrize(
    "asked",
    [
        {"before": -1, "after": 0},
        {"before": 0, "after": -1},
        {"before": 1, "after": 1, "time_before": 0},
        {"before": 1, "after": 1, "time_after": -1},
        {"before": 1, "after": 1, "confidence": 1.0},
        {"before": 1, "after": 1, "confidence": 0.0},
    ],
)
def test_what_is_no_count_is_refused(asked):
    with pytest.raises(ValueError, match="expected"):
        rate_ratio(**asked)
