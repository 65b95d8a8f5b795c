"""Criteria judged from facts, days in each state, and what became of actions: tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership.course import Deed, days_per_stage, graded, tally
from partnership.criteria import INDICATORS, Verdict, judge
from partnership.evaluation import Displacement
from sectors import territory_tables

START = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


def facts(**more: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "extent": {"ratio": 0.5, "change": "fewer"},
        "displacement": "not_displaced",
        "actions": {"given": 5, "done": 4, "first_done_days": 12.5},
        "ratings": {"median": 3},
        "observed": {},
    }
    return {**plain, **more}


def test_the_file_and_the_judge_know_the_same_indicators():
    assert set(INDICATORS) == set(territory_tables.INDICATORS)


MET, MISSED, UNCLEAR, CANNOT = Verdict.MET, Verdict.NOT_MET, Verdict.UNCLEAR, Verdict.CANNOT_TELL
JUDGED = [
    ("concerns", 0.7, {}, 0.5, MET),
    ("concerns", 0.4, {}, 0.5, MISSED),
    ("concerns", 0.7, {"extent": {"ratio": 0.6, "change": "no_clear_change"}}, 0.6, UNCLEAR),  # it may be chance
    ("concerns", 0.7, {"extent": {"ratio": None, "change": "more"}}, None, MISSED),  # nothing before, much after
    ("concerns", 0.7, {"extent": {"ratio": 0.2, "change": "too_few"}}, None, CANNOT),
    ("concerns", 0.7, {"extent": None}, None, CANNOT),  # too early
    ("displacement", 0.0, {"displacement": Displacement.DISPLACED}, None, MISSED),
    ("displacement", 0.0, {"displacement": Displacement.POSSIBLY}, None, UNCLEAR),
    ("displacement", 0.0, {"displacement": Displacement.BENEFIT}, None, MET),
    ("displacement", 0.0, {"displacement": Displacement.NOT_SEEN}, None, MET),
    ("displacement", 0.0, {"displacement": Displacement.NOTHING_LESS}, None, CANNOT),
    ("displacement", 0.0, {"displacement": Displacement.CANNOT_TELL}, None, CANNOT),
    ("first_action_days", 30, {}, 12.5, MET),
    ("first_action_days", 12, {}, 12.5, MISSED),
    ("first_action_days", 12, {"actions": {"given": 0, "done": 0, "first_done_days": None}}, None, CANNOT),
    ("actions_done", 0.8, {}, 0.8, MET),
    ("actions_done", 0.9, {}, 0.8, MISSED),
    ("actions_done", 0.9, {"actions": {"given": 0, "done": 0, "first_done_days": None}}, None, CANNOT),
    ("rating", 3, {}, 3, MET),
    ("rating", 3.5, {}, 3, MISSED),
    ("rating", 3, {"ratings": {"median": None}}, None, CANNOT),
    ("observed", 0, {}, None, CANNOT),
    ("observed", 0, {"observed": {"one": True}}, None, MET),
    ("observed", 0, {"observed": {"one": False}}, None, MISSED),
]


@pytest.mark.parametrize(("indicator", "target", "more", "value", "verdict"), JUDGED)
def test_a_criterion_is_judged(indicator, target, more, value, verdict):
    judged = judge({"code": "one", "indicator": indicator, "target": target}, facts(**more))
    assert judged.verdict is verdict
    assert judged.value == value or verdict is CANNOT
    assert {row[0] for row in JUDGED} == set(INDICATORS)


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def test_a_state_that_came_back_counts_all_its_times():
    moves = [("signalee", after(0)), ("retenue", after(2)), ("diagnostic", after(4.5)), ("retenue", after(5)),
             ("close", after(9))]  # fmt: skip
    assert days_per_stage(moves, after(20)) == {"signalee": 2, "retenue": 6.5, "diagnostic": 0.5, "close": 11}
    assert days_per_stage(moves, after(4)) == {"signalee": 2, "retenue": 2, "diagnostic": 0, "close": 0}
    assert days_per_stage([], after(1)) == {}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 50)), min_size=1, max_size=12))
def test_the_states_share_the_time_from_the_first_move(steps):
    days = sorted(day for _state, day in steps)
    moves = [(state, after(day)) for (state, _day), day in zip(steps, days, strict=True)]
    assert sum(days_per_stage(moves, after(60)).values()) == pytest.approx(60 - days[0], abs=0.3)


def test_what_became_of_actions():
    today = date(2026, 11, 1)
    deeds = [
        Deed("realisee", date(2026, 10, 15), after(10), 1),
        Deed("realisee", date(2026, 10, 15), after(20), None),  # late
        Deed("non_realisee", date(2026, 10, 15), after(20), 1),
        Deed("acceptee", date(2026, 10, 31), None, 2),  # its day is over
        Deed("proposee", date(2026, 11, 1), None, 2),
        Deed("annulee", date(2026, 10, 1), after(3), 9),  # given to nobody any more
    ]
    assert tally(deeds, retained_at=START, today=today) == {
        "given": 5, "done": 2, "on_time": 1, "not_done": 1, "open": 2, "late": 1, "owners": 3, "first_done_days": 10.0,
    }  # fmt: skip
    assert tally([], retained_at=START, today=today)["first_done_days"] is None


def test_grades_are_told_with_who_was_asked():
    assert graded([4, None, 3, 1]) == {"asked": 4, "answered": 3, "counts": [1, 0, 1, 1], "median": 3}
    assert graded([None]) == {"asked": 1, "answered": 0, "counts": [0, 0, 0, 0], "median": None}
