"""The service on a port, with the territory and concerns of several people, and what was asked of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.signals import request_started
from django.test import override_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.changes import create_token
from accounts.models import User
from tests.conftest import CAST, emptied
from tests.incidents.sending import BRIANCON, GAP, GAP_HOUSING, reported

# Of whom each has some that others do not have; more than GDAL reads in one page.
REPORTED = {"partner_a": [*[GAP] * 11, GAP_HOUSING, GAP_HOUSING], "partner_b": [BRIANCON, BRIANCON]}
READERS = ("partner_a", "partner_b", "mayor_gap", "director")
SEEN = {"partner_a": "partner_a", "partner_b": "partner_b", "mayor_gap": "partner_a", "director": "partner_a partner_b"}


@dataclass(frozen=True)
class Served:
    """Where it is, each reader's token and the references that they may read; `asked` fills as it is asked."""

    url: str
    tokens: Mapping[str, str]
    readable: Mapping[str, set[str]]
    asked: list[str] = field(default_factory=list)

    def since(self, before: int, *words: str) -> list[str]:
        """The requests after the first so many whose address holds all the words."""
        return [each for each in self.asked[before:] if all(word in each for word in words)]


def ran(*words: str, **settings: str) -> str:
    """What a program says; it asks no proxy, and fails the test where it fails."""
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | settings
    run = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120, env=plain)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def served(django_db_setup: None, django_db_blocker: Any) -> Iterator[Served]:
    """One for all the tests of a module: none of them changes anything, and to load a territory takes its time."""
    with django_db_blocker.unblock(), override_settings(THROTTLES=False):
        people = {name: User.objects.get(email=f"{CAST[name]}@psq.example") for name in READERS}
        own = {
            name: {reported(people[name], timezone.now(), place).reference for place in places}
            for name, places in REPORTED.items()
        }
        server = LiveServer("localhost")
        found = Served(
            url=server.url,
            tokens={name: create_token(user=each, name="GIS", ttl=timedelta(days=1)) for name, each in people.items()},
            readable={name: set().union(*(own[each] for each in seen.split())) for name, seen in SEEN.items()},
        )

        def note(environ: dict[str, str], **more: object) -> None:
            found.asked.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}")

        request_started.connect(note)
        yield found
        request_started.disconnect(note)
        server.stop()
        call_command("flush", verbosity=0, interactive=False)
        emptied["now"] = True
