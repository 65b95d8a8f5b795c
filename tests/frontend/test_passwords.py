"""Passwords: changed by their owner, forgotten and chosen anew; nobody learns from it who has an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.changes import create_token, create_user, suspend
from accounts.models import AccessLog, ApiToken, Identity, User
from messaging.models import Message
from tests.conftest import MONDAY
from tests.frontend.mail import letters, link_in

pytestmark = pytest.mark.django_db
PASSWORD = "Demonstration-05"
NEW = "une phrase assez longue"
Person = Callable[[str], User]


def client(**headers: Any) -> Client:
    return Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr", **headers)


def entered(user: User) -> Client:
    made = client()
    made.force_login(user)
    return made


def is_in(who: Client) -> bool:
    return who.get(reverse("account")).status_code == 200


def changed(who: Client, new: str, again: str = "", password: str = PASSWORD):
    given = {"password": password, "new_password": new, "again": again or new}
    return who.post(reverse("password_change"), given)


def test_a_changed_password_counts_and_ends_the_other_sessions(person: Person) -> None:
    user = person("partner_a")
    here, elsewhere = entered(user), entered(user)
    create_token(user=user, name="script", ttl=timedelta(days=1))
    answer = changed(here, NEW)
    assert (answer.status_code, answer["Location"]) == (302, reverse("account"))
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert ApiToken.objects.count() == 1, "the page says that tokens go on"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert user.password.startswith("argon2$")
    [letter] = letters(user.email)
    assert "mot de passe a été changé" in letter.subject
    assert AccessLog.objects.filter(user=user, operation="account.password").count() == 1


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"password": "wrong"}, "password", "Ce n’est pas votre mot de passe"),
        ({"again": "another one entirely"}, "again", "diffèrent"),
        ({"new": "onze caract"}, "new_password", "au moins 12 caractères"),
        ({"new": "partenaire.bailleur"}, "new_password", ""),
        ({"new": "1qaz2wsx3edc"}, "new_password", ""),
        ({"new": "x" * 1001}, "new_password", ""),
        ({"new": "un mot\0de passe long"}, "new_password", ""),
    ],
)
def test_what_is_refused(person: Person, given: dict[str, str], field: str, words: str) -> None:
    user = person("partner_a")
    answer = changed(entered(user), given.pop("new", NEW), **given)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert words in answer.content.decode()
    assert f'href="#id_{field}"' in answer.content.decode(), "the summary leads to the field"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("who", "length"), [("partner_a", 12), ("referent_a", 12), ("director", 12), ("administrator", 16)]
)
def test_sixteen_characters_for_administrators(person: Person, who: str, length: int) -> None:
    page = entered(person(who)).get(reverse("password_change")).content.decode()
    assert f"Au moins {length} caractères" in page
    text = "zqxjvkbwpfgmycdr"
    assert changed(entered(person(who)), text[: length - 1]).status_code == 200
    assert changed(entered(person(who)), text[:length]).status_code == 302


def test_sixteen_characters_for_superusers(person: Person) -> None:
    user = person("partner_a")
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    assert changed(entered(user), "zqxjvkbwpfgmycd").status_code == 200


def test_a_password_too_short_for_a_new_role_is_told_at_sign_in(person: Person) -> None:
    user = person("administrator")
    user.set_password("zqxjvkbwpfgmycd")
    user.save()
    answer = client().post(reverse("login"), {"username": user.email, "password": "zqxjvkbwpfgmycd"}, follow=True)
    assert "demande un mot de passe plus long" in answer.content.decode()


def test_the_current_password_cannot_be_guessed_from_an_open_session(person: Person, settings) -> None:
    settings.THROTTLES = True
    who = entered(person("partner_a"))
    for _ in range(10):
        assert changed(who, NEW, password="wrong").status_code == 200
    answer = changed(who, NEW)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Trop d’essais" in answer.content.decode()


def asked(email: str, **headers: str):
    return client(**headers).post(reverse("password_reset"), {"email": email})


def test_the_way_from_the_sign_in_page_to_a_new_password(person: Person) -> None:
    user = person("partner_a")
    elsewhere, visitor = entered(user), client()
    assert reverse("password_reset") in visitor.get(reverse("login")).content.decode()
    assert visitor.post(reverse("password_reset"), {"email": user.email.upper()}).status_code == 302
    [letter] = letters(user.email)
    assert letter.subject == "Choisissez un nouveau mot de passe"
    page = visitor.get(link_in(letter), follow=True)
    assert page.status_code == 200
    form = page.redirect_chain[-1][0]
    assert letter.body.split("/")[-2] not in form, "the token is no longer in the address"
    assert "new_password" in visitor.post(form, {"new_password": "short", "again": "short"}).context["form"].errors
    done = visitor.post(form, {"new_password": NEW, "again": NEW}, follow=True)
    assert "Votre mot de passe a été changé" in done.content.decode()
    assert not is_in(elsewhere), "every session ends"
    assert not is_in(visitor), "one signs in with it"
    again = client().get(link_in(letter), follow=True)
    assert again.status_code == 410, "once"
    assert "Ce lien ne vaut plus" in again.content.decode()
    assert visitor.post(reverse("login"), {"username": user.email, "password": NEW}).status_code == 302
    assert [each.subject for each in letters(user.email)][1:] == ["Votre mot de passe a été changé"]


def test_the_letter_is_in_the_language_of_its_reader(person: Person) -> None:
    user = person("partner_a")
    User.objects.filter(pk=user.pk).update(language="en")
    asked(user.email)
    assert letters(user.email)[0].subject == "Choose a new password"


def test_a_link_lasts_an_hour(person: Person) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        asked(person("partner_a").email)
        asked(person("partner_a").email)
        [letter] = letters(person("partner_a").email)  # twice in a second is owed once
        clock.shift(timedelta(minutes=59))
        assert client().get(link_in(letter), follow=True).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client().get(link_in(letter), follow=True).status_code == 410


def test_who_has_an_account_is_not_told(person: Person) -> None:
    """The same answer, the same number of questions to the database; a letter only for an account in use."""
    nobody, suspended = "personne.de.ce.nom@psq.example", person("suspended").email
    answers = []
    for email in (person("partner_a").email, nobody, suspended):
        with CaptureQueriesContext(
            connection,
        ) as questions:
            answer = asked(email)
        answers.append((answer.status_code, answer["Location"], answer.content))
        kinds = [each["sql"].split()[0] for each in questions.captured_queries]
        assert kinds.count("INSERT") == 2, "the letter and the log, kept or taken back"
    assert answers == [answers[0]] * 3
    assert list(Message.objects.values_list("recipient", flat=True)) == [person("partner_a").email]


def test_an_account_opened_without_a_password_chooses_its_first(person: Person) -> None:
    user = create_user(email="sans@psq.example", password=None)
    asked(user.email)
    [letter] = letters(user.email)
    visitor = client()
    form = visitor.get(link_in(letter), follow=True).redirect_chain[-1][0]
    assert visitor.post(form, {"new_password": NEW, "again": NEW}).status_code == 302
    assert visitor.post(reverse("login"), {"username": user.email, "password": NEW}).status_code == 302


def test_an_account_of_the_identity_provider_gets_no_password(person: Person) -> None:
    user = create_user(email="agent@psq.example", password=None)
    Identity.objects.create(user=user, issuer="https://idp.example", subject="1")
    asked(user.email)
    assert not letters(user.email)


def test_suspended_after_the_letter(person: Person) -> None:
    user = person("partner_a")
    asked(user.email)
    suspend(user=user)
    assert client().get(link_in(letters(user.email)[0]), follow=True).status_code == 410


@pytest.mark.parametrize("path", ["MQ/x-y/", "MQ/set-password/", "99999999999999999999999/a-b/", "é/a/", "_w/a-b/"])
def test_links_that_nobody_sent(path: str) -> None:
    assert client().get(f"/mot-de-passe/{path}").status_code == 410


def test_letters_are_limited_for_an_account_in_silence_and_for_an_address_aloud(person: Person, settings) -> None:
    settings.THROTTLES = True
    user = person("partner_a")
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(8):
            assert asked(user.email).status_code == 302
            clock.shift(timedelta(seconds=1))
        assert len(letters(user.email)) == 5
        for n in range(22):
            assert asked(f"a{n}@psq.example").status_code == 302
        assert asked("b@psq.example").status_code == 429
        assert asked("b@psq.example", REMOTE_ADDR="192.0.2.9").status_code == 302


@pytest.mark.parametrize("email", ["", "no address", "a\0@psq.example", "a" * 300 + "@psq.example"])
def test_no_address_is_an_error_of_the_field(email: str) -> None:
    answer = asked(email)
    assert answer.status_code == 200
    assert "email" in answer.context["form"].errors
