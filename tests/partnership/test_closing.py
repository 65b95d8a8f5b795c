"""No problem is closed before it has been evaluated, nor while somebody has something left to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from partnership import changes
from partnership.models import Evaluation
from tests.partnership.groups import does, given, refused, retained
from tests.partnership.test_problems import told

pytestmark = pytest.mark.django_db


def evaluated(problem, person, at):
    version = problem.evaluations.count() + 1
    return Evaluation.objects.create(
        problem=problem, version=version, at=at, author=person("referent_a"), facts={}, displacement="cannot_tell"
    )


@pytest.fixture
def problem(person, monday):
    """Under evaluation, of which none is written yet."""
    found = retained(person("referent_a"), monday, post="gap-hyper-centre")
    return does(changes.change_status, person("referent_a"), monday, problem=found, to="evaluation")


def test_it_is_closed_with_its_result_once_it_is_evaluated(problem, person, monday):
    desk = person("referent_a")
    facts = {"problem": problem, "result": "partiellement_resolue"}
    assert refused(changes.close, desk, monday, **facts) == "409 not_evaluated"
    evaluated(problem, person, monday)
    held = does(changes.close, desk, monday, **facts)
    assert (held.state, held.result, held.closed_at) == ("close", "partiellement_resolue", monday)
    assert held.changes.last().result == "partiellement_resolue"
    # Nobody is told what they did themselves.
    assert told("closed") == []


def test_while_an_action_is_open_it_is_not(problem, person, monday):
    desk = person("referent_a")
    evaluated(problem, person, monday)
    action = given(problem, desk, monday)
    assert refused(changes.close, desk, monday, problem=problem, result="resolue") == "409 actions_open"
    does(changes.turn, desk, monday, action=action, to="realisee")
    assert does(changes.close, desk, monday, problem=problem, result="resolue").state == "close"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"result": "reglee"}, "422 unknown_result"),
        ({"result": "abandonnee"}, "422 reason_required"),
        ({"result": "resolue", "reason": "Voir AB-123-CD"}, "422 personal_data"),
    ],
)
def test_a_result_that_says_too_little_is_refused(problem, person, monday, facts, expected):
    evaluated(problem, person, monday)
    assert refused(changes.close, person("referent_a"), monday, problem=problem, **facts) == expected


def test_from_anywhere_but_the_evaluation_nothing_is_closed(person, monday):
    problem = retained(person("referent_a"), monday)
    evaluated(problem, person, monday)
    found = refused(changes.close, person("referent_a"), monday, problem=problem, result="resolue")
    assert found == "409 move_not_allowed"


def test_nobody_else_closes_it(problem, person, monday):
    evaluated(problem, person, monday)
    for who in ("partner_a", "referent_b", "director", "mayor_gap"):
        with pytest.raises(PermissionDenied):
            does(changes.close, person(who), monday, problem=problem, result="resolue")


def test_opened_again_it_is_evaluated_again_before_it_is_closed_again(problem, person, monday):
    desk = person("referent_a")
    evaluated(problem, person, monday)
    does(changes.close, desk, monday, problem=problem, result="resolue")
    later = monday + timedelta(days=40)
    held = does(changes.change_status, desk, later, problem=problem, to="rouverte", reason="Le bruit est revenu.")
    assert (held.result, held.closed_at) == ("", None)
    does(changes.change_status, desk, later, problem=problem, to="evaluation")
    assert refused(changes.close, desk, later, problem=problem, result="resolue") == "409 not_evaluated"
    evaluated(problem, person, later)
    held = does(changes.close, desk, later, problem=problem, result="non_resolue")
    # What was said the first time stays in the history.
    assert [row.result for row in held.changes.filter(state_to="close")] == ["resolue", "non_resolue"]
