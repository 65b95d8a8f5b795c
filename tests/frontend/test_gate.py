"""Outside the demonstration a role that needs a second factor goes nowhere without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import totp

from accounts import second_factor
from accounts.changes import create_token, create_user
from accounts.changes import second_factor as changes
from accounts.models import User

pytestmark = pytest.mark.django_db
KEY = "3132333435363738393031323334353637383930"
NEED = ("referent_a", "gendarme", "director", "administrator", "auditor")
FREE = ("partner_a", "mayor_gap")
CODE, SET_UP = "/connexion/code/", "/compte/second-facteur/installer/"


@pytest.fixture(autouse=True)
def _real(settings: Any, monday: Any) -> None:
    settings.DEMO = False
    settings.THROTTLES = False


def now(*, steps: int = 0) -> str:
    return f"{totp(bytes.fromhex(KEY), t0=-30 * steps):06d}"


@pytest.mark.parametrize("who", NEED)
@pytest.mark.parametrize("path", ["/", "/bureau/", "/preoccupations/", "/compte/jetons/", "/signaler/ou/", "/admin/"])
def test_pages_lead_to_the_set_up(seen_by: Callable[[str], Client], who: str, path: str) -> None:
    answer = seen_by(who).get(path)
    assert answer.status_code == 302
    assert answer["Location"].split("?")[0] == SET_UP


@pytest.mark.parametrize("who", NEED)
def test_the_api_by_session_is_a_problem(seen_by: Callable[[str], Client], who: str) -> None:
    client = seen_by(who)
    for path in ("/api/incidents/", "/api/locate/?lon=6&lat=44", "/api/sectors/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
        assert answer.json()["code"] == "second_factor_required"


@pytest.mark.parametrize("path", ["/accessibilite/", "/mentions-legales/", "/donnees-personnelles/", "/plan-du-site/",
                                  "/api/schema/", "/healthz", SET_UP])  # fmt: skip
def test_what_stays_open(seen_by: Callable[[str], Client], path: str) -> None:
    client = seen_by("referent_a")
    assert client.get(path).status_code == 200
    assert client.post("/langue/", {"language": "en"}).status_code == 302
    assert client.post("/deconnexion/")["Location"] == "/"
    assert client.get("/bureau/")["Location"] == "/connexion/?next=/bureau/"


@pytest.mark.parametrize("who", FREE)
def test_the_others_go_on(seen_by: Callable[[str], Client], who: str) -> None:
    client = seen_by(who)
    assert client.get("/preoccupations/").status_code == 200
    assert client.get("/api/incidents/").status_code == 200


def test_a_superuser_needs_it_for_the_admin(db: None) -> None:
    chief = create_user(email="chef@psq.example", password=None, is_staff=True, is_superuser=True)
    client = Client(SERVER_NAME="localhost")
    client.force_login(chief)
    assert client.get("/admin/accounts/user/")["Location"].startswith(SET_UP)
    client.get(SET_UP)
    key = client.session["second_factor_key"]
    assert client.post(SET_UP, {"code": f"{totp(bytes.fromhex(key)):06d}"}).status_code == 200
    assert client.get("/admin/accounts/user/").status_code == 200


def test_a_token_in_the_header_opens_the_api_and_no_page(
    seen_by: Callable[[str], Client], person: Callable[[str], User]
) -> None:
    client = seen_by("referent_a")
    clear = create_token(user=person("referent_a"), name="x", ttl=timedelta(days=1))
    assert client.get("/api/incidents/", headers={"Authorization": f"Token {clear}"}).status_code == 200
    assert client.get("/bureau/", headers={"Authorization": f"Token {clear}"}).status_code == 302
    bad = client.get("/api/incidents/", headers={"Authorization": "Token x"})
    assert bad.status_code == 401, "a bad token is not saved by the session"


def test_a_token_costs_no_question_more(client_of: Callable[..., Client], django_assert_num_queries: Any) -> None:
    client = client_of("referent_a")
    client.get("/api/locate/?lon=6.0786&lat=44.5594")
    # The token with its account and what it covers; the map is in memory.
    with django_assert_num_queries(1):
        assert client.get("/api/locate/?lon=6.0786&lat=44.5594").status_code == 200


def test_shown_it_opens_everything(seen_by: Callable[[str], Client], person: Callable[[str], User]) -> None:
    user = person("referent_a")
    changes.set_up(user=user, key=KEY, code=now(steps=-1))
    client = seen_by("referent_a")
    answer = client.get("/bureau/?x=1")
    assert answer["Location"] == f"{CODE}?next=%2Fbureau%2F%3Fx%3D1"
    assert client.get(SET_UP)["Location"] == CODE, "an application is not replaced by who cannot show it"
    assert client.post("/compte/second-facteur/retirer/")["Location"] == CODE
    page = client.get(answer["Location"])
    assert client.post(CODE, {"code": now(), "next": page.context["next"]})["Location"] == "/bureau/?x=1"
    assert client.get("/bureau/").status_code == 200
    assert client.get("/api/incidents/").status_code == 200


def test_it_was_shown_by_this_person_in_this_session(
    seen_by: Callable[[str], Client], person: Callable[[str], User]
) -> None:
    client = seen_by("referent_a")
    session = client.session
    second_factor.note_shown(session, person("referent_b"), by="totp")
    session.save()
    assert client.get("/bureau/").status_code == 302


@pytest.mark.parametrize("who", NEED)
def test_a_role_that_needs_it_does_not_remove_it(
    seen_by: Callable[[str], Client], person: Callable[[str], User], who: str
) -> None:
    user = person(who)
    changes.set_up(user=user, key=KEY, code=now(steps=-1))
    client = seen_by(who)
    session = client.session
    second_factor.note_shown(session, user, by="totp")
    session.save()
    for method in (client.get, client.post):
        refused = method("/compte/second-facteur/retirer/", {"password": "Demonstration-05", "code": now()})
        assert refused.status_code == 403
    assert second_factor.has_one(user)
    assert "/compte/second-facteur/retirer/" not in client.get("/compte/second-facteur/").content.decode()


def test_in_the_demonstration_it_is_offered_and_not_required(seen_by: Callable[[str], Client], settings: Any) -> None:
    settings.DEMO = True
    client = seen_by("referent_a")
    assert client.get("/bureau/").status_code == 200
    assert client.get("/api/incidents/").status_code == 200
    assert client.get(SET_UP).status_code == 200


def test_a_password_too_short_for_the_role_leads_to_another(person: Callable[[str], User]) -> None:
    user, short, long = person("administrator"), "zqxjvkbwpfgmycd", "zqxjvkbwpfgmycdr"
    user.set_password(short)
    user.save()
    client = Client(SERVER_NAME="localhost")
    assert client.post("/connexion/", {"username": user.email, "password": short}).status_code == 302
    session = client.session
    second_factor.note_shown(session, user, by="totp")
    session.save()
    assert client.get("/administration/")["Location"] == "/compte/mot-de-passe/"
    refused = client.get("/api/incidents/")
    assert (refused.status_code, refused.json()["code"]) == (403, "password_too_short")
    given = {"password": short, "new_password": long, "again": long}
    assert client.post("/compte/mot-de-passe/", given)["Location"] == "/compte/"
    assert client.get("/administration/").status_code == 200
