"""Photos in the wizard by a real browser: chosen, looked at, taken out, sent, and seen by the référent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import FilePayload, Page, expect

from incidents.models import Incident
from tests.browser.conftest import NARROW, PHONE, WIDE, Visits
from tests.browser.test_journey import describe, go_on, received
from tests.browser.test_pages import check
from tests.incidents.images import encoded, exif, quarters


@pytest.fixture(scope="module", autouse=True)
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The server of these tests keeps its photos apart."""
    folder = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=folder):
        yield folder


def photo(width: int = 640, **options: Any) -> FilePayload:
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": encoded(quarters(width, 480), **options)}


def drawn(page: Page, selector: str) -> list[int]:
    """The widths of the images as the browser decoded them; 0 for one that it could not."""
    # Not by a function in the page, which waiting may evaluate as a string: the policy of the page refuses that.
    for image in page.locator(selector).all():
        expect(image).to_have_js_property("complete", True)
    found: list[int] = page.eval_on_selector_all(selector, "images => images.map((image) => image.naturalWidth)")
    return found


def step_two(visits: Visits, **options: Any) -> Page:
    page = visits.page("partner_a", **options)
    page.goto("/signaler/ou/?lat=44.5594&lon=6.0786")
    go_on(page, "/signaler/quoi/")
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (PHONE, True)], ids=["wide", "phone-dark"])
def test_photos_are_joined_and_seen(visits: Visits, scripts: bool, size: tuple[int, int], dark: bool) -> None:
    page = step_two(visits, size=size, dark=dark, scripts=scripts)
    describe(page)
    page.locator("#id_photo").set_input_files([photo(), photo(800)])
    if scripts:
        expect(page.locator("#photo-previews")).to_contain_text("Choisi : IMG_0001.jpg")
        assert drawn(page, "#photo-previews img") == [640, 800]
    page.get_by_role("button", name="Les ajouter et les voir").click()
    expect(page.locator(".photos__list img")).to_have_count(2)
    if scripts:
        assert drawn(page, ".photos__list img") == [640, 800]
        check(page)
    expect(page.locator("#id_description")).to_have_value("Bruit le soir dans le hall, jusqu'à deux heures.")
    page.get_by_role("button", name="Retirer la photo 1").click()
    expect(page.locator(".photos__list img")).to_have_count(1)
    go_on(page, "/signaler/verifier/")
    expect(page.locator(".summary img")).to_have_count(1)
    if scripts:
        check(page)
    go_on(page, "/signaler/recu/*/")
    incident = received(page)
    assert incident.photos.get().width == 800

    referent = visits.page("referent_a", size=size, dark=dark)
    referent.goto(f"/preoccupations/{incident.reference}/")
    referent.get_by_role("img", name="Photo 1 sur 1 du lieu").scroll_into_view_if_needed()
    expect(referent.get_by_role("img", name="Photo 1 sur 1 du lieu")).to_be_visible()
    assert drawn(referent, ".photos__list img") == [800]
    check(referent)
    with referent.expect_download() as download:
        referent.get_by_role("link", name="Photo 1 sur 1").click()
    assert download.value.suggested_filename == f"{incident.reference}-1.jpg"


def test_enter_goes_on_and_removes_nothing(visits: Visits) -> None:
    page = step_two(visits)
    describe(page)
    page.locator("#id_photo").set_input_files([photo()])
    page.get_by_role("button", name="Les ajouter et les voir").click()
    expect(page.locator(".photos__list img")).to_have_count(1)
    page.locator("#id_occurred_time").press("Enter")
    page.wait_for_url("**/signaler/verifier/")
    expect(page.locator(".summary img")).to_have_count(1)


def test_what_is_wrong_is_told_at_the_field(visits: Visits) -> None:
    page = step_two(visits, size=NARROW)
    describe(page)
    wrong: FilePayload = {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": b"<svg onload='alert(1)'/>"}
    page.locator("#id_photo").set_input_files([wrong])
    page.locator("main form .fr-btn--big").click()
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors")).to_contain_text("Photo 1 : Ce n’est pas une photo JPEG, PNG ou HEIC.")
    page.locator("#errors a").click()
    expect(page.locator("#id_photo")).to_be_focused()
    check(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW[0]


def test_the_place_of_a_photo_is_offered(visits: Visits) -> None:
    page = step_two(visits)
    describe(page)
    page.locator("#id_photo").set_input_files([photo(exif=exif(6.0631, 44.547).tobytes())])
    page.locator("main form .fr-btn--big").click()
    expect(page.locator("#elsewhere")).to_be_focused()
    check(page)
    page.get_by_role("link", name="Voir le lieu de la photo").click()
    expect(page.locator("#id_lat")).to_have_value("44.547000")
    expect(page.locator("#chosen")).to_contain_text("Lieu de la photo")
    go_on(page, "/signaler/quoi/")
    expect(page.locator(".photos__list img")).to_have_count(1)
    go_on(page, "/signaler/verifier/")
    go_on(page, "/signaler/recu/*/")
    assert received(page).location.y == 44.547
    assert Incident.objects.count() == 1
