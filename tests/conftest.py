"""The cast, the embedded territory in every test database, and a fixed Monday."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from accounts import changes as accounts
from accounts import throttles
from accounts.models import User
from psq_geo.ogc import API
from sectors import atlas, standing
from sectors.models import MapVersion

# Playwright keeps an event loop in the test's thread; Django asks to be told that this is known.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# A loaded machine is no failed property.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent
TERRITORY = ROOT / "sectors" / "territories" / "hautes-alpes" / "territory.toml"
PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=PARIS)

# name in the tests -> account of the demonstration
CAST = {
    "referent_a": "referent.gap1",
    "referent_b": "referent.gap2",
    "referent_briancon": "referent.briancon1",
    "partner_a": "partenaire.bailleur",
    "partner_b": "partenaire.bus",
    "mayor_gap": "maire.gap",
    "mayor_briancon": "maire.briancon",
    "gendarme": "gendarme",
    "director": "direction",
    "administrator": "admin",
    "auditor": "audit",
    "suspended": "suspendu",
}


def load_embedded_territory() -> None:
    """The six sectors, the communes of Hautes-Alpes and the demonstration accounts."""
    call_command("load_territory", str(TERRITORY), commit=True, verbosity=0)
    call_command("seed_demo", verbosity=0)
    # The versions of an emptied map begin anew: an image of the one before would pass for this one's.
    atlas.forget()


FLUSHED = """
DO $$ DECLARE refused record; BEGIN
  FOR refused IN SELECT tgrelid::regclass AS name FROM pg_trigger WHERE tgname = 'psq_never_truncated' LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER psq_never_truncated', refused.name);
  END LOOP;
END $$
"""


def allow_flush() -> None:
    """A test that commits ends by truncating every table, which the product itself refuses (see test_append_only)."""
    with connection.cursor() as cursor:
        cursor.execute(FLUSHED)


def tables_with_rows() -> set[str]:
    """The names of the product's tables that hold anything."""
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})"
        for table in connection.introspection.django_table_names()
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {table for (table,) in cursor.fetchall()}


def empty_what_was_written() -> None:
    """Every table that was empty when the territory and the cast had just been loaded is empty again."""
    if written := tables_with_rows() - loaded:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(sorted(written))} CASCADE")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Every test database holds the embedded territory and the cast."""
    with django_db_blocker.unblock():
        allow_flush()
        load_embedded_territory()
        base["version"] = MapVersion.objects.get().number
        loaded.update(tables_with_rows())
    yield
    # A slow disk takes longer to drop the database than any question of the product may take.
    connection.settings_dict["OPTIONS"]["options"] += " -c statement_timeout=0"


def end_other_sessions() -> None:
    """Those of a server that has stopped: its threads may hold theirs still when the test database is to be dropped."""
    # Ours may have been ended by a test of what happens then.
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


# A test that commits ends by emptying the database: the next one that counts on the territory has it loaded again.
emptied = {"now": False}


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    names = getattr(item, "fixturenames", ())
    return "transactional_db" in names or bool(marker and marker.kwargs.get("transaction"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Loads the territory again where a test before this one emptied the database."""
    names = getattr(item, "fixturenames", ())
    asks = "django_db_setup" in names or item.get_closest_marker("django_db") is not None
    if emptied["now"] and asks and not _commits(item):
        with item.config.stash[blocking_manager_key].unblock():
            load_embedded_territory()
            base["version"] = MapVersion.objects.get().number
        emptied["now"] = False


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Remembers that the database is about to be emptied."""
    emptied["now"] = emptied["now"] or _commits(item)


@pytest.fixture(scope="session", autouse=True)
def plain_static_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Static files under their own names, none of them gathered, whatever a `make run` of this clone gathered.

    Every test client would look through the thousands of them, and a gathering at the same time would take them away.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    empty = tmp_path_factory.mktemp("static")
    os.environ["PSQ_STATIC_ROOT"] = str(empty)
    # Nor is a file for download of one test, or of a `make run`, given to another.
    downloads = tmp_path_factory.mktemp("downloads")
    with override_settings(
        STORAGES={**django_settings.STORAGES, "staticfiles": plain}, STATIC_ROOT=empty, DOWNLOADS_ROOT=downloads
    ):
        yield


# The map's version as every test finds it; an image of another version was read in a test that changed the map.
base: dict[str, int] = {}
# The tables that hold the territory and the cast.
loaded: set[str] = set()


@pytest.fixture(autouse=True)
def fresh_memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process remembers between requests is forgotten between tests, but for the image of the untouched map."""
    if not _commits(request.node):
        # How many statements a test counts must not hang on whether the map's second has passed meanwhile.
        monkeypatch.setattr(atlas, "OLDEST_S", 3600.0)
    atlas.forget(but_version=base.get("version"))
    standing.forget()
    API.kept.forget()
    throttles.LEASES.clear()
    yield
    # An answer leaves its language behind: in a server the next request chooses its own.
    translation.activate(django_settings.LANGUAGE_CODE)
    atlas.forget(but_version=base.get("version"))
    throttles.LEASES.clear()


@pytest.fixture
def unthrottled(settings: Any) -> None:
    """Nothing is counted against an account or an address. Leases end by the process's own clock, so whoever counts
    statements of the API asks without them."""
    settings.THROTTLES = False


@pytest.fixture
def monday() -> Iterator[datetime]:
    """Monday 23 November 2026, 09:00 in Paris; time stands still."""
    with time_machine.travel(MONDAY, tick=False):
        yield MONDAY


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """The account of a member of the cast."""
    return lambda name: User.objects.get(email=f"{CAST[name]}@psq.example")


@pytest.fixture
def client_of(person: Callable[[str], User]) -> Callable[..., Client]:
    """A client with the token of a member of the cast; "anonymous" has none."""

    def client(name: str, **headers: Any) -> Client:
        if name != "anonymous":
            token = accounts.create_token(user=person(name), name="test", ttl=timedelta(days=1))
            headers["HTTP_AUTHORIZATION"] = f"Token {token}"
        return Client(SERVER_NAME="localhost", **headers)

    return client
