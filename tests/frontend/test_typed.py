"""Words typed on a concern's page whose sign-in has ended: they are there again after the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AccessLog
from incidents.models import Remark
from incidents.workflow import Status
from tests.conftest import MONDAY

pytestmark = pytest.mark.django_db
PASSWORD = "Demonstration-05"
WORDS = "Une ronde passe chaque soir."
LATER = {"referent_a": timedelta(minutes=31), "partner_a": timedelta(hours=7, minutes=56)}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=False) as moved:
        yield moved


def after_the_end(client: Any, clock: Any, who: Any, name: str, path: str, given: dict[str, str]) -> Any:
    """What is seen after signing in again, of a form sent when the sign-in was over."""
    clock.shift(timedelta(minutes=5))
    # Something is written in the session, which so outlives the sign-in.
    client.post(reverse("report_where"), {"lat": "44.5594", "lon": "6.0786"})
    clock.shift(LATER[name])
    answer = client.post(path, given)
    assert answer["Location"].startswith(reverse("login") + "?next=/preoccupations/")
    page = answer["Location"].partition("next=")[2]
    assert "repondre" not in page
    assert "a pris fin" in client.get(answer["Location"]).content.decode()
    return client.post(reverse("login"), {"username": who.email, "password": PASSWORD, "next": page}, follow=True)


def test_an_answer_is_there_again_on_the_desk(seen_by: Any, reported: Any, person: Any, clock: Any) -> None:
    incident, client = reported(), seen_by("referent_a")
    here = reverse("concern", args=[incident.reference])
    client.get(here)
    client.post(f"{here}agir/prendre/")
    given = {"repondre-answer": WORDS, "repondre-standard": ""}
    page = after_the_end(client, clock, person("referent_a"), "referent_a", f"{here}agir/repondre/", given)
    assert page.redirect_chain[-1][0] == here
    assert page.context["leading"] == "repondre"
    assert WORDS in page.content.decode()
    incident.refresh_from_db()
    assert incident.status == Status.PRISE_EN_CHARGE, "nothing is sent by itself"
    assert WORDS in client.get(here).content.decode(), "read once more, it is still there"
    client.post(f"{here}agir/repondre/", given)
    incident.refresh_from_db()
    assert incident.status == Status.REPONDUE
    assert "typed" not in client.session


def test_a_message_is_there_again_for_its_reporter(seen_by: Any, reported: Any, person: Any, clock: Any) -> None:
    incident, client = reported("partner_a"), seen_by("partner_a")
    here = reverse("concern", args=[incident.reference])
    page = after_the_end(client, clock, person("partner_a"), "partner_a", f"{here}repondre/", {"text": WORDS})
    assert page.redirect_chain[-1][0] == here
    assert WORDS in page.content.decode()
    assert not Remark.objects.exists()
    client.post(f"{here}repondre/", {"text": WORDS})
    assert Remark.objects.get().text == WORDS
    assert "typed" not in client.session


def test_nobody_else_sees_it_and_no_person_is_kept(seen_by: Any, reported: Any, person: Any, clock: Any) -> None:
    incident, client = reported("partner_a"), seen_by("partner_a")
    here = reverse("concern", args=[incident.reference])
    page = after_the_end(client, clock, person("referent_a"), "partner_a", f"{here}repondre/", {"text": WORDS})
    assert page.status_code == 200
    assert WORDS not in page.content.decode()
    other = seen_by("partner_a")
    given = {"text": "Appelez le 06 12 34 56 78"}
    page = after_the_end(other, clock, person("partner_a"), "partner_a", f"{here}repondre/", given)
    assert "06 12 34" not in page.content.decode()
    assert "typed" not in other.session


@pytest.mark.parametrize("step", ["repondre", "satisfaction", "rouvrir", "motif", "agir/repondre", "agir/rien"])
@pytest.mark.parametrize("who", ["", "partner_a", "referent_a"])
def test_the_address_of_a_form_leads_to_its_page(seen_by: Any, reported: Any, step: str, who: str) -> None:
    here = reverse("concern", args=[reported("partner_a").reference])
    before = AccessLog.objects.count()
    answer = seen_by(who).get(f"{here}{step}/?status=ouvertes")
    assert (answer.status_code, answer["Location"]) == (303, f"{here}?status=ouvertes")
    assert AccessLog.objects.count() == before


def test_another_address_of_a_form_answers_with_a_page(seen_by: Any) -> None:
    answer = seen_by("referent_a").get(reverse("desk_batch"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    page = answer.content.decode()
    assert "<h1>Cette page ne s’ouvre pas</h1>" in page
    assert answer["Content-Type"].startswith("text/html")
    assert seen_by("").post(reverse("home")).status_code == 405
    assert seen_by("").post("/api/").headers["Content-Type"] == "application/problem+json"
