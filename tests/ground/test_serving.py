"""`make run` for real: scripts/serve on a database of its own, from the first request to the last process."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
from django.conf import settings

from .clones import ROOT, bare_clone, environment, run

READY = "Ctrl-C stops it"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An empty database on the server of the tests; the variables of libpq that reach it."""
    server = {key: str(value) for key, value in settings.DATABASES["default"].items()}
    name = f"psq_ground_{os.getpid()}"
    names = {"PGHOST": server["HOST"], "PGPORT": server["PORT"], "PGUSER": server["USER"]}
    # Not where another server of this clone has its own.
    names["PSQ_STATIC_ROOT"] = str(tmp_path_factory.mktemp("served") / "static")
    names |= {key: os.environ[key] for key in ("PGPASSFILE", "PGPASSWORD", "PSQ_APP") if key in os.environ}
    connection = psycopg2.connect(
        host=server["HOST"],
        port=server["PORT"],
        user=server["USER"],
        password=server["PASSWORD"] or None,
        dbname="postgres",
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
            yield {**names, "PGDATABASE": name}
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        connection.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Served:
    """A running scripts/serve: its process, its port, and what it has said."""

    def __init__(self, part: str, database: dict[str, str], words: Path) -> None:
        self.port = free_port()
        self.words = words
        with words.open("w") as output:
            # Its own group, and SIGINT as from a terminal: what a shell puts in the background ignores it.
            self.process = subprocess.Popen(
                ["env", "--default-signal=INT", str(ROOT / "scripts" / "serve"), part],
                env=environment(PORT=str(self.port), **database),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while READY not in self.said() and self.process.poll() is None:
            time.sleep(0.1)
        assert READY in self.said(), self.said()
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def said(self) -> str:
        return self.words.read_text()

    def get(self, path: str, **headers: str) -> int:
        """The status of the answer."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code

    def ended(self) -> int:
        """The exit code, when nothing of it is left and its port is free."""
        code = self.process.wait(timeout=60)
        assert [p for p in self.family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
        with socket.create_server(("127.0.0.1", self.port)):
            return code


@pytest.fixture(scope="module")
def first(database: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """All that `make run` does, on an empty database; it serves as long as these tests run."""
    server = Served("all", database, tmp_path_factory.mktemp("first") / "words")
    yield server
    server.process.terminate()
    assert server.ended() == 0


@pytest.fixture
def both(first: Served, database: dict[str, str], tmp_path: Path) -> Iterator[Served]:
    """Another web server and another worker on the same database, to be stopped in all ways."""
    server = Served("both", database, tmp_path / "words")
    yield server
    if server.process.poll() is None:
        server.process.terminate()
        server.process.wait(timeout=60)


def test_a_newcomer_reads_where_and_who(first: Served) -> None:
    assert f"http://127.0.0.1:{first.port}/" in first.said()
    for account in ("referent.gap1@psq.example", "partenaire.bailleur@psq.example", "admin@psq.example"):
        assert account in first.said()
    assert first.get("/") == 200
    assert first.get("/readyz") == 200
    assert first.get("/api/locate/?lon=6.0785&lat=44.5594") == 200


def test_a_token_opens_the_api(first: Served, database: dict[str, str]) -> None:
    command = ["make", "-s", "token", "EMAIL=partenaire.bailleur@psq.example"]
    made = subprocess.run(command, cwd=ROOT, env=environment(**database), capture_output=True, text=True, check=True)
    token = made.stdout.splitlines()[-1].split()[-1]
    assert first.get("/api/incidents/", Authorization=f"Token {token}") == 200
    assert first.get("/api/incidents/", Authorization=f"Token {token[:-1]}") == 401


def test_a_second_one_on_its_port_is_refused(first: Served) -> None:
    second = run(ROOT, "scripts/serve", PORT=str(first.port))
    assert second.returncode == 1
    assert f"port {first.port} is taken" in second.stderr
    assert first.get("/healthz") == 200


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_stopped_by_wish(both: Served, wish: signal.Signals) -> None:
    assert both.get("/readyz") == 200
    os.killpg(both.process.pid, wish)
    assert both.ended() == 0
    assert "stopped" in both.said().splitlines()[-1]


@pytest.mark.parametrize("half", ["manage.py worker", "granian"])
def test_when_one_half_dies_the_other_ends_too(both: Served, half: str) -> None:
    victim = next(p for p in both.family if half in " ".join(p.cmdline()))
    victim.kill()
    assert both.ended() == 1
    assert "ended by itself" in both.said().splitlines()[-1]


def test_killed_outright_it_leaves_nobody_behind(both: Served) -> None:
    both.process.kill()
    psutil.wait_procs(both.family, timeout=30)
    assert both.ended() == -signal.SIGKILL


def test_a_busy_port_is_said_before_anything_is_done(tmp_path: Path) -> None:
    clone = bare_clone(tmp_path / "clone")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        refused = run(clone, "scripts/serve", PORT=port)
    assert refused.returncode == 1
    assert f"port {port} is taken" in refused.stderr
    assert sorted(p.name for p in clone.iterdir()) == ["scripts"]
    assert "not a port" in run(clone, "scripts/serve", PORT="eighty").stderr
