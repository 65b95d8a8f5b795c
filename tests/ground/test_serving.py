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
def database() -> Iterator[dict[str, str]]:
    """An empty database on the server of the tests; the variables of libpq that reach it."""
    server = settings.DATABASES["default"]
    name = f"psq_ground_{os.getpid()}"
    names = {"PGHOST": server["HOST"], "PGPORT": str(server["PORT"]), "PGUSER": server["USER"]}
    names |= {key: os.environ[key] for key in ("PGPASSFILE", "PGPASSWORD") if key in os.environ}
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
def prepared(database: dict[str, str]) -> dict[str, str]:
    """The database with all that the demonstration holds."""
    done = run(ROOT, "scripts/serve", "prepare", **database)
    assert done.returncode == 0, done.stderr
    return database


@pytest.fixture
def both(prepared: dict[str, str], tmp_path: Path) -> Iterator[Served]:
    """Web and worker on what is there already."""
    server = Served("both", prepared, tmp_path / "words")
    yield server
    if server.process.poll() is None:
        server.process.terminate()
        server.process.wait(timeout=60)


def test_a_newcomer_reads_where_and_who(database: dict[str, str], tmp_path: Path) -> None:
    served = Served("all", database, tmp_path / "words")
    assert f"http://127.0.0.1:{served.port}/" in served.said()
    for account in ("referent.gap1@psq.example", "partenaire.bailleur@psq.example", "admin@psq.example"):
        assert account in served.said()
    assert served.get("/") == 200
    assert served.get("/readyz") == 200
    assert served.get("/api/locate/?lon=6.0785&lat=44.5594") == 200

    second = run(ROOT, "scripts/serve", PORT=str(served.port))
    assert second.returncode == 1
    assert f"port {served.port} is taken" in second.stderr

    os.killpg(served.process.pid, signal.SIGINT)
    assert served.ended() == 0
    assert "stopped" in served.said().splitlines()[-1]


def test_a_token_opens_the_api(both: Served, prepared: dict[str, str]) -> None:
    command = ["make", "-s", "token", "EMAIL=partenaire.bailleur@psq.example"]
    made = subprocess.run(command, cwd=ROOT, env=environment(**prepared), capture_output=True, text=True, check=True)
    token = made.stdout.splitlines()[-1].split()[-1]
    assert both.get("/api/incidents/", Authorization=f"Token {token}") == 200
    assert both.get("/api/incidents/", Authorization=f"Token {token[:-1]}") == 401

    both.process.terminate()
    assert both.ended() == 0


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
