"""Data and API in a browser: an address is copied by keyboard, and whole without scripts; nothing reaches over."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visits, faults


def test_an_address_is_copied_by_keyboard_and_the_layers_are_taken(visits: Visits, site: str, tmp_path: Path) -> None:
    page = visits.page("partner_a", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/plan-du-site/")
    page.get_by_role("contentinfo").get_by_role("link", name="Données et API").click()
    button = page.get_by_role("button", name="Copier Adresse du service").first
    button.press("Enter")
    expect(page.locator("[data-copy='copied-ogc'] + [role=status]")).to_have_text("Copié")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}/ogc"
    # What has several lines keeps them.
    page.locator("[data-copy='copied-geopandas-own']").press("Enter")
    expect(page.locator("[data-copy='copied-geopandas-own'] + [role=status]")).to_have_text("Copié")
    assert page.evaluate("navigator.clipboard.readText()").startswith("import os, urllib.request\nimport geopandas\n")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Couches pour QGIS", exact=True).click()
    taken.value.save_as(tmp_path / taken.value.suggested_filename)
    names = ElementTree.parse(tmp_path / "psq_geo.qlr").findall("maplayers/maplayer/layername")
    assert [each.text for each in names] == ["Préoccupations", "Secteurs"]

    # Where scripts do not run there is no button, and the text is there to be chosen.
    plain = visits.page(scripts=False, size=PHONE)
    plain.goto("/donnees/")
    expect(plain.locator("[data-copy]").first).to_be_hidden()
    expect(plain.locator("#copied-ogc")).to_have_text(f"{site}/ogc")


def test_what_is_copied_stays_inside_of_its_block_on_a_phone(visits: Visits) -> None:
    page = visits.page("partner_a", size=PHONE)
    page.goto("/donnees/")
    beyond = "all => all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)"
    for fold in page.locator("details.ask").all():
        fold.locator("summary").press("Enter")
    assert faults(page) == []
    assert page.locator(".copied pre, .wrapped, .doors li").evaluate_all(beyond) == []
