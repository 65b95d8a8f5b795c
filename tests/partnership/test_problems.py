"""A problem from its proposal to its suspension: who may, what is refused, what is kept and who is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import AccessLog
from messaging.models import Message
from partnership import changes
from partnership.models import Problem, ProblemConcern
from sectors.scope import scope_of
from tests.incidents.sending import BRIANCON, GAP_DESK, reported
from tests.partnership.groups import SQUARE, concerns, does, proposed, refused, retained

pytestmark = pytest.mark.django_db
BRIANCON_SQUARE = ((
    (6.638, 44.896), (6.639, 44.896), (6.639, 44.897), (6.638, 44.897), (6.638, 44.896),
),)  # fmt: skip
BOW_TIE = (((6.078, 44.559), (6.080, 44.561), (6.080, 44.559), (6.078, 44.561), (6.078, 44.559)),)
HUGE = (((6.0, 44.5), (6.1, 44.5), (6.1, 44.6), (6.0, 44.6), (6.0, 44.5)),)


def told(kind: str) -> list[str]:
    rows = Message.objects.filter(dedupe_key__regex=rf"^(problem|group|minutes)\.{kind}:")
    return sorted(rows.values_list("recipient", flat=True))


@pytest.mark.parametrize(
    ("who", "origin", "partner"),
    [("referent_a", "referent", None), ("partner_a", "partenaire", "bailleur"), ("mayor_gap", "maire", None)],
)
def test_a_problem_is_proposed_by_a_referent_a_partner_or_a_mayor(person, monday, who, origin, partner):
    problem = proposed(person(who), monday)
    assert (problem.state, problem.origin, problem.post.code) == ("signalee", origin, "gap-hyper-centre")
    assert (problem.partner and problem.partner.code) == partner
    assert problem.commune
    assert problem.commune.code == "05061"
    assert problem.due_on is None
    assert [(row.state_from, row.state_to) for row in problem.changes.all()] == [("", "signalee")]
    assert told("proposed") == ([] if who == "referent_a" else ["referent.gap1@psq.example"])
    assert AccessLog.objects.filter(operation="problem.propose", reference=f"problem:{problem.reference}").exists()


@pytest.mark.parametrize("who", ["administrator", "auditor"])
def test_nobody_else_proposes_one(person, monday, who):
    with pytest.raises(PermissionDenied):
        proposed(person(who), monday)


@pytest.mark.parametrize(
    ("who", "facts", "expected"),
    [
        ("referent_a", {"title": " … "}, "422 required"),
        ("referent_a", {"title": "Bruit " * 40}, "422 too_long"),
        ("partner_a", {"description": "La voiture AB-123-CD y est chaque soir"}, "422 personal_data"),
        ("referent_a", {"family": "inconnue"}, "422 unknown_family"),
        ("referent_a", {"recurrence": "souvent"}, "422 unknown_recurrence"),
        ("referent_a", {"post": "gap-economique"}, "422 unknown_post"),
        ("partner_a", {"post": "gap-economique"}, "422 unknown_post"),
        ("partner_a", {"polygons": [BRIANCON_SQUARE]}, "422 not_in_group"),
        ("partner_a", {"polygons": []}, "422 post_required"),
        ("mayor_gap", {"polygons": [BRIANCON_SQUARE]}, "422 outside_commune"),
        ("referent_a", {"polygons": [BOW_TIE]}, "422 invalid_area"),
        ("referent_a", {"polygons": [HUGE]}, "422 too_large"),
    ],
)
def test_what_is_proposed_wrongly_is_refused_in_words(person, monday, who, facts, expected):
    given = {"title": "Bruit", "family": "tranquillite", "polygons": [SQUARE], **facts}
    assert refused(changes.propose, person(who), monday, **given) == expected


def test_a_partner_names_the_group_where_nothing_is_drawn(person, monday):
    problem = proposed(person("partner_a"), monday, polygons=[], post="gap-habitat-dense")
    assert (problem.post.code, problem.extent, problem.commune) == ("gap-habitat-dense", None, None)


def test_a_mayor_without_a_drawing_is_heard_by_whoever_is_competent_in_the_commune(person, monday):
    problem = proposed(person("mayor_gap"), monday, polygons=[])
    assert (problem.post.code, problem.commune and problem.commune.code) == ("desk-gap", "05061")


def test_it_is_retained_for_thirty_days_and_its_proposer_is_told(person, monday):
    problem = proposed(person("partner_a"), monday)
    held = does(changes.retain, person("referent_a"), monday, problem=problem, recurrence="installee")
    assert (held.state, held.severity) == ("retenue", "orange")
    # Thirty days after Monday 23 November is Wednesday 23 December.
    assert held.due_on == date(2026, 12, 23)
    assert held.policy_version
    assert [row.state_to for row in held.changes.all()] == ["signalee", "a_qualifier", "retenue"]
    assert told("retained") == ["partenaire.bailleur@psq.example"]
    assert Problem.objects.overdue(monday + timedelta(days=30)).count() == 0
    assert Problem.objects.overdue(monday + timedelta(days=31)).count() == 1


def test_without_a_drawing_it_is_retained_around_its_concerns(person, monday):
    desk = person("referent_a")
    problem = proposed(desk, monday, polygons=[], post="gap-hyper-centre")
    assert refused(changes.retain, desk, monday, problem=problem) == "422 extent_required"
    does(changes.join, desk, monday, problem=problem, incidents=concerns(person("partner_a"), monday, 3))
    held = Problem.objects.get(pk=does(changes.retain, desk, monday, problem=problem).pk)
    # Two strips of 8 m each, and a disc of 50 m around them.
    assert 8_500 < held.extent_m.area < 9_600


@pytest.mark.parametrize("who", ["partner_a", "referent_b", "mayor_gap", "director"])
def test_only_who_runs_the_group_moves_its_problem(person, monday, who):
    problem = proposed(person("referent_a"), monday)
    for change, facts in (
        (changes.retain, {}),
        (changes.change_status, {"to": "a_qualifier"}),
        (changes.reorient, {"to_post": "gap-economique", "reason": "Plus loin."}),
        (changes.suspend, {"reason": "saison"}),
        (changes.join, {"incidents": []}),
        (changes.write_diagnosis, {"text": "Vu."}),
        (changes.give, {"title": "Fermer", "due_on": monday.date()}),
    ):
        with pytest.raises(PermissionDenied):
            does(change, person(who), monday, problem=problem, **facts)


def test_it_is_turned_down_with_a_reason_and_opened_again_with_a_new_clock(person, monday):
    desk = person("referent_a")
    problem = proposed(person("partner_a"), monday)
    facts = {"problem": problem, "to": "non_retenue"}
    assert refused(changes.change_status, desk, monday, **facts) == "422 reason_required"
    does(changes.change_status, desk, monday, reason="Relève du bailleur seul.", **facts)
    assert told("turned_down") == ["partenaire.bailleur@psq.example"]
    later = monday + timedelta(days=7)
    held = does(changes.change_status, desk, later, problem=problem, to="rouverte", reason="Cela recommence.")
    assert (held.state, held.due_on) == ("rouverte", date(2026, 12, 30))


def test_what_has_a_change_of_its_own_is_no_plain_move(person, monday):
    problem = retained(person("referent_a"), monday)
    for to in ("close", "suspendue", "reorientee", "retenue"):
        expected = "409 move_not_allowed"
        found = refused(changes.change_status, person("referent_a"), monday, problem=problem, to=to, reason="Oui.")
        assert found == expected, to
    assert refused(changes.change_status, person("referent_a"), monday, problem=problem, to="finie") == (
        "400 status_unknown"
    )


def test_it_is_given_to_another_post_whose_holder_is_told(person, monday):
    desk = person("referent_a")
    problem = proposed(desk, monday)
    held = does(changes.reorient, desk, monday, problem=problem, to_post="gap-economique", reason="C’est dans la zone.")
    assert (held.state, held.post.code) == ("reorientee", "gap-economique")
    assert told("reoriented") == ["referent.gap2@psq.example"]
    with pytest.raises(PermissionDenied):
        does(changes.retain, desk, monday, problem=problem)
    assert does(changes.retain, person("referent_b"), monday, problem=problem).state == "retenue"


def test_a_suspension_stops_the_clock_and_the_worker_starts_it_again(person, monday):
    desk = person("referent_a")
    problem = retained(desk, monday)
    assert refused(changes.suspend, desk, monday, problem=problem, reason="ennui") == "422 reason_not_listed"
    too_long = date(2027, 6, 1)
    assert refused(changes.suspend, desk, monday, problem=problem, reason="saison", until=too_long) == (
        "422 until_out_of_range"
    )
    held = does(changes.suspend, desk, monday, problem=problem, reason="saison", until=date(2026, 12, 7))
    assert (held.state, held.due_on) == ("suspendue", date(2027, 1, 6))
    assert changes.end_suspensions(at=monday + timedelta(days=13)) == 0
    end = monday + timedelta(days=14)
    assert changes.end_suspensions(at=end) == 1
    assert changes.end_suspensions(at=end) == 0
    held.refresh_from_db()
    assert (held.state, held.due_on) == ("retenue", date(2027, 1, 6))
    assert held.changes.last().author is None
    assert told("resumed") == ["referent.gap1@psq.example"]


def test_taken_up_again_early_the_clock_counts_the_days_that_it_stood_still(person, monday):
    desk = person("referent_a")
    problem = retained(desk, monday)
    does(changes.suspend, desk, monday, problem=problem, reason="saison")
    held = does(changes.change_status, desk, monday + timedelta(days=5), problem=problem, to="retenue")
    assert held.due_on == date(2026, 12, 28)
    # Ninety days in all: the second time there are eighty-five left.
    held = does(changes.suspend, desk, monday + timedelta(days=5), problem=problem, reason="saison")
    assert held.suspensions.last().until == (monday + timedelta(days=90)).date()


def test_concerns_are_put_in_and_taken_out_and_are_in_one_problem_at_a_time(person, monday):
    desk = person("referent_a")
    found = concerns(person("partner_a"), monday, 3)
    first, second = proposed(desk, monday), proposed(desk, monday)
    does(changes.join, desk, monday, problem=first, incidents=found)
    does(changes.join, desk, monday, problem=first, incidents=found[:1])
    assert ProblemConcern.objects.filter(problem=first).count() == 3
    assert refused(changes.join, desk, monday, problem=second, incidents=found[:1]) == "409 in_another_problem"
    does(changes.remove, desk, monday, problem=first, incident=found[0])
    assert refused(changes.remove, desk, monday, problem=first, incident=found[0]) == "409 not_in_it"
    does(changes.join, desk, monday, problem=second, incidents=found[:1])
    assert list(first.concerns.filter(until=None).values_list("incident", flat=True)) == [row.pk for row in found[1:]]
    # That it was there, and until when, is kept.
    assert first.concerns.filter(until=monday).count() == 1


def test_a_concern_that_one_does_not_read_in_full_is_not_put_in(person, monday):
    foreign = reported(person("partner_b"), monday, BRIANCON)
    problem = proposed(person("referent_a"), monday)
    assert refused(changes.join, person("referent_a"), monday, problem=problem, incidents=[foreign]) == (
        "422 unknown_concern"
    )
    assert refused(
        changes.propose, person("referent_a"), monday, title="Bruit", family="tranquillite", incidents=[foreign],
        polygons=[SQUARE],
    ) == "422 unknown_concern"  # fmt: skip


def test_a_partner_puts_no_concern_in(person, monday):
    ours = concerns(person("partner_a"), monday, 1)
    with pytest.raises(PermissionDenied):
        proposed(person("partner_a"), monday, incidents=ours)


@pytest.mark.parametrize(
    ("who", "sees", "reads"),
    [
        ("referent_a", True, True),
        ("partner_a", True, True),
        ("director", True, True),
        ("mayor_gap", True, False),
        ("referent_b", False, False),
        ("partner_b", False, False),
        ("mayor_briancon", False, False),
        ("gendarme", False, False),
        ("administrator", False, False),
        ("auditor", False, False),
    ],
)
def test_a_problem_is_seen_by_its_group_its_mayor_and_the_direction(person, monday, who, sees, reads):
    proposed(person("referent_a"), monday)
    scope = scope_of(person(who), monday)
    assert Problem.objects.visible_to(scope).exists() == sees
    assert Problem.objects.read_by(scope).exists() == reads


def test_a_concern_at_the_desk_of_the_commune_is_no_reason_to_see_a_problem(person, monday):
    reported(person("partner_b"), monday, GAP_DESK)
    proposed(person("referent_a"), monday)
    assert not Problem.objects.visible_to(scope_of(person("partner_b"), monday)).exists()
