"""A partner's whole journey: by mouse, by keyboard alone, on a phone, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Incident
from tests.browser.conftest import PHONE, Visits
from tests.conftest import CAST

RECEIPT = re.compile(r"/signaler/recu/([0-9A-Z]{4}-[0-9A-Z]{4})/")
Picture = Callable[..., None]


def go_on(page: Page, where: str) -> None:
    """The main button of the step, and the page it leads to."""
    page.locator("main form .fr-btn--big").click()
    page.wait_for_url(f"**{where}")


def describe(page: Page, text: str = "Bruit le soir dans le hall, jusqu'à deux heures.") -> None:
    page.get_by_label("Tapage").check()
    page.locator("#id_description").fill(text)


def received(page: Page) -> Incident:
    found = RECEIPT.search(page.url)
    assert found, page.url
    return Incident.objects.select_related("post", "sector", "author").get(reference=found[1])


def test_by_mouse(visits: Visits, picture: Picture) -> None:
    page = visits.page("partner_a")
    page.goto("/")
    page.get_by_role("link", name="Signaler une préoccupation").first.click()
    expect(page).to_have_title(re.compile("^Où est-ce"))
    page.locator("#q").fill("hyper gap")
    page.get_by_role("option", name="Gap – Hyper-centre").click()
    chosen = page.locator("#chosen")
    expect(chosen).to_contain_text("Référent Gap hyper-centre")
    # A click puts the pin elsewhere on the map.
    before = page.locator("#id_lat").input_value()
    box = page.locator("#map_sectors").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2 + 20, box["y"] + box["height"] / 2 - 20)
    expect(page.locator("#id_lat")).not_to_have_value(before)
    expect(chosen).to_contain_text("Gap – Hyper-centre")
    expect(chosen).to_contain_text("Point sur la carte")
    expect(chosen).to_contain_text("de sa limite")
    picture(page, "signaler-ou")
    go_on(page, "/signaler/quoi/")
    describe(page)
    picture(page, "signaler-quoi")
    go_on(page, "/signaler/verifier/")
    expect(page.locator(".summary")).to_contain_text("Tapage")
    picture(page, "signaler-verifier")
    go_on(page, "/signaler/recu/*/")
    incident = received(page)
    assert (incident.post.code, incident.received_via) == ("gap-hyper-centre", "web")
    assert incident.author.email == f"{CAST['partner_a']}@psq.example"
    expect(page.get_by_role("heading", level=1)).to_have_text("Préoccupation reçue")
    expect(page.locator("main")).to_contain_text(incident.reference)
    expect(page.locator(".promise")).to_contain_text(str(incident.due_on.year))
    expect(page.locator("main")).to_contain_text("Pourquoi ce référent ?")
    expect(page.locator(".map-pin")).to_be_visible()
    picture(page, "signaler-recu")
    # Back and once more is the same concern.
    page.go_back()
    page.reload()
    assert Incident.objects.count() == 1


def test_sent_twice_at_once(visits: Visits) -> None:
    page = visits.page("partner_a")
    page.goto("/signaler/ou/?lat=44.5594&lon=6.0786")
    go_on(page, "/signaler/quoi/")
    describe(page)
    go_on(page, "/signaler/verifier/")
    form: dict[str, str | float | bool] = {
        "csrfmiddlewaretoken": page.locator("form[data-once] [name=csrfmiddlewaretoken]").input_value(),
        "key": page.locator("[name=key]").input_value(),
    }
    first = page.request.post("/signaler/verifier/", form=form)
    again = page.request.post("/signaler/verifier/", form=form)
    assert first.url == again.url
    assert RECEIPT.search(again.url)
    assert Incident.objects.count() == 1


def test_near_one_already_reported(visits: Visits, picture: Picture) -> None:
    first = visits.page("partner_a")
    first.goto("/signaler/ou/?lat=44.5594&lon=6.0786")
    go_on(first, "/signaler/quoi/")
    describe(first)
    go_on(first, "/signaler/verifier/")
    go_on(first, "/signaler/recu/*/")
    known = received(first)
    first.get_by_role("link", name="En signaler une autre ici").click()
    go_on(first, "/signaler/quoi/")
    describe(first, "Encore du bruit.")
    go_on(first, "/signaler/deja/")
    picture(first, "signaler-deja")
    first.get_by_role("radio").first.check()
    go_on(first, f"/preoccupations/{known.reference}/")
    expect(first.locator("main")).to_contain_text("Rien n’a été envoyé")
    assert Incident.objects.count() == 1


def test_by_keyboard_alone(visits: Visits) -> None:
    page = visits.page("partner_a")
    page.goto("/signaler/ou/")
    keys = page.keyboard

    def tab_to(selector: str) -> None:
        """Tabs until the focus is on this, and fails when it never is."""
        for _ in range(40):
            keys.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not reached by Tab")

    # Search comes before the position, the map and the coordinates.
    tab_to("#q")
    keys.type("gap hyper")
    expect(page.get_by_role("option").first).to_be_visible()
    keys.press("ArrowDown")
    expect(page.locator("#q")).to_have_attribute("aria-activedescendant", re.compile("places-"))
    keys.press("Enter")
    expect(page.locator("#chosen")).to_contain_text("Référent Gap hyper-centre")
    tab_to("[data-gps]")
    tab_to("#map_sectors")
    before = page.locator("#id_lon").input_value()
    keys.press("ArrowRight")
    keys.press("Enter")
    expect(page.locator("#id_lon")).not_to_have_value(before)
    expect(page.locator("#chosen")).to_contain_text("Point sur la carte")
    tab_to("[data-coordinates] summary")
    tab_to("main form .fr-btn--big")
    keys.press("Enter")
    page.wait_for_url("**/signaler/quoi/")
    tab_to("[name=category]")
    keys.press("ArrowDown")
    tab_to("#id_description")
    keys.type("Appelez-moi au 06 12 34 56 78")
    tab_to("main form .fr-btn--big")
    keys.press("Enter")
    # Refused: the focus is on the summary, whose link leads to the field.
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.locator("#errors")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#id_description")).to_be_focused()
    keys.press("ControlOrMeta+A")
    keys.type("Bruit le soir.")
    tab_to("main form .fr-btn--big")
    keys.press("Enter")
    page.wait_for_url("**/signaler/verifier/")
    tab_to("main form .fr-btn--big")
    keys.press("Enter")
    page.wait_for_url(RECEIPT)
    assert received(page).description == "Bruit le soir."


@pytest.mark.parametrize("motion", [False, True])
def test_enter_waits_until_the_map_has_arrived(visits: Visits, motion: bool) -> None:
    page = visits.page("partner_a", motion=motion)
    page.goto("/signaler/ou/?lat=44.5594&lon=6.0786")
    page.locator("#map_sectors").focus()
    # Both keys within one turn of the page: the first movement has not begun to show.
    page.evaluate(
        """() => ["ArrowRight", "Enter"].forEach((key) => document.getElementById("map_sectors").dispatchEvent(
            new KeyboardEvent("keydown", {key, code: key, keyCode: key === "Enter" ? 13 : 39, bubbles: true})))"""
    )
    expect(page.locator("#id_lon")).not_to_have_value("6.0786")
    page.wait_for_timeout(400)
    centre = page.evaluate("map_sectors.getCenter().lng.toFixed(6)")
    assert page.locator("#id_lon").input_value() == centre


def test_on_a_phone(visits: Visits, picture: Picture) -> None:
    place = {"latitude": 44.5594, "longitude": 6.0786, "accuracy": 240}
    page = visits.page("partner_a", size=PHONE, touch=True, geolocation=place, permissions=["geolocation"])
    page.goto("/signaler/ou/")
    expect(page.locator("[data-crosshair]")).to_be_hidden()  # nothing is chosen yet
    page.get_by_role("button", name="Utiliser ma position").tap()
    expect(page.locator("[data-crosshair]")).to_be_visible()
    expect(page.locator("[data-gps-state]")).to_contain_text("240")
    expect(page.locator("[data-gps-state]")).to_have_class(re.compile("is-warning"))
    expect(page.locator("#chosen")).to_contain_text("Gap")
    assert page.locator("[data-field=accuracy]").input_value() == "240.0"
    # The map moves under the cross: the position becomes a chosen one, and its accuracy is no longer the phone's.
    page.evaluate("map_sectors.panBy([30, 0], {animate: false}); map_sectors.fire('dragend')")
    expect(page.locator("[data-field=accuracy]")).to_have_value("")
    expect(page.locator("#chosen")).to_contain_text("Point sur la carte")
    # The cross is the place, also when a button moves the map under it.
    page.locator("[data-views] [data-box]").filter(has_text="Briançon").tap()
    expect(page.locator("#chosen")).to_contain_text("Briançon")
    page.locator("[data-views] [data-box]").filter(has_text="Gap").tap()
    expect(page.locator("#chosen")).to_contain_text("Gap")
    page.get_by_role("button", name="Utiliser ma position").tap()
    expect(page.locator("#chosen")).to_contain_text("Gap – Hyper-centre")
    picture(page, "telephone-ou")
    page.locator("main form .fr-btn--big").tap()
    page.wait_for_url("**/signaler/quoi/")
    describe(page)
    picture(page, "telephone-quoi")
    go_on(page, "/signaler/verifier/")
    go_on(page, "/signaler/recu/*/")
    picture(page, "telephone-recu")
    assert received(page).post.code == "gap-hyper-centre"


def test_position_refused_is_no_dead_end(visits: Visits) -> None:
    page = visits.page("partner_a", permissions=[])
    page.goto("/signaler/ou/")
    page.get_by_role("button", name="Utiliser ma position").click()
    expect(page.locator("[data-gps-state]")).to_contain_text("Votre position")
    page.locator("[data-coordinates] summary").click()
    page.locator("#id_lat").fill("44,5594")
    page.locator("#id_lon").fill("6,0786")
    page.locator("#id_lon").press("Tab")
    expect(page.locator("#chosen")).to_contain_text("Référent Gap hyper-centre")


def test_without_javascript(visits: Visits, picture: Picture) -> None:
    page = visits.page("partner_a", size=PHONE, scripts=False)
    page.goto("/")
    page.locator("footer").get_by_role("link", name="Signaler une préoccupation").click()
    page.locator("#q").fill("gare gap")
    page.get_by_role("button", name="Rechercher").click()
    picture(page, "sans-javascript")
    page.get_by_role("link", name="Gare de Gap").click()
    expect(page.locator("#chosen")).to_contain_text("Gare de Gap")
    go_on(page, "/signaler/quoi/")
    describe(page)
    go_on(page, "/signaler/verifier/")
    go_on(page, "/signaler/recu/*/")
    assert received(page).sector is not None


def test_coordinates_without_javascript(visits: Visits) -> None:
    page = visits.page("partner_a", scripts=False)
    page.goto("/signaler/ou/")
    page.locator("main form .fr-btn--big").click()
    expect(page).to_have_title(re.compile("^Erreur"))
    page.locator("#id_lat").fill("44,5594")
    page.locator("#id_lon").fill("6.0786")
    go_on(page, "/signaler/quoi/")


def test_sign_in_comes_back_to_the_step(visits: Visits, picture: Picture) -> None:
    page = visits.page()
    page.goto("/signaler/ou/")
    picture(page, "connexion")
    page.get_by_label("Mot de passe").or_(page.locator("[name=password]")).first.fill("pas le bon mot")
    page.locator("[name=username]").fill("partenaire.bailleur@psq.example")
    page.locator("main .fr-btn--big").click()
    expect(page).to_have_title(re.compile("^Erreur"))
    page.locator("[name=password]").fill("Demonstration-05")
    page.locator("main .fr-btn--big").click()
    page.wait_for_url("**/signaler/ou/")
    page.locator(".who-am-i summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/")
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()


def test_a_name_is_shown_and_may_be_confirmed(visits: Visits) -> None:
    page = visits.page("partner_a")
    page.goto("/signaler/ou/?lat=44.5594&lon=6.0786")
    go_on(page, "/signaler/quoi/")
    describe(page, "Attroupement devant le café M. Tabac.")
    page.locator("main form .fr-btn--big").click()
    expect(page.locator("mark")).to_be_visible()
    page.get_by_label("J’ai relu").check()
    go_on(page, "/signaler/verifier/")
