"""A report sent twice with one key is made once: in one process, in two threads, in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts import changes as accounts
from accounts.models import ApiToken, User
from incidents import notices
from incidents.changes import reporting
from incidents.models import IdempotencyKey, Incident, Routing
from incidents.tasks import forget_idempotency_keys
from messaging.models import Message
from tests.incidents.sending import BRIANCON, GAP_BUSINESS, GAP_DESK, GAP_HOUSING, errors_of, feature, move, send

pytestmark = pytest.mark.usefixtures("unthrottled")
ROOT = Path(__file__).resolve().parents[2]
KEY = {"Idempotency-Key": "b1946ac9-2492-4a7e"}


@pytest.mark.django_db
def test_a_replay_is_the_same_answer_to_the_byte(client_of):
    client = client_of("partner_a")
    first = send(client, feature(), **KEY)
    again = send(client, feature(), **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert again["Content-Type"] == first["Content-Type"]
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert [Incident.objects.count(), Routing.objects.count(), Message.objects.count()] == [1, 1, 2]


@pytest.mark.django_db
def test_a_replay_is_the_first_answer_even_after_a_change(client_of):
    client = client_of("partner_a")
    first = send(client, feature(), **KEY)
    Incident.objects.update(status="qualifiee")
    assert send(client, feature(), **KEY).content == first.content
    with time_machine.travel(timezone.now() + timedelta(hours=20)):
        assert send(client, feature(), **KEY).content == first.content


@pytest.mark.django_db
@pytest.mark.parametrize("other", [feature(GAP_DESK), feature(description="Autre chose"), feature(accuracy_m=3)])
def test_another_body_under_the_same_key(client_of, other):
    client = client_of("partner_a")
    send(client, feature(), **KEY)
    response = send(client, other, **KEY)
    assert response.status_code == 422
    assert errors_of(response) == [("Idempotency-Key", "idempotency_mismatch")]
    assert json.loads(response.content)["code"] == "idempotency_mismatch"
    assert Incident.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "refused", [feature(category="nope"), feature((44.5594, 6.0786)), feature(description="le 06 12 34 56 78"), b"{"]
)
def test_a_refusal_is_not_kept(client_of, refused):
    client = client_of("partner_a")
    assert send(client, refused, **KEY).status_code in {400, 422}
    assert not IdempotencyKey.objects.exists()
    response = send(client, feature(), **KEY)
    assert (response.status_code, "Idempotency-Replayed" in response) == (201, False)


@pytest.mark.django_db
def test_a_key_is_an_account_s_own(client_of):
    answers = [send(client_of(who), feature(), **KEY) for who in ("partner_a", "partner_b", "referent_a")]
    assert {each.status_code for each in answers} == {201}
    assert len({json.loads(each.content)["id"] for each in answers}) == 3
    assert not any("Idempotency-Replayed" in each for each in answers)


@pytest.mark.django_db
def test_without_a_key_each_report_is_one_more(client_of):
    client = client_of("partner_a")
    assert len({json.loads(send(client, feature()).content)["id"] for _ in range(3)}) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["a", " ", "x" * 200, "~!@#$%^&*()_+{}|:<>?", "a b c", '"quoted"', "%00"])
def test_the_shapes_that_a_key_may_have(client_of, key):
    client = client_of("partner_a")
    first, again = (send(client, feature(), **{"Idempotency-Key": key}) for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 201, "é", "a\tb", "a\x7f", "a\x00b", "clé"])
def test_the_shapes_that_it_may_not(client_of, key):
    response = send(client_of("partner_a"), feature(), **{"Idempotency-Key": key})
    assert response.status_code == 400
    assert errors_of(response) == [("Idempotency-Key", "invalid_key")]
    assert not Incident.objects.exists()


@pytest.mark.django_db
def test_keys_are_forgotten_after_seven_days_and_not_before(client_of):
    first = send(client_of("partner_a"), feature(), **KEY)
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=7) - timedelta(minutes=1)):
        assert forget_idempotency_keys() == 0
        assert send(client_of("partner_a"), feature(), **KEY).content == first.content
    with time_machine.travel(now + timedelta(days=7, minutes=1)):
        assert forget_idempotency_keys() == 1
        assert forget_idempotency_keys() == 0
        again = send(client_of("partner_a"), feature(), **KEY)
    assert (again.status_code, "Idempotency-Replayed" in again) == (201, False)
    assert Incident.objects.count() == 2


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A token of the partner, in a database where writes are real; what was written is emptied afterwards."""
    with django_db_blocker.unblock():
        user = User.objects.get(email="partenaire.bailleur@psq.example")
        yield accounts.create_token(user=user, name="threads", ttl=timedelta(hours=1))
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE incidents_idempotencykey, incidents_statuschange, incidents_routing, incidents_incident,"
                " messaging_message, accounts_accesslog CASCADE"
            )
        ApiToken.objects.filter(name="threads").delete()
        connection.close()


