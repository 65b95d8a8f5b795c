"""The page of one's account, one's address and one's sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.changes import create_user, suspend
from accounts.models import AccessLog, BrowserSession, User
from accounts.sessions import digest
from sectors.models import Holding, Post
from tests.conftest import MONDAY
from tests.factories import since
from tests.frontend.mail import letters, link_in

pytestmark = pytest.mark.django_db
Person = Callable[[str], User]
Seen = Callable[[str], Client]
PASSWORD = "Demonstration-05"
NEW = "nouvelle.adresse@psq.example"


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("partner_a", ["Partenaire", "partenaire.bailleur@psq.example"]),
        ("mayor_gap", ["Maire", "Gap"]),
        ("referent_a", ["Référent", "Référent Gap hyper-centre"]),
        ("director", ["Direction", "Hautes-Alpes"]),
        ("administrator", ["Administrateur", "Hautes-Alpes"]),
    ],
)
def test_the_page_says_who_one_is_and_what_for(seen_by: Seen, who: str, words: list[str]) -> None:
    page = seen_by(who).get(reverse("account")).content.decode()
    for each in words:
        assert each in page
    for name in ("password_change", "address_change", "sessions"):
        assert reverse(name) in page


def test_an_account_without_a_role_is_told_so() -> None:
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
    client.force_login(create_user(email="sans@psq.example", password=None))
    assert "pas de rôle" in client.get(reverse("account")).content.decode()


def test_a_stand_in_is_named_as_one(seen_by: Seen, person: Person) -> None:
    Holding.objects.create(
        post=Post.objects.get(code="gap-economique"), user=person("referent_a"), validity=since(), stand_in=True
    )
    assert "suppléan" in seen_by("referent_a").get(reverse("account")).content.decode()


def test_query_count(seen_by: Seen, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sectors.atlas.OLDEST_S", 3600.0)
    client = seen_by("referent_a")
    client.get(reverse("account"))
    with django_assert_num_queries(
        7
    ):  # session, account; the bell; open sessions, posts, mandates; what the person covers
        client.get(reverse("account"))


def ask(client: Client, new: str = NEW, password: str = PASSWORD):
    return client.post(reverse("address_change"), {"email": new, "password": password})


def test_an_address_changes_when_its_owner_follows_the_link(seen_by: Seen, person: Person) -> None:
    user = person("partner_a")
    old = user.email
    assert ask(seen_by("partner_a"), NEW.upper())["Location"] == reverse("account")
    user.refresh_from_db()
    assert user.email == old
    [letter] = letters(NEW)
    visitor = seen_by("")
    page = visitor.get(link_in(letter))
    assert NEW in page.content.decode()
    user.refresh_from_db()
    assert user.email == old, "a mail program that opens the link confirms nothing"
    visitor.post(link_in(letter))
    user.refresh_from_db()
    assert user.email == NEW
    assert [each.subject for each in letters(old)] == ["Votre adresse électronique a été changée"]
    assert visitor.post(link_in(letter)).status_code == 410, "once"
    assert visitor.post(reverse("login"), {"username": NEW, "password": PASSWORD}).status_code == 302
    assert set(AccessLog.objects.filter(user=user).values_list("operation", flat=True)) >= {
        "account.ask_address",
        "account.address",
    }


def test_a_link_lasts_a_day_and_not_longer_than_the_password(seen_by: Seen, person: Person) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        ask(seen_by("partner_a"))
        link = link_in(letters(NEW)[0])
        clock.shift(timedelta(hours=23))
        assert seen_by("").get(link).status_code == 200
        clock.shift(timedelta(hours=2))
        assert seen_by("").get(link).status_code == 410
        ask(seen_by("partner_a"))
        link = link_in(letters(NEW)[1])
        user = person("partner_a")
        user.set_password("another password")
        user.save()
        assert seen_by("").post(link).status_code == 410


def test_an_address_that_has_an_account_is_asked_alike(seen_by: Seen, person: Person) -> None:
    taken, client = person("partner_b").email, seen_by("partner_a")
    free = ask(client)
    other = ask(client, taken)
    assert (free.status_code, free["Location"]) == (other.status_code, other["Location"])
    [letter] = letters(taken)
    assert letter.subject == "Cette adresse a déjà un compte"
    assert "http" not in letter.body
    # Taken between the letter and the click.
    create_user(email=NEW, password=None)
    assert seen_by("").post(link_in(letters(NEW)[0])).status_code == 410


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"password": "wrong"}, "password"),
        ({"new": "no address"}, "email"),
        ({"new": "partenaire.bailleur@psq.example"}, "email"),
        ({"new": "a\0@psq.example"}, "email"),
    ],
)
def test_what_is_refused(seen_by: Seen, given: dict[str, str], field: str) -> None:
    answer = ask(seen_by("partner_a"), **given)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not letters(NEW)


@pytest.mark.parametrize("token", ["x", "a:b:c", "WzEsIngiLCJ5Il0:1abc:" + "x" * 43, "é", "%00"])
def test_a_token_that_is_not_ours(seen_by: Seen, token: str) -> None:
    assert seen_by("").get(f"/compte/adresse/{token}/").status_code == 410


def test_ones_sessions_are_listed_and_ended(seen_by: Seen, person: Person) -> None:
    here, second, third, theirs = (seen_by(who) for who in ("partner_a", "partner_a", "partner_a", "partner_b"))
    BrowserSession.objects.filter(user=person("partner_b")).update(agent="Not mine")
    page = here.get(reverse("sessions"))
    assert len(page.context["rows"]) == 3
    assert page.context["rows"][0].pk == digest(here.cookies["sessionid"].value), "this one first"
    assert "Not mine" not in page.content.decode()
    foreign = digest(theirs.cookies["sessionid"].value)
    for end in (foreign, "x", "", "a\0b", digest(here.cookies["sessionid"].value)):
        here.post(reverse("sessions"), {"end": end})
    assert BrowserSession.objects.filter(user__isnull=False).count() == 4, "neither another's nor the one in use"
    here.post(reverse("sessions"), {"end": digest(second.cookies["sessionid"].value)})
    assert second.get(reverse("account")).status_code == 302
    assert third.get(reverse("account")).status_code == 200
    here.post(reverse("sessions"), {"end": "others"})
    assert third.get(reverse("account")).status_code == 302
    assert here.get(reverse("account")).status_code == 200
    assert theirs.get(reverse("account")).status_code == 200
    assert AccessLog.objects.filter(operation="account.end_sessions").count() == 2


def test_who_is_signed_in_and_sent_to_the_sign_in_page_goes_on(seen_by: Seen) -> None:
    answer = seen_by("partner_a").get(reverse("login"), {"next": reverse("login")})
    assert (answer.status_code, answer["Location"]) == (302, "/accueil/")


def test_what_is_done_to_an_account_is_found_by_one_reference(seen_by: Seen, person: Person) -> None:
    client, user = seen_by("partner_a"), person("partner_a")
    seen_by("").post(reverse("password_reset"), {"email": user.email})
    client.post(reverse("address_change"), {"email": "new@psq.example", "password": PASSWORD})
    assert client.get(link_in(letters("new@psq.example")[-1])).status_code == 200
    client.post(link_in(letters("new@psq.example")[-1]))
    given = {"password": PASSWORD, "new_password": "une phrase assez longue", "again": "une phrase assez longue"}
    client.post(reverse("password_change"), given)
    user.refresh_from_db()
    Client().force_login(user)
    client.post(reverse("sessions"), {"end": "others"})
    found = AccessLog.objects.filter(reference=f"account:{user.pk}").values_list("operation", flat=True)
    assert {"ask_reset", "ask_address", "address", "password", "end_sessions"} <= {
        each.removeprefix("account.") for each in found
    }


def test_a_session_that_is_over_is_not_listed(seen_by: Seen, person: Person) -> None:
    client = seen_by("partner_a")
    client.get(reverse("sessions"))
    row = BrowserSession.objects.get()
    BrowserSession.objects.create(session_key="old", session_data="", user=row.user, signed_in_at=timezone.now(),
                                  expire_date=timezone.now() - timedelta(minutes=1))  # fmt: skip
    BrowserSession.objects.create(session_key="older", session_data="", user=row.user,
                                  signed_in_at=timezone.now() - timedelta(hours=9),
                                  expire_date=timezone.now() + timedelta(hours=1))  # fmt: skip
    assert [each.pk for each in client.get(reverse("sessions")).context["rows"]] == [row.pk]


def test_a_suspended_person_is_out_of_every_page(seen_by: Seen, person: Person) -> None:
    client = seen_by("referent_a")
    assert client.get(reverse("desk")).status_code == 200
    suspend(user=person("referent_a"))
    for name in ("desk", "account", "sessions", "password_change"):
        assert client.get(reverse(name))["Location"].startswith(reverse("login"))
