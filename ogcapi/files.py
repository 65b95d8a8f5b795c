"""Downloads that are files: FlatGeobuf and GeoPackage, written once and kept for an hour.

What programs read in parts must lie somewhere and stay the same meanwhile. The rows are read here, by the same way as
every page's, and handed to a process of its own that knows no database (`packing`); it has three minutes. A file has
the name of all that decides what is in it: the collection, the question, the reader with what they cover, the language;
so nobody is ever given what another was told. It is put under its name when it is whole. Of those who ask for the same
file at once one writes it and the others wait.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Timer
from typing import Any, BinaryIO, Final, cast

import orjson
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from . import packing
from .asked import Asked
from .collection import Collection, Row
from .geojson import FieldError, Refused
from .geojson.writer import plain

logger = logging.getLogger(__name__)


# What GDAL calls the formats.
DRIVERS: Final = {"fgb": "FlatGeobuf", "gpkg": "GPKG"}
KEPT_S: Final = 3_600
# Who takes a whole file of what is theirs alone is told what is so by now.
FRESH_S: Final = 60
WRITTEN_WITHIN_S: Final = 180
# For a file that somebody else is writing, and for a turn to write. Whoever waits holds a thread of the server.
_PATIENCE_S: Final = 10.0
_NAP_S: Final = 0.05
# At once, on this machine.
_WRITERS: Final = 2
_BIGGEST: Final = 1 << 30
_ALL_TOGETHER: Final = 2 << 30
_OWN_COLUMNS: Final = frozenset({"id", "fid", "geom"})
# All that a process needs to find GDAL and its data: nothing that opens a database.
_PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "GDAL_DATA", "PROJ_LIB", "PROJ_DATA")


def name_of(collection: Collection, asked: Asked, whose: str) -> str:
    """Under which name the file lies. whose: all that decides what the reader is told; empty for what anybody is."""
    given = sorted((name, text) for name, text in asked.given.items() if name != "f")
    whole = repr((collection.id, given, whose, get_language())).encode()
    return f"{hashlib.sha256(whole).hexdigest()}.{asked.format}"


def held(name: str, *, within_s: float = KEPT_S) -> BinaryIO | None:
    """The file of this name, opened, if there is one that was written within so many seconds."""
    try:
        file = (_folder() / name).open("rb")
    except (FileNotFoundError, NotADirectoryError):
        return None
    if time.time() - os.fstat(file.fileno()).st_mtime < within_s:
        return file
    file.close()
    return None


def taken(name: str, write: Callable[[Path], Path], *, within_s: float = KEPT_S) -> BinaryIO:
    """The file of this name, opened; where there is none so young, it is written first.

    write: puts the file into the folder given and says where. Refused (503) when others write for too long, or when it
    could not be written, the disk being full.
    """
    folder = _folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Two names may share a lock: then one waits for nothing, and nothing is wrong.
        with _locked([folder / f"lock-{name[0]}"]):
            if (file := held(name, within_s=within_s)) is not None:
                return file
            with _locked([folder / f"writer-{number}" for number in range(_WRITERS)]):
                sweep()
                with tempfile.TemporaryDirectory(prefix="unfinished-", dir=folder) as place:
                    part = write(Path(place))
                    opened = part.open("rb")
                    try:
                        os.fsync(opened.fileno())
                        part.replace(folder / name)
                    except OSError:
                        opened.close()
                        raise
                    return opened
    except OSError as error:
        logger.exception("A download could not be written")
        raise _later(_("The file could not be written.")) from error


def pack(collection: Collection, rows: Iterable[Row], asked: Asked, place: Path) -> Path:
    """Where in this folder the file of these rows is. Refused (503) where it cannot be written, or not in time."""
    fields = [
        each
        for each in collection.fields
        if each.name.lower() not in _OWN_COLUMNS and (asked.names is None or each.name in asked.names)
    ]
    target = place / f"{collection.id}.{asked.format}"
    head = {
        "driver": DRIVERS[asked.format],
        "target": target.name,
        "name": collection.id,
        "srid": asked.crs.srid,
        "geometry": collection.geometry_kind.removeprefix("geometry-").upper().replace("ANY", "GEOMETRY"),
        "columns": [("id", collection.fid_kind), *((each.name, each.kind) for each in fields)],
        "seconds": WRITTEN_WITHIN_S,
        "bytes": _BIGGEST,
    }
    names = [each.name for each in fields]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-I", packing.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=place,
        env=environment,
    ) as process:
        # It ends itself in time; this is for one that cannot.
        watch = Timer(WRITTEN_WITHIN_S + 1, process.kill)
        watch.start()
        try:
            with suppress(BrokenPipeError), cast("BinaryIO", process.stdin) as lines:
                lines.write(orjson.dumps(head) + b"\n")
                for row in rows:
                    line = [row.geometry, row.fid, *(_value(row.properties.get(name)) for name in names)]
                    lines.write(orjson.dumps(line, default=plain) + b"\n")
                lines.write(b"null\n")
            code = process.wait()
        finally:
            watch.cancel()
            process.kill()
    if code != 0 or not target.exists():
        logger.error("The writer of %s.%s ended with %s", collection.id, asked.format, code)
        raise _later(_("The file could not be written."))
    return target


def sweep() -> int:
    """How many files were past their hour, or had to make room, and are gone; what was left unfinished goes too."""
    folder, gone, size = _folder(), 0, 0
    now = time.time()
    found: list[tuple[float, int, Path]] = []
    for path in folder.glob("*"):
        with suppress(OSError):  # somebody else sweeps too
            state = path.stat()
            found.append((state.st_mtime, state.st_size, path))
    for moment, length, path in sorted(found, reverse=True):
        if path.name.startswith("unfinished-"):
            if now - moment > 10 * WRITTEN_WITHIN_S:
                shutil.rmtree(path, ignore_errors=True)
        elif path.suffix[1:] in DRIVERS:
            size += length
            if now - moment >= KEPT_S or size > _ALL_TOGETHER:
                with suppress(OSError):
                    path.unlink()
                    gone += 1
    return gone


def _folder() -> Path:
    return Path(settings.DOWNLOADS_ROOT)


@contextmanager
def _locked(paths: list[Path]) -> Iterator[None]:
    """One of these is ours meanwhile, and no other process's; the system frees it when we die. Refused (503)."""
    for _try in range(int(_PATIENCE_S / _NAP_S)):
        for path in paths:
            with path.open("ab") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield
                return
        time.sleep(_NAP_S)
    raise _later(_("Others are being written: ask again in a moment."))


def _later(message: Any) -> Refused:
    error = FieldError("f", "not_ready", message)
    return Refused([error], status=503, title=_("The file is not ready"), retry_after_s=10)


def _value(value: object) -> object:
    """As the file has it: a moment in UTC to the millisecond, a list as one text."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return value
