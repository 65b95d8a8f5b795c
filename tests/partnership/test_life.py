"""The three tables, move by move; and the grid of severity, cell by cell."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from incidents.workflow import MoveRefused
from partnership import life
from partnership.life import (
    ACTION,
    ACTION_OPEN,
    AWAITED,
    MEETING,
    OPEN,
    OWNER,
    PROBLEM,
    PROPOSED,
    REFERENT,
    SETTLED,
    SYSTEM,
    WORKED,
    ActionState,
    MeetingState,
    State,
    check,
    next_from,
)
from partnership.severity import GRID, NATURES, Nature, Recurrence, Severity, severity_of

ROLES = (REFERENT, OWNER, SYSTEM)
PATH = ("signalee", "a_qualifier", "retenue", "diagnostic", "actions_en_cours", "evaluation", "close")
TABLES = {
    "problem": (PROBLEM, frozenset(State)),
    "action": (ACTION, frozenset(ActionState)),
    "meeting": (MEETING, frozenset(MeetingState)),
}
CASES = [
    (name, start, to, role)
    for name, (_, states) in TABLES.items()
    for start in sorted(states)
    for to in sorted(states)
    for role in ROLES
]


@pytest.mark.parametrize(("name", "start", "to", "role"), CASES)
def test_every_pair_of_states_is_answered_as_the_table_says(name, start, to, role):
    steps, _ = TABLES[name]
    step = steps.get((start, to))
    if step is not None and role in step.roles:
        assert check(steps, start, to, role=role, reason="Parce que.") is step
        if step.needs_reason:
            with pytest.raises(MoveRefused, match="reason_required"):
                check(steps, start, to, role=role, reason=" … ")
        return
    code = "role_not_allowed" if step else "status_unchanged" if start == to else "move_not_allowed"
    with pytest.raises(MoveRefused, match=code):
        check(steps, start, to, role=role, reason="Parce que.")


@pytest.mark.parametrize("name", TABLES)
def test_every_state_is_reached_and_none_is_unknown(name):
    steps, states = TABLES[name]
    first = {"problem": "signalee", "action": "proposee", "meeting": "planifiee"}[name]
    reached, found = {first}, {first}
    while found:
        found = {to for state in found for to in next_from(steps, state)} - reached
        reached |= found
    assert reached == {str(each) for each in states}
    with pytest.raises(MoveRefused, match="status_unknown"):
        check(steps, first, "inconnue", role=REFERENT)


def test_a_problem_goes_from_its_report_to_its_closing_by_the_seven_states():
    for start, to in pairwise(PATH):
        assert check(PROBLEM, start, to, role=REFERENT)


def test_nothing_is_closed_but_after_its_evaluation():
    assert {start for start, to in PROBLEM if to == State.CLOSE} == {State.EVALUATION}


def test_what_turns_down_gives_away_stops_or_reopens_says_why():
    said = {to for (_, to), step in PROBLEM.items() if step.needs_reason}
    assert said == {State.NON_RETENUE, State.REORIENTEE, State.SUSPENDUE, State.ROUVERTE}
    # The clock alone takes a suspended one up again without a word.
    assert all(not step.needs_reason for (start, _), step in PROBLEM.items() if start == State.SUSPENDUE)
    assert {to for (_, to), step in ACTION.items() if step.needs_reason} == {"annulee", "non_realisee"}
    assert MEETING["planifiee", "annulee"].needs_reason


def test_the_groups_of_states_share_them_out():
    assert PROPOSED | AWAITED | {State.SUSPENDUE, State.EVALUATION} | SETTLED == frozenset(State)
    assert not PROPOSED & WORKED
    assert OPEN == PROPOSED | WORKED
    assert {start for start, _ in ACTION} == ACTION_OPEN


def test_retaining_qualifies_on_the_way():
    for state in ("signalee", "reorientee", "a_qualifier"):
        way = (state, *life.retaining(state))
        assert way[-1] == State.RETENUE
        for start, to in pairwise(way):
            check(PROBLEM, start, to, role=REFERENT)


def test_a_suspension_has_a_listed_reason_and_an_end():
    assert life.suspension_ends_on(date(2026, 11, 23), 80) == date(2026, 12, 3)
    with pytest.raises(MoveRefused, match="reason_not_listed"):
        life.check_suspension("faute_de_temps", 0)
    with pytest.raises(MoveRefused, match="suspension_exhausted"):
        life.check_suspension("saison", 90)
    life.check_suspension("saison", 89)


@pytest.mark.parametrize(
    ("family", "recurrence", "expected"),
    [
        ("tranquillite", "isolee", "vert"),
        ("tranquillite", "recurrente", "jaune"),
        ("tranquillite", "installee", "orange"),
        ("vols", "isolee", "vert"),
        ("vols", "recurrente", "orange"),
        ("vols", "installee", "rouge"),
        ("trafics", "isolee", "jaune"),
        ("trafics", "recurrente", "orange"),
        ("trafics", "installee", "rouge"),
        ("une-famille-du-territoire", "recurrente", "jaune"),
    ],
)
def test_severity_is_a_cell_of_the_grid(family, recurrence, expected):
    assert severity_of(family, Recurrence(recurrence)) == expected


def test_the_grid_is_whole_and_grows_with_both():
    assert set(GRID) == {(nature, recurrence) for nature in Nature for recurrence in Recurrence}
    rank = {each: number for number, each in enumerate(Severity)}
    for nature in Nature:
        levels = [rank[GRID[nature, each]] for each in Recurrence]
        assert levels == sorted(levels)
        assert len(set(levels)) == 3
    assert set(NATURES.values()) == set(Nature)
