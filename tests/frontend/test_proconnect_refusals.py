"""Who does not enter through ProConnect, and what they are told; before a provider that misbehaves."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.changes import create_user, link, suspend, unlink
from accounts.models import Identity, User
from accounts.proconnect import _reconciled
from tests.accounts.provider import BACK, BEGIN, CLIENT, Provider, came_back, one

pytestmark = pytest.mark.django_db


def refused(answer: Any, status: int, said: str, visitor: Client) -> None:
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert SESSION_KEY not in visitor.session
    assert "oidc_id_token" not in visitor.session


def test_an_address_that_went_to_somebody_else_does_not_give_them_the_account(
    provider: Provider, visitor: Client, somebody: User
) -> None:
    link(user=somebody, issuer=provider.issuer, subject="another")
    refused(came_back(provider, visitor), 403, "autre identité", visitor)
    chief = create_user(email="chef@psq.example", password=None)
    assert unlink(user=somebody, by=chief, motive="Changement de fournisseur")
    assert came_back(provider, visitor).status_code == 302


@pytest.mark.parametrize(("subject", "status"), [("subject-1", 302), ("another", 403)])
def test_of_two_first_sign_ins_at_once_none_fails(
    provider: Provider, visitor: Client, somebody: User, monkeypatch: pytest.MonkeyPatch, subject: str, status: int
) -> None:
    def meanwhile(said: dict[str, Any]) -> User:
        found = _reconciled(said)
        link(user=found, issuer=provider.issuer, subject=subject)
        return found

    monkeypatch.setattr("accounts.proconnect._reconciled", meanwhile)
    assert came_back(provider, visitor).status_code == status


@pytest.mark.parametrize("email", ["nobody@psq.example", "", None, 7, ["somebody@psq.example"], "a\0b@psq.example"])
def test_an_unknown_address_gets_no_account(provider: Provider, visitor: Client, somebody: User, email: Any) -> None:
    before = User.objects.count()
    provider.person["email"] = email
    refused(came_back(provider, visitor), 403, "administrateur local", visitor)
    assert User.objects.count() == before
    assert Identity.objects.count() == 0


@pytest.mark.parametrize("verified", [False, "false", 0])
def test_an_address_that_nobody_confirmed_is_nobodys(
    provider: Provider, visitor: Client, somebody: User, verified: Any
) -> None:
    provider.person["email_verified"] = verified
    refused(came_back(provider, visitor), 403, "confirm", visitor)
    assert Identity.objects.count() == 0


@pytest.mark.parametrize("known", [False, True])
def test_a_suspended_account_stays_outside(provider: Provider, visitor: Client, somebody: User, known: bool) -> None:
    if known:
        link(user=somebody, issuer=provider.issuer, subject="subject-1")
    suspend(user=somebody)
    refused(came_back(provider, visitor), 403, "suspendu", visitor)
    assert Identity.objects.exists() is known


@pytest.mark.parametrize(
    "wrong",
    ["id_token signature", "id_token kid", "id_token alg", "id_token none", "userinfo none",
     "userinfo signature", "userinfo kid", "userinfo alg",
     "userinfo plain", "userinfo disguised", "/token fails", "/token babbles", "/jwks fails", "/jwks babbles",
     "/userinfo fails", "/userinfo babbles"],
)  # fmt: skip
def test_what_is_badly_said(provider: Provider, visitor: Client, somebody: User, wrong: str) -> None:
    provider.wrong = wrong
    refused(came_back(provider, visitor), 403, "vérifi", visitor)
    assert Identity.objects.count() == 0


LONG_AGO = 1_700_000_000


@pytest.mark.parametrize("where", ["id_token", "userinfo"])
@pytest.mark.parametrize(
    "claims",
    [{"aud": "another-client"}, {"aud": ["another-client"]}, {"aud": None}, {"iss": "https://evil.example"},
     {"iss": None}, {"exp": LONG_AGO}, {"exp": None}, {"sub": None}, {"sub": ""}, {"azp": "another-client"},
     {"aud": [CLIENT, "b"], "azp": "b"}, {"sub": "another"}, {"exp": "tomorrow"}],
    ids=json.dumps,
)  # fmt: skip
def test_what_is_wrongly_said(provider: Provider, visitor: Client, somebody: User, where: str, claims: Any) -> None:
    getattr(provider, where).update(claims)
    refused(came_back(provider, visitor), 403, "vérifi", visitor)


@pytest.mark.parametrize("subject", ["", 7, None, "a\0b", "x" * 256])
def test_a_subject_that_is_no_name(provider: Provider, visitor: Client, somebody: User, subject: Any) -> None:
    provider.person["sub"] = subject
    refused(came_back(provider, visitor), 403, "vérifi", visitor)
    assert Identity.objects.count() == 0


@pytest.mark.parametrize("nonce", ["another", "", None])
def test_a_nonce_that_is_not_ours(provider: Provider, visitor: Client, somebody: User, nonce: Any) -> None:
    provider.id_token["nonce"] = nonce
    refused(came_back(provider, visitor), 403, "vérifi", visitor)


def test_a_state_that_is_not_ours_or_was_used_even_in_vain(provider: Provider, visitor: Client, somebody: User) -> None:
    address = provider.sign_in(visitor.get(BEGIN)["Location"])
    stranger = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
    refused(stranger.get(address), 400, "Recommencez", stranger)
    state = one(urlsplit(address).query)["state"]
    refused(visitor.get(address.replace(state, "x" * 43)), 400, "Recommencez", visitor)
    refused(visitor.get(BACK), 400, "Recommencez", visitor)
    assert provider.asked == [], "nothing is asked for who did not begin here"
    provider.wrong = "/token fails"
    refused(visitor.get(address), 403, "vérifi", visitor)
    provider.wrong = ""
    refused(visitor.get(address), 400, "Recommencez", visitor)


def test_given_up_at_the_provider(provider: Provider, visitor: Client, somebody: User) -> None:
    state = one(urlsplit(visitor.get(BEGIN)["Location"]).query)["state"]
    answer = visitor.get(BACK, {"state": state, "error": "access_denied", "error_description": "<script>"})
    refused(answer, 403, "mot de passe", visitor)
    assert "<script>" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/token", "/jwks", "/userinfo"])
def test_a_provider_that_hangs_is_not_waited_for(
    provider: Provider, visitor: Client, somebody: User, settings: Any, path: str
) -> None:
    assert settings.OIDC_TIMEOUT == 5
    settings.OIDC_TIMEOUT = 0.2
    provider.wrong = f"{path} hangs"
    answer = came_back(provider, visitor)
    refused(answer, 503, "ne répond pas", visitor)
    assert answer["Retry-After"]


def test_a_provider_that_is_not_there(provider: Provider, visitor: Client, somebody: User, settings: Any) -> None:
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://127.0.0.1:1/token"
    refused(came_back(provider, visitor), 503, "ne répond pas", visitor)
