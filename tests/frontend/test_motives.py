"""The direction says once a session why it reads what a sector holds; nobody else is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog
from incidents.models import Incident

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
TEXT = "Bruit le soir dans le hall."
WHY = "Suivi des retards de novembre"
OUTSIDE = {"lon": 2.35, "lat": 48.85}


def opened(client: Client, row: Incident) -> str:
    response = client.get(reverse("concern", args=[row.reference]))
    assert response.status_code == 200
    return response.content.decode()


def answer(client: Client, row: Incident, motive: str = WHY, **more: Any) -> Any:
    return client.post(reverse("concern_motive", args=[row.reference]), {"motive": motive}, **more)


def test_the_direction_is_asked_before_it_reads_a_sector_s(seen_by: Seen, reported: Callable[..., Incident]) -> None:
    row, other = reported(), reported()
    client = seen_by("director")
    before = AccessLog.objects.filter(operation="incident.read").count()
    asked = opened(client, row)
    assert TEXT not in asked
    assert 'name="motive"' in asked
    assert AccessLog.objects.filter(operation="incident.read").count() == before  # nothing was read
    response = answer(client, row, follow=True)
    assert response.redirect_chain == [(reverse("concern", args=[row.reference]), 302)]
    assert TEXT in response.content.decode()
    assert TEXT in opened(client, other)  # asked once
    told = AccessLog.objects.filter(operation="incident.read").order_by("-pk")[:2]
    assert {(each.reference, each.motive) for each in told} == {
        (f"incident:{row.reference}", WHY), (f"incident:{other.reference}", WHY),
    }  # fmt: skip


def test_another_session_is_asked_again(seen_by: Seen, reported: Callable[..., Incident]) -> None:
    row = reported()
    answer(seen_by("director"), row)
    assert TEXT not in opened(seen_by("director"), row)


@pytest.mark.parametrize("motive", ["", "   ", "abc", "x" * 201])
def test_an_answer_that_is_none(seen_by: Seen, reported: Callable[..., Incident], motive: str) -> None:
    row, client = reported(), seen_by("director")
    page = answer(client, row, motive).content.decode()
    assert 'role="alert"' in page
    assert 'href="#id_motive"' in page
    assert TEXT not in page
    assert TEXT not in opened(client, row)


def test_what_the_direction_holds_itself_is_not_asked_about(seen_by: Seen, reported: Callable[..., Incident]) -> None:
    """The triage is a post of theirs: what no sector took is theirs to read."""
    assert TEXT in opened(seen_by("director"), reported(**OUTSIDE))


@pytest.mark.parametrize("who", ["partner_a", "referent_a"])
def test_nobody_else_is_asked(seen_by: Seen, reported: Callable[..., Incident], who: str) -> None:
    assert TEXT in opened(seen_by(who), reported())


def test_a_motive_opens_nothing(seen_by: Seen, reported: Callable[..., Incident]) -> None:
    row = reported()
    assert answer(seen_by("referent_b"), row).status_code == 404
    client = seen_by("mayor_gap")
    assert TEXT not in answer(client, row, follow=True).content.decode()


def test_a_program_says_it_in_the_address(seen_by: Seen, reported: Callable[..., Incident]) -> None:
    row, client = reported(), seen_by("director")
    path = f"/api/incidents/{row.reference}/"
    assert client.get(path, {"motive": WHY}).status_code == 200
    told = AccessLog.objects.filter(operation="incident.read").latest("pk")
    assert (told.reference, told.motive) == (f"incident:{row.reference}", WHY)
    refused = client.get(path, {"motive": "x" * 201})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "too_long")
    assert client.get(path, {"other": WHY}).json()["code"] == "unknown_parameter"


LISTS = ("/preoccupations/", "/bureau/", "/bureau/triage/")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_no_text_before(seen_by: Seen, reported: Callable[..., Incident], monday: Any, path: str) -> None:
    with time_machine.travel(monday - timedelta(days=20), tick=False):
        row = reported()
    client = seen_by("director")
    page = client.get(path).content.decode()
    assert row.reference in page
    assert TEXT not in page
    response = client.post(reverse("concerns_motive"), {"motive": WHY, "back": path}, follow=True)
    assert response.redirect_chain == [(path, 302)]
    page = response.content.decode()
    assert TEXT in page
    assert 'name="motive"' not in page
    assert AccessLog.objects.latest("pk").motive == WHY


def test_words_are_not_looked_for_before_either(seen_by: Seen, reported: Callable[..., Incident]) -> None:
    row, client = reported(), seen_by("director")
    path, asked = reverse("concerns"), {"q": "hall"}
    page = client.get(path, asked).content.decode()
    assert row.reference not in page
    assert 'name="motive"' in page, "nothing is found without saying why"
    assert row.reference in client.get(path, {"q": row.reference}).content.decode()
    client.post(reverse("concerns_motive"), {"motive": WHY})
    assert row.reference in client.get(path, asked).content.decode()


def test_a_table_carries_the_texts_for_its_own_motive(seen_by: Seen, reported: Callable[..., Incident]) -> None:
    row, client = reported(), seen_by("director")
    table = client.post(f"{reverse('concerns_export')}?q=hall", {"motive": WHY}).content.decode()
    assert row.reference in table
    assert TEXT in table


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
def test_a_list_s_motive_leads_nowhere_else(seen_by: Seen, back: str) -> None:
    answer = seen_by("director").post(reverse("concerns_motive"), {"motive": WHY, "back": back})
    assert answer["Location"] == reverse("concerns")


def test_a_list_s_motive_that_is_none(seen_by: Seen) -> None:
    page = seen_by("director").post(reverse("concerns_motive"), {"motive": "abc", "back": "/bureau/"}).content.decode()
    assert 'href="#id_motive"' in page
    assert 'value="/bureau/"' in page


@pytest.mark.parametrize("who", ["partner_a", "referent_a"])
def test_nobody_else_is_asked_on_a_list(seen_by: Seen, reported: Callable[..., Incident], who: str) -> None:
    reported()
    page = seen_by(who).get(reverse("concerns")).content.decode()
    assert 'name="motive"' not in page
    assert TEXT in page


def test_handing_several_on_shows_their_texts_no_sooner(seen_by: Seen, reported: Callable[..., Incident]) -> None:
    row, client = reported(), seen_by("director")
    asked = {"reference": row.reference, "hand_on": "1"}
    page = client.post(reverse("desk_batch"), asked).content.decode()
    assert row.reference in page
    assert TEXT not in page
    log = AccessLog.objects.latest("pk")
    assert (log.references, log.territory) == ([f"incident:{row.reference}"], "05")
