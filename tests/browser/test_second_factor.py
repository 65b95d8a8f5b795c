"""The second factor is set up, shown and replaced by a recovery code; a token is made and revoked."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from django.test import override_settings
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from sectors.management.commands.seed_demo import PASSWORD
from tests.browser.conftest import PHONE, WIDE, Visits
from tests.browser.test_pages import check
from tests.conftest import CAST

Picture = Callable[..., None]
REFERENT = f"{CAST['referent_a']}@psq.example"


@pytest.fixture
def real(site: str) -> Iterator[None]:
    """No demonstration: what a role must do it must do. Nobody waits after a wrong code."""
    with override_settings(DEMO=False, OTP_TOTP_THROTTLE_FACTOR=0, OTP_STATIC_THROTTLE_FACTOR=0):
        yield


def key_of(page: Page) -> bytes:
    """The secret as the page writes it for those without a camera."""
    from base64 import b32decode

    return b32decode(page.locator("#secret").inner_text().replace(" ", ""))


def sign_in(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("#id_username").fill(REFERENT)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()


def wide(page: Page) -> None:
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def confirm(page: Page, code: str) -> None:
    page.locator("#id_code").fill(code)
    page.locator("#id_code").press("Enter")


def test_first_and_second_day(visits: Visits, real: None, picture: Picture) -> None:
    page = visits.page()
    sign_in(page, "/bureau/")
    page.wait_for_url("**/compte/second-facteur/installer/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Installer le second facteur")
    shown = page.get_by_role("img", name=re.compile("Code QR"))
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.complete && image.naturalWidth > 100")
    check(page)
    wide(page)
    picture(page, "second-facteur")
    key = key_of(page)
    confirm(page, "000000")
    expect(page.locator("#errors")).to_be_focused()
    check(page)
    wide(page)
    assert key_of(page) == key, "the telephone has scanned it already"
    confirm(page, f"{totp(key):06d}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos codes de secours")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    check(page)
    wide(page)
    page.emulate_media(media="print")
    expect(page.locator(".codes li").first).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Je les ai gardés").click()
    page.wait_for_url("**/bureau/")

    # The next day the application shows another code; on a telephone.
    phone = visits.page(size=PHONE, touch=True)
    sign_in(phone, "/preoccupations/")
    phone.wait_for_url("**/connexion/code/**")
    check(phone)
    TOTPDevice.objects.update(last_t=int(time.time()) // 30 - 2)
    confirm(phone, f"{totp(key):06d}")
    phone.wait_for_url("**/preoccupations/")

    # The telephone is lost.
    other = visits.page()
    sign_in(other, "/compte/second-facteur/")
    other.get_by_role("link", name="Utiliser un code de secours").click()
    check(other)
    confirm(other, codes[4].lower())
    other.wait_for_url("**/compte/second-facteur/")
    expect(other.locator("main")).to_contain_text("Il reste 9 codes sur 10")
    check(other)
    wide(other)
    other.get_by_role("link", name="Remplacer l’application").click()
    check(other)
    other.goto("/compte/second-facteur/codes/")
    check(other)


def test_offered_and_removed_in_english_without_scripts(visits: Visits) -> None:
    page = visits.page("partner_a", scripts=False)
    page.goto("/compte/second-facteur/")
    page.get_by_role("button", name="English").click()
    page.get_by_role("link", name="Set up the second factor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up the second factor")
    key = key_of(page)
    confirm(page, f"{totp(key):06d}")
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    page.goto("/compte/second-facteur/retirer/")
    TOTPDevice.objects.update(last_t=int(time.time()) // 30 - 2)
    page.locator("#id_password").fill(PASSWORD)
    confirm(page, f"{totp(key):06d}")
    expect(page.locator("main")).to_contain_text("Your account no longer has a second factor.")


def test_a_token(visits: Visits, picture: Picture) -> None:
    page = visits.page("partner_a")
    page.goto("/compte/jetons/")
    expect(page.locator("main")).to_contain_text("Vous n’avez aucun jeton en service.")
    check(page)
    wide(page)
    page.locator("#id_days").fill("400")
    page.get_by_role("button", name="Créer le jeton").click()
    expect(page.locator("#errors")).to_be_focused()
    check(page)
    wide(page)
    page.locator("#id_name").fill("QGIS du bureau")
    page.locator("#id_days").fill("30")
    page.get_by_role("button", name="Créer le jeton").click()
    expect(page.locator("#fresh .secret")).to_have_text(re.compile(r"^psq_\w{64}$"))
    check(page)
    wide(page)
    picture(page, "jetons")
    page.goto("/compte/jetons/")
    expect(page.locator("#fresh")).to_have_count(0)
    page.get_by_role("button", name="Révoquer QGIS du bureau").click()
    expect(page.locator("main")).to_contain_text("Le jeton est révoqué")
    expect(page.locator(".row")).to_have_count(0)
