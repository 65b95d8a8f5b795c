from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db.models import F
from django.test import RequestFactory

from accounts.changes import suspend
from accounts.forms import SignInForm
from accounts.models import TokenBucket
from tests.accounts.conftest import PASSWORD


class Counting(Argon2PasswordHasher):
    """Argon2, and how often it was asked."""

    asked = 0

    def encode(self, password, salt):
        Counting.asked += 1
        return super().encode(password, salt)

    def verify(self, password, encoded):
        Counting.asked += 1
        return super().verify(password, encoded)


@pytest.fixture(autouse=True)
def throttled(settings):
    settings.THROTTLES = True


def signing_in(email: str, password: str, address: str = "192.0.2.1") -> SignInForm:
    return SignInForm(RequestFactory().post("/", REMOTE_ADDR=address), {"username": email, "password": password})


def test_the_right_password_signs_in_whatever_the_case_of_the_address(somebody):
    form = signing_in("PERSONNE@psq.example", PASSWORD)
    assert form.is_valid(), form.errors
    assert form.get_user() == somebody


def test_unknown_wrong_and_suspended_cost_one_hash_and_read_the_same(somebody, settings):
    settings.PASSWORD_HASHERS = ["tests.accounts.test_forms.Counting"]
    told = []
    for email, password in (("personne@psq.example", "wrong"), ("nobody@psq.example", PASSWORD)):
        Counting.asked = 0
        form = signing_in(email, password)
        assert not form.is_valid()
        told.append((form.errors.as_json(), Counting.asked))
    suspend(user=somebody)
    Counting.asked = 0
    form = signing_in("personne@psq.example", PASSWORD)
    assert not form.is_valid()
    told.append((form.errors.as_json(), Counting.asked))
    assert told == [(told[0][0], 1)] * 3
    assert "invalid_login" in told[0][0]


def test_the_eleventh_try_is_refused_even_with_the_right_password(somebody, settings):
    settings.PASSWORD_HASHERS = ["tests.accounts.test_forms.Counting"]
    settings.AXES_LOCK_OUT_AT_FAILURE = False  # the lockout comes sooner (test_lockout)
    for _ in range(10):
        assert not signing_in("personne@psq.example", "wrong").is_valid()
    Counting.asked = 0
    form = signing_in("personne@psq.example", PASSWORD)
    assert not form.is_valid()
    assert form.has_error("__all__", code="throttled")
    assert 0 < form.wait_s <= 60
    assert Counting.asked == 0
    assert signing_in("personne@psq.example", PASSWORD, address="192.0.2.2").is_valid(), "elsewhere it goes on"

    TokenBucket.objects.update(filled_at=F("filled_at") - timedelta(seconds=61))
    assert signing_in("personne@psq.example", PASSWORD).is_valid()


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("", PASSWORD, "username"),
        ("not an address", PASSWORD, "username"),
        ("a\0@psq.example", PASSWORD, "username"),
        ("a" * 300 + "@psq.example", PASSWORD, "username"),
        ("personne@psq.example", "", "password"),
        ("personne@psq.example", "x" * 1001, "password"),
        ("personne@psq.example", "a\0b", "password"),
    ],
)
def test_bad_input_is_an_error_of_its_field(somebody, email, password, field):
    form = signing_in(email, password)
    assert not form.is_valid()
    assert field in form.errors
