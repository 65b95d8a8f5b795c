"""Points tried under a draft in a process of its own: `manage.py what_if`, with little time, memory and company.

The process that asks reads nothing of the draft: no answer of its own can come from a map that nobody approved.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

MOST_POINTS: Final = 10_000
_SECONDS: Final = 30
# Beside the worker that waits for it, a second one waits for none.
_ONE: Final = threading.BoundedSemaphore(1)

Position = tuple[float, float]


class TrialError(Exception):
    """Nothing was tried: `code` is busy (another trial runs here), too_slow or failed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fate:
    """Who takes a point: codes of sector ("" for none) and post, today and under the draft."""

    sector_today: str
    post_today: str
    sector_then: str
    post_then: str
    moves: bool


def tried(edition: str, points: Sequence[Position]) -> list[Fate]:
    """The fates of these points (EPSG:4326) under the draft of this code, in order. Raises TrialError."""
    if not _ONE.acquire(blocking=False):
        raise TrialError("busy")
    try:
        with tempfile.TemporaryDirectory(prefix="psq-tried-") as place:
            given, answered = Path(place) / "points.csv", Path(place) / "answers.csv"
            given.write_text("lon,lat\n" + "".join(f"{lon!r},{lat!r}\n" for lon, lat in points), encoding="utf-8")
            _run(["--edition", edition, "--output", str(answered), str(given)])
            with answered.open(encoding="utf-8", newline="") as text:
                found = [_fate(row) for row in csv.DictReader(text)]
    finally:
        _ONE.release()
    if len(found) != len(points):
        raise TrialError("failed")
    return found


def _run(arguments: list[str]) -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "what_if", "--seconds", str(_SECONDS), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PGDATABASE": str(connection.settings_dict["NAME"])},
            cwd=settings.BASE_DIR,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TrialError("too_slow") from error
    if done.returncode:
        raise TrialError("failed")


def _fate(row: dict[str, str]) -> Fate:
    return Fate(row["sector_today"], row["post_today"], row["sector_then"], row["post_then"], row["moves"] == "1")
