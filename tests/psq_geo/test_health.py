"""`/healthz` and `/readyz`: alive without looking, ready only when what is stored would survive a power cut."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from messaging.models import PeriodicRun
from sectors.models import Territory

ALL_OK = {
    "database": "ok", "postgis": "ok", "migrations": "ok", "durability": "ok", "rights": "ok", "territory": "ok",
}  # fmt: skip


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def checks(client: Client, status: int = 503) -> dict[str, str]:
    response = client.get("/readyz")
    assert response.status_code == status
    assert ("Retry-After" in response) is (status == 503)
    assert response["Cache-Control"] == "no-store"
    told: dict[str, Any] = response.json()
    assert told["status"] == ("ready" if status == 200 else "not ready")
    found: dict[str, str] = told["checks"]
    return found


def test_alive_without_a_database(client: Client):
    """No database mark: a query here is an error."""
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_ready(client: Client):
    assert checks(client, 200) == ALL_OK
    assert client.head("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_migration_that_waits(client: Client):
    ((_, latest),) = MigrationLoader(connection).graph.leaf_nodes("incidents")
    MigrationRecorder(connection).Migration.objects.filter(app="incidents", name=latest).delete()
    assert checks(client) == ALL_OK | {"migrations": "1 not applied"}


@pytest.mark.django_db
def test_no_territory(client: Client):
    Territory.objects.update(triage_post=None)
    assert checks(client) == ALL_OK | {"territory": "none is loaded"}


@pytest.mark.django_db
@pytest.mark.parametrize(("commit", "safe"), [("off", False), ("local", True), ("remote_write", True), ("on", True)])
def test_commits_that_do_not_wait_for_the_disk(client: Client, commit, safe):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL synchronous_commit = {commit}")
        found = checks(client, 200 if safe else 503)
        transaction.set_rollback(True)
    assert (found["durability"] == "ok") is safe
    assert safe or "synchronous_commit=off" in found["durability"]


class Told:
    """A cursor that answers what a server so configured would answer: a session cannot change these two itself."""

    def __init__(self, row: tuple[object, ...]) -> None:
        self.row = row

    def __enter__(self) -> Told:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def execute(self, *_: object) -> None:
        return None

    def fetchone(self) -> tuple[object, ...]:
        return self.row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "check", "word"),
    [
        (("off", "on", "on", "3.3.2"), "durability", "fsync=off"),
        (("on", "off", "on", "3.3.2"), "durability", "full_page_writes=off"),
        (("on", "on", "on", None), "postgis", "missing"),
    ],
)
def test_a_server_that_is_not_safe(client: Client, monkeypatch, row, check, word):
    real = connection.cursor
    given = iter([Told(row)])
    monkeypatch.setattr(connection, "cursor", lambda *a, **k: next(given, None) or real(*a, **k))
    found = checks(client)
    assert word in found[check]
    assert {name for name, value in found.items() if value != "ok"} == {check}


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_named_by_kind_alone(client: Client, monkeypatch):
    def gone(*_: object, **__: object) -> None:
        raise OperationalError('connection to server at "10.0.0.5" failed: password secret')

    monkeypatch.setattr(connection, "cursor", gone)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "OperationalError"
    assert b"10.0.0.5" not in response.content
    assert b"secret" not in response.content


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_read(client: Client, address, method):
    assert client.generic(method, address).status_code == 405


@pytest.mark.django_db
def test_a_single_role_is_worth_a_note_and_no_refusal(client: Client):
    assert set(client.get("/readyz").json()["notes"]) == {"roles"}


@pytest.mark.django_db
def test_a_purge_that_failed_is_told_without_its_words(client: Client):
    PeriodicRun.objects.create(task="accounts.tasks.purge", failures=1, last_error="secret of the house")
    answer = client.get("/readyz")
    assert answer.json()["notes"]["purge"] == "the last purge failed"
    assert b"secret" not in answer.content
