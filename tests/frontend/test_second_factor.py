"""The pages of the second factor: at the door, set up, renewed, removed; without a browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.changes import second_factor as changes
from accounts.changes import suspend
from accounts.models import AccessLog, User
from sectors.management.commands.seed_demo import PASSWORD

pytestmark = pytest.mark.django_db
KEY = "3132333435363738393031323334353637383930"
CODES = re.compile(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</code>")
FIRST_STEP, CODE, RECOVERY = "/connexion/", "/connexion/code/", "/connexion/secours/"
SET_UP, REMOVE, RENEW = (f"/compte/second-facteur/{each}/" for each in ("installer", "retirer", "codes"))


def now(key: str = KEY, *, steps: int = 0) -> str:
    return f"{totp(bytes.fromhex(key), t0=-30 * steps):06d}"


@pytest.fixture(autouse=True)
def _still(monday: Any, settings: Any) -> None:
    settings.THROTTLES = False
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0


@pytest.fixture
def protected(person: Callable[[str], User]) -> tuple[User, list[str]]:
    """A partner with a second factor, and the recovery codes."""
    user = person("partner_a")
    codes = changes.set_up(user=user, key=KEY, code=now(steps=-1))
    assert codes
    return user, codes


def after_password(user: User, following: str = "") -> Client:
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
    sent = {"username": user.email, "password": PASSWORD, "next": following}
    answer = client.post(FIRST_STEP, sent)
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    return client


def test_nobody_is_signed_in_before_the_code(protected: Any) -> None:
    client = after_password(protected[0], "/preoccupations/")
    assert SESSION_KEY not in client.session
    assert not AccessLog.objects.filter(operation="session.begin").exists()
    assert client.get("/preoccupations/").status_code == 302
    assert client.get("/api/incidents/").status_code == 401
    page = client.get(CODE)
    assert page.status_code == 200
    assert protected[0].email in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    answer = client.post(CODE, {"code": f" {now()[:3]} {now()[3:]} "})
    assert (answer.status_code, answer["Location"]) == (302, "/preoccupations/")
    assert client.get("/preoccupations/").status_code == 200
    assert second_factor.shown(client.session, protected[0])
    [entry] = AccessLog.objects.filter(operation="session.begin")
    assert (entry.user, entry.reference) == (protected[0], f"account:{protected[0].pk}")


def test_wrong_and_used_codes_do_not_enter(protected: Any) -> None:
    client = after_password(protected[0])
    for wrong in ("000000", "abc", "", now(steps=-1)):
        page = client.post(CODE, {"code": wrong})
        assert page.status_code == 200
        assert 'href="#id_code"' in page.content.decode()
    assert client.post(CODE, {"code": now()})["Location"] == "/accueil/"
    again = after_password(protected[0])
    assert again.post(CODE, {"code": now()}).status_code == 200
    assert SESSION_KEY not in again.session


def test_too_many_codes_are_429(protected: Any, settings: Any) -> None:
    settings.THROTTLES = True
    client = after_password(protected[0])
    answers = [client.post(CODE, {"code": "000000"}) for _ in range(11)]
    assert [each.status_code for each in answers] == [200] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert after_password(protected[0]).post(CODE, {"code": now()}).status_code == 429, "counted by account"


def test_too_many_codes_say_nothing_of_the_password_beside(protected: Any, seen_by: Any, settings: Any) -> None:
    client = seen_by("partner_a")
    settings.THROTTLES = True
    for _ in range(10):
        client.post(REMOVE, {"password": "not this one", "code": "000000"})
    pages = [client.post(REMOVE, {"password": each, "code": "000000"}) for each in (PASSWORD, "not this one")]
    assert [each.status_code for each in pages] == [429, 429]
    for page in pages:
        assert list(page.context["form"].errors) == ["__all__"]


def test_a_recovery_code_enters_once(protected: Any) -> None:
    user, codes = protected
    client = after_password(user, "/preoccupations/")
    assert client.get(RECOVERY).status_code == 200
    assert client.post(RECOVERY, {"code": "0000-0000-0000"}).status_code == 200
    assert client.post(RECOVERY, {"code": codes[0].lower()})["Location"] == "/preoccupations/"
    other = after_password(user)
    assert other.post(RECOVERY, {"code": codes[0]}).status_code == 200
    assert SESSION_KEY not in other.session


def test_the_turn_ends(protected: Any) -> None:
    """After ten minutes, with the password changed, with the account suspended; and without any password given."""
    user = protected[0]
    client = after_password(user)
    with time_machine.travel(time.time() + 601, tick=False):
        assert client.post(CODE, {"code": now()})["Location"] == FIRST_STEP
    client = after_password(user)
    user.set_password("un autre mot de passe long")
    user.save()
    assert client.post(CODE, {"code": now()})["Location"] == FIRST_STEP
    user.set_password(PASSWORD)
    user.save()
    client = after_password(user)
    suspend(user=user)
    assert client.post(CODE, {"code": now()})["Location"] == FIRST_STEP
    assert Client(SERVER_NAME="localhost").get(CODE)["Location"] == FIRST_STEP
    assert Client(SERVER_NAME="localhost").post(RECOVERY, {"code": "x"})["Location"] == FIRST_STEP


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_on_stays_here(protected: Any, elsewhere: str) -> None:
    client = after_password(protected[0], elsewhere)
    assert client.post(CODE, {"code": now(), "next": elsewhere})["Location"] == "/accueil/"


def test_the_session_gets_another_name_at_each_step(protected: Any) -> None:
    client = Client(SERVER_NAME="localhost")
    client.get("/langue/")
    session = client.session
    session["draft"] = "kept"
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    names = [session.session_key]
    client.post(FIRST_STEP, {"username": protected[0].email, "password": PASSWORD})
    names.append(client.session.session_key)
    client.post(CODE, {"code": now()})
    names.append(client.session.session_key)
    assert len(set(names)) == 3
    assert client.session["draft"] == "kept"


def test_set_up_shows_the_secret_then_the_codes_once(seen_by: Any, person: Any) -> None:
    client = seen_by("partner_a")
    page = client.get(SET_UP)
    key = client.session["second_factor_key"]
    assert client.get(SET_UP).context["secret"] == second_factor.secret_text(key), "the same until it is confirmed"
    assert 'src="data:image/svg+xml' in page.content.decode()
    assert second_factor.secret_text(key) in page.content.decode()
    wrong = client.post(SET_UP, {"code": now(key, steps=9)})
    assert 'href="#id_code"' in wrong.content.decode()
    assert not second_factor.has_one(person("partner_a"))
    done = client.post(SET_UP, {"code": now(key)})
    shown = CODES.findall(done.content.decode())
    assert len(shown) == 10
    assert "no-store" in done["Cache-Control"]
    assert second_factor.has_one(person("partner_a"))
    assert second_factor.shown(client.session, person("partner_a"))
    assert "second_factor_key" not in client.session
    for page in (client.get(SET_UP), client.get("/compte/second-facteur/"), client.get(RENEW)):
        assert not CODES.findall(page.content.decode())
    assert after_password(person("partner_a")).post(RECOVERY, {"code": shown[9]})["Location"] == "/accueil/"


def test_replacing_asks_for_the_password_and_a_session_that_showed_it(seen_by: Any, protected: Any) -> None:
    assert seen_by("partner_a").get(SET_UP)["Location"] == CODE
    client = after_password(protected[0])
    client.post(CODE, {"code": now()})
    client.get(SET_UP)
    key = client.session["second_factor_key"]
    assert client.post(SET_UP, {"code": now(key)}).context["form"].errors.keys() == {"password"}
    wrong = client.post(SET_UP, {"code": now(key), "password": "x"})
    assert wrong.context["form"].errors.keys() == {"password"}
    assert TOTPDevice.objects.get().key == KEY
    client.post(SET_UP, {"code": now(key), "password": PASSWORD})
    assert TOTPDevice.objects.get().key == key


def test_new_codes_ask_for_a_code(protected: Any) -> None:
    user, codes = protected
    client = after_password(user)
    client.post(CODE, {"code": now()})
    assert client.post(RENEW, {"code": now()}).context["form"].errors, "it was used at the door"
    fresh = CODES.findall(client.post(RENEW, {"code": now(steps=1)}).content.decode())
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    other = after_password(user)
    assert other.post(RECOVERY, {"code": codes[0]}).status_code == 200
    assert other.post(RECOVERY, {"code": fresh[0]}).status_code == 302


def test_removal_asks_for_password_and_code(protected: Any) -> None:
    user = protected[0]
    client = after_password(user)
    client.post(CODE, {"code": now()})
    later = now(steps=1)
    assert client.post(REMOVE, {"code": later}).context["form"].errors.keys() == {"password"}
    assert client.post(REMOVE, {"password": PASSWORD}).context["form"].errors.keys() == {"code"}
    assert client.post(REMOVE, {"password": "x", "code": later}).context["form"].errors.keys() == {"password"}
    assert client.post(REMOVE, {"password": PASSWORD, "code": "000000"}).context["form"].errors.keys() == {"code"}
    assert second_factor.has_one(user)
    assert client.post(REMOVE, {"password": PASSWORD, "code": later})["Location"] == "/compte/second-facteur/"
    assert not second_factor.has_one(user)
    again = Client(SERVER_NAME="localhost").post(FIRST_STEP, {"username": user.email, "password": PASSWORD})
    assert again["Location"] == "/accueil/"


@pytest.mark.parametrize("path", ["/compte/second-facteur/", SET_UP, REMOVE, RENEW])
def test_strangers_sign_in_first(path: str) -> None:
    assert Client(SERVER_NAME="localhost").get(path)["Location"] == f"/connexion/?next={path}"


def test_without_a_factor_there_is_nothing_to_renew_or_remove(seen_by: Any) -> None:
    for path in (REMOVE, RENEW):
        assert seen_by("partner_a").get(path)["Location"] == "/compte/second-facteur/"
    page = seen_by("referent_a").get("/compte/second-facteur/").content.decode()
    assert "Dans la démonstration" in page
