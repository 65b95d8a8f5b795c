"""The demonstration: said on every page, and never beside a real territory."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from psq_geo.demonstration import check_before_serving, real_territories, refusal
from sectors.models import Territory
from tests.authorisation.addresses import addresses, path
from tests.authorisation.people import Scene, scene
from tests.authorisation.table import rows
from tests.conftest import CAST

pytestmark = pytest.mark.django_db
BANNER = "Démonstration"


@pytest.fixture
def real(db: None) -> None:
    Territory.objects.filter(code="05").update(is_demonstration=False)


def pages(stage: Scene, who: str) -> dict[str, Any]:
    """Every page that this person is shown, by its address."""
    table, found = rows(), {}
    client = stage.client(who, program=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    for address in addresses():
        if table[address].get("GET", {}).get(who) in {None, "in"} or address.startswith("cartes/"):
            continue
        answer = client.get(path(address, stage), follow=True)
        if answer.get("Content-Type", "").startswith("text/html"):
            found[address] = answer
    return found


@pytest.mark.parametrize("who", ["ano", "own", "hol", "adm", "aud", "sup"])
def test_every_page_says_so(person: Any, settings: Any, who: str) -> None:
    settings.THROTTLES = False
    shown = pages(scene(person), who)
    assert len(shown) > 15
    assert [address for address, answer in shown.items() if BANNER not in answer.content.decode()] == []


def test_elsewhere_no_page_does(person: Any, settings: Any) -> None:
    settings.DEMO = False
    assert BANNER not in Client(SERVER_NAME="localhost").get(reverse("home")).content.decode()


def test_beside_a_real_territory_nothing_starts(real: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)  # this test's own
    assert real_territories() == ["05"]
    with pytest.raises(ImproperlyConfigured, match=r"real territory \(05\)"):
        check_before_serving()
    with pytest.raises(SystemCheckError, match=r"psq_geo\.E002"):
        call_command("check", "--database", "default")
    with pytest.raises(SystemCheckError, match=r"psq_geo\.E002"):
        call_command("worker", "--once", skip_checks=False)
    answer = Client(SERVER_NAME="localhost").get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["territory"]) == (503, "a real one, in the demonstration")


def test_a_real_installation_starts_on_it(real: None, settings: Any, django_assert_num_queries: Any) -> None:
    settings.DEMO = False
    with django_assert_num_queries(0):
        assert refusal() == ""


def test_the_embedded_territory_is_a_demonstration() -> None:
    assert refusal() == ""
    call_command("check", "--database", "default")


def test_a_database_that_does_not_answer_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", gone)
    assert real_territories() == []


def test_cookies_of_a_real_installation_are_bound_to_its_host(person: Any, settings: Any) -> None:
    """`__Host-`: Secure, the whole path, no domain; as psq_geo/settings/browsers.py sets them with PSQ_DEMO=0."""
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client(SERVER_NAME="localhost")
    given = {"username": f"{CAST['partner_a']}@psq.example", "password": "Demonstration-05"}
    assert client.post(reverse("login"), given, secure=True).status_code == 302
    cookie = client.cookies["__Host-session"]
    assert (cookie["secure"], cookie["path"], cookie["domain"], cookie["httponly"]) == (True, "/", "", True)
    assert (cookie["samesite"], cookie["max-age"]) == ("Lax", 8 * 3600)
    client.get(reverse("password_change"), secure=True)
    csrf = client.cookies["__Host-csrf"]
    assert (csrf["secure"], csrf["path"], csrf["domain"], csrf["samesite"]) == (True, "/", "", "Lax")
