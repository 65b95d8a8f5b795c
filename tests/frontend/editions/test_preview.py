"""What comes of a draft, page by page; what stays; and an approval in two steps."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AccessLog
from incidents import tasks
from incidents.models import Incident
from sectors.changes import drafts
from sectors.models import Edition, EditionState
from tests.conftest import MONDAY
from tests.incidents.sending import BRIANCON, GAP, reported

pytestmark = pytest.mark.django_db
TOMORROW = "2026-11-24"


@pytest.fixture
def checked(draft, person, monday):
    return drafts.mark_checked(by=person("director"), edition=draft.pk, seen=1, at=monday)


@pytest.fixture
def moved(person, monday) -> list[Incident]:
    """Three concerns that would change hands; one that would not."""
    found = [reported(person("partner_a"), MONDAY - timedelta(days=late), GAP) for late in (0, 27, 40)]
    reported(person("partner_a"), MONDAY, BRIANCON)
    return found


def look(client: Any, draft: Edition, **asked: str) -> str:
    answer = client.get(reverse("edition_preview", args=[draft.code]), {"start_on": TOMORROW, **asked})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def send(client: Any, draft: Edition, **sent: Any) -> Any:
    form = {"version": "1", "start_on": TOMORROW, **sent}
    return client.post(reverse("edition_preview", args=[draft.code]), form)


def test_a_draft_is_checked_before_it_is_previewed(seen_by, draft):
    told = look(seen_by("director"), draft)
    assert "d’abord être contrôlé" in told
    send(seen_by("director"), draft)
    draft.refresh_from_db()
    assert draft.state is EditionState.DRAFT


def test_looking_stores_nothing_and_the_button_previews(seen_by, checked):
    client = seen_by("director")
    assert "Secteur par secteur" not in look(client, checked)
    answer = send(client, checked)
    assert answer["Location"] == f"{reverse('edition_preview', args=[checked.code])}?start_on={TOMORROW}"
    checked.refresh_from_db()
    assert checked.state is EditionState.PREVIEWED
    told = look(client, checked)
    assert "Secteur par secteur" in told
    assert "Aucune préoccupation ouverte ne change de main" in told


def test_the_direction_sees_each_concern_from_whom_to_whom_and_how_long_is_left(
    seen_by, checked, moved, django_assert_max_num_queries
):
    client = seen_by("director")
    send(client, checked)
    look(client, checked)  # caches of the process
    with django_assert_max_num_queries(50):
        told = look(client, checked)
    table = told.split('id="results"')[1]
    assert [each in table for each in (each.reference for each in moved)] == [True] * 3
    assert table.count(" jours restants") == 2
    assert table.count("due--late") == 1
    logged = AccessLog.objects.filter(operation="incident.preview", reference=f"edition:{checked.code}")
    assert {f"incident:{each.reference}" for each in moved} <= set(logged.latest("pk").references)


def test_concerns_are_filtered_by_due_date_and_post(seen_by, checked, moved):
    client = seen_by("director")
    send(client, checked)

    def shown(**asked: str) -> set[str]:
        return set(re.findall(r'name="shown" value="([^"]+)"', look(client, checked, **asked)))

    first, soon, late = (each.reference for each in moved)
    assert shown(due="late") == {late}
    assert shown(due="week") == {soon}
    assert shown(due="later") == {first}
    assert shown(to_post="gap-economique", from_post="gap-hyper-centre") == {first, soon, late}
    assert shown(to_post="briancon-centre") == set()
    assert shown(due="jamais") == set()


def test_the_administrator_is_told_how_many_and_not_which(seen_by, checked, moved):
    send(seen_by("administrator"), checked)
    told = look(seen_by("administrator"), checked)
    assert "3 préoccupations ne sont montrées qu’à la direction." in told
    assert not any(each.reference in told for each in moved)
    table = seen_by("administrator").get(reverse("edition_preview_table", args=[checked.code]), {"start_on": TOMORROW})
    assert not any(each.reference in table.content.decode() for each in moved)


def test_the_table_holds_every_concern_shown(seen_by, checked, moved):
    client = seen_by("director")
    send(client, checked)
    answer = client.get(reverse("edition_preview_table", args=[checked.code]), {"start_on": TOMORROW, "due": "late"})
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode().splitlines()
    assert len(lines) == 2
    assert moved[2].reference in lines[1]
    nothing = client.get(reverse("edition_preview_table", args=[checked.code]), {"start_on": "2026-11-01"})
    assert nothing.status_code == 302


def test_concerns_are_shown_by_pages(seen_by, checked, person, monday, monkeypatch):
    monkeypatch.setattr("frontend.views.editions.previewing.PAGE", 2)
    for _ in range(3):
        reported(person("partner_a"), MONDAY, GAP)
    client = seen_by("director")
    send(client, checked)
    first, second = look(client, checked), look(client, checked, page="2")
    assert [told.count('name="shown"') for told in (first, second)] == [2, 1]


def test_what_is_kept_is_remembered_from_page_to_page_and_stays(seen_by, checked, moved):
    client = seen_by("director")
    send(client, checked)
    references = [each.reference for each in moved]
    send(client, checked, act="keep", shown=references[:2], keep=references[:1])
    send(client, checked, act="keep", shown=references[2:], keep=references[2:])
    checked.refresh_from_db()
    assert checked.kept == sorted([references[0], references[2]])
    send(client, checked, act="keep", shown=references[2:])
    checked.refresh_from_db()
    assert checked.kept == references[:1]
    assert look(client, checked).count(" checked>") == 1
    # The administrator, who sees none of them, approves with what the direction kept.
    answer = approve(seen_by("administrator"), checked, looked="on")
    assert answer["Location"] == reverse("edition", args=[checked.code])
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        assert tasks.apply_editions() == 2
    assert Incident.objects.get(reference=references[0]).post.code == "gap-hyper-centre"


def test_only_concerns_that_one_sees_are_kept(seen_by, checked, moved):
    client = seen_by("administrator")
    send(client, checked)
    send(client, checked, act="keep", shown=[moved[0].reference], keep=[moved[0].reference])
    checked.refresh_from_db()
    assert checked.kept == []


def approve(client: Any, draft: Edition, **sent: str) -> Any:
    form = {"version": "1", "start_on": TOMORROW, **sent}
    return client.post(reverse("edition_approve", args=[draft.code]), form)


def test_an_approval_asks_twice_and_then_answers_by_the_day(seen_by, checked):
    client = seen_by("director")
    address = reverse("edition_approve", args=[checked.code])
    assert client.get(address, {"start_on": TOMORROW})["Location"] == reverse("edition_preview", args=[checked.code])
    send(client, checked)
    told = client.get(address, {"start_on": TOMORROW}).content.decode()
    assert "05-2026-01" in told
    assert "scellés" in told
    assert 'href="#id_looked"' in approve(client, checked).content.decode()
    assert not Edition.objects.filter(approved_at__isnull=False).exists()
    approve(client, checked, looked="on")
    assert Edition.objects.get(approved_at__isnull=False) == checked

    def code(at: str = "") -> str:
        asked = {"lon": str(GAP[0]), "lat": str(GAP[1]), **({"at": at} if at else {})}
        return str(client.get("/api/locate/", asked).json()["sector"]["code"])

    assert [code(), code(TOMORROW), code("2026-10-23")] == ["gap-hyper-centre", "gap-est", "gap-hyper-centre"]
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("day", ["2026-11-23", "2026-01-01"])
def test_nothing_is_approved_for_today_or_the_past(seen_by, checked, day):
    client = seen_by("director")
    send(client, checked)
    answer = approve(client, checked, looked="on", start_on=day)
    assert answer.status_code == 422
    assert "demain au plus tôt" in answer.content.decode()
    assert "demain au plus tôt" in look(client, checked, start_on=day)


def test_a_draft_changed_after_the_preview_is_not_approved(seen_by, checked, person, monday):
    client = seen_by("director")
    send(client, checked)
    drafts.undo(by=person("director"), edition=checked.pk, seen=1, at=monday)
    assert approve(client, checked, looked="on").status_code == 302
    checked.refresh_from_db()
    assert checked.approved_at is None


@pytest.mark.parametrize("day", ["", "demain", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_is_said(seen_by, checked, day):
    assert 'href="#id_start_on"' in look(seen_by("director"), checked, start_on=day)
    assert send(seen_by("director"), checked, start_on=day).status_code == 200
