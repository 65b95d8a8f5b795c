"""A référent's morning: the desk, one concern, its answer; on a screen and on a phone, with scripts and without."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from incidents.models import Incident
from tests.browser.conftest import PHONE, WIDE, Visits
from tests.browser.test_pages import check, reported


def test_a_concern_is_taken_asked_about_and_answered_without_scripts(visits: Visits) -> None:
    incident = reported()
    page = visits.page("referent_a", scripts=False)
    page.goto("/bureau/")
    page.locator(".row h3 a").first.click()
    page.get_by_role("button", name="Prendre en charge").first.click()
    expect(page.locator("main")).to_contain_text("le signalant est prévenu")
    page.locator("summary", has_text="Écrire une note interne").click()
    page.get_by_label("Interne – jamais montré").fill("Voir avec la mairie.")
    page.get_by_role("button", name="Garder la note").click()
    expect(page.locator(".entry--internal")).to_contain_text("Voir avec la mairie.")
    page.get_by_label("Votre réponse").fill("Une ronde passe chaque soir.")
    page.get_by_role("button", name="Relire avant envoi").click()
    expect(page.locator(".preview")).to_contain_text("Une ronde passe chaque soir.")
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.locator(".badges")).to_contain_text("Réponse apportée")
    assert Incident.objects.get(pk=incident.pk).status == "repondue"


@pytest.mark.parametrize("dark", [False, True])
def test_every_form_of_a_concern_is_accessible(visits: Visits, dark: bool) -> None:
    incident = reported()
    page = visits.page("referent_a", dark=dark)
    page.goto(f"/preoccupations/{incident.reference}/")
    page.get_by_role("button", name="Prendre en charge").first.click()
    for fold in page.locator(".do__other summary").all():
        fold.click()
    check(page)
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors a").click()
    expect(page.get_by_label("Votre réponse")).to_be_focused()
    check(page)
    page.get_by_label("Votre réponse").fill("Une ronde passe chaque soir.")
    page.get_by_role("button", name="Relire avant envoi").click()
    expect(page.locator(".preview h4").first).to_have_text("Par e-mail, aussitôt")
    check(page)


def test_the_map_draws_the_whole_list_and_a_row_lights_its_point(visits: Visits) -> None:
    now = timezone.now()
    for number in range(27):
        reported(at=now - timedelta(days=number), lon=6.0786 + number / 50_000)
    page = visits.page("referent_a")
    page.goto("/bureau/")
    expect(page.locator("[data-drawn]")).to_contain_text("27, toutes celles de la liste")
    expect(page.locator(".row")).to_have_count(25)
    expect(page.locator("path.map-point")).to_have_count(27)
    page.locator(".row h3 a").nth(3).focus()
    expect(page.locator("path.map-point.is-lit")).to_have_count(1)
    page.locator("path.map-point").nth(5).dispatch_event("pointerenter")
    expect(page.locator(".row.is-lit").last).to_be_visible()
    check(page)


def test_the_map_says_that_its_points_are_on_their_way_and_failing_offers_to_try_again(visits: Visits) -> None:
    """The answer is held back, then spoilt, then as it is."""
    for number in range(27):
        reported(at=timezone.now() - timedelta(days=number), lon=6.0786 + number / 50_000)
    page = visits.page("referent_a")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/points/**", hold)
    page.goto("/bureau/", wait_until="domcontentloaded")
    told, again = page.locator("[data-drawn]"), page.get_by_role("button", name="Tenter de nouveau")
    expect(told).to_have_text("Les autres points de la liste arrivent…")
    expect(page.locator("[data-map]")).to_have_attribute("aria-busy", "true")
    expect(again).to_be_hidden()
    held.pop().fulfill(status=200, content_type="text/html", body="<!doctype html>")
    expect(told).to_contain_text("n’ont pas pu être")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    expect(page.locator("path.map-point")).to_have_count(25)
    check(page)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    again.focus()
    page.keyboard.press("Enter")
    expect(told).to_have_text("Les autres points de la liste arrivent…")
    held.pop().continue_()
    expect(told).to_contain_text("27, toutes celles de la liste")
    expect(told).to_be_focused()
    expect(again).to_be_hidden()
    expect(page.locator("path.map-point")).to_have_count(27)


def test_on_a_phone_the_list_or_the_map(visits: Visits) -> None:
    reported()
    page = visits.page("referent_a", size=PHONE, touch=True)
    page.goto("/preoccupations/?status=open")
    expect(page.locator(".row")).to_be_visible()
    expect(page.locator(".split__map")).to_be_hidden()
    check(page)
    page.get_by_role("button", name="Carte").tap()
    expect(page.locator(".row")).to_be_hidden()
    expect(page.locator("path.map-point")).to_be_visible()
    check(page)


def test_several_are_chosen_and_taken_together(visits: Visits) -> None:
    for _ in range(3):
        reported()
    page = visits.page("referent_a")
    page.goto("/bureau/")
    page.get_by_label("Choisir toute la page").check()
    page.get_by_role("button", name="Prendre en charge la sélection").click()
    expect(page.locator("main")).to_contain_text("3 préoccupations prises en charge")
    assert set(Incident.objects.values_list("status", flat=True)) == {"prise_en_charge"}


@pytest.mark.parametrize("scripts", [True, False])
def test_several_are_handed_on_together(visits: Visits, scripts: bool) -> None:
    for _ in range(2):
        reported()
    page = visits.page("referent_a", size=PHONE, scripts=scripts)
    page.goto("/bureau/")
    for box in page.locator(".row__pick input").all():
        box.check()
    page.get_by_role("button", name="Réaffecter").click()
    page.get_by_role("button", name="Proposer").click()
    if scripts:
        expect(page.locator("#errors")).to_be_focused()
        check(page)
    page.get_by_label("À qui").select_option("gap-economique")
    page.get_by_label("Pourquoi").fill("Zone commerciale")
    page.get_by_role("button", name="Proposer").click()
    expect(page.locator("main")).to_contain_text("2 préoccupations proposées")


@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("director", "/bureau/triage/"),
        ("director", "/bureau/messages/"),
        ("referent_a", "/bureau/contacts/"),
        ("director", "/bureau/delais/"),
        ("referent_a", "/bureau/secteur/gap-hyper-centre/"),
        ("referent_a", "/bureau/secteur/gap-hyper-centre/reunion/?since=2026-01-01&until=2026-12-31"),
        ("referent_a", "/preoccupations/?status=open&sector=gap-hyper-centre"),
    ],
)
def test_page_of_the_desk(visits: Visits, person: str, path: str) -> None:
    reported()
    reported("partner_b", lon=5.36, lat=43.3)
    page = visits.page(person)
    page.goto(path)
    for fold in page.locator("main .do__other summary").all():
        fold.click()
    check(page)


def test_what_is_printed(visits: Visits) -> None:
    """The list says what it was filtered by, a concern is told without what may be done, and each who printed it."""
    incident = reported()
    page = visits.page("referent_a")
    page.emulate_media(media="print")
    page.goto("/preoccupations/?status=open")
    expect(page.locator(".chip")).to_be_visible()
    for hidden in (".bulk", ".filters", ".nav", ".chips > a", ".saved"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".print-only")).to_contain_text("Imprimé le")
    page.goto(f"/preoccupations/{incident.reference}/")
    expect(page.locator(".card--do")).to_be_hidden()
    expect(page.locator(".timeline")).to_be_visible()
    expect(page.locator(".map")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="screen")
    expect(page.locator(".print-only")).to_be_hidden()


@pytest.mark.parametrize("dark", [False, True])
def test_several_are_looked_over_merged_and_separated_again_without_scripts(visits: Visits, dark: bool) -> None:
    first, other = reported(at=timezone.now() - timedelta(days=3)), reported()
    page = visits.page("referent_a", scripts=False, dark=dark)
    page.goto("/bureau/")
    for incident in (first, other):
        page.locator(f'input[value="{incident.reference}"]').check()
    page.get_by_role("button", name="C’est la même chose").click()
    expect(page.locator(".row").first).to_contain_text("Celle-ci reste")
    page.get_by_role("button", name="Les traiter ensemble").click()
    assert Incident.objects.get(pk=other.pk).merged_into_id == first.pk
    page.locator(".note--good").get_by_role("link", name="Annuler").click()
    page.get_by_role("button", name="Séparer").click()
    expect(page.locator(".note--good")).to_contain_text("1 préoccupation est de nouveau à part")
    assert Incident.objects.get(pk=other.pk).merged_into_id is None


def test_what_was_done_is_written_down_and_the_coordinates_copied_by_keyboard(visits: Visits) -> None:
    incident = reported()
    page = visits.page("referent_a", permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/preoccupations/{incident.reference}/")
    page.locator("summary", has_text="Noter ce qui a été fait sur place").press("Enter")
    page.get_by_label("Ce qui a été fait", exact=True).select_option(label="Passage d’une patrouille")
    page.get_by_label("En quelques mots").fill("À 22 h, hall calme.")
    check(page)
    page.get_by_role("button", name="Garder", exact=True).click()
    expect(page.locator(".entry--internal")).to_contain_text("Passage d’une patrouille, le")
    expect(page.locator(".entry--internal")).to_contain_text("À 22 h, hall calme.")
    page.get_by_role("button", name="Copier les coordonnées").press("Enter")
    expect(page.locator("[data-copy] + [role=status]")).to_have_text("Copié")
    assert page.evaluate("navigator.clipboard.readText()") == "44.5594000, 6.0786000"
    # Without scripts there is no button, and one click chooses the whole text.
    plain = visits.page("referent_a", scripts=False)
    plain.goto(f"/preoccupations/{incident.reference}/")
    expect(plain.locator("[data-copy]")).to_be_hidden()
    expect(plain.locator("#point")).to_have_text("44.5594000, 6.0786000")
    expect(plain.locator("#point")).to_have_css("user-select", "all")
    partner = visits.page("partner_a")
    partner.goto(f"/preoccupations/{incident.reference}/")
    expect(partner.locator("main")).not_to_contain_text("hall calme")


def test_where_the_browser_refuses_to_copy_the_text_is_chosen(visits: Visits) -> None:
    incident = reported()
    page = visits.page("referent_a")
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"/preoccupations/{incident.reference}/")
    page.get_by_role("button", name="Copier les coordonnées").click()
    expect(page.locator("[data-copy] + [role=status]")).to_contain_text("Non copié")
    assert page.evaluate("getSelection().toString()") == "44.5594000, 6.0786000"
