"""What no client library would send, byte by byte to the real server: it answers or hangs up, and goes on serving.

The server is granian as scripts/serve starts it, on the database of the tests. A body that comes byte by byte does hold
one of its threads: the proxy in front must take bodies in whole (docs/deployment.md).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.conftest import ROOT

# Marked for what the server answers from: without a test that asks for it, no database is made.
pytestmark = pytest.mark.django_db
PATIENCE_S = 20.0
# After this, a server that has not answered waits for more of the request.
SILENCE_S = 1.5
LOCATE = b"/api/locate/?lon=6.0786&lat=44.5594"
BATCH = b"/api/locate/batch/"
JSON = b"Content-Type: application/json\r\n"
BODY = b'{"points": [[6.0786, 44.5594]]}'


def get(path: bytes = LOCATE, headers: bytes = b"", *, host: bytes = b"Host: localhost\r\n") -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\n" + host + headers + b"Connection: close\r\n\r\n"


def post(headers: bytes, body: bytes, path: bytes = BATCH) -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + JSON + headers + b"Connection: close\r\n\r\n" + body


class Server:
    """A granian of two threads: its port and its processes."""

    def __init__(self, database: str, static: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        server = {key: str(value) for key, value in settings.DATABASES["default"].items()}
        names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER"}
        known = {name: server[key] for name, key in names.items() if server[key]}
        env = {**os.environ, **known, "PGDATABASE": database, "PSQ_DEMO": "1", "PSQ_THROTTLES": "off"}
        env["PSQ_STATIC_ROOT"] = str(static)
        gather = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        subprocess.run(gather, cwd=ROOT, env=env, check=True)
        command = [
            str(ROOT / ".venv/bin/granian"), "psq_geo.wsgi:application", "--interface", "wsgi", "--no-ws",
            "--http", "1", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--blocking-threads", "2",
            "--log-level", "warning",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=sys.stderr, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while not self.alive():
            assert self.process.poll() is None, "granian has ended"
            assert time.monotonic() < deadline, "granian does not answer"
            time.sleep(0.1)
        self.family = {each.pid for each in psutil.Process(self.process.pid).children(recursive=True)}

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def alive(self) -> bool:
        """Is a usual request answered as usual?"""
        try:
            return self.say(get(b"/healthz")).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def say(self, request: bytes, patience_s: float = PATIENCE_S) -> bytes:
        """All that it answers until it hangs up, or is silent for so long; empty where it says nothing."""
        heard = b""
        with self.connect() as wire:
            wire.settimeout(patience_s)
            # It may hang up while it is still being spoken to, and say why all the same.
            with suppress(ConnectionError):
                wire.sendall(request)
            with suppress(ConnectionError, TimeoutError):
                while more := wire.recv(65536):
                    heard += more
        return heard

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(str(settings.DATABASES["default"]["NAME"]), tmp_path_factory.mktemp("static"))
    yield running
    running.stop()


# name: (bytes, the first status lines it may answer with; b"" is hanging up)
REFUSED, EITHER = (b"400", b""), (b"200", b"400", b"")
CASES: dict[str, tuple[bytes, tuple[bytes, ...]]] = {
    "nothing of a request": (b"\x00\xff\x00\xff\r\n\r\n", REFUSED),
    "a greeting in TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 512, REFUSED),
    "a greeting in HTTP/2": (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
        (*REFUSED, b"505"),
    ),
    "HTTP/0.9": (b"GET /healthz\r\n", REFUSED),
    "HTTP/9.9": (b"GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n", (*REFUSED, b"505")),
    "no host": (get(host=b""), (b"400", b"200", b"")),
    "two hosts": (get(host=b"Host: localhost\r\nHost: evil.example\r\n"), REFUSED),
    "a strange host": (get(host=b"Host: evil.example\r\n"), REFUSED),
    "a host behind an underscore": (get(headers=b"X_Forwarded_Host: evil.example\r\n"), EITHER),
    "an absolute address of elsewhere": (get(b"http://evil.example" + LOCATE), (b"400", b"200", b"404")),
    "a long request line": (get(LOCATE + b"&odd=" + b"a" * 200_000), (b"400", b"414", b"431", b"")),
    "a long header": (get(headers=b"X-Long: " + b"a" * 1_000_000 + b"\r\n"), (*EITHER, b"431")),
    "many headers": (get(headers=b"".join(b"X-%d: 1\r\n" % n for n in range(5000))), (*EITHER, b"431")),
    "a null in a header": (get(headers=b"X-Null: a\x00b\r\n"), EITHER),
    "a line break in a header": (get(headers=b"X-Fold: a\r\n b\r\n"), EITHER),
    "a carriage return alone": (get(headers=b"X-Bare: a\rSet-Cookie: hit=1\r\n"), EITHER),
    "a blank before the colon": (get(headers=b"X-Blank : 1\r\n"), EITHER),
    "a header without a name": (get(headers=b": 1\r\n"), EITHER),
    "bytes that are no text in a header": (get(headers=b"Authorization: Token \xff\xfe\r\n"), (b"401", b"400", b"")),
    "bytes that are no text in an address": (get(b"/api/\xff\xfe/"), (b"400", b"404", b"")),
    "a page that is not there": (get(b"/rien/"), (b"404",)),
    "a null in an address": (get(b"/api/\x00/"), REFUSED),
    "an escaped null in an address": (get(b"/api/locate/%00/"), (b"404", b"400", b"")),
    "steps upward": (get(b"/static/../../../../etc/passwd"), (b"404", b"400", b"301", b"")),
    "escaped steps upward": (get(b"/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), (b"404", b"400", b"")),
    "a method of nobody": (b"BREW" + get()[3:], (b"405", b"400", b"")),
    "a very long method": (b"A" * 10_000 + get()[3:], (b"405", *REFUSED)),
    "TRACE": (b"TRACE" + get()[3:], (b"405", b"400", b"")),
    "CONNECT": (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", (b"400", b"403", b"404", b"405", b"")),
    "an asterisk": (
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        (b"400", b"404", b"405", b""),
    ),
    "an upgrade": (get(headers=b"Upgrade: websocket\r\nConnection: Upgrade\r\n"), EITHER),
    "a length below nothing": (post(b"Content-Length: -1\r\n", BODY), REFUSED),
    "a length that is no number": (post(b"Content-Length: 1e3\r\n", BODY), REFUSED),
    "a length of many digits": (post(b"Content-Length: " + b"9" * 400 + b"\r\n", BODY), REFUSED),
    "two lengths": (post(b"Content-Length: 31\r\nContent-Length: 3\r\n", BODY), REFUSED),
    "a length and chunks": (
        post(b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", b"1f\r\n" + BODY + b"\r\n0\r\n\r\n"),
        (b"200", b"400", b"411", b""),
    ),
    "chunks without a length": (
        post(b"Transfer-Encoding: chunked\r\n", b"1f\r\n" + BODY + b"\r\n0\r\n\r\n"),
        (b"411", b"400", b"200", b""),
    ),
    "a chunk of no size": (post(b"Transfer-Encoding: chunked\r\n", b"zz\r\nx\r\n"), (b"411", b"400", b"")),
    "a chunk without an end": (post(b"Transfer-Encoding: chunked\r\n", b"f" * 16 + b"\r\nx"), (b"411", b"400", b"")),
    "chunks in disguise": (post(b"Transfer-Encoding: xchunked\r\n", BODY), (b"400", b"411", b"501", b"")),
    "two requests in one": (
        post(b"Content-Length: 31\r\n", BODY + get(b"/admin/", host=b"Host: evil.example\r\n")),
        (b"200", b"400", b""),
    ),
    "a compressed body": (post(b"Content-Encoding: gzip\r\nContent-Length: 4\r\n", b"\x1f\x8b\x08\x00"), REFUSED),
    "waits to be asked for its body": (
        post(b"Expect: 100-continue\r\nContent-Length: 31\r\n", BODY),
        (b"100", b"200", b"417"),
    ),
    "a body with a GET": (get(headers=b"Content-Length: 31\r\n") + BODY, EITHER),
    "more than it takes": (post(b"Content-Length: 9000000\r\n", b" " * 9_000_000), (b"413", b"")),
    "more announced than it takes": (post(b"Content-Length: 99999999999\r\n", b" " * 1000), (b"413", b"400", b"")),
}


@pytest.mark.parametrize("name", CASES)
def test_it_answers_or_hangs_up_and_goes_on(server: Server, name):
    request, allowed = CASES[name]
    answer = server.say(request, patience_s=SILENCE_S)
    status = answer.split(b" ", 2)[1] if answer.startswith(b"HTTP/") else b""
    assert status in allowed, answer[:300]
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"hit=1" not in head
    assert b"evil.example" not in answer
    assert server.alive()


def test_a_client_that_leaves_in_the_midst_is_no_fault(server: Server):
    for sent in (b"", b"PO", post(b"Content-Length: 31\r\n", b""), post(b"Content-Length: 31\r\n", BODY[:10])):
        with server.connect() as wire:
            wire.sendall(sent)
    assert server.alive()


def test_clients_that_dawdle_over_their_headers_hold_nobody_up(server: Server):
    """More of them than there are threads, one byte at a time."""
    with ExitStack() as stack:
        slow = [stack.enter_context(server.connect()) for _ in range(40)]
        for byte in (get(b"/healthz"))[:12]:
            for wire in slow:
                wire.sendall(bytes([byte]))
        assert server.alive()
        assert b'"outcome":"inside"' in server.say(get())


def test_nobody_in_it_has_died(server: Server):
    family = {each.pid for each in psutil.Process(server.process.pid).children(recursive=True)}
    assert family == server.family