def client_with(token: str) -> Client:
    return Client(SERVER_NAME="localhost", HTTP_AUTHORIZATION=f"Token {token}")


def test_while_the_first_is_being_answered_the_second_is_told_to_wait(committed, monkeypatch):
    writing, go_on = threading.Event(), threading.Event()
    answers: list[HttpResponse] = []
    stored = notices.report_notices

    def slow(*given, **more):
        writing.set()
        assert go_on.wait(20)
        return stored(*given, **more)

    monkeypatch.setattr(reporting, "report_notices", slow)

    def first() -> None:
        try:
            answers.append(send(client_with(committed), feature(), **KEY))
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert writing.wait(20)
        second = send(client_with(committed), feature(), **KEY)
        assert second.status_code == 409
        assert errors_of(second) == [("Idempotency-Key", "in_progress")]
        assert int(second["Retry-After"]) >= 1
        # Another body is told to wait too, and another key is not held up by it.
        assert send(client_with(committed), feature(GAP_DESK), **KEY).status_code == 409
    finally:
        go_on.set()
        thread.join()
    assert answers[0].status_code == 201
    replay = send(client_with(committed), feature(), **KEY)
    assert (replay.content, replay["Idempotency-Replayed"]) == (answers[0].content, "true")
    assert Incident.objects.count() == 1


def test_ten_at_once_make_one(committed):
    start = threading.Barrier(10)
    answers: list[HttpResponse] = []

    def one() -> None:
        try:
            start.wait(20)
            answers.append(send(client_with(committed), feature(), **KEY))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    statuses = sorted(each.status_code for each in answers)
    assert set(statuses) <= {201, 409}
    made = [each for each in answers if each.status_code == 201]
    assert made
    assert len({each.content for each in made}) == 1
    assert len([each for each in made if "Idempotency-Replayed" not in each]) == 1
    assert Incident.objects.count() == 1


SCRIPT = """
import json, os, sys
import django
django.setup()
from django.conf import settings
from django.test import Client
settings.THROTTLES = False
client = Client(SERVER_NAME="localhost", HTTP_AUTHORIZATION="Token " + sys.argv[1])
answer = client.generic("POST", "/api/incidents/", sys.argv[2].encode(), content_type="application/geo+json",
                        headers={"Idempotency-Key": sys.argv[3]})
sys.stdout.write(json.dumps([answer.status_code, answer.get("Idempotency-Replayed"), answer.content.decode()]))
"""


def test_another_process_answers_the_same(committed):
    body, database = json.dumps(feature()), str(connection.settings_dict["NAME"])
    first = send(client_with(committed), body.encode(), **KEY)
    told = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            SCRIPT,
            committed,
            body,
            KEY["Idempotency-Key"],
        ],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PGDATABASE": database, "DJANGO_SETTINGS_MODULE": "psq_geo.settings"},
        check=True,
        text=True,
    )
    status, replayed, content = json.loads(told.stdout)
    assert (status, replayed, content) == (201, "true", first.content.decode())
    assert Incident.objects.count() == 1


def test_two_at_the_same_pin_are_moved_one_after_the_other(committed):
    """Each leaves its Routing row, and the concern stands where the last one put it."""
    first = json.loads(send(client_with(committed), feature()).content)
    reference = first["id"]
    places = [GAP_HOUSING, GAP_BUSINESS, BRIANCON, GAP_DESK]
    start = threading.Barrier(len(places))
    statuses = []

    def one(place: tuple[float, float]) -> None:
        try:
            start.wait(20)
            statuses.append(move(client_with(committed), reference, place).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in places]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert statuses == [200] * 4
    row = Incident.objects.get()
    history = list(Routing.objects.order_by("pk"))
    assert len(history) == 5
    last = history[-1]
    assert (row.location, row.post, row.outcome) == (last.location, last.post, last.outcome)
    assert row.due_on.isoformat() == first["properties"]["due_on"]
