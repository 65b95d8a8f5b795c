"""Says for each point of a table who takes it today, and who would under a draft of the map."""

from __future__ import annotations

import csv
import os
import resource
import signal
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sectors.changes.what_if import what_if
from sectors.management.reports import voice
from sectors.models import Edition

_ADDED = ("sector_today", "post_today", "sector_then", "post_then", "moves")
_MOST = 100_000
_MEMORY = 1 << 30


class Command(BaseCommand):
    help = (
        "Writes a CSV of points (columns lon and lat, EPSG:4326) again, with who takes each today and who would under "
        "this draft. Nothing comes into force by this."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV of points")
        parser.add_argument("--edition", required=True, help="the draft's code")
        parser.add_argument("--output", type=Path, required=True, help="where to write the answers, as CSV")
        parser.add_argument("--seconds", type=int, help="end after so many, with at most 1 GB of memory")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seconds"]:
            _confine(options["seconds"])
        out = voice(self.stdout, options)
        draft = Edition.objects.drafts().filter(code=options["edition"]).first()
        if draft is None:
            raise CommandError(f"No draft has the code {options['edition']!r}.")
        columns, rows = _read(options["file"])
        positions = np.array([_position(row, line) for line, row in enumerate(rows, 2)])
        today, under = what_if(draft, positions[:, 0], positions[:, 1], at=timezone.now())
        moving = 0
        with options["output"].open("w", encoding="utf-8", newline="") as text:
            lines = csv.DictWriter(text, [*columns, *_ADDED])
            lines.writeheader()
            for row, now, then in zip(rows, today, under, strict=True):
                moves = (now.sector, now.post) != (then.sector, then.post)
                moving += moves
                values = (now.sector or "", now.post, then.sector or "", then.post, "1" if moves else "0")
                lines.writerow({**row, **dict(zip(_ADDED, values, strict=True))})
        out.write(f"{moving} of {len(rows)} points would change hands")


def _confine(seconds: int) -> None:
    """From here on this process has little of anything: whoever uploads points holds nothing else up."""
    os.nice(10)
    signal.alarm(seconds)
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_DATA, _MEMORY)):
        resource.setrlimit(what, (most, most))


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            lines = csv.DictReader(text)
            columns = list(lines.fieldnames or ())
            rows = [row for row, _n in zip(lines, range(_MOST + 1), strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path.name}: {error}") from error
    if not {"lon", "lat"} <= set(columns) or not 0 < len(rows) <= _MOST:
        raise CommandError(f"{path.name}: a table with the columns lon and lat, of 1 to {_MOST} points, is expected.")
    if clash := {*columns, None} & {*_ADDED} or any(None in row for row in rows):
        raise CommandError(f"{path.name}: its columns are not those of its rows, or are ours: {clash}")
    return columns, rows


def _position(row: dict[str, str], line: int) -> tuple[float, float]:
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except (TypeError, ValueError) as error:
        raise CommandError(f"line {line}: lon and lat are not numbers") from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise CommandError(f"line {line}: no point of the globe")
    return lon, lat
