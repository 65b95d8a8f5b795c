"""Is it settled? Asked at closing and sixty days later; whoever says no is heard, and may reopen."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from incidents import changes, tasks
from incidents.models import Incident, Satisfaction
from ogcapi.geojson import Refused
from tests.incidents.life.living import brought, moved

pytestmark = pytest.mark.django_db
LATER = timedelta(days=60)


@pytest.fixture
def closed(row, person, told) -> Incident:
    return brought(row, person("referent_a"), "close")


def test_the_closing_asks(closed, told):
    asked = Satisfaction.objects.get()
    assert (asked.stage, asked.answer, asked.closing.status_to) == ("closing", "", "close")
    assert "Est-ce réglé ? Oui, en partie ou non" in told()["partenaire.bailleur"].body


@pytest.mark.parametrize("to", ["repondue", "non_retenue"])
def test_nothing_else_asks(row, person, to):
    brought(row, person("referent_a"), to)
    assert not Satisfaction.objects.exists()


def test_asked_again_after_sixty_days_once(closed, monday, told):
    assert changes.ask_again(at=monday + LATER - timedelta(seconds=1)) == 0
    told()
    assert changes.ask_again(at=monday + LATER) == 1
    letters = told()
    assert set(letters) == {"partenaire.bailleur"}
    assert "il y a deux mois" in letters["partenaire.bailleur"].body
    assert changes.ask_again(at=monday + LATER) == 0
    assert told() == {}
    assert [each.stage for each in changes.questions(Incident.objects.get())] == ["later", "closing"]


def test_nobody_is_asked_again_at_night_or_on_a_day_off(closed, monday):
    friday = monday + LATER
    for hours in (13, 24, 48, 69):  # at 22:00, on Saturday, on Sunday, on Monday at 06:00
        assert changes.ask_again(at=friday + timedelta(hours=hours)) == 0
    assert changes.ask_again(at=friday + timedelta(hours=71)) == 1


def test_it_is_asked_again_though_it_was_answered(closed, by, monday):
    changes.rate(incident=closed, answer="oui", **by("partner_a"))
    assert changes.ask_again(at=monday + LATER) == 1


def test_not_asked_again_when_it_was_reopened_or_is_long_gone(closed, person, monday, told):
    assert changes.ask_again(at=monday + timedelta(days=91)) == 0
    moved(closed, person("partner_a"), "rouverte")
    assert changes.ask_again(at=monday + LATER) == 0
    # Closed anew it is a new question, about the last closing alone.
    for step in ("prise_en_charge", "repondue", "close"):
        moved(closed, person("referent_a"), step, at=monday + timedelta(days=10))
    assert changes.ask_again(at=monday + LATER) == 0
    assert changes.ask_again(at=monday + timedelta(days=70)) == 1


def test_the_worker_asks(closed, monday):
    assert django_settings.PERIODIC_TASKS["incidents.tasks.ask_again"] == 3600
    with time_machine.travel(monday + LATER, tick=False):
        assert (tasks.ask_again(), tasks.ask_again()) == (1, 0)


@pytest.mark.parametrize(("answer", "heard"), [("oui", False), ("en_partie", True), ("non", True)])
def test_whoever_is_not_content_is_heard(closed, by, told, person, monday, answer, heard):
    told()
    given = changes.rate(incident=closed, answer=answer, comment=" Encore le samedi ", **by("partner_a"))
    assert (given.answer, given.comment, given.answered_by, given.answered_at) == (
        answer, "Encore le samedi", person("partner_a"), monday,
    )  # fmt: skip
    assert Incident.objects.on_desk().exists() is heard
    assert set(told()) == ({"referent.gap1"} if heard else set())


def test_no_offers_to_reopen(closed, by, person):
    changes.rate(incident=closed, answer="non", **by("partner_a"))
    assert moved(closed, person("partner_a"), "rouverte").status == "rouverte"
    assert changes.questions(Incident.objects.get()) == []


@pytest.mark.parametrize("who", ["referent_a", "director", "partner_b", "mayor_gap"])
def test_only_who_reported_it_says_so(closed, by, who):
    with pytest.raises(PermissionDenied):
        changes.rate(incident=closed, answer="oui", **by(who))


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"answer": "bof"}, 400, "unknown_answer"),
        ({"answer": "oui", "stage": "now"}, 400, "unknown_stage"),
        ({"answer": "oui", "stage": "later"}, 409, "nothing_asked"),
        ({"answer": "non", "comment": "Voiture AB-123-CD"}, 422, "personal_data"),
        ({"answer": "non", "comment": "x" * 501}, 422, "too_long"),
    ],
)
def test_what_is_refused(closed, by, given, status, code):
    with pytest.raises(Refused) as refused:
        changes.rate(incident=closed, **given, **by("partner_a"))
    assert (refused.value.status, refused.value.code) == (status, code)
    assert Satisfaction.objects.get().answer == ""


def test_the_merged_are_asked_too(row, other, by, person, told):
    changes.merge(kept=row, merged=other, **by("referent_a"))
    brought(row, person("referent_a"), "close")
    assert set(Satisfaction.objects.values_list("incident", flat=True)) == {row.pk, other.pk}
    changes.rate(incident=Incident.objects.get(pk=other.pk), answer="non", **by("mayor_gap"))
    # The desk finds it where it works.
    assert Incident.objects.on_desk().get() == row


def test_the_database_asks_once(closed, monday):
    asked = Satisfaction.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Satisfaction.objects.create(incident=closed, closing=asked.closing, stage="closing", asked_at=monday)
    with pytest.raises(IntegrityError), transaction.atomic():
        Satisfaction.objects.filter(pk=asked.pk).update(answer="oui")
