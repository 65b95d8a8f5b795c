"""The worker as a process: killed, told to end, cut off from the database. Everything real, nothing timed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message as Mail

import pytest
from django.conf import settings as django_settings
from django.db import connection

from messaging.models import Message
from tests.messaging.conftest import owed
from tests.messaging.gateway import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 60


@contextmanager
def worker(gateway: Gateway, *options: str, sender: str = "psq@psq.example") -> Iterator[subprocess.Popen[bytes]]:
    database = connection.settings_dict
    environment = os.environ | {
        "PGDATABASE": str(database["NAME"]),
        "PSQ_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "PSQ_EMAIL_HOST": "127.0.0.1",
        "PSQ_EMAIL_PORT": str(gateway.port),
        "PSQ_EMAIL_FROM": sender,
    }
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker", *options],
            cwd=django_settings.BASE_DIR,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            until(lambda: bool(said.seek(0) or "worker: ready" in said.read()))
            yield process
        finally:
            process.kill()
            process.wait()


def until(happened: Callable[[], bool]) -> None:
    """Waits for it; fails after a minute, which no healthy machine needs."""
    end = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def states() -> set[str]:
    return set(Message.objects.values_list("state", flat=True))


def test_two_workers_one_killed_lose_nothing_and_repeat_at_most_what_it_held(gateway):
    held: list[Mail] = []
    killed = threading.Event()

    def answer(mail: Mail) -> bytes | None:
        # The twentieth message is accepted, and its sender dies before it hears so.
        if len(gateway.accepted) >= 20 and not held:
            held.append(mail)
            killed.wait(PATIENCE_S)
            return None
        return b"250 queued"

    gateway.answer_data = answer
    with (
        worker(gateway, "--lease", "4", sender="one@psq.example") as one,
        worker(gateway, "--lease", "4", sender="two@psq.example") as two,
    ):
        for n in range(60):
            owed(f"m{n:02}")
        until(lambda: bool(held))
        victim = one if held[0]["From"] == "one@psq.example" else two
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        killed.set()
        until(lambda: states() == {"sent"})
    counts = gateway.counts()
    assert len(counts) == 60
    assert {reference: times for reference, times in counts.items() if times > 1} == {held[0]["Message-ID"]: 2}
    assert sorted(Message.objects.values_list("attempts", "uncertain")) == [(1, 0)] * 59 + [(2, 1)]
    assert {each["From"] for each in gateway.accepted} == {"one@psq.example", "two@psq.example"}


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_worker_ends_when_told(gateway, which):
    with worker(gateway) as process:
        process.send_signal(which)
        assert process.wait(PATIENCE_S) == 0


def test_a_worker_ends_when_told_though_the_gateway_hangs(gateway):
    reached = threading.Event()

    def hang(_mail: Mail) -> None:
        reached.set()
        gateway.ended.wait()

    gateway.answer_data = hang
    owed()
    # A lease beyond the patience of this test: it is the signal that ends the conversation.
    with worker(gateway, "--lease", "600") as process:
        assert reached.wait(PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert states() == {"owed"}, "the try was noted as failed, and is due again"


def test_a_worker_outlives_its_connections(gateway):
    with worker(gateway) as process:
        owed("before")
        until(lambda: states() == {"sent"})
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )
            assert cursor.fetchone()[0] >= 1
        owed("after")
        until(lambda: Message.objects.filter(state="sent").count() == 2)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert len(gateway.accepted) == 2
