"""Problems and meetings are kept for some years, and then nothing of them is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.changes.purging import purge
from incidents.changes.forgetting import CONCERN
from partnership import changes
from partnership.changes.forgetting import MEETING, PROBLEM, SUGGESTION
from partnership.models import (
    ActionChange,
    Diagnosis,
    Meeting,
    Minutes,
    Problem,
    ProblemConcern,
    StatisticalProblem,
    Suggestion,
)
from tests.partnership.evaluated import suggested
from tests.partnership.groups import concerns, does, given, group, landlord, proposed, retained

pytestmark = pytest.mark.django_db
THREE_YEARS = timedelta(days=1097)


def test_a_settled_problem_goes_with_all_that_was_written_of_it(person, monday):
    desk = person("referent_a")
    problem = proposed(desk, monday)
    does(changes.change_status, desk, monday, problem=problem, to="non_retenue", reason="Réglé.")
    assert purge(at=monday + timedelta(days=1095), by="test", commit=True, chosen=[PROBLEM]).total == 0
    assert purge(at=monday + THREE_YEARS, by="test", commit=True, chosen=[PROBLEM]).counts == {"problem": {"05": 1}}
    assert not Problem.objects.exists()
    # It was done twice, and the second time there was nothing.
    assert purge(at=monday + THREE_YEARS, by="test", commit=True, chosen=[PROBLEM]).total == 0


def test_a_row_without_any_text_stays_for_statistics(person, monday):
    desk = person("referent_a")
    problem = retained(desk, monday)
    for turn in ("realisee", "annulee", "non_realisee"):
        action = given(problem, desk, monday)
        does(changes.turn, desk, monday, action=action, to=turn, reason="Vu.")
    does(changes.evaluate, desk, monday, problem=problem)
    does(changes.close, desk, monday, problem=problem, result="partiellement_resolue")
    assert purge(at=monday + THREE_YEARS, by="test", commit=True, chosen=[PROBLEM]).total == 1
    row = StatisticalProblem.objects.get()
    assert (row.post.code, row.family, row.severity) == ("gap-hyper-centre", "tranquillite", "jaune")
    assert (row.proposed_on, row.due_on, row.settled_on) == (monday.date(), problem.due_on, monday.date())
    assert (row.state, row.result, row.actions_given, row.actions_done) == ("close", "partiellement_resolue", 2, 1)
    assert {each.name for each in StatisticalProblem._meta.get_fields()} == {
        "id", "territory", "post", "family", "severity", "proposed_on", "due_on", "settled_on", "state", "result",
        "actions_given", "actions_done",
    }  # fmt: skip


def test_a_suggestion_goes_some_years_after_the_decision_on_it(person, monday):
    rows = [suggested(f"SSSS-000{number}", monday) for number in (1, 2)]
    does(changes.dismiss, person("referent_a"), monday, suggestion=rows[0], reason="Un chantier.")
    assert purge(at=monday + timedelta(days=1094), by="test", commit=True, chosen=[SUGGESTION]).total == 0
    assert purge(at=monday + THREE_YEARS, by="test", commit=True, chosen=[SUGGESTION]).counts == {
        "suggestion": {"05": 1}
    }
    assert list(Suggestion.objects.values_list("reference", flat=True)) == ["SSSS-0002"]


def test_an_open_problem_is_late_and_never_forgotten(person, monday):
    problem = retained(person("referent_a"), monday)
    does(changes.write_diagnosis, person("referent_a"), monday, problem=problem, text="Le hall reste ouvert.")
    given(problem, person("referent_a"), monday)
    assert purge(at=monday + 9 * THREE_YEARS, by="test", commit=True, chosen=[PROBLEM]).total == 0


def test_a_meeting_goes_with_its_minutes_and_its_actions_stay(person, monday):
    desk = person("referent_a")
    problem = retained(desk, monday)
    meeting = does(
        changes.plan, desk, monday, group=group(), begins_at=monday, ends_at=monday + timedelta(hours=1), place="Mairie"
    )
    does(changes.hold, desk, monday, meeting=meeting)
    due = monday.date() + timedelta(days=14)
    does(changes.decide, desk, monday, meeting=meeting, text="Fermer.", problem=problem, owner=landlord(), due_on=due)
    does(changes.draft_minutes, desk, monday, meeting=meeting, text="Vu.")
    does(changes.validate_minutes, desk, monday, meeting=meeting)
    does(changes.write_diagnosis, desk, monday, problem=problem, text="Le hall reste ouvert.")
    assert purge(at=monday + timedelta(days=1095), by="test", commit=True, chosen=[MEETING]).total == 0
    assert purge(at=monday + THREE_YEARS, by="test", commit=True, chosen=[MEETING]).total == 1
    assert not Meeting.objects.exists()
    assert not Minutes.objects.exists()
    assert (ActionChange.objects.count(), Diagnosis.objects.count()) == (1, 1)


def test_a_concern_that_is_forgotten_leaves_its_problem(person, monday):
    desk = person("referent_a")
    problem = retained(desk, monday, incidents=concerns(person("partner_a"), monday, 2))
    row = ProblemConcern.objects.first()
    assert row is not None
    row.incident.status = "non_retenue"
    row.incident.save()
    assert purge(at=monday + THREE_YEARS, by="test", commit=True, chosen=[CONCERN]).total == 1
    assert problem.concerns.count() == 1
