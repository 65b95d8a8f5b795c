"""How far a server's memory grows while it streams: what the kernel says of each of its processes."""

from __future__ import annotations

import http.client
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import psutil

from tests.bench.servers import Server

MEGA: Final = 1_000_000
_EVERY_S: Final = 0.02
_PIECE: Final = 65_536
_PATIENCE_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Grown:
    """The most that a process grew by, and what left meanwhile. mega: million bytes."""

    mega: float
    streamed_mega: float
    lines: int
    seconds: float


def grown(server: Server, path: str, token: str, *, waits_s: float = 0.0, packed: bool = False) -> Grown:
    """How far the processes of the server grew while this was read from it.

    waits_s: how long the client reads nothing after the first piece; a server that does not wait for it would gather
    the rest in memory. packed: the client takes gzip. Raises RuntimeError for anything but a full 200.
    """
    assert server.process is not None
    workers = [each for each in psutil.Process(server.process.pid).children(recursive=True) if each.is_running()]
    before = {each.pid: each.memory_info().rss for each in workers}
    most = dict(before)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY_S):
            for each in workers:
                most[each.pid] = max(most[each.pid], each.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    try:
        length, lines = _read(server.port, path, token, waits_s, packed=packed)
    finally:
        over.set()
        watcher.join()
    mega = max(most[pid] - before[pid] for pid in before) / MEGA
    return Grown(mega, length / MEGA, lines, time.monotonic() - began)


def warm(server: Server, path: str, token: str) -> None:
    """Has every process of the server answer this some times: what is loaded at the first answer is no growth."""
    for _each in range(24):
        _read(server.port, path, token, 0.0, packed=False)


def _read(port: int, path: str, token: str, waits_s: float, *, packed: bool) -> tuple[int, int]:
    headers = {"Authorization": f"Token {token}"} | ({"Accept-Encoding": "gzip"} if packed else {})
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {answer.read(300)!r}")
        length = lines = 0
        try:
            while piece := answer.read(_PIECE):
                if not length:
                    time.sleep(waits_s)
                length += len(piece)
                lines += piece.count(b"\n")
        except http.client.IncompleteRead as error:
            raise RuntimeError(f"{path} ended after {length} bytes: {error}") from error
    return length, lines
