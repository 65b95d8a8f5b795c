"""An account from the invitation to the end of its sessions, by a real browser; and every page of it by the rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.changes import suspend
from accounts.models import BrowserSession, User
from messaging.delivery import Outcome, deliver_next
from sectors.management.commands.seed_demo import PASSWORD
from tests.browser.conftest import PHONE, WIDE, Visits
from tests.browser.test_pages import check, check_answered
from tests.conftest import CAST
from tests.frontend.mail import letters, link_in

Picture = Callable[..., None]
GUEST = "ana.invitee@psq.example"
FIRST, SECOND = "une phrase assez longue", "une autre phrase, plus longue"


def wide(page: Page) -> None:
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def send(page: Page) -> None:
    page.get_by_role("main").locator("form .fr-btn--big").click()


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/connexion/")
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(password)
    send(page)


def test_invited_accepted_signed_in_password_changed_other_session_ended(
    visits: Visits, picture: Picture, tmp_path, settings
) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    host = visits.page("referent_a")
    host.goto("/compte/")
    host.get_by_role("link", name="Voir les invitations").click()
    expect(host.get_by_role("main")).to_contain_text("Personne n’a encore été invité")
    check(host)
    wide(host)
    host.get_by_role("link", name="Inviter quelqu’un").click()
    send(host)
    expect(host.locator("#errors")).to_be_focused()
    check(host)
    wide(host)
    host.locator("#id_email").fill(GUEST)
    host.locator("#id_what").select_option("partner:bailleur")
    picture(host, "inviter")
    send(host)
    expect(host.get_by_role("status")).to_contain_text(GUEST)
    check(host)
    wide(host)
    picture(host, "invitations")

    [letter] = letters(GUEST)
    assert deliver_next() is Outcome.SENT
    [mail] = list(tmp_path.iterdir())
    assert GUEST in mail.read_text()

    guest = visits.page(size=PHONE, touch=True)
    guest.goto(link_in(letter))
    expect(guest.get_by_role("heading", level=1)).to_have_text("Ouvrez votre compte")
    guest.locator("#id_name").fill("Ana Invitée")
    guest.locator("#id_new_password").fill(FIRST)
    guest.locator("#id_again").fill(FIRST + "x")
    send(guest)
    expect(guest.locator("#errors")).to_be_focused()
    check(guest)
    guest.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    picture(guest, "telephone-compte")
    guest.locator("#id_new_password").fill(FIRST)
    guest.locator("#id_again").fill(FIRST)
    send(guest)
    guest.wait_for_url("**/connexion/")
    expect(guest.get_by_role("status")).to_contain_text("Votre compte est ouvert")

    here, elsewhere = visits.page(), visits.page()
    for page in (here, elsewhere):
        sign_in(page, GUEST, FIRST)
        expect(page.locator(".who-am-i__name")).to_have_text("Ana Invitée")
    here.goto("/compte/sessions/")
    expect(here.locator("main .row")).to_have_count(2)
    check(here)
    wide(here)
    picture(here, "sessions")
    here.goto("/compte/")
    check(here)
    wide(here)
    picture(here, "compte")
    here.get_by_role("link", name="Changer mon mot de passe").click()
    here.locator("#id_password").fill(FIRST)
    here.locator("#id_new_password").fill(SECOND)
    here.locator("#id_again").fill(SECOND)
    check(here)
    wide(here)
    send(here)
    expect(here.get_by_role("status")).to_contain_text("Votre mot de passe a été changé")
    elsewhere.goto("/compte/")
    elsewhere.wait_for_url("**/connexion/?next=/compte/")
    sign_in(elsewhere, GUEST, SECOND)
    expect(elsewhere.locator(".who-am-i__name")).to_have_text("Ana Invitée")


def test_a_forgotten_password(visits: Visits) -> None:
    email = f"{CAST['partner_b']}@psq.example"
    page = visits.page()
    page.goto("/connexion/")
    page.get_by_role("link", name="Mot de passe oublié ?").click()
    check(page)
    wide(page)
    page.locator("#id_email").fill(email)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Regardez votre messagerie")
    check(page)
    wide(page)
    page.goto(link_in(letters(email)[0]))
    expect(page.get_by_role("heading", level=1)).to_have_text("Choisissez un nouveau mot de passe")
    check(page)


def test_a_suspended_person_is_out_of_the_page_in_hand(visits: Visits) -> None:
    page = visits.page("partner_a")
    page.goto("/signaler/ou/?lat=44.5594&lon=6.0786")
    user = User.objects.get(email=f"{CAST['partner_a']}@psq.example")
    try:
        suspend(user=user)
        assert not BrowserSession.objects.filter(user=user).exists()
        send(page)
        page.wait_for_url("**/connexion/?next=/signaler/**")
        page.locator("#id_username").fill(user.email)
        page.locator("#id_password").fill(PASSWORD)
        send(page)
        expect(page.locator("#errors")).to_contain_text("ne correspondent à aucun compte")
    finally:
        User.objects.filter(pk=user.pk).update(is_active=True)


def test_five_wrong_passwords(visits: Visits) -> None:
    page = visits.page()
    for _ in range(6):
        sign_in(page, "personne.de.ce.nom@psq.example", "wrong")
    expect(page.locator("#errors")).to_contain_text("Trop d’essais")
    check(page)
    visits.wrong[:] = [line for line in visits.wrong if "status of 429" not in line]


@pytest.mark.parametrize(
    ("person", "path", "code"),
    [
        ("partner_a", "/compte/adresse/", 200),
        ("administrator", "/invitations/nouvelle/", 200),
        ("gendarme", "/invitations/nouvelle/", 200),
        ("partner_a", "/compte/mot-de-passe/", 200),
        ("", "/compte/adresse/x/", 410),
        ("", "/invitation/x/", 410),
        ("", "/mot-de-passe/MQ/x-y/", 410),
        ("partner_a", "/invitations/", 403),
    ],
)
def test_page(visits: Visits, person: str, path: str, code: int) -> None:
    check_answered(visits, person, path, code)
