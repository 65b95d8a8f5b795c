"""Sessions in the database: what is kept of them, how long they last, and who ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.changes import create_user, end_sessions, suspend
from accounts.models import BrowserSession
from accounts.sessions import SessionStore, device, digest
from tests.accounts.conftest import PASSWORD
from tests.conftest import MONDAY

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def entered(user, **headers) -> Client:
    client = Client(SERVER_NAME="localhost", **headers)
    client.force_login(user)
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("home")).wsgi_request.user.is_authenticated


def test_the_table_keeps_the_digest_of_the_cookie_alone(somebody):
    client = entered(somebody)
    cookie = client.cookies["sessionid"].value
    row = BrowserSession.objects.get()
    assert row.pk == digest(cookie) != cookie
    assert cookie not in row.session_data
    assert row.get_decoded()[SESSION_KEY] == str(somebody.pk)
    thief = Client(SERVER_NAME="localhost")
    thief.cookies["sessionid"] = row.pk
    assert not is_in(thief)
    assert is_in(client)


@pytest.mark.parametrize("cookie", ["", "short", "x" * 5000, "a\0b" * 10, "é" * 20, "\udc80" * 12])
def test_an_odd_cookie_is_nobodys(db, cookie):
    assert SessionStore(cookie).load() == {}


def test_the_row_says_whose_since_when_and_from_where(somebody):
    with time_machine.travel(MONDAY, tick=False):
        client = Client(SERVER_NAME="localhost", HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7")
        client.post(reverse("login"), {"username": somebody.email, "password": PASSWORD})
    row = BrowserSession.objects.get()
    assert (row.user, row.signed_in_at, row.address, row.agent) == (somebody, MONDAY, "192.0.2.7", "Firefox, Windows")
    assert row.seen_at is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge, macOS"),
        ("curl/8", ""),
        ("<script>", ""),
    ],
)
def test_a_device_in_two_words(text, words):
    assert device(text) == words


def test_a_sign_in_ends_after_eight_hours_of_use(somebody):
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = entered(somebody)
        for _ in range(15):
            clock.shift(timedelta(minutes=31))
            session = client.session
            session["draft"] = {"place": "somewhere"}  # the cookie and the row are renewed by what is written
            session.save()
            assert is_in(client)
        clock.shift(timedelta(minutes=15))
        assert not is_in(client)
        assert not BrowserSession.objects.filter(user=somebody).exists()
        assert client.session["draft"] == {"place": "somewhere"}, "what was being written stays with the browser"


@pytest.mark.parametrize(
    ("who", "ends"),
    [
        ("referent_a", True),
        ("gendarme", True),
        ("director", True),
        ("partner_a", False),
        ("mayor_gap", False),
        ("administrator", False),
        ("auditor", False),
    ],
)
def test_thirty_idle_minutes_end_the_session_of_police_roles(person, who, ends):
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = entered(person(who))
        assert is_in(client)
        clock.shift(timedelta(minutes=29))
        assert is_in(client)
        clock.shift(timedelta(minutes=29))
        assert is_in(client), "use goes on from the last request"
        clock.shift(timedelta(minutes=30))
        assert is_in(client) is not ends


def test_a_role_taken_meanwhile_counts(person, somebody):
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = entered(somebody)
        assert is_in(client)
        type(somebody).objects.filter(pk=somebody.pk).update(is_superuser=True)
        clock.shift(timedelta(minutes=31))
        assert not is_in(client)


def test_an_idle_session_is_anonymous_to_the_api(person):
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = entered(person("referent_a"))
        assert client.get("/api/incidents/").status_code == 200
        clock.shift(timedelta(minutes=31))
        answer = client.get("/api/incidents/")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")


def test_being_seen_is_written_once_a_minute(somebody, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("sectors.atlas.OLDEST_S", 3600.0)
    entered(somebody).get(reverse("home"))
    BrowserSession.objects.all().delete()
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = entered(somebody)
        with django_assert_num_queries(6):  # session, account; the role, seen; what they cover, the bell
            client.get(reverse("home"))
        assert BrowserSession.objects.get().seen_at == MONDAY
        clock.shift(timedelta(seconds=59))
        with django_assert_num_queries(4):
            client.get(reverse("home"))
        assert BrowserSession.objects.get().seen_at == MONDAY
        clock.shift(timedelta(seconds=1))
        client.get(reverse("home"))
        assert BrowserSession.objects.get().seen_at == timezone.now()


def test_without_a_cookie_there_is_no_question(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        Client(SERVER_NAME="localhost").get(reverse("accessibility"))


def test_writing_into_a_session_keeps_what_is_known_of_it(somebody):
    client = entered(somebody)
    is_in(client)
    before = BrowserSession.objects.get()
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    session = client.session
    session["draft"] = {}
    session.save()
    after = BrowserSession.objects.get()
    assert (after.signed_in_at, after.seen_at, after.user_id) == (before.signed_in_at, before.seen_at, somebody.pk)


def test_sessions_are_ended_by_person_by_digest_and_all_but_one(somebody):
    other = create_user(email="autre@psq.example", password=PASSWORD)
    mine, second, theirs = entered(somebody), entered(somebody), entered(other)
    key = digest(mine.cookies["sessionid"].value)
    assert end_sessions(user=somebody, digests=[digest(theirs.cookies["sessionid"].value)]) == 0, "not one's own"
    assert end_sessions(user=somebody, but=key) == 1
    assert [is_in(each) for each in (mine, second, theirs)] == [True, False, True]
    with pytest.raises(ValueError, match="Whose"):
        end_sessions()


def test_a_suspended_account_loses_its_open_sessions_at_once(somebody):
    client = entered(somebody)
    assert is_in(client)
    suspend(user=somebody)
    assert not BrowserSession.objects.exists()
    assert not is_in(client)
    assert client.get("/api/incidents/").status_code == 401
    entered(somebody)  # one that began while the account was being suspended opens nothing either
    assert not is_in(client)
