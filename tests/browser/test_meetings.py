"""A meeting in a real browser: called, held on a tablet over a line that breaks, minuted; and without scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from partnership import changes
from partnership.models import Action, Decision, Meeting, Minutes
from tests.browser.conftest import PHONE, WIDE, Visits, faults
from tests.partnership.groups import GROUP, does, group, landlord, retained

TABLET = (768, 1024)


def referent() -> User:
    return User.objects.get(email="referent.gap1@psq.example")


def opened() -> Meeting:
    """A meeting that has begun, with one problem on its agenda."""
    now = timezone.now()
    retained(referent(), now)
    facts = {"group": group(), "begins_at": now, "ends_at": now + timedelta(hours=2), "place": "Mairie"}
    meeting = does(changes.plan, referent(), now, **facts)
    found: Meeting = does(changes.hold, referent(), now, meeting=meeting)
    return found


def table(meeting: Meeting) -> str:
    return reverse("meeting_table", args=[meeting.reference])


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_meeting_from_its_call_to_its_document(visits: Visits) -> None:
    problem = retained(referent(), timezone.now())
    page = visits.page("referent_a", size=TABLET, touch=True)
    page.goto(f"/groupes/{GROUP}/")
    page.get_by_role("link", name="Planifier une réunion").click()
    page.get_by_label("Jour").fill(timezone.localdate().isoformat())
    page.get_by_label("Début").fill("08:00")
    page.get_by_label("Fin").fill("10:00")
    page.get_by_label("Lieu de la réunion").fill("Mairie, salle 2")
    page.get_by_role("button", name="Convoquer la réunion").click()
    expect(page.locator("#agenda")).to_contain_text(problem.title)
    page.get_by_role("button", name="Commencer la réunion").click()
    expect(page.locator("h1")).to_contain_text("En séance")
    expect(page.locator("main")).to_contain_text(group().name)
    seat = page.get_by_role("group", name=landlord().name, exact=True)
    seat.get_by_text("en retard").click()
    page.get_by_role("button", name="Noter qui est là").click()
    expect(page.locator("[data-typed=presences] [data-state]")).to_have_text("C’est noté.")
    point = page.locator("#point-1")
    point.locator("summary").click()
    point.get_by_label("Ce qui est décidé").fill("Changer la serrure du hall.")
    point.get_by_label("Par qui").select_option(label=landlord().name)
    # What is typed elsewhere on the page stays while this is sent.
    point.get_by_label("Ce qui a été dit").fill("Le hall reste ouvert.")
    point.get_by_role("button", name="Enregistrer cette décision").click()
    expect(point.locator(".decisions")).to_contain_text("Changer la serrure du hall.")
    expect(point.get_by_label("Ce qui a été dit")).to_have_value("Le hall reste ouvert.")
    action = Action.objects.get()
    assert (action.owner, action.state, action.problem) == (landlord(), "proposee", problem)
    point.get_by_role("button", name="Enregistrer cette note").click()
    expect(point.locator("form[data-typed$=noter] [data-state]")).to_have_text("C’est noté.")
    assert fits(page)
    page.get_by_role("link", name="Rédiger le relevé de décisions").click()
    page.get_by_label("En quelques mots").fill("Le groupe a parlé du hall.")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.get_by_text("Valider le relevé de décisions").click()
    page.get_by_role("button", name="Valider et envoyer").click()
    expect(page.locator("main")).to_contain_text("Il ne change plus.")
    assert Minutes.objects.get().validated_at is not None
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Document (PDF)").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF")
    member = visits.page("partner_a", size=PHONE)
    member.goto(f"/groupes/{GROUP}/")
    member.get_by_role("link", name="relevé de décisions").click()
    expect(member.locator("main")).to_contain_text("Le hall reste ouvert.")
    assert fits(member)


def test_a_lost_connection_loses_nothing_that_was_typed(visits: Visits) -> None:
    meeting = opened()
    page = visits.page("referent_a", size=TABLET, touch=True)
    page.goto(table(meeting))
    point = page.locator("#point-1")
    point.get_by_label("Ce qui a été dit").fill("Le hall reste ouvert.")
    point.locator("summary").click()
    point.get_by_label("Ce qui est décidé").fill("Changer la serrure du hall.")
    point.get_by_label("Par qui").select_option(label=landlord().name)
    page.context.set_offline(True)
    point.get_by_role("button", name="Enregistrer cette décision").click()
    expect(point.locator("form[data-typed$=decider] [data-state]")).to_contain_text("La connexion est perdue")
    expect(point.get_by_label("Ce qui est décidé")).to_have_value("Changer la serrure du hall.")
    assert not Decision.objects.exists()
    visits.wrong[:] = [each for each in visits.wrong if "ERR_INTERNET_DISCONNECTED" not in each]
    page.context.set_offline(False)
    # The tab was closed by mistake, or the tablet fell asleep: it all stands there again.
    page.reload()
    expect(point.get_by_label("Ce qui est décidé")).to_have_value("Changer la serrure du hall.")
    expect(point.get_by_label("Ce qui a été dit")).to_have_value("Le hall reste ouvert.")
    point.get_by_role("button", name="Enregistrer cette décision").click()
    expect(point.locator(".decisions")).to_contain_text("Changer la serrure du hall.")
    point.get_by_role("button", name="Enregistrer cette note").click()
    expect(point.locator("form[data-typed$=noter] [data-state]")).to_have_text("C’est noté.")
    page.reload()
    expect(point.locator("form[data-typed$=decider] [data-state]")).to_have_text("")
    assert Decision.objects.count() == 1


def test_two_tablets_replace_nothing_of_each_other(visits: Visits) -> None:
    meeting = opened()
    pages = [visits.page("referent_a", size=TABLET, touch=True) for _each in range(2)]
    for page in pages:
        page.goto(table(meeting))
    for page, said in zip(pages, ("Le hall reste ouvert.", "La lampe est cassée."), strict=True):
        page.get_by_label("Ce qui a été dit").fill(said)
        page.get_by_role("button", name="Enregistrer cette note").click()
        expect(page.locator("form[data-typed$=noter] [data-state], #errors").first).not_to_be_empty()
    late = pages[1]
    expect(late.locator("#errors")).to_contain_text("entre-temps")
    expect(late.locator("#point-1")).to_contain_text("Le hall reste ouvert.")
    expect(late.get_by_label("Ce qui a été dit")).to_have_value("La lampe est cassée.")
    assert meeting.agenda.get().note == "Le hall reste ouvert."
    late.get_by_label("Ce qui a été dit").fill("Le hall reste ouvert, la lampe est cassée.")
    late.get_by_role("button", name="Enregistrer cette note").click()
    expect(late.locator("form[data-typed$=noter] [data-state]")).to_have_text("C’est noté.")
    assert "lampe" in meeting.agenda.get().note


def test_without_scripts_a_decision_is_an_action_all_the_same(visits: Visits) -> None:
    meeting = opened()
    page = visits.page("referent_a", size=PHONE, scripts=False)
    page.goto(table(meeting))
    point = page.locator("#point-1")
    point.locator("summary").click()
    point.get_by_label("Ce qui est décidé").fill("Changer la serrure du hall.")
    point.get_by_role("button", name="Enregistrer cette décision").click()
    expect(page.locator("#errors")).to_contain_text("Choisissez")
    point.get_by_label("Par qui").select_option(label="la police")
    point.get_by_role("button", name="Enregistrer cette décision").click()
    expect(point.locator(".decisions")).to_contain_text("Changer la serrure du hall.")
    assert Action.objects.get().owner is None


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (PHONE, True)])
def test_every_page_of_a_meeting_is_accessible_and_fits(visits: Visits, size: Any, dark: bool) -> None:
    meeting = opened()
    page = visits.page("referent_a", size=size, dark=dark)
    for url in (
        reverse("meeting_plan", args=[GROUP]),
        reverse("meeting", args=[meeting.reference]),
        table(meeting),
        reverse("meeting_minutes", args=[meeting.reference]),
    ):
        page.goto(url)
        assert fits(page), url
        assert faults(page) == [], url
    stranger = visits.page("director", size=size, dark=dark)
    stranger.goto(reverse("meeting", args=[meeting.reference]))
    assert faults(stranger) == []
