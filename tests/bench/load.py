"""Load on a server of this machine: wrk, eight connections kept open, for a bounded time.

A generator in Python would take as much of the two cores as the servers it measures.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

CONNECTIONS: Final = 8
MOST_SECONDS: Final = 60.0
TIMEOUT_S: Final = 20
_SCRIPT: Final = Path(__file__).resolve().parent / "load.lua"


class NoGenerator(RuntimeError):  # noqa: N818 - it is the machine that lacks it
    """wrk is not on this machine."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Requests that are asked in turn: addresses to GET, or bodies to POST to `post`."""

    lines: Sequence[str]
    post: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    # Some answers are honest refusals: a peer says 404 for a point in no sector.
    refusals: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """What a load found: requests a second, and how long they took in milliseconds."""

    a_second: float
    middle_ms: float
    slow_ms: float
    requests: int


def wrk() -> str:
    """The program. Raises NoGenerator with how to get it."""
    found = shutil.which("wrk")
    if found is None:
        raise NoGenerator("wrk makes the load and is not installed: apt-get install wrk (or scripts/setup --tests)")
    return found


def load(address: str, questions: Questions, folder: Path, *, seconds: float) -> Rate:
    """Asks these questions for that long at eight connections. Raises RuntimeError where an answer is not as it should
    be, or the address is not of this machine."""
    if not address.startswith("http://127.0.0.1:"):
        raise RuntimeError(f"load goes to this machine only, not to {address}")
    file = folder / "questions.txt"
    file.write_text("\n".join(questions.lines) + "\n", encoding="utf-8")
    headers = [f"{name}: {value}" for name, value in questions.headers.items()]
    command = [wrk(), "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{_bounded(seconds)}s"]
    command += ["--timeout", f"{TIMEOUT_S}s", "--script", str(_SCRIPT), address]
    command += ["--", str(file), questions.post or "-", *headers]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=MOST_SECONDS + 60)
    found = json.loads(next(line for line in run.stdout.splitlines() if line.startswith("{")))
    if found["broken"] or (found["refused"] and not questions.refusals) or not found["requests"]:
        raise RuntimeError(f"{address} failed under load: {found}")
    return Rate(found["requests"] / found["seconds"], found["middle_ms"], found["slow_ms"], found["requests"])


def ask(address: str, questions: Questions, line: str) -> tuple[int, Any]:
    """Status and JSON of one question."""
    if questions.post:
        body, path = line.encode(), questions.post
    else:
        body, path = None, line
    request = urllib.request.Request(address + path, data=body, headers=dict(questions.headers))
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def _bounded(seconds: float) -> int:
    """wrk counts whole seconds."""
    return max(1, min(round(seconds), int(MOST_SECONDS)))
