"""What a territory measures its problems by: its own criteria, each judged from the facts of an evaluation. Pure.

A criterion is data of the territory's file: an indicator of `INDICATORS`, a target, and in words how it is measured.
What cannot be told yet is not counted as missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from partnership.evaluation import Change, Displacement


class Verdict(StrEnum):
    """Whether a target was reached."""

    MET = "met"
    NOT_MET = "not_met"
    UNCLEAR = "unclear"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion with what was found: `value` in the indicator's unit, None where there is none."""

    code: str
    indicator: str
    target: float
    value: float | None
    verdict: Verdict


def _concerns(facts: Mapping[str, Any], target: float) -> tuple[float | None, Verdict]:
    """After against before: at most `target` times as many, and chance excluded."""
    extent = facts["extent"]
    if extent is None or extent["change"] == Change.TOO_FEW:
        return None if extent is None else extent["ratio"], Verdict.CANNOT_TELL
    ratio = extent["ratio"]
    if ratio is None or ratio > target:
        return ratio, Verdict.NOT_MET
    return ratio, Verdict.MET if extent["change"] == Change.FEWER else Verdict.UNCLEAR


def _displacement(facts: Mapping[str, Any], target: float) -> tuple[float | None, Verdict]:
    """Not displaced; the target says nothing here."""
    found = facts["displacement"]
    verdicts = {
        Displacement.DISPLACED: Verdict.NOT_MET,
        Displacement.POSSIBLY: Verdict.UNCLEAR,
        Displacement.NOT_SEEN: Verdict.MET,
        Displacement.BENEFIT: Verdict.MET,
    }
    return None, verdicts.get(found, Verdict.CANNOT_TELL)


def _first_action(facts: Mapping[str, Any], target: float) -> tuple[float | None, Verdict]:
    """Days from the problem's retaining to the first action done: at most so many."""
    days = facts["actions"]["first_done_days"]
    return days, Verdict.CANNOT_TELL if days is None else _reached(days <= target)


def _actions_done(facts: Mapping[str, Any], target: float) -> tuple[float | None, Verdict]:
    """The share of the actions given, but for those called off, that are done: at least so much."""
    given, done = facts["actions"]["given"], facts["actions"]["done"]
    return (done / given, _reached(done >= target * given)) if given else (None, Verdict.CANNOT_TELL)


def _rating(facts: Mapping[str, Any], target: float) -> tuple[float | None, Verdict]:
    """The median grade of the partners who answered: at least so much."""
    median = facts["ratings"]["median"]
    return median, Verdict.CANNOT_TELL if median is None else _reached(median >= target)


def _observed(facts: Mapping[str, Any], target: float) -> tuple[float | None, Verdict]:
    """What the group saw for itself: said when the problem is evaluated, and measured by nothing here."""
    return None, Verdict.CANNOT_TELL


def _reached(reached: bool) -> Verdict:
    return Verdict.MET if reached else Verdict.NOT_MET


# The indicators that a territory may choose; the words are in `partnership.words_of_evaluation`.
INDICATORS: Final[Mapping[str, Callable[[Mapping[str, Any], float], tuple[float | None, Verdict]]]] = MappingProxyType(
    {
        "concerns": _concerns,
        "displacement": _displacement,
        "first_action_days": _first_action,
        "actions_done": _actions_done,
        "rating": _rating,
        "observed": _observed,
    }
)


def judge(criterion: Mapping[str, Any], facts: Mapping[str, Any]) -> Judged:
    """The criterion (code, indicator, target) judged from these facts. KeyError for an indicator that is none."""
    value, verdict = INDICATORS[criterion["indicator"]](facts, criterion["target"])
    seen = facts.get("observed", {}).get(criterion["code"])
    if criterion["indicator"] == "observed" and seen is not None:
        verdict = _reached(seen)
    return Judged(criterion["code"], criterion["indicator"], criterion["target"], value, verdict)
