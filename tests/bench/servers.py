"""Servers under test: started on a free port of 127.0.0.1, waited for, and ended with all that they started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.databases import ROOT, plain_environment
from tests.bench.peers import PYGEOAPI, TEXTBOOK, python_of

PATIENCE_S: Final = 60.0
LOGS: Final = ROOT / ".local" / "bench" / "logs"


@dataclass(slots=True)
class Server:
    """A server by its name in the table: a context in which it answers at `address`."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path = ROOT
    # An address that answers as soon as the server is up, whatever it answers.
    sign: str = "/"
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it says."""
        return LOGS / f"{self.name.replace(' ', '-').replace(',', '')}.log"

    def __enter__(self) -> Server:
        self.port = free_port()
        LOGS.mkdir(parents=True, exist_ok=True)
        command = [word.replace("{port}", str(self.port)) for word in self.command]
        environment = plain_environment() | self.environment | {"PORT": str(self.port)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is None:
            return
        # It leads a group of its own: what it started ends with it.
        for sign, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(patience)
                os.killpg(self.process.pid, 0)
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                break
        self.process.wait()
        self.process = None

    def _wait(self) -> None:
        assert self.process is not None
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.address + self.sign, timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{self.name} does not answer; its last words:\n{self.log.read_text()[-2000:]}")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def product(database: str, *, name: str = "psq_geo") -> Server:
    """The product, as `scripts/serve` starts it, without its limits on how often one may ask.

    As the role that owns the database: those of the bench and of the tests give no second role its rights.
    """
    environment = {"PGDATABASE": database, "PSQ_THROTTLES": "off", "HOST": "127.0.0.1", "PSQ_APP": ""}
    return Server(name, ["scripts/serve", "web"], environment, sign="/healthz")


def textbook(database: str, *, granian: bool = False) -> Server:
    """The textbook project with persistent connections: on gunicorn's sync workers, or on the product's own server."""
    python = str(python_of())
    sync = ["-m", "gunicorn", "--workers", "2", "--bind", "127.0.0.1:{port}", "--log-level", "warning"]
    same = ["-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "1", "--host", "127.0.0.1", "--port", "{port}"]
    same += ["--workers", "2", "--blocking-threads", "2", "--backlog", "512", "--log-level", "warning"]
    name = "textbook DRF on granian" if granian else "textbook DRF"
    command = [python, *(same if granian else sync), "textbook.wsgi:application"]
    return Server(name, command, {"PGDATABASE": database}, folder=TEXTBOOK.parent)


def tipg(database: str) -> Server:
    """tipg on two uvicorn workers; asyncpg reads libpq's variables but for the folder of the socket."""
    python = str(python_of())
    command = [python, "-m", "uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--workers", "2"]
    command += ["--log-level", "warning", "--no-access-log", "tipg.main:app"]
    environment = _for_asyncpg(database) | {
        "TIPG_DB_SCHEMAS": '["peer"]',
        "TIPG_CATALOG_TTL": "86400",
        "TIPG_MAX_FEATURES_PER_TILE": "100000",
    }
    return Server("tipg", [*command], environment, folder=ROOT / ".local" / "bench", sign="/healthz")


def pygeoapi(database: str) -> Server:
    """pygeoapi on two sync workers of gunicorn; it describes its tables to itself before it starts."""
    python = str(python_of())
    described = ROOT / ".local" / "bench" / "pygeoapi-openapi.yml"
    serve = "exec {0} -m gunicorn --workers 2 --bind 127.0.0.1:$PORT --log-level warning pygeoapi.flask_app:APP"
    describe = "{1} openapi generate $PYGEOAPI_CONFIG --output-file $PYGEOAPI_OPENAPI"
    command = ["sh", "-ec", f"{describe}; {serve}".format(python, python_of().with_name("pygeoapi"))]
    environment = _for_asyncpg(database) | {
        "PYGEOAPI_CONFIG": str(PYGEOAPI),
        "PYGEOAPI_OPENAPI": str(described),
    }
    return Server("pygeoapi", command, environment, sign="/conformance")


def published(database: str) -> Server:
    """The product's `ogcapi` alone, on a table of the peers, as the product is served."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "1", "--host", "127.0.0.1"]
    command += ["--port", "{port}", "--workers", "2", "--blocking-threads", "2", "--backlog", "512"]
    command += ["--log-level", "warning", "tests.bench.published.wsgi:application"]
    environment = {"PGDATABASE": database, "DJANGO_SETTINGS_MODULE": "tests.bench.published.settings"}
    return Server("ogcapi alone", command, environment, sign="/ogc/conformance")


def _for_asyncpg(database: str) -> dict[str, str]:
    """libpq's variables for programs that know no folder of a socket and no file of passwords."""
    return {
        "PGDATABASE": database,
        "POSTGRES_USER": os.environ.get("PGUSER", ""),
        "POSTGRES_PASS": _password(),
        "POSTGRES_HOST": host if (host := os.environ.get("PGHOST", "")) and not host.startswith("/") else "127.0.0.1",
        "POSTGRES_PORT": os.environ.get("PGPORT", "5432"),
        "POSTGRES_DBNAME": database,
    }


def _password() -> str:
    """The password that libpq would take: the variable's, else the first of the file that it names."""
    given = os.environ.get("PGPASSWORD")
    if given is None and "PGPASSFILE" in os.environ:
        lines = Path(os.environ["PGPASSFILE"]).read_text().splitlines()
        given = lines[0].rsplit(":", 1)[-1] if lines else None
    return given or ""
