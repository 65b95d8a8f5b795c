"""A hundred reports at once, two workers of which one is killed, and a gateway that does all that a gateway does.

Real processes: a web server, two workers, SIGKILL. Every message owed arrives: once where the sink drops what it knows
by its reference, and where it does not, the repeats are those that nobody could have avoided, counted and printed.
"""

from __future__ import annotations

import http.client
import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from email.message import Message as Mail
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts import changes as accounts
from accounts.models import User
from incidents.models import Incident
from messaging.channels import reference
from messaging.models import Message, Notice
from tests.conftest import allow_flush, load_embedded_territory
from tests.messaging.gateway import Gateway
from tests.messaging.test_worker import PATIENCE_S, until, worker
from tests.psq_geo.test_hostile_wire import Server

pytestmark = pytest.mark.django_db(transaction=True)
REPORTS = 100
REPORTERS = ("partenaire.bailleur", "partenaire.bus", "maire.gap", "referent.gap2")


@pytest.fixture
def tokens() -> list[str]:
    """Tokens of four reporters of the territory, which every process sees."""
    allow_flush()
    load_embedded_territory()
    people = [User.objects.get(email=f"{name}@psq.example") for name in REPORTERS]
    return [accounts.create_token(user=user, name="test", ttl=timedelta(days=1)) for user in people]


class Moody:
    """Of every fifty messages that it sees for the first time two are refused, one hangs, two are accepted
    and dropped; at the sixtieth it waits for its sender to be killed. A second time it takes each."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.dropped: set[str] = set()
        self.held: list[Mail] = []
        self.killed = threading.Event()
        self.lock = threading.Lock()

    def __call__(self, mail: Mail) -> bytes | None:
        key = mail["Message-ID"]
        with self.lock:
            known, number = key in self.seen, len(self.seen)
            self.seen.add(key)
        if known:
            return b"250 queued"
        if number == 60:
            self.held.append(mail)
            self.dropped.add(key)
            self.killed.wait(PATIENCE_S)
            return None
        return MOODS.get(number % 50, Moody.accepts)(self, key)

    def accepts(self, _key: str) -> bytes | None:
        return b"250 queued"

    def refuses(self, _key: str) -> bytes | None:
        return b"451 try again"

    def hangs(self, _key: str) -> bytes | None:
        # Longer than a worker waits; what it says then nobody hears.
        time.sleep(3.5)
        return b"451 too late"

    def drops(self, key: str) -> bytes | None:
        self.dropped.add(key)
        return None


MOODS = {3: Moody.refuses, 11: Moody.hangs, 19: Moody.drops, 28: Moody.refuses, 44: Moody.drops}


def report(port: int, token: str, number: int) -> str:
    """The reference of a concern reported over HTTP, some metres from the one before it."""
    body = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [6.0786 + number / 500_000, 44.5594]},
        "properties": {"category": "tapage", "description": f"Bruit chaque soir, hall {number}"},
    }
    headers = {
        "Authorization": f"Token {token}",
        "Content-Type": "application/geo+json",
        "Idempotency-Key": f"8b0f8f0e-0000-4000-8000-{number:012}",
    }
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as asked:
        asked.request("POST", "/api/incidents/", json.dumps(body), headers)
        answer = asked.getresponse()
        said = json.loads(answer.read())
    assert answer.status == 201, said
    return str(said["id"])


@pytest.fixture
def server(tokens: list[str], tmp_path: Path) -> Iterator[Server]:
    """The web server, as scripts/serve starts it, on the database of this test."""
    made = Server(str(connection.settings_dict["NAME"]), tmp_path / "static")
    yield made
    made.stop()


@pytest.fixture
def hurried() -> Iterator[None]:
    """What failed is due again at once: the worker waits half a minute, and this test does not."""
    ended = threading.Event()

    def hurry() -> None:
        while not ended.wait(0.5):
            Message.objects.filter(state="owed").update(next_try_at=timezone.now() - timedelta(seconds=1))
        connection.close()

    thread = threading.Thread(target=hurry)
    thread.start()
    yield
    ended.set()
    thread.join()


def test_every_message_is_owed_once_none_is_lost_and_repeats_are_counted(
    tokens, server, gateway: Gateway, hurried, capsys
):
    moody = Moody()
    gateway.answer_data = moody
    with (
        worker(gateway, "--lease", "4", sender="one@psq.example") as one,
        worker(gateway, "--lease", "4", sender="two@psq.example") as two,
    ):
        at_once = threading.Barrier(REPORTS)

        def call(number: int) -> str:
            at_once.wait(PATIENCE_S)
            return report(server.port, tokens[number % 4], number)

        with ThreadPoolExecutor(REPORTS) as pool:
            calls = [pool.submit(call, number) for number in range(REPORTS)]
            until(lambda: bool(moody.held))
            victim = one if moody.held[0]["From"] == "one@psq.example" else two
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            moody.killed.set()
            references = {call.result() for call in calls}
        until(lambda: set(Message.objects.values_list("state", flat=True)) == {"sent"})

    assert len(references) == REPORTS == Incident.objects.count()
    messages = list(Message.objects.all())
    assert Counter(row.dedupe_key for row in messages) == {
        f"report:{name}:{to}": 1 for name in references for to in ("post", "author")
    }
    owed = {f"<{reference(row)}@psq.example>": row for row in messages}
    arrived = {key.split("@")[0]: times for key, times in gateway.counts().items()}
    # At a sink that drops what it knows by its reference: each exactly once, and nothing that was not owed.
    assert set(arrived) == {key.split("@")[0] for key in owed}
    # At one that does not: again only what was accepted and then dropped, or held by the worker that died.
    repeated = {key: times for key, times in arrived.items() if times > 1}
    assert repeated == {key.split("@")[0]: 2 for key in moody.dropped}
    doubted = {f"<{reference(row)}": row.uncertain for row in messages}
    assert [key for key, times in repeated.items() if doubted[key] < times - 1] == [], "no repeat goes uncounted"
    assert gateway.refused >= 2, "some were refused, or hung, and came again"
    assert Notice.objects.count() == len(messages), "the bell rang once for each"
    with capsys.disabled():
        sys.stdout.write(
            f"\n{REPORTS} reports, {len(messages)} messages owed and arrived, {len(repeated)} of them twice at a sink"
            f" that does not deduplicate ({sum(arrived.values())} deliveries, {sum(doubted.values())} tries noted"
            " as uncertain), each once at one that does.\n"
        )
