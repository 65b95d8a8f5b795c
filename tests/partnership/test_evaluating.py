"""Evaluations are frozen, partners are asked twice, and a suggestion becomes a problem or part of one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction

from incidents.models import Incident
from messaging.models import Message
from partnership import changes, tasks
from partnership.changes.extents import AROUND_M
from partnership.models import Evaluation, Fate, Problem, ProblemConcern, Rating, RatingStage, Suggestion
from partnership.recurrence import MARGIN_M
from sectors.models import Membership, Partner
from sectors.scope import scope_of
from tests.factories import beside
from tests.incidents.sending import GAP, reported
from tests.partnership.groups import does, given, group, landlord, proposed, refused, retained

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def worked(person, monday) -> Problem:
    """Retained sixty days ago; the landlord has done its action since, and the problem is under evaluation."""
    referent, partner = person("referent_a"), person("partner_a")
    begun = monday - 60 * DAY
    problem = retained(referent, begun)
    action = given(problem, referent, begun + DAY, owner=landlord(), due_on=date(2026, 10, 20))
    for days, to in ((2, "acceptee"), (20, "realisee")):
        does(changes.turn, partner, begun + days * DAY, action=action, to=to)
    done: Problem = does(changes.change_status, referent, monday - 2 * DAY, problem=problem, to="evaluation")
    return done


def test_an_evaluation_freezes_what_was_counted(worked, person, monday):
    made = does(
        changes.evaluate, person("referent_a"), monday, problem=worked, text="Le hall est calme.",
        observed={"terrain": True},
    )  # fmt: skip
    assert (made.version, made.text, made.displacement) == (1, "Le hall est calme.", "cannot_tell")
    facts = made.facts
    assert (facts["begun_on"], facts["done_on"]) == ("2026-09-26", "2026-10-14")
    assert (facts["weeks"], facts["actions"]["done"], facts["observed"]) == (5, 1, {"terrain": True})
    assert facts["extent"]["change"] == "too_few"
    with pytest.raises(Error), transaction.atomic():
        Evaluation.objects.update(text="Autre")
    with pytest.raises(Error), transaction.atomic():
        Evaluation.objects.all().delete()
    assert does(changes.evaluate, person("referent_a"), monday, problem=worked).version == 2


def test_the_days_of_the_work_may_be_said_otherwise(worked, person, monday):
    who = person("referent_a")
    said = {"begun_on": date(2026, 10, 1), "done_on": date(2026, 10, 31)}
    facts = does(changes.evaluate, who, monday, problem=worked, **said).facts
    assert (facts["begun_on"], facts["done_on"], facts["weeks"]) == ("2026-10-01", "2026-10-31", 3)
    asked: list[tuple[dict[str, Any], str]] = [
        ({"begun_on": date(2026, 11, 2), "done_on": date(2026, 11, 1)}, "422 wrong_order"),
        ({"done_on": date(2026, 11, 24)}, "422 in_future"),
        ({"begun_on": date(2024, 11, 1)}, "422 too_long_ago"),
        ({"observed": {"signalements": True}}, "422 unknown_criterion"),
        ({"text": "Voir AB-123-CD"}, "422 personal_data"),
    ]
    assert [refused(changes.evaluate, who, monday, problem=worked, **wrong) for wrong, _ in asked] == [
        code for _, code in asked
    ]


def test_only_who_runs_the_group_evaluates_and_only_what_is_under_evaluation(worked, person, monday):
    for name in ("partner_a", "referent_b", "mayor_gap", "director", "administrator"):
        with pytest.raises(PermissionDenied):
            does(changes.evaluate, person(name), monday, problem=worked)
    who = person("referent_a")
    assert refused(changes.evaluate, who, monday, problem=proposed(who, monday)) == "409 not_under_evaluation"


def test_what_is_worked_on_is_under_evaluation_by_being_evaluated(person, monday):
    who = person("referent_a")
    problem = retained(who, monday)
    does(changes.evaluate, who, monday, problem=problem)
    assert list(problem.changes.values_list("state_to", flat=True))[-2:] == ["retenue", "evaluation"]
    does(changes.evaluate, who, monday, problem=problem)
    assert problem.changes.filter(state_to="evaluation").count() == 1


def test_the_criteria_are_chosen_among_those_of_the_territory(worked, person, monday):
    who = person("referent_a")
    made = does(changes.evaluate, who, monday, problem=worked, criteria=["actions", "signalements"])
    assert [each["code"] for each in made.facts["criteria"]] == ["signalements", "actions"]
    assert len(does(changes.evaluate, who, monday, problem=worked).facts["criteria"]) == 6
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"criteria": []}, "422 criteria_required"),
        ({"criteria": ["actions", "pluie"]}, "422 unknown_criterion"),
        ({"criteria": ["actions"], "observed": {"terrain": True}}, "422 unknown_criterion"),
    ]
    for given_, code in wrong:
        assert refused(changes.evaluate, who, monday, problem=worked, **given_) == code


@pytest.fixture
def closed(worked, person, monday) -> Problem:
    Membership.objects.get_or_create(group=group(), partner=Partner.objects.get(code="bus"))
    does(changes.evaluate, person("referent_a"), monday, problem=worked)
    Message.objects.all().delete()
    made: Problem = does(changes.close, person("referent_a"), monday, problem=worked, result="partiellement_resolue")
    return made


def test_those_who_worked_on_it_are_asked_at_the_closing(closed, person, monday):
    (asked,) = Rating.objects.all()
    assert (asked.partner, asked.stage, asked.grade) == (landlord(), RatingStage.CLOSING, None)
    (letter,) = Message.objects.filter(dedupe_key__startswith="problem.rate:")
    assert letter.recipient == person("partner_a").email
    assert closed.reference in letter.subject


def test_an_organisation_answers_once(closed, person, monday):
    who = person("partner_a")
    for name in ("referent_a", "mayor_gap", "director"):
        with pytest.raises(PermissionDenied):
            does(changes.rate, person(name), monday, problem=closed, grade=4)
    assert refused(changes.rate, who, monday, problem=closed, grade=5) == "422 unknown_grade"
    assert refused(changes.rate, who, monday, problem=closed, grade=0) == "422 unknown_grade"
    made = does(changes.rate, who, monday, problem=closed, grade=3, comment="Plus calme")
    assert (made.grade, made.comment, made.answered_by) == (3, "Plus calme", who)
    assert refused(changes.rate, who, monday, problem=closed, grade=4) == "409 nothing_asked"
    # A member of the group that did nothing of it was not asked.
    assert refused(changes.rate, person("partner_b"), monday, problem=closed, grade=4) == "409 nothing_asked"


def test_they_are_asked_once_more_sixty_days_later_by_day(closed, monday):
    later = monday + 60 * DAY
    assert changes.ask_again(at=later - DAY) == 0
    assert changes.ask_again(at=later.replace(hour=3)) == 0
    assert changes.ask_again(at=later) == 1
    assert changes.ask_again(at=later + DAY) == 0
    assert list(Rating.objects.values_list("stage", flat=True)) == ["closing", "later"]
    assert Message.objects.filter(dedupe_key__startswith="problem.rate_later:").count() == 1


def test_nobody_is_asked_about_what_was_opened_again(closed, person, monday):
    does(changes.change_status, person("referent_a"), monday + DAY, problem=closed, to="rouverte", reason="Revenu")
    assert changes.ask_again(at=monday + 60 * DAY) == 0


def test_the_second_question_is_answered_too(closed, person, monday):
    who = person("partner_a")
    does(changes.rate, who, monday, problem=closed, grade=4)
    later = monday + 60 * DAY
    changes.ask_again(at=later)
    assert does(changes.rate, who, later, problem=closed, grade=2).stage == RatingStage.LATER


def test_the_task_is_run_by_the_worker(settings, closed):
    assert "partnership.tasks.ask_partners_again" in settings.PERIODIC_TASKS
    assert tasks.ask_partners_again() == 0


@pytest.fixture
def suggestion(person, monday) -> Suggestion:
    for days in (2, 5, 9, 16, 23):
        reported(person("partner_a"), monday - days * DAY, beside(GAP, east_m=3.0 * days))
    changes.suggest(at=monday)
    return Suggestion.objects.get()


def test_an_accepted_suggestion_becomes_a_problem_with_its_concerns(suggestion, person, monday):
    who = person("referent_a")
    for name in ("partner_a", "referent_b", "mayor_gap", "director"):
        with pytest.raises(PermissionDenied):
            does(changes.accept, person(name), monday, suggestion=suggestion, title="Bruit")
    problem = does(changes.accept, who, monday, suggestion=suggestion, title="Bruit rue Carnot")
    assert (problem.origin, problem.family, problem.title) == ("suggestion", "tranquillite", "Bruit rue Carnot")
    assert problem.post == suggestion.post
    assert sorted(problem.concerns.values_list("incident_id", flat=True)) == suggestion.concerns
    # The extent is the one that was proposed, to the width of a rounding.
    assert problem.extent.sym_difference(suggestion.extent).area < suggestion.extent.area / 100
    assert AROUND_M == MARGIN_M
    suggestion.refresh_from_db()
    assert (suggestion.fate, suggestion.problem, suggestion.settled_by) == (Fate.ACCEPTED, problem, who)
    assert refused(changes.accept, who, monday, suggestion=suggestion, title="Bruit") == "409 already_settled"
    assert changes.suggest(at=monday) == 0


def test_a_suggestion_joins_a_problem_with_what_is_still_free(suggestion, person, monday):
    who = person("referent_a")
    first = Incident.objects.get(pk=suggestion.concerns[0])
    elsewhere, here = retained(who, monday), retained(who, monday)
    does(changes.join, who, monday, problem=elsewhere, incidents=[first])
    does(changes.merge, who, monday, suggestion=suggestion, problem=here)
    assert ProblemConcern.objects.filter(problem=here).count() == 4
    suggestion.refresh_from_db()
    assert (suggestion.fate, suggestion.problem) == (Fate.MERGED, here)
    assert changes.suggest(at=monday) == 0


def test_a_member_reads_the_evaluations_of_its_group_and_a_mayor_none(closed, person, monday):
    def seen(model, name: str):
        return model.objects.visible_to(scope_of(person(name), monday)).count()

    for model in (Evaluation, Rating):
        assert [seen(model, name) for name in ("referent_a", "partner_a", "director")] == [1, 1, 1]
        assert [seen(model, name) for name in ("referent_b", "mayor_gap", "auditor", "administrator")] == [0] * 4
