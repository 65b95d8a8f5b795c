"""The page of one's own API tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.changes import create_token
from accounts.models import AccessLog, ApiToken, User

pytestmark = pytest.mark.django_db
PAGE, REVOKE = "/compte/jetons/", "/compte/jetons/revoquer/"
CLEAR = re.compile(r'<code class="secret">(psq_\w+)</code>')
Seen = Callable[[str], Client]


def test_a_token_is_shown_once_and_works(seen_by: Seen, person: Callable[[str], User]) -> None:
    client = seen_by("partner_a")
    assert "aucun jeton" in client.get(PAGE).content.decode()
    made = client.post(PAGE, {"name": "QGIS du bureau", "days": "30"})
    shown = CLEAR.findall(made.content.decode())
    assert len(shown) == 1
    assert "no-store" in made["Cache-Control"]
    page = client.get(PAGE).content.decode()
    assert shown[0] not in page
    assert "QGIS du bureau" in page
    assert "Jamais utilisé" in page
    held = ApiToken.objects.get()
    assert held.user == person("partner_a")
    assert held.expiry is not None
    assert abs(held.expiry - timezone.now() - timedelta(days=30)) < timedelta(minutes=5)
    asked = Client(SERVER_NAME="localhost").get("/api/incidents/", headers={"Authorization": f"Token {shown[0]}"})
    assert asked.status_code == 200
    assert "Dernière utilisation" in client.get(PAGE).content.decode()
    assert AccessLog.objects.filter(operation="token.create", user=held.user).count() == 1
    assert shown[0] not in "".join(AccessLog.objects.values_list("reference", flat=True))


@pytest.mark.parametrize(
    ("name", "days", "wrong"),
    [
        ("", "30", "name"),
        ("x" * 81, "30", "name"),
        ("x", "0", "days"),
        ("x", "366", "days"),
        ("x", "-1", "days"),
        ("x", "", "days"),
        ("x", "un an", "days"),
        ("x", "1.5", "days"),
        ("x", "9" * 400, "days"),
        ("a\0b", "3", "name"),
    ],
)
def test_what_is_refused(seen_by: Seen, name: str, days: str, wrong: str) -> None:
    page = seen_by("partner_a").post(PAGE, {"name": name, "days": days})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [wrong]
    assert f'href="#id_{wrong}"' in page.content.decode()
    assert ApiToken.objects.count() == 0


@pytest.mark.parametrize("days", ["1", "365"])
def test_bounds_of_the_duration(seen_by: Seen, days: str) -> None:
    seen_by("partner_a").post(PAGE, {"name": "x", "days": days})
    assert ApiToken.objects.count() == 1


def test_revoked_it_opens_nothing(seen_by: Seen, person: Callable[[str], User]) -> None:
    clear = create_token(user=person("partner_a"), name="vieux", ttl=timedelta(days=1))
    key = ApiToken.objects.get().token_key
    assert seen_by("partner_b").post(REVOKE, {"token": key}).status_code == 404, "somebody else's is not there"
    assert ApiToken.objects.count() == 1
    client = seen_by("partner_a")
    assert client.post(REVOKE, {"token": key})["Location"] == PAGE
    assert client.post(REVOKE, {"token": key}).status_code == 404
    assert client.post(REVOKE, {"token": "a\0b"}).status_code == 404
    asked = Client(SERVER_NAME="localhost").get("/api/incidents/", headers={"Authorization": f"Token {clear}"})
    assert asked.status_code == 401
    assert AccessLog.objects.filter(operation="token.revoke").count() == 1


def test_only_ones_own_and_those_in_force_are_listed(
    seen_by: Seen, person: Callable[[str], User], django_assert_num_queries: Any
) -> None:
    create_token(user=person("partner_b"), name="d'un autre", ttl=timedelta(days=1))
    create_token(user=person("partner_a"), name="fini", ttl=timedelta(days=-1))
    for number in range(9):
        create_token(user=person("partner_a"), name=f"jeton {number}", ttl=timedelta(days=1))
    client = seen_by("partner_a")
    client.get(PAGE)  # notes when the person was last seen, once a minute
    # 1. session  2. account  3. tokens  4. what the person covers (for the menu)  5. the bell
    with django_assert_num_queries(5):
        page = client.get(PAGE).content.decode()
    assert "d&#x27;un autre" not in page
    assert "fini" not in page
    assert page.count('name="token"') == 9


def test_an_account_has_at_most_twenty_and_makes_ten_an_hour(
    seen_by: Seen, person: Callable[[str], User], settings: Any
) -> None:
    for _ in range(20):
        create_token(user=person("partner_a"), name="x", ttl=timedelta(days=1))
    client = seen_by("partner_a")
    assert client.post(PAGE, {"name": "x", "days": "3"}).context["form"].non_field_errors()
    assert ApiToken.objects.count() == 20
    ApiToken.objects.all().delete()
    settings.THROTTLES = True
    answers = [client.post(PAGE, {"name": "x", "days": "3"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert ApiToken.objects.count() == 10


def test_strangers_sign_in_first() -> None:
    client = Client(SERVER_NAME="localhost")
    assert client.get(PAGE)["Location"] == f"/connexion/?next={PAGE}"
    assert client.get(REVOKE).status_code == 405
    assert client.post(REVOKE)["Location"] == f"/connexion/?next={PAGE}"


def test_a_token_made_here_ends_with_its_days(seen_by: Seen) -> None:
    shown = CLEAR.findall(seen_by("partner_a").post(PAGE, {"name": "x", "days": "2"}).content.decode())
    asked = {"Authorization": f"Token {shown[0]}"}
    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1), tick=False):
        assert Client(SERVER_NAME="localhost").get("/api/incidents/", headers=asked).status_code == 401
