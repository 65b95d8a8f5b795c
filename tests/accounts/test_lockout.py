"""Wrong passwords: five for an account from an address, then a quarter of an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from accounts.lockout import forgive
from tests.accounts.conftest import PASSWORD
from tests.conftest import MONDAY


@pytest.fixture(autouse=True)
def no_buckets(settings):
    """The limits of how often one may ask count apart (test_throttles, test_forms)."""
    settings.THROTTLES = False


def tried(email: str, password: str, address: str = "192.0.2.1", **headers):
    client = Client(SERVER_NAME="localhost", REMOTE_ADDR=address, HTTP_ACCEPT_LANGUAGE="fr", **headers)
    return client.post(reverse("login"), {"username": email, "password": password})


def test_the_sixth_try_waits_even_with_the_right_password(somebody):
    with time_machine.travel(MONDAY, tick=False) as clock:
        for n in range(5):
            answer = tried(somebody.email, "wrong", HTTP_USER_AGENT=f"browser {n}")
            assert answer.status_code == 200
        clock.shift(timedelta(minutes=5))
        answer = tried(somebody.email, PASSWORD)
        assert (answer.status_code, answer["Retry-After"]) == (429, "600")
        assert "Réessayez dans 10 minutes" in answer.content.decode()
        assert answer.context["form"].has_error("__all__", code="throttled")
        assert tried(somebody.email, PASSWORD, address="192.0.2.2").status_code == 302, "the owner enters elsewhere"
        clock.shift(timedelta(minutes=9))
        assert tried(somebody.email, PASSWORD).status_code == 429, "asking again prolongs nothing"
        clock.shift(timedelta(minutes=1, seconds=1))
        assert tried(somebody.email, PASSWORD).status_code == 302


def test_an_account_that_does_not_exist_is_locked_alike(somebody):
    told = []
    for email in (somebody.email, "personne.de.ce.nom@psq.example"):
        pages = [tried(email, "wrong") for _ in range(6)]
        told.append([(page.status_code, page.context["form"].errors.as_json()) for page in pages])
    assert told[0] == told[1]
    assert [status for status, _ in told[0]] == [200] * 5 + [429]


@pytest.mark.parametrize("written", ["PERSONNE@psq.example", " personne@psq.example ", "personne@psq.éxample"])
def test_case_blanks_and_accents_make_no_second_account(somebody, written):
    for _ in range(5):
        tried(written, "wrong")
    assert tried(somebody.email, PASSWORD).status_code == 429


def test_a_right_password_forgets_the_wrong_ones(somebody):
    for _ in range(2):
        for _ in range(4):
            tried(somebody.email, "wrong")
        assert tried(somebody.email, PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_the_address_is_the_one_our_proxy_saw(somebody, settings):
    settings.TRUSTED_PROXIES = 1
    for n in range(5):
        tried(somebody.email, "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, 203.0.113.9")
    assert tried(somebody.email, PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 429
    assert tried(somebody.email, PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.9, 203.0.113.10").status_code == 302


@pytest.mark.parametrize("address", ["2001:db8:1:2::7", "unix:"])
def test_networks_and_unknown_peers_are_counted_too(somebody, address):
    for _ in range(5):
        tried(somebody.email, "wrong", address=address)
    assert tried(somebody.email, PASSWORD, address=address.replace("::7", "::8")).status_code == 429


def test_nothing_typed_is_kept_but_the_account(somebody):
    tried(somebody.email, "a wrong secret")
    row = AccessAttempt.objects.get()
    assert "secret" not in row.post_data
    assert "csrf" not in row.post_data or "*" in row.post_data
    assert (row.username, row.ip_address) == (somebody.email, "192.0.2.1")


def test_forgiven(somebody):
    for _ in range(5):
        tried(somebody.email, "wrong")
    forgive(somebody.email.upper())
    assert tried(somebody.email, PASSWORD).status_code == 302
