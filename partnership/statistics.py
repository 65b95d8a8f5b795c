"""The ratio of two counts with its exact interval: pure, and checked against scipy and R in its tests.

Two counts of events that come by themselves (Poisson) are compared given their sum: then the second is binomial, its
share is bounded after Clopper and Pearson (1934), and the bounds of the share are bounds of the ratio. The interval is
exact: it holds the true ratio at least as often as it says, however few the events (Przyborowski and Wilenski 1940).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

CONFIDENCE: Final = 0.95
_TINY: Final = 1e-300
_MOST_STEPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much more came after than before: `value` None where nothing was before; `high` may be infinite."""

    before: int
    after: int
    value: float | None
    low: float
    high: float
    confidence: float


def rate_ratio(
    before: int,
    after: int,
    *,
    time_before: float = 1.0,
    time_after: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Ratio:
    """The ratio of the second rate to the first, with its exact interval; the times are in any one unit.

    Nothing after: from 0. Nothing before: without an upper bound. Neither: from 0 without an upper bound.
    Raises ValueError for a negative count, a time that is not positive or a confidence outside ]0, 1[.
    """
    if before < 0 or after < 0 or time_before <= 0 or time_after <= 0 or not 0 < confidence < 1:
        raise ValueError("counts from 0, times above 0 and a confidence between 0 and 1 are expected")
    times = time_before / time_after
    tail = (1 - confidence) / 2
    inverse = _least_odds(before, after, tail)
    return Ratio(
        before=before,
        after=after,
        value=after / before * times if before else None,
        low=_least_odds(after, before, tail) * times,
        high=times / inverse if inverse else math.inf,
        confidence=confidence,
    )


def least_tellable(confidence: float = CONFIDENCE) -> int:
    """The fewest events that can tell two equal windows apart at all, were they all in one of them: 6 at 95 %."""
    return math.ceil(math.log2(2 / (1 - confidence)))


def _least_odds(successes: int, failures: int, tail: float) -> float:
    """The odds of the share below which so many successes are no likelier than `tail`; 0 where there is none."""
    if not successes:
        return 0.0
    low, high = 0.0, 1.0
    while low < (share := (low + high) / 2) < high:
        if _at_most(share, successes, failures + 1) < tail:
            low = share
        else:
            high = share
    return share / (1 - share)


def _at_most(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function: how probable a value up to `x` is under Beta(a, b)."""
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Its continued fraction by Lentz's method (Abramowitz and Stegun 26.5.8)."""
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            return value
    raise ArithmeticError(f"no end of the fraction at {x}, {a}, {b}")


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
