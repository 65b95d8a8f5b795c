"""A report begun on a telephone and sent from a desk, and an organisation's own places: by rule, without script too."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Incident, KeptDraft
from tests.browser.conftest import PHONE, Visits
from tests.browser.test_pages import check, reported

LIST = "nom;lon;lat;type\n" + "".join(
    f"Résidence {name};6,07{i:02};44,55{i:02};résidence\n"
    for i, name in enumerate(["du Lac", "Bellevue", "des Tilleuls", "Charance", "Molines", "Fontreyne"], 80)
)


def look(page: Page, name: str) -> None:
    """Writes the page as it stands where PSQ_LOOK names a folder."""
    folder = os.environ.get("PSQ_LOOK")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def bring(page: Page) -> None:
    page.goto("/compte/lieux/")
    page.locator("#id_places").set_input_files({"name": "l.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
    page.get_by_role("button", name="Apporter cette liste").click()
    expect(page.get_by_role("heading", name="6 lieux")).to_be_visible()


def begin(page: Page) -> None:
    page.goto("/signaler/ou/")
    page.get_by_role("link", name="Résidence du Lac").click()
    page.locator("main form .fr-btn--big").click()
    page.get_by_label("Tapage").check()
    page.locator("#id_description").fill("Bruit le soir dans le hall.")
    page.locator("main form .fr-btn--big").click()
    page.wait_for_url("**/signaler/verifier/")


@pytest.mark.parametrize("scripts", [False, True])
def test_begun_on_a_telephone_and_sent_from_a_desk(visits: Visits, scripts: bool) -> None:
    phone = visits.page("partner_a", size=PHONE, touch=True, scripts=scripts)
    bring(phone)
    look(phone, "places-390")
    phone.goto("/signaler/ou/")
    look(phone, "where-390")
    begin(phone)
    phone.goto("/accueil/")
    look(phone, "home-390")
    desk = visits.page("partner_a", scripts=scripts)
    desk.goto("/accueil/")
    begun = desk.locator("#begun")
    expect(begun).to_contain_text("Résidence du Lac")
    begun.get_by_role("button", name="Reprendre").click()
    desk.wait_for_url("**/signaler/verifier/")
    expect(desk.locator(".summary")).to_contain_text("Bruit le soir dans le hall.")
    desk.get_by_role("button", name="Envoyer").click()
    desk.wait_for_url("**/signaler/recu/**")
    assert Incident.objects.count() == 1
    phone.goto("/accueil/")
    expect(phone.locator("#begun")).to_have_count(0)


def test_thrown_away_without_a_script(visits: Visits) -> None:
    page = visits.page("partner_a", size=PHONE, scripts=False)
    bring(page)
    begin(page)
    page.goto("/accueil/")
    page.get_by_text("Supprimer", exact=False).first.click()
    page.get_by_role("button", name="Supprimer définitivement").click()
    expect(page.get_by_role("status")).to_contain_text("a été supprimé")
    assert not KeptDraft.objects.exists()


def test_the_pages_keep_the_rules(visits: Visits) -> None:
    page = visits.page("partner_a")
    page.goto("/compte/lieux/")
    check(page)
    page.locator("#id_places").set_input_files(
        {"name": "l.csv", "mimeType": "text/csv", "buffer": b"nom;lon;lat\nA;x;1"}
    )
    page.get_by_role("button", name="Apporter cette liste").click()
    expect(page.get_by_role("alert")).to_contain_text("ligne 2")
    check(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    bring(page)
    look(page, "places-1280")
    check(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/signaler/ou/")
    look(page, "where-1280")
    check(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    begin(page)
    page.goto("/accueil/")
    page.locator("#begun summary").click()
    look(page, "home-1280")
    page.emulate_media(color_scheme="dark")
    look(page, "home-1280-dark")
    page.emulate_media(color_scheme="light")
    check(page)
    page.goto("/signaler/ou/")
    check(page)
    page.goto("/mon-secteur/")
    check(page)


def test_the_list_of_a_partner_keeps_the_rules(visits: Visits) -> None:
    reported()
    reported("referent_a", category="tag")
    phone = visits.page("partner_a", size=PHONE, touch=True)
    phone.goto("/preoccupations/")
    expect(phone.locator(".row")).to_have_count(2)
    look(phone, "list-390")
    phone.get_by_label("Les nôtres seulement").check()
    phone.get_by_role("button", name="Filtrer").click()
    expect(phone.locator(".row")).to_have_count(1)
    phone.get_by_role("button", name="Carte").click()
    expect(phone.locator("[data-drawn]")).to_contain_text("1")
    look(phone, "list-map-390")
    page = visits.page("partner_a")
    page.goto("/preoccupations/?own=1")
    look(page, "list-1280")
    check(page)
