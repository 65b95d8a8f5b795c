"""What is measured and compared: rates of contenders that took turns, and the ratios between them."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

from tests.bench.load import Rate


@dataclass(frozen=True, slots=True)
class Figure:
    """A contender's rates, one a round."""

    name: str
    unit: str
    rates: list[Rate]

    @property
    def middle(self) -> float:
        """The median rate."""
        return median(rate.a_second for rate in self.rates)

    @property
    def spread(self) -> float:
        """How far the rounds lie apart, as a share of the median."""
        found = [rate.a_second for rate in self.rates]
        return (max(found) - min(found)) / 2 / self.middle


@dataclass(frozen=True, slots=True)
class Comparison:
    """A ratio of two figures of the same rounds, and what it should be."""

    what: str
    ours: Figure
    theirs: Figure
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios: what slows a whole round down slows both."""
        pairs = zip(self.ours.rates, self.theirs.rates, strict=True)
        return median(ours.a_second / theirs.a_second for ours, theirs in pairs)

    @property
    def target(self) -> str:
        """What is asked of the ratio, in words; empty where nothing is."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return "" if self.at_most is None else f"at most {self.at_most:g}"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.at_least is not None:
            return self.ratio >= self.at_least
        return None if self.at_most is None else self.ratio <= self.at_most


@dataclass(slots=True)
class Findings:
    """All that a run has measured, and what it has checked, in words."""

    figures: list[Figure] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)


def take_turns(contenders: Mapping[str, Callable[[], Rate]], rounds: int) -> dict[str, list[Rate]]:
    """Each contender once a round, in an order drawn anew each time (and the same in every run)."""
    found: dict[str, list[Rate]] = {name: [] for name in contenders}
    draw = random.Random(5)
    for number in range(1, rounds + 1):
        order = list(contenders)
        draw.shuffle(order)
        for name in order:
            say(f"round {number} of {rounds}: {name}")
            found[name].append(contenders[name]())
    return found


def say(words: str) -> None:
    """A line on how far the work is."""
    sys.stderr.write(f"bench: {words}\n")
    sys.stderr.flush()
