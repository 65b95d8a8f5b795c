"""The whole story of a concern, told alike by the pages, the clock, the bell and the letters, in both languages.

The partner reads English on a phone; the référents read French at their desks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core import mail
from django.test import override_settings
from django.utils.formats import date_format
from django.utils.translation import override
from playwright.sync_api import Page, expect

from accounts.models import User
from incidents.models import Incident, StandardAnswer
from messaging.delivery import Outcome, deliver_next
from messaging.models import Message, MessageState
from sectors.models import Territory
from tests.browser.conftest import PHONE, Visits
from tests.browser.test_journey import go_on, received
from tests.conftest import CAST
from tests.incidents.images import encoded

QUESTION = "À quelle heure le bruit commence-t-il ?"
REPLY = "Around ten in the evening, on Fridays."
WHY = "Le hall donne sur la zone commerciale."
LEFT = "It began again last Saturday."


@pytest.fixture
def english(db: None, tmp_path: Path) -> Iterator[None]:
    """The partner is written to in English; the desk has a standard answer."""
    partner = User.objects.filter(email=f"{CAST['partner_a']}@psq.example")
    partner.update(language="en")
    standard = StandardAnswer.objects.create(
        territory=Territory.objects.get(code="05"),
        title_fr="Ronde",
        text_fr="Une ronde passe chaque soir ({{ reference }}).",
    )
    # A long story on a busy machine.
    expect.set_options(timeout=20_000)
    with override_settings(MEDIA_ROOT=tmp_path):
        yield
    expect.set_options(timeout=5_000)
    standard.delete()
    partner.update(language="fr")


class Letters:
    """What has left since the last look: subject and text by the reader's name."""

    def __init__(self) -> None:
        self.seen = len(mail.outbox)

    def new(self) -> dict[str, tuple[str, str]]:
        """Everything that is owed leaves, by the worker's own way."""
        while deliver_next() is not Outcome.NOTHING_DUE:
            pass
        fresh, self.seen = mail.outbox[self.seen :], len(mail.outbox)
        return {each.to[0].partition("@")[0]: (str(each.subject), str(each.body)) for each in fresh}


def speak(page: Page, language: str, site: str) -> None:
    """This page is in this language from the next address on."""
    page.context.add_cookies([{"name": configured.LANGUAGE_COOKIE_NAME, "value": language, "url": site}])


def act(page: Page, code: str, **said: str) -> None:
    """Fills one of the forms of the desk and sends it."""
    form = page.locator(f"form[action*='/agir/{code}/']")
    if not form.is_visible():
        page.locator(f"details:has(form[action*='/agir/{code}/']) > summary").click()
    for name, value in said.items():
        field = form.locator(f"[name='{code}-{name}']")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator(".do__go button").last.click()


def rings(page: Page, count: int) -> None:
    """The bell of this page shows so many lines that nobody read."""
    expect(page.locator(".bell__count")).to_have_count(min(count, 1))
    if count:
        expect(page.locator(".bell__count")).to_contain_text(str(count))


