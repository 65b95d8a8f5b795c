"""Suggested problems on a real PostGIS: what is a cluster, what is none, and what becomes of each."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from incidents.models import Incident
from ogcapi.geojson import Refused
from partnership import tasks
from partnership.changes import dismiss, suggest
from partnership.clusters import clusters
from partnership.models import Fate, Problem, ProblemConcern, Suggestion
from partnership.recurrence import GROWN_LEAST, LEAST, REACHES_M, WIDEST_M, Earlier, grown, same
from sectors.models import PartnershipGroup, Post
from sectors.scope import scope_of
from tests.factories import beside
from tests.incidents.sending import GAP, GAP_DESK, GAP_HOUSING, reported

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(person, monday):
    """Concerns reported some days ago, so many metres east of the middle of Gap; the keys in their order."""

    def tell(*placed: tuple[float, float], at: datetime = monday, category: str = "tapage", point=GAP) -> list[int]:
        partner = person("partner_a")
        rows = [
            reported(partner, at - timedelta(days=days), beside(point, east_m=east), category=category)
            for days, east in placed
        ]
        return [row.pk for row in rows]

    return tell


FIVE = ((2, 0), (5, 30), (9, 60), (16, 90), (23, 120))  # each within 100 m of another, in four weeks


def test_five_concerns_of_several_weeks_are_a_suggestion_that_says_why(told, monday):
    keys = told(*FIVE)
    assert suggest(at=monday) == 1
    made = Suggestion.objects.get()
    assert made.post == Post.objects.get(code="gap-hyper-centre")
    assert (made.family, made.fate, made.concerns) == ("tranquillite", Fate.WAITING, keys)
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", made.reference)
    facts = made.facts
    assert (facts["count"], facts["points"], facts["organisations"]) == (5, 5, 1)
    assert (facts["first_on"], facts["last_on"]) == ("2026-10-31", "2026-11-21")
    assert (facts["span_m"], facts["middle_m"], facts["reach_m"]) == (120, 30, 100)
    assert facts["weeks"][0] == ["2026-10-26", 1]
    assert sum(count for _monday, count in facts["weeks"]) == 5
    # The extent holds them all, and fifty metres more.
    assert all(made.extent.covers(Incident.objects.get(pk=key).location) for key in keys)
    made.refresh_from_db()
    assert 120 * 100 < made.extent_m.area < 220 * 110


@pytest.mark.parametrize(
    ("placed", "why"),
    [
        (FIVE[:4], "four are too few"),
        (((0, 0), (0, 10), (0, 20), (0, 30), (0, 40)), "one bad night"),
        (((2, 0), (5, 0), (9, 0), (16, 150), (23, 150)), "two places of two and three"),
        (((2, 0), (5, 0), (9, 0), (16, 0), (60, 0)), "the fifth was too long ago"),
    ],
)
def test_what_is_no_suggestion(told, monday, placed, why):
    told(*placed)
    assert suggest(at=monday) == 0, why


def test_natures_of_one_family_belong_together_and_others_do_not(told, monday):
    told(*FIVE[:3])
    told(*FIVE[3:], category="rodeo")
    assert suggest(at=monday) == 0
    told(*FIVE[3:], category="voisinage")
    assert suggest(at=monday) == 1
    assert Suggestion.objects.get().facts["categories"] == {"tapage": 3, "voisinage": 2}


def test_hours_and_weekdays_are_those_of_what_happened_in_paris(person, monday):
    # 22:30 on five Fridays, the first of them in summer time; told on the day after.
    night = monday.replace(hour=22, minute=30)
    for week, days in enumerate((3, 10, 17, 24, 31)):
        occurred = (night - timedelta(days=days)).astimezone(UTC)
        reported(person("partner_a"), monday - timedelta(days=days - 1), beside(GAP, east_m=week), occurred_at=occurred)
    suggest(at=monday)
    facts = Suggestion.objects.get().facts
    assert facts["dated"] == 5
    assert facts["weekdays"] == [0, 0, 0, 0, 5, 0, 0]
    assert facts["hours"] == [0] * 22 + [5, 0]


@pytest.mark.parametrize("where", [GAP_DESK])
def test_a_post_without_a_group_is_suggested_nothing(told, monday, where):
    assert not PartnershipGroup.objects.filter(post__code="bureau-csp-gap").exists()
    told(*FIVE, point=where)
    assert suggest(at=monday) == 0


def test_what_is_turned_down_or_dealt_with_in_another_is_not_counted(told, monday):
    keys = told(*FIVE)
    Incident.objects.filter(pk=keys[0]).update(status="non_retenue")
    assert clusters(at=monday) == []
    Incident.objects.filter(pk=keys[0]).update(status="signalee", merged_into=keys[1])
    assert clusters(at=monday) == []


def test_what_is_of_a_problem_is_not_suggested_again(told, monday, problem):
    keys = told(*FIVE)
    for key in keys[:1]:
        ProblemConcern.objects.create(problem=problem, incident_id=key, since=monday, author=problem.proposed_by)
    assert clusters(at=monday) == []
    ProblemConcern.objects.update(until=monday)
    assert len(clusters(at=monday)) == 1
    ProblemConcern.objects.update(until=None)
    Problem.objects.filter(pk=problem.pk).update(state="non_retenue")
    assert len(clusters(at=monday)) == 1


def test_a_crowd_along_a_street_is_taken_apart_into_places(told, monday):
    """Forty metres from one to the next for 800 m: that is no one place, and two knots of it are."""
    chain = [(2 + 7 * (n % 3), 40.0 * n - 400) for n in range(21)]
    knots = [(2 + 7 * n, east + n) for east in (-200, 200) for n in range(5)]
    told(*chain, *knots, point=GAP_HOUSING)
    found = clusters(at=monday)
    assert [each.reach_m for each in found] == [50, 50]
    assert [round(each.span_m) for each in found] == [160, 160], "with the two beside each knot that it makes dense"
    assert REACHES_M == (100, 50, 25)
    assert WIDEST_M < 800


def test_a_second_run_suggests_nothing_twice_and_tells_what_grew(told, monday):
    told(*FIVE)
    assert suggest(at=monday) == 1
    assert suggest(at=monday) == 0
    told((1, 40))
    assert suggest(at=monday + timedelta(hours=1)) == 0
    made = Suggestion.objects.get()
    assert (made.count, made.facts["count"], made.seen_at) == (6, 6, monday + timedelta(hours=1))
    assert made.made_at == monday


def test_what_holds_no_more_is_withdrawn(told, monday):
    told(*FIVE)
    suggest(at=monday)
    suggest(at=monday + timedelta(weeks=6))
    assert not Suggestion.objects.exists()


def test_what_was_set_aside_comes_back_only_if_it_grows(told, monday, person):
    told(*FIVE)
    suggest(at=monday)
    user = person("referent_a")
    first = dismiss(
        suggestion=Suggestion.objects.get(),
        author=user,
        scope=scope_of(user, monday),
        reason="Travaux finis",
        at=monday,
    )
    assert suggest(at=monday) == 0
    later = monday + timedelta(days=6)
    told((0, 10), (0, 20), at=later)
    assert suggest(at=later) == 0
    told((0, 30), at=later)
    assert suggest(at=later) == 1
    again = Suggestion.objects.waiting().get()
    assert again.earlier == first
    # All of the first ones are too long ago, and the place is the same.
    far = monday + timedelta(weeks=9)
    Suggestion.objects.waiting().delete()
    told((0, 0), (7, 10), at=far)
    assert suggest(at=far) == 0


def test_only_who_runs_the_group_decides_with_a_reason_and_once(told, monday, person):
    told(*FIVE)
    suggest(at=monday)
    made = Suggestion.objects.get()

    def asked(name: str, reason: str = "Déjà traité"):
        user = person(name)
        return dismiss(suggestion=made, author=user, scope=scope_of(user, monday), reason=reason, at=monday)

    for name in ("referent_b", "partner_a", "mayor_gap", "director", "administrator", "auditor"):
        with pytest.raises(PermissionDenied):
            asked(name)
    with pytest.raises(Refused) as refused:
        asked("referent_a", " … ")
    assert [each.code for each in refused.value.errors] == ["reason_required"]
    assert asked("referent_a").reason == "Déjà traité"
    with pytest.raises(Refused) as refused:
        asked("referent_a")
    assert (refused.value.status, refused.value.errors[0].code) == (409, "already_settled")
    assert AccessLog.objects.filter(reference=f"suggestion:{made.reference}").count() == 1


def test_suggestions_are_shown_to_the_referent_alone(told, monday, person):
    told(*FIVE)
    suggest(at=monday)
    seen = {
        name: Suggestion.objects.visible_to(scope_of(person(name), monday)).count()
        for name in ("referent_a", "referent_b", "partner_a", "mayor_gap", "director", "administrator", "auditor")
    }
    assert seen == {**dict.fromkeys(seen, 0), "referent_a": 1}


def test_all_posts_and_families_are_asked_for_in_one_statement(told, monday):
    told(*FIVE)
    told(*FIVE, point=GAP_HOUSING, category="rodeo")
    with CaptureQueriesContext(connection) as asked:
        found = clusters(at=monday)
    assert {each.family for each in found} == {"tranquillite", "circulation"}
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        suggest(at=monday)
    # savepoint, lock, suggestions of before, clusters, new ones, release
    assert len(asked) == 6, [each["sql"][:80] for each in asked]


def test_the_task_is_run_by_the_worker(settings, told, monday):
    told(*FIVE)
    assert "partnership.tasks.suggest_problems" in settings.PERIODIC_TASKS
    assert tasks.suggest_problems() == 1


@pytest.mark.parametrize(
    ("count", "since", "back"), [(5, 2, False), (5, 3, True), (6, 3, True), (7, 3, False), (7, 4, True), (20, 9, False)]
)
def test_the_rule_of_growing(count, since, back):
    assert grown(count, since) is back
    assert GROWN_LEAST < LEAST


def test_the_earlier_one_that_shares_most_is_the_same():
    one, two, three = (Earlier(key, frozenset(keys), None) for key, keys in ((1, {1, 2}), (2, {2, 3, 4}), (3, {9})))
    assert same((2, 3, 4), (one, two, three)) is two
    assert same((1, 2), (three, one)) is one
    assert same((2,), (two, one)) is one
    assert same((7,), (one, two, three)) is None


def test_a_cluster_counts_what_is_new(told, monday):
    told(*FIVE)
    (found,) = clusters(at=monday)
    assert found.since(monday - timedelta(days=10)) == 3
    assert date.fromisoformat(found.facts["first_on"]) == (monday - timedelta(days=23)).date()
