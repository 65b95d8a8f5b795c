"""Sign-in through ProConnect, before a provider that really answers on the loopback."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django_otp.oath import totp

from accounts import second_factor
from accounts.changes import create_user
from accounts.changes import second_factor as changes
from accounts.models import AccessLog, Identity, User
from tests.accounts.provider import BACK, BEGIN, CLIENT, ENDED, Provider, came_back, one

pytestmark = pytest.mark.django_db
KEY = "3132333435363738393031323334353637383930"


def test_switched_off_there_is_nothing(visitor: Client) -> None:
    for path in (BEGIN, BACK, ENDED):
        assert visitor.get(path).status_code == 404
    assert "ProConnect" not in visitor.get("/connexion/").content.decode()


def test_the_sign_in_page_has_the_way(provider: Provider, visitor: Client) -> None:
    page = visitor.get("/connexion/?next=/bureau/").content.decode()
    assert f'href="{BEGIN}?next=/bureau/"' in page


def test_what_is_asked_of_the_provider(provider: Provider, visitor: Client) -> None:
    away = urlsplit(visitor.get(BEGIN)["Location"])
    asked = one(away.query)
    assert f"{away.scheme}://{away.netloc}{away.path}" == f"{provider.issuer}/authorize"
    assert len(asked.pop("state")) >= 32
    assert len(asked.pop("nonce")) >= 32
    assert json.loads(asked.pop("claims")) == {"id_token": {"amr": {"essential": True}}}
    # ProConnect refuses a parameter that it does not know.
    assert asked == {
        "response_type": "code", "scope": "openid email", "client_id": CLIENT,
        "redirect_uri": f"http://localhost{BACK}",
    }  # fmt: skip
    first, second = (one(urlsplit(visitor.get(BEGIN)["Location"]).query) for _ in range(2))
    assert first["state"] != second["state"]
    assert first["nonce"] != second["nonce"]


def test_a_known_address_is_linked_once_and_signed_in(provider: Provider, visitor: Client, somebody: User) -> None:
    answer = came_back(provider, visitor, begin=f"{BEGIN}?next=/compte/jetons/")
    assert (answer.status_code, answer["Location"]) == (302, "/compte/jetons/")
    assert visitor.session[SESSION_KEY] == str(somebody.pk)
    identity = Identity.objects.get()
    assert (identity.user, identity.issuer, identity.subject) == (somebody, provider.issuer, "subject-1")
    assert AccessLog.objects.get(operation="identity.link").user == somebody
    assert [path for path, _ in provider.asked] == ["/token", "/jwks", "/userinfo"], "keys are asked for once"
    assert not second_factor.shown(visitor.session, somebody)
    again = Client(SERVER_NAME="localhost")
    assert came_back(provider, again).status_code == 302
    assert Identity.objects.count() == 1


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example"])
def test_the_way_on_stays_here(provider: Provider, visitor: Client, somebody: User, page: str) -> None:
    assert came_back(provider, visitor, begin=f"{BEGIN}?next={page}")["Location"] == "/"


def test_the_address_may_change_and_the_person_stays(provider: Provider, visitor: Client, somebody: User) -> None:
    came_back(provider, visitor)
    other = create_user(email="new@psq.example", password=None)
    provider.person["email"] = other.email
    again = Client(SERVER_NAME="localhost")
    assert came_back(provider, again).status_code == 302
    assert again.session[SESSION_KEY] == str(somebody.pk), "known by the subject, not by the address"
    somebody.refresh_from_db()
    assert somebody.email == "somebody@psq.example"
    assert not Identity.objects.filter(user=other).exists()


def test_the_case_of_the_address_makes_no_difference(provider: Provider, visitor: Client, somebody: User) -> None:
    provider.person["email"] = " Somebody@PSQ.example "
    assert came_back(provider, visitor).status_code == 302


@pytest.fixture
def protected(person: Callable[[str], User], provider: Provider, monday: Any, settings: Any) -> User:
    """A référent with a second factor of ours, in a real installation."""
    settings.DEMO = False
    user = person("referent_a")
    changes.set_up(user=user, key=KEY, code=f"{totp(bytes.fromhex(KEY), t0=30):06d}")
    provider.person |= {"email": user.email}
    return user


def test_our_second_step_follows_a_sign_in_by_password_there(
    provider: Provider, visitor: Client, protected: User
) -> None:
    assert came_back(provider, visitor, begin=f"{BEGIN}?next=/preoccupations/")["Location"] == "/connexion/code/"
    assert SESSION_KEY not in visitor.session
    answer = visitor.post("/connexion/code/", {"code": f"{totp(bytes.fromhex(KEY)):06d}"})
    assert answer["Location"] == "/preoccupations/"


def test_a_second_factor_shown_there_is_not_asked_for_here(
    provider: Provider, visitor: Client, protected: User
) -> None:
    provider.amr = ["pwd", "mfa"]
    assert came_back(provider, visitor)["Location"] == "/bureau/"
    assert visitor.get("/bureau/").status_code == 200


@pytest.mark.parametrize("amr", [["pwd"], [], "mfa", None, {"mfa": True}, ["mfa-not"]])
def test_what_proves_no_second_factor(provider: Provider, visitor: Client, protected: User, amr: Any) -> None:
    provider.id_token["amr"] = amr
    assert came_back(provider, visitor)["Location"] == "/connexion/code/"


def test_without_a_factor_anywhere_the_gate_stands(
    provider: Provider, visitor: Client, person: Any, settings: Any
) -> None:
    settings.DEMO = False
    provider.person["email"] = person("director").email
    came_back(provider, visitor)
    assert visitor.get("/bureau/")["Location"].startswith("/compte/second-facteur/installer/")


def test_signing_out_here_signs_out_there(provider: Provider, visitor: Client, somebody: User) -> None:
    came_back(provider, visitor)
    token = visitor.session["oidc_id_token"]
    answer = visitor.post("/deconnexion/")
    away = urlsplit(answer["Location"])
    asked = one(away.query)
    assert f"{away.scheme}://{away.netloc}{away.path}" == f"{provider.issuer}/session/end"
    assert asked["id_token_hint"] == token
    assert len(asked["state"]) >= 32
    assert asked["post_logout_redirect_uri"] == f"http://localhost{ENDED}"
    assert SESSION_KEY not in visitor.session
    assert "oidc_id_token" not in visitor.session
    home = visitor.get(ENDED, {"state": asked["state"]}, follow=True)
    assert "ProConnect aussi" in home.content.decode()
    again = visitor.get(ENDED, {"state": asked["state"]}, follow=True)
    assert "ProConnect aussi" not in again.content.decode()


def test_who_signed_in_by_password_is_only_signed_out_here(provider: Provider, visitor: Client, person: Any) -> None:
    visitor.force_login(person("partner_a"))
    assert visitor.post("/deconnexion/")["Location"] == "/"


def test_who_is_in_already_goes_on(provider: Provider, visitor: Client, person: Any) -> None:
    visitor.force_login(person("partner_a"))
    assert visitor.get(f"{BEGIN}?next=/preoccupations/")["Location"] == "/preoccupations/"
    for path in (BEGIN, BACK, ENDED):
        assert visitor.post(path).status_code == 405


def test_too_many_sign_ins_of_one_address(provider: Provider, visitor: Client, settings: Any) -> None:
    settings.THROTTLES = True
    answers = [visitor.get(BEGIN) for _ in range(101)]
    assert {each.status_code for each in answers[:100]} == {302}
    assert answers[100].status_code == 429
    assert int(answers[100]["Retry-After"]) > 0