def test_the_whole_story(visits: Visits, english: None, site: str) -> None:
    letters = Letters()
    # On a phone-sized screen a partner reports, with a photo.
    partner = visits.page("partner_a", size=PHONE, touch=True)
    desk, other = visits.page("referent_a"), visits.page("referent_b")
    for page in (partner, desk, other):
        page.set_default_timeout(30_000)
    speak(partner, "en", site)
    partner.goto("/signaler/ou/?lat=44.5594&lon=6.0786")
    go_on(partner, "/signaler/quoi/")
    partner.get_by_label("Noise").first.check()
    partner.locator("#id_description").fill("Noise in the hall, every evening.")
    picture: Any = {"name": "hall.jpg", "mimeType": "image/jpeg", "buffer": encoded()}
    partner.locator("#id_photo").set_input_files(picture)
    go_on(partner, "/signaler/verifier/")
    go_on(partner, "/signaler/recu/*/")
    concern = received(partner)
    page_of = f"/preoccupations/{concern.reference}/"
    with override("en"):
        due_en = date_format(concern.due_on, "DATE_FORMAT")
    with override("fr"):
        due_fr = date_format(concern.due_on, "DATE_FORMAT")
    left = letters.new()
    assert left["partenaire.bailleur"][0] == f"Your concern {concern.reference} has been received"
    assert due_en in left["partenaire.bailleur"][1]
    assert concern.reference in left["referent.gap1"][0]
    assert due_fr in left["referent.gap1"][1]

    # The référent finds it on the desk, and the bell with it; reading it, the bell is read.
    desk.goto("/bureau/")
    rings(desk, 1)
    desk.locator(".row h3 a").first.click()
    expect(desk.locator(".photos__list img")).to_have_count(1)
    rings(desk, 0)
    act(desk, "qualifier")
    expect(desk.locator(".badges")).to_contain_text("Qualifiée")
    act(desk, "ecrire", text=QUESTION)
    left = letters.new()
    assert set(left) == {"partenaire.bailleur"}
    assert QUESTION in left["partenaire.bailleur"][1]
    assert left["partenaire.bailleur"][1].startswith("The référent writes about your concern")

    # The partner replies, and the desk has a reply to read.
    partner.goto("/accueil/")
    rings(partner, 2)
    partner.goto(page_of)
    rings(partner, 0)
    expect(partner.locator("main")).to_contain_text(QUESTION)
    partner.get_by_label("Your message").fill(REPLY)
    partner.locator("form[action$='/repondre/'] button").click()
    expect(partner.locator(".timeline")).to_contain_text(REPLY)
    assert set(letters.new()) == {"referent.gap1"}
    desk.goto("/bureau/")
    rings(desk, 1)
    expect(desk.locator(".counter", has_text="réponse")).to_contain_text("1")
    desk.goto(page_of)
    expect(desk.locator(".timeline")).to_contain_text(REPLY)

    # Taken in charge, and offered to another référent, who accepts.
    act(desk, "prendre")
    assert "Taken in charge" in letters.new()["partenaire.bailleur"][0]
    act(desk, "proposer", to_post="gap-economique", reason=WHY)
    expect(desk.locator("main")).to_contain_text("sans réponse pour l’instant")
    left = letters.new()
    assert set(left) == {"referent.gap2"}
    assert WHY in left["referent.gap2"][1]
    other.goto("/bureau/")
    rings(other, 1)
    other.goto(page_of)
    act(other, "accepter")
    left = letters.new()
    assert set(left) == {"partenaire.bailleur", "referent.gap1"}
    assert f"You will have an answer by {due_en} as before." in left["partenaire.bailleur"][1]
    assert due_fr in other.locator("main").inner_text().replace("\u00a0", " ")

    # Answered with a standard text, read over before, and closed.
    act(other, "prendre")
    other.get_by_label("Partir d’une réponse type").select_option(label="Ronde")
    other.get_by_role("button", name="L’insérer dans ma réponse").click()
    answer = f"Une ronde passe chaque soir ({concern.reference})."
    expect(other.get_by_label("Votre réponse")).to_have_value(answer)
    other.get_by_role("button", name="Relire avant envoi").click()
    expect(other.locator(".preview")).to_contain_text(answer)
    other.get_by_role("button", name="Envoyer la réponse").click()
    act(other, "clore")
    expect(other.locator(".badges")).to_contain_text("Close")
    told = [str(each.body) for each in mail.outbox] if letters.new() else []
    assert any(answer in each for each in told)
    assert any("Is it settled? Yes, partly or no" in each for each in told)

    # In part, says the partner, and reopens it: it is on the desk again, with the day that it always had.
    partner.goto(page_of)
    expect(partner.locator("main")).to_contain_text(answer)
    partner.get_by_label("Partly").check(force=True)
    partner.locator("form[action$='/satisfaction/'] button").click()
    partner.get_by_label("Why you reopen it").fill(LEFT)
    partner.get_by_role("button", name="Reopen").click()
    expect(partner.locator(".badges").first).to_contain_text("Reopened")
    left = letters.new()
    assert set(left) == {"referent.gap2"}
    assert LEFT in left["referent.gap2"][1]
    other.goto("/bureau/")
    expect(other.locator(".row")).to_contain_text("Rouverte")
    found = Incident.objects.get()
    assert (found.status, found.due_on, found.post.code) == ("rouverte", concern.due_on, "gap-economique")

    # The same story in either language, for whoever reads it; of what is internal the partner is told nothing.
    for language, words in (
        ("en", ("Reported", "Taken in charge", "Answered", "Closed", "Partly", "Reopened")),
        ("fr", ("Signalée", "Prise en charge", "Réponse apportée", "Close", "En partie", "Rouverte")),
    ):
        for page in (partner, other):
            speak(page, language, site)
            page.goto(page_of)
            for each in (*words, QUESTION, REPLY, answer, LEFT):
                expect(page.locator(".timeline")).to_contain_text(each)
        expect(partner.locator(".timeline")).not_to_contain_text(WHY)
    # Everything owed has left, once.
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}
    assert Message.objects.count() == len(mail.outbox)
