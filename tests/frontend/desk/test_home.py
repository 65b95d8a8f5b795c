"""The desk of a référent: what waits, by due date, counted, and taken in charge together."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents import changes
from incidents.models import Incident
from incidents.workflow import Status
from sectors.scope import scope_of
from tests.incidents.life.living import WAYS, brought

DESK = "/bureau/"
BATCH = "/bureau/lot/"


@pytest.fixture
def ago():
    return lambda days: timezone.now() - timedelta(days=days)


def scope(user):
    return scope_of(user, timezone.now())


def test_what_waits_is_counted_and_each_figure_leads_to_its_list(seen_by, reported, ago, person):
    late, soon, fresh = (reported(at=ago(days)) for days in (40, 27, 0))
    changes.take(incident=late, author=person("referent_a"), scope=scope(person("referent_a")))
    client = seen_by("referent_a")
    answer = client.get(DESK)
    counts = answer.context["counts"]
    assert counts == {"every": 3, "replied": 0, "late": 1, "soon": 1, "untaken": 2, "offered": 0, "unanswered": 0}
    page = answer.content.decode().replace("/preoccupations/?desk=1&amp;replied", "")
    listed = {
        "due=late": [late],
        "due=week": [soon],
        "status=untaken": [soon, fresh],
        "/?desk=1": [late, soon, fresh],
    }
    for query, expected in listed.items():
        link = next(part for part in page.split('"') if part.startswith("/preoccupations/?") and query in part)
        rows = client.get(link.replace("&amp;", "&")).context["rows"]
        assert [row.reference for row in rows] == [each.reference for each in expected]


def test_what_was_only_qualified_or_is_reopened_waits_to_be_taken_too(seen_by, reported, ago, person):
    """The figure and its list are of the same concerns: new, qualified, reopened; not those that somebody took."""
    referent = person("referent_a")
    made = {to: brought(reported(at=ago(9 - day)), referent, to, ago(0)) for day, to in enumerate(WAYS)}
    client = seen_by("referent_a")
    page = client.get(DESK)
    assert page.context["counts"]["untaken"] == 3
    assert "à prendre en charge" in page.content.decode()
    answer = client.get("/preoccupations/?status=untaken&desk=1")
    waiting = [made[to].reference for to in ("signalee", "qualifiee", "rouverte")]
    assert sorted(row.reference for row in answer.context["rows"]) == sorted(waiting)
    assert "Toutes celles à prendre en charge" in answer.content.decode()


def test_the_work_list_is_by_due_date_and_goes_on_by_key(seen_by, reported, ago):
    made = [reported(at=ago(number)) for number in range(27)]
    client = seen_by("referent_a")
    first = client.get(DESK)
    seen = [row.reference for row in first.context["rows"]]
    assert len(seen) == 25
    second = client.get(DESK, {"after": first.context["page"].after})
    seen += [row.reference for row in second.context["rows"]]
    assert seen == [each.reference for each in sorted(made, key=lambda each: (each.due_at, each.pk))]
    assert second.context["page"].after == ""
    back = client.get(DESK, {"before": second.context["page"].before})
    assert [row.reference for row in back.context["rows"]] == seen[:25]


def test_an_empty_desk_says_when_the_last_one_was_settled(seen_by, reported, person):
    client = seen_by("referent_a")
    assert "Rien n’attend de réponse. Ce qui" in client.get(DESK).content.decode()
    incident, user = reported(), person("referent_a")
    changes.change_status(
        incident=incident, author=user, scope=scope(user), to="non_retenue", reason="Déjà traité ailleurs."
    )
    page = client.get(DESK)
    assert page.context["last_settled"] is not None
    assert "La dernière préoccupation a été réglée le" in page.content.decode()


def test_what_is_proposed_to_me_is_counted_and_marked(seen_by, reported, person):
    incident, holder = reported(), person("referent_a")
    changes.offer(
        incident=incident, to_post="gap-economique", author=holder, scope=scope(holder), reason="Zone commerciale"
    )
    answer = seen_by("referent_b").get(DESK)
    assert answer.context["counts"]["offered"] == 1
    assert "Vous est proposée" in answer.content.decode()
    assert seen_by("referent_a").get(DESK).context["counts"]["offered"] == 0
    rows = seen_by("referent_b").get("/preoccupations/", {"offered": "1"}).context["rows"]
    assert [row.reference for row in rows] == [incident.reference]


def test_a_proposal_that_nobody_answers_is_late_for_both_and_for_the_direction(seen_by, reported, person, ago):
    incident, other, holder = reported(), reported(), person("referent_a")
    for each, days in ((incident, 10), (other, 0)):
        changes.offer(
            incident=each, to_post="gap-economique", author=holder, scope=scope(holder), reason="Zone", at=ago(days)
        )
    for name in ("referent_a", "referent_b", "director"):
        client = seen_by(name)
        page = client.get(DESK)
        assert page.context["counts"]["unanswered"] == 1, name
        assert "propositions sans réponse à temps" in page.content.decode()
        rows = client.get("/preoccupations/", {"status": "open", "offered": "late"}).context["rows"]
        assert [row.reference for row in rows] == [incident.reference], name
    here = seen_by("referent_b").get(f"/preoccupations/{incident.reference}/").content.decode()
    assert "Réponse à la proposition" in here
    assert 'class="due due--late"' in here[here.index("Vous est proposée") :]
    # A neighbour who reads the concern is no party to it.
    assert seen_by("referent_briancon").get(DESK).context["counts"]["unanswered"] == 0
    changes.accept(incident=incident, author=person("referent_b"), scope=scope(person("referent_b")))
    assert seen_by("director").get(DESK).context["counts"]["unanswered"] == 0


def test_several_are_taken_in_charge_at_once(seen_by, reported, person):
    chosen, left = [reported(), reported()], reported()
    client = seen_by("referent_a")
    answer = client.post(
        BATCH, {"reference": [each.reference for each in chosen], "query": "status=open&category=tapage"}, follow=True
    )
    assert answer.redirect_chain == [("/preoccupations/?status=open&category=tapage", 302)]
    assert "2 préoccupations prises en charge" in answer.content.decode()
    for incident, status in [
        (chosen[0], Status.PRISE_EN_CHARGE),
        (chosen[1], Status.PRISE_EN_CHARGE),
        (left, Status.SIGNALEE),
    ]:
        incident.refresh_from_db()
        assert incident.status == status


def test_what_may_not_be_taken_is_said_and_the_rest_is_taken(seen_by, reported, person):
    user = person("referent_a")
    settled, waiting = reported(), reported()
    changes.change_status(incident=settled, author=user, scope=scope(user), to="non_retenue", reason="Hors sujet.")
    client = seen_by("referent_a")
    answer = client.post(BATCH, {"reference": [settled.reference, waiting.reference], "query": ""}, follow=True)
    page = answer.content.decode()
    assert "1 préoccupation prise en charge" in page
    assert f"{settled.reference} –" in page


@pytest.mark.parametrize("chosen", [[], ["\0"], ["0000-0000"]])
def test_nothing_chosen_changes_nothing(seen_by, reported, chosen):
    incident = reported()
    answer = seen_by("referent_a").post(BATCH, {"reference": chosen, "query": "desk=1"}, follow=True)
    assert answer.redirect_chain == [(DESK, 302)]
    incident.refresh_from_db()
    assert incident.status == Status.SIGNALEE


def test_what_a_reporter_writes_is_counted_and_leads_to_it(seen_by, reported, person):
    reported()
    incident, author = reported(), person("partner_a")
    changes.remark(incident=incident, author=author, scope=scope(author), text="Toujours entre 22 h et minuit.")
    client = seen_by("referent_a")
    page = client.get(DESK)
    assert page.context["counts"]["replied"] == 1
    assert "Le signalant a écrit" in page.content.decode()
    rows = client.get("/preoccupations/", {"desk": "1", "replied": "1"}).context["rows"]
    assert [row.reference for row in rows] == [incident.reference]
    assert seen_by("partner_a").get("/preoccupations/", {"replied": "1"}).context["count"] == 0


def test_several_are_dealt_with_as_one(seen_by, reported, ago):
    later, first = reported(at=ago(1)), reported(at=ago(5))
    client = seen_by("referent_a")
    chosen = {"reference": [later.reference, first.reference], "merge": "1", "query": "desk=1"}
    asked = client.post(BATCH, chosen).content.decode()
    assert asked.index(first.reference) < asked.index("Celle-ci reste") < asked.index("La rejoint")
    assert 'name="confirmed"' in asked
    later.refresh_from_db()
    assert later.merged_into is None, "nothing is merged before it was looked over"
    chosen["confirmed"] = "1"
    page = client.post(BATCH, chosen, follow=True)
    assert f"1 préoccupation est désormais traitée dans {first.reference}" in page.content.decode()
    assert [row.reference for row in page.context["rows"]] == [first.reference]
    alone = client.post(BATCH, {**chosen, "reference": [first.reference]}, follow=True)
    assert "au moins deux préoccupations" in alone.content.decode()
    again = client.post(BATCH, chosen, follow=True)
    assert "Rien n’a été regroupé" in again.content.decode()


def test_what_was_merged_is_undone_from_the_message(seen_by, reported, ago):
    first, *others = reported(at=ago(5)), reported(at=ago(2)), reported(at=ago(1))
    client = seen_by("referent_a")
    given = {"reference": [each.reference for each in (first, *others)], "merge": "1", "query": "desk=1"}
    page = client.post(BATCH, given | {"confirmed": "1"}, follow=True).content.decode()
    link = re.search(r'<a href="(/bureau/lot/separer/[^"]+)">Annuler</a>', page)
    assert link
    undo = html.unescape(link[1])
    shown = client.get(undo)
    assert [row.reference for row in shown.context["rows"]] == [each.reference for each in others]
    assert Incident.objects.filter(merged_into=first).count() == 2, "looking undoes nothing"
    done = client.post(
        "/bureau/lot/separer/", {"reference": [each.reference for each in others], "query": "desk=1"}, follow=True
    )
    assert done.redirect_chain == [(DESK, 302)]
    assert "2 préoccupations sont de nouveau à part" in done.content.decode()
    assert not Incident.objects.filter(merged_into=first).exists()
    assert "rien à annuler" in client.get(undo, follow=True).content.decode()
    # A neighbour undoes nothing by guessing.
    client.post(BATCH, given | {"confirmed": "1"})
    seen_by("referent_briancon").post("/bureau/lot/separer/", {"reference": [each.reference for each in others]})
    assert Incident.objects.filter(merged_into=first).count() == 2


def test_a_neighbour_takes_nothing_by_guessing(seen_by, reported):
    incident = reported()
    seen_by("referent_briancon").post(BATCH, {"reference": [incident.reference]})
    incident.refresh_from_db()
    assert incident.status == Status.SIGNALEE


@pytest.mark.parametrize("number", [1, 8])
def test_the_number_of_questions_does_not_grow_with_the_rows(seen_by, reported, django_assert_num_queries, number):
    for _ in range(number):
        reported()
    client = seen_by("referent_a")
    client.get(reverse("desk"))
    # session, account, scope, bell; due first, then the rest; counts; handovers; announcements; log
    with django_assert_num_queries(10):
        client.get(reverse("desk"))
