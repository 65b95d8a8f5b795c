"""Every page: accessible by rule in light and dark, no wider than a narrow phone, and titled as it is headed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import RequestFactory
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from incidents import changes
from incidents.models import Incident, ReceivedVia
from psq_geo import errors
from tests.browser.conftest import NARROW, PHONE, WIDE, Visits, faults
from tests.conftest import CAST

Picture = Callable[..., None]


def reported(person: str = "partner_a", **changed: Any) -> Incident:
    """A concern in the centre of Gap."""
    given: dict[str, Any] = {"lon": 6.0786, "lat": 44.5594, "category": "tapage"}
    given |= {"description": "Bruit le soir dans le hall."} | changed
    author = User.objects.get(email=f"{CAST[person]}@psq.example")
    partner = author.mandates.values_list("partner_id", flat=True).first()
    return changes.report(author=author, partner=partner, home=None, received_via=ReceivedVia.WEB, **given)


def check(page: Page) -> None:
    """Title as heading, rules in light and dark, wide and on a phone, and no sideways scrolling at 320 pixels."""
    heading = page.get_by_role("heading", level=1).inner_text()
    assert re.sub(r"^Erreur : ", "", page.title()).startswith(heading)
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert faults(page) == []
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "light")
    assert faults(page) == []
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= seen
    assert faults(page) == []


def check_answered(visits: Visits, person: str, path: str, code: int) -> None:
    """The page at this path, answered to this person with this status: a page like any other."""
    page = visits.page(person)
    answer = page.goto(path)
    assert answer
    assert answer.status == code
    check(page)
    # Chromium itself notes on the console that the page was not found; nothing else may be there.
    visits.wrong[:] = [line for line in visits.wrong if f"status of {code}" not in line]


@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("", "/"),
        ("", "/qui-repond/?q=gap"),
        ("", "/qui-repond/?lat=44.5594&lon=6.0786&place=Gap"),
        ("", "/connexion/?next=/bureau/"),
        ("", "/accessibilite/"),
        ("", "/mentions-legales/"),
        ("", "/donnees-personnelles/"),
        ("", "/plan-du-site/"),
        ("", "/donnees/"),
        ("referent_a", "/donnees/"),
        ("auditor", "/plan-du-site/"),
        ("", "/ogc?f=html"),
        ("", "/ogc/conformance?f=html"),
        ("", "/ogc/collections?f=html"),
        ("", "/ogc/collections/sectors?f=html"),
        ("", "/ogc/collections/sectors/schema?f=html"),
        ("", "/ogc/collections/communes/items?f=html"),
        ("", "/ogc/collections/communes/items?f=html&name=Nowhere"),
        ("", "/ogc/collections/communes/items/05061?f=html"),
        ("partner_a", "/ogc/collections/incidents/items?f=html"),
        ("partner_a", "/preoccupations/exporter/"),
        ("partner_a", "/mon-secteur/ecrire/gap-hyper-centre/"),
        ("referent_a", "/permanences/"),
        ("referent_a", "/permanences/gap-hyper-centre/"),
        ("partner_a", "/compte/donnees/"),
        ("partner_a", "/compte/donnees/effacer/"),
        ("referent_a", "/compte/donnees/effacer/"),
        ("partner_a", "/signaler/ou/"),
        ("partner_a", "/signaler/ou/?lat=44.5594&lon=6.0786"),
        ("partner_a", "/signaler/ou/?lat=abc&lon="),
        ("partner_a", "/preoccupations/"),
        ("mayor_gap", "/preoccupations/"),
        ("referent_a", "/bureau/"),
        ("referent_a", "/preoccupations/?status=close"),
        ("referent_b", "/bureau/"),
        ("director", "/bureau/"),
    ],
)
def test_page(visits: Visits, person: str, path: str) -> None:
    reported()
    page = visits.page(person)
    page.goto(path)
    check(page)


@pytest.mark.parametrize("person", ["partner_a", "referent_a", "mayor_gap", "director"])
def test_one_concern(visits: Visits, person: str) -> None:
    incident = reported()
    page = visits.page(person)
    page.goto(f"/preoccupations/{incident.reference}/")
    check(page)


def test_steps(visits: Visits) -> None:
    reported()
    page = visits.page("partner_a")
    page.goto("/signaler/ou/?lat=44.5594&lon=6.0786")
    page.locator("main form .fr-btn--big").click()
    page.wait_for_url("**/signaler/quoi/")
    page.locator(".others summary").click()
    page.get_by_label("Tapage").check()
    page.locator("#id_description").fill("Appelez le 06 12 34 56 78 ou M. Dupont")
    page.locator("main form .fr-btn--big").click()
    check(page)
    page.locator("#id_description").fill("Bruit.")
    for step in ("deja", "verifier"):
        page.locator("main form .fr-btn--big").click()
        page.wait_for_url(f"**/signaler/{step}/")
        page.set_viewport_size({"width": 1280, "height": 900})
        check(page)
        if step == "deja":
            page.get_by_role("radio").last.check()
    page.locator("main form .fr-btn--big").click()
    page.wait_for_url("**/signaler/recu/*/")
    page.set_viewport_size({"width": 1280, "height": 900})
    check(page)


def test_the_contact_of_who_told_it(visits: Visits) -> None:
    """Folded until asked for; what is wrong with it is said with a link to its field, which is then in sight."""
    page = visits.page("referent_a")
    page.goto("/signaler/ou/?lat=44.5594&lon=6.0786&recu=telephone")
    page.locator("main form .fr-btn--big").click()
    page.wait_for_url("**/signaler/quoi/")
    page.locator(".others summary").click()
    page.get_by_label("Tapage").check()
    page.locator("#id_description").fill("Bruit.")
    page.locator("main form .fr-btn--big").click()
    page.wait_for_url("**/signaler/verifier/")
    expect(page.get_by_label("Téléphone (facultatif)")).to_be_hidden()
    page.locator("#contact summary").click()
    page.get_by_label("Nom (facultatif)").fill("Mme Martin")
    page.locator("main form .fr-btn--big").click()
    page.locator("#errors a").click()
    expect(page.get_by_label("Téléphone (facultatif)")).to_be_focused()
    check(page)
    page.get_by_label("Téléphone (facultatif)").fill("06 39 98 00 00")
    page.locator("main form .fr-btn--big").click()
    page.wait_for_url("**/signaler/recu/*/")
    page.goto(f"/preoccupations/{Incident.objects.get().reference}/")
    expect(page.get_by_text("06 39 98 00 00")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    check(page)


@pytest.mark.parametrize(
    ("person", "path", "code"),
    [
        ("", "/nulle-part/", 404),
        ("auditor", "/signaler/ou/", 403),
        ("", "/ogc/collections/citizen-watch/items?f=html&years=three", 400),
        ("", "/ogc/collections/incidents?f=html", 404),
    ],
)
def test_page_of_refusal(visits: Visits, person: str, path: str, code: int) -> None:
    check_answered(visits, person, path, code)


@pytest.mark.parametrize(("code", "answer"), [(400, errors.bad_request), (500, errors.server_error)])
def test_page_of_fault(visits: Visits, code: int, answer: Callable[..., Any]) -> None:
    """The page as the handler writes it, where the server would have sent it: nothing here fails on purpose."""
    page = visits.page()
    request = RequestFactory().get("/nulle-part/")
    written = answer(request, SuspiciousOperation("x")) if code == 400 else answer(request)
    page.route(
        "**/nulle-part/", lambda route: route.fulfill(status=200, content_type="text/html", body=written.content)
    )
    page.goto("/nulle-part/")
    assert written.status_code == code
    if code == 400:
        check(page)
        return
    # It stands alone, in the browser's own colours: of the dark ones the rules see the text and not the ground.
    for size in (WIDE, PHONE, NARROW):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert faults(page) == []


def test_home_map_and_list_are_one(visits: Visits, picture: Picture) -> None:
    page = visits.page(size=(1280, 1000))
    page.goto("/")
    expect(page.locator("path.area")).to_have_count(6)
    expect(page.locator(".sector")).to_have_count(6)
    picture(page, "accueil", whole=False)
    page.get_by_role("button", name="Gap", exact=True).click()
    picture(page, "accueil-gap", whole=False)
    row = page.locator(".sector[data-area=gap-hyper-centre]")
    row.hover()
    expect(page.locator("path.area.is-lit")).to_have_count(1)
    # Kinds differ by pattern and by line, not by colour alone.
    drawn = page.eval_on_selector_all(
        "path.area", "all => all.map(e => [e.getAttribute('fill'), e.getAttribute('stroke-dasharray')].join(' '))"
    )
    assert len(set(drawn)) == 3
    dark = visits.page(dark=True)
    dark.goto("/")
    expect(dark.locator("path.area")).to_have_count(6)
    picture(dark, "accueil-sombre", whole=False)
    phone = visits.page(size=PHONE, touch=True)
    phone.goto("/")
    expect(phone.locator("path.area")).to_have_count(6)
    picture(phone, "telephone-accueil", whole=False)
    page.emulate_media(media="print")
    expect(page.locator(".nav")).to_be_hidden()
    expect(page.locator(".hero__search")).to_be_hidden()
    expect(page.locator("[data-map]")).to_be_visible()
    picture(page, "impression")


def test_who_answers_without_an_account(visits: Visits, picture: Picture) -> None:
    page = visits.page()
    page.goto("/")
    page.locator("#q").fill("laragne")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/qui-repond/**")
    expect(page.locator(".answer")).to_contain_text("gendarm", ignore_case=True)
    picture(page, "qui-repond")


def test_list_and_map_of_a_partner_in_full_and_in_part(visits: Visits, picture: Picture) -> None:
    mine = reported()
    theirs = reported("referent_a", lon=6.0795, lat=44.5600, category="tag", description="Inscription sur le mur nord.")
    page = visits.page("partner_a")
    page.goto("/preoccupations/")
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator("path.map-point")).to_have_count(2)
    expect(page.locator("main")).to_contain_text(mine.description)
    expect(page.locator("main")).not_to_contain_text(theirs.description)
    page.locator(".row a").first.focus()
    expect(page.locator("path.map-point.is-lit")).to_have_count(1)
    picture(page, "preoccupations")
    page.goto(f"/preoccupations/{theirs.reference}/")
    expect(page.locator("main")).not_to_contain_text("mur nord")
    expect(page.locator("main")).to_contain_text("rue, le mois")


def test_desk_by_due_date(visits: Visits, picture: Picture) -> None:
    now = timezone.now()
    reported(category="rodeo", description="Passages répétés de motos.", at=now - timedelta(days=45))
    reported(category="tag", description="Inscription sur la façade.", at=now - timedelta(days=26))
    reported()
    page = visits.page("referent_a")
    page.goto("/bureau/")
    expect(page.locator(".row")).to_have_count(3)
    expect(page.locator(".row").first).to_contain_text("en retard")
    expect(page.locator(".counter--late")).to_contain_text("1")
    picture(page, "bureau")
    page.locator(".row a").first.click()
    expect(page.locator("main")).to_contain_text("Passages répétés")
    picture(page, "preoccupation")


def test_language(visits: Visits, picture: Picture) -> None:
    page = visits.page()
    page.goto("/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sectors and référents")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    picture(page, "home-english", whole=False)
