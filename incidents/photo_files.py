"""Where photos lie: one file each, outside of all that the web server serves, under a name that says nothing.

Two folders: the photos of drafts, which nobody sent yet, and those of concerns. A file is written before the row that
names it, so that no row is without its file; files that no row names are swept (`incidents.tasks`).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.conf import settings

_KEY: Final = re.compile(r"[0-9a-f]{32}")


class Folder(StrEnum):
    """What the files of a folder are of."""

    CONCERNS = "concerns"
    DRAFTS = "drafts"


def write(folder: Folder, jpeg: bytes) -> str:
    """The key of a new file, which lies on the disk when this comes back. Raises OSError."""
    key = secrets.token_hex(16)
    path = _path(folder, key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(jpeg)
        file.flush()
        os.fsync(descriptor)
    unfinished.rename(path)
    _settle(path.parent)
    return key


def read(folder: Folder, key: str) -> bytes:
    """The bytes of this file. Raises FileNotFoundError, also for what is no key."""
    if not _KEY.fullmatch(key):
        raise FileNotFoundError(key)
    return _path(folder, key).read_bytes()


def drop(folder: Folder, key: str) -> None:
    """The file is gone, whether there was one or not."""
    if _KEY.fullmatch(key):
        _path(folder, key).unlink(missing_ok=True)


def written_before(folder: Folder, moment: datetime) -> Iterator[str]:
    """The keys of the files written before this moment; what was left unfinished by then is removed on the way."""
    for path in (Path(settings.MEDIA_ROOT) / folder).glob("??/*"):
        try:
            written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:
            continue  # somebody else sweeps too
        if written_at >= moment:
            continue
        if _KEY.fullmatch(path.stem) and path.suffix == ".jpg":
            yield path.stem
        elif path.suffix == ".new":
            path.unlink(missing_ok=True)


def _path(folder: Folder, key: str) -> Path:
    return Path(settings.MEDIA_ROOT) / folder / key[:2] / f"{key}.jpg"


def _settle(folder: Path) -> None:
    """The new name is on the disk, and not only the bytes under it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
