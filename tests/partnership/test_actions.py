"""Who does what by when: given, accepted, declined with a reason, given again, done or not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from partnership import changes
from partnership.models import Action
from sectors.models import Membership, Partner
from sectors.scope import scope_of
from tests.partnership.groups import does, given, landlord, proposed, refused, retained
from tests.partnership.test_problems import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(person, monday):
    return retained(person("referent_a"), monday)


def test_a_given_action_is_proposed_to_its_owner_who_is_told(problem, person, monday):
    action = given(problem, person("referent_a"), monday, owner=landlord())
    assert (action.number, action.state, action.owner) == (1, "proposee", landlord())
    assert told("given") == ["partenaire.bailleur@psq.example"]
    problem.refresh_from_db()
    # Nobody has to say besides that actions are under way.
    assert problem.state == "actions_en_cours"


def test_the_police_has_accepted_what_it_gives_itself(problem, person, monday):
    action = given(problem, person("referent_a"), monday)
    assert (action.owner, action.state) == (None, "acceptee")
    assert given(problem, person("referent_a"), monday).number == 2


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"title": ""}, "422 required"),
        ({"due_on": date(2026, 11, 22)}, "422 in_past"),
        ({"due_on": date(2029, 11, 22)}, "422 too_far"),
        ({"owner": "bus"}, "422 unknown_owner"),
        ({"details": "Appeler le 06 12 34 56 78, plaque AB-123-CD"}, "422 personal_data"),
    ],
)
def test_what_is_given_wrongly_is_refused(problem, person, monday, facts, expected):
    if "owner" in facts:
        facts = {"owner": Partner.objects.get(code=facts["owner"])}
    asked = {"title": "Fermer le hall", "due_on": date(2026, 12, 11), **facts}
    assert refused(changes.give, person("referent_a"), monday, problem=problem, **asked) == expected


def test_nothing_is_asked_of_the_prosecutor_who_observes(problem, person, monday):
    partner = landlord()
    partner.kind = "parquet"
    partner.save()
    found = refused(
        changes.give, person("referent_a"), monday, problem=problem, title="Venir", due_on=date(2026, 12, 11),
        owner=partner,
    )  # fmt: skip
    assert found == "422 observer"


def test_nothing_is_given_for_a_problem_that_is_not_retained(person, monday):
    problem = proposed(person("referent_a"), monday)
    found = refused(
        changes.give, person("referent_a"), monday, problem=problem, title="Venir", due_on=date(2026, 12, 11)
    )
    assert found == "409 not_retained"


def test_the_owner_accepts_begins_and_does_it(problem, person, monday):
    action = given(problem, person("referent_a"), monday, owner=landlord())
    owner = person("partner_a")
    for to in ("acceptee", "en_cours", "realisee"):
        action = does(changes.turn, owner, monday, action=action, to=to)
    assert (action.state, action.settled_at) == ("realisee", monday)
    assert [row.turn for row in action.changes.all()] == ["donnee", "acceptee", "commencee", "realisee"]
    assert told("accepted") == told("done") == ["referent.gap1@psq.example"]
    assert refused(changes.turn, owner, monday, action=action, to="en_cours") == "409 move_not_allowed"


def test_declined_with_a_reason_it_waits_and_is_given_to_another(problem, person, monday):
    desk, owner = person("referent_a"), person("partner_a")
    bus = Partner.objects.get(code="bus")
    Membership.objects.create(group=problem.post.group, partner=bus)
    action = given(problem, desk, monday, owner=landlord())
    assert refused(changes.decline, owner, monday, action=action, reason=" ") == "422 required"
    action = does(changes.decline, owner, monday, action=action, reason="Le hall n’est pas à nous.")
    assert (action.state, action.declined_at) == ("proposee", monday)
    assert told("declined") == ["referent.gap1@psq.example"]
    assert refused(changes.turn, owner, monday, action=action, to="acceptee") == "409 declined"
    assert refused(changes.decline, owner, monday, action=action, reason="Non.") == "409 declined"
    assert refused(changes.give_again, desk, monday, action=action, owner=landlord()) == "422 same_owner"
    with pytest.raises(PermissionDenied):
        does(changes.give_again, owner, monday, action=action, owner=bus)
    later = date(2026, 12, 18)
    action = does(changes.give_again, desk, monday, action=action, owner=bus, due_on=later)
    assert (action.owner, action.due_on, action.declined_at, action.reason) == (bus, later, None, "")
    turns = [(row.turn, row.owner.code, row.reason) for row in action.changes.all()]
    assert turns == [
        ("donnee", "bailleur", ""),
        ("declinee", "bailleur", "Le hall n’est pas à nous."),
        ("redonnee", "bus", ""),
    ]
    with pytest.raises(PermissionDenied):
        does(changes.turn, owner, monday, action=action, to="acceptee")
    assert does(changes.turn, person("partner_b"), monday, action=action, to="acceptee").state == "acceptee"


def test_what_was_accepted_is_not_declined_but_not_done_with_a_reason(problem, person, monday):
    action = given(problem, person("referent_a"), monday, owner=landlord())
    owner = person("partner_a")
    does(changes.turn, owner, monday, action=action, to="acceptee")
    assert refused(changes.decline, owner, monday, action=action, reason="Trop cher.") == "409 move_not_allowed"
    assert refused(changes.turn, owner, monday, action=action, to="non_realisee") == "422 reason_required"
    action = does(changes.turn, owner, monday, action=action, to="non_realisee", reason="Budget refusé.")
    assert (action.state, action.reason) == ("non_realisee", "Budget refusé.")
    assert told("not_done") == ["referent.gap1@psq.example"]


def test_the_desk_calls_it_off_and_the_owner_does_not(problem, person, monday):
    action = given(problem, person("referent_a"), monday, owner=landlord())
    facts = {"action": action, "to": "annulee", "reason": "Plus utile."}
    assert refused(changes.turn, person("partner_a"), monday, **facts) == "409 role_not_allowed"
    assert does(changes.turn, person("referent_a"), monday, **facts).state == "annulee"
    assert told("cancelled") == ["partenaire.bailleur@psq.example"]


@pytest.mark.parametrize("who", ["referent_b", "partner_b", "mayor_gap", "director"])
def test_nobody_else_touches_an_action(problem, person, monday, who):
    action = given(problem, person("referent_a"), monday, owner=landlord())
    with pytest.raises(PermissionDenied):
        does(changes.turn, person(who), monday, action=action, to="acceptee")


def test_an_open_action_is_late_when_its_day_is_over(problem, person, monday):
    given(problem, person("referent_a"), monday, due_on=monday.date())
    assert not Action.objects.late(monday.date()).exists()
    assert Action.objects.late((monday + timedelta(days=1)).date()).exists()


@pytest.mark.parametrize(
    ("who", "sees"),
    [("referent_a", True), ("partner_a", True), ("director", True), ("mayor_gap", False), ("partner_b", False)],
)
def test_actions_are_seen_with_the_texts_of_their_problem(problem, person, monday, who, sees):
    given(problem, person("referent_a"), monday)
    assert Action.objects.visible_to(scope_of(person(who), monday)).exists() == sees


def test_the_police_call_off_what_they_gave_themselves(person, monday):
    who = person("referent_a")
    action = given(retained(who, monday), who, monday)
    assert refused(changes.turn, who, monday, action=action, to="annulee") == "422 reason_required"
    assert does(changes.turn, who, monday, action=action, to="annulee", reason="Sans objet").state == "annulee"
