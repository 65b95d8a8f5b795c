"""Photos that come with a concern: which are taken, and what is left of them.

What is kept is an image written anew from the pixels: no place, no date, no name of a telephone, nothing hidden behind
the last byte. What cannot be written anew is refused. The images are decoded by a process that may die of it.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Semaphore
from typing import Final

MOST_PHOTOS: Final = 3
MOST_BYTES: Final = 10 * 1024 * 1024
# Three photos and the words of a form around them.
MOST_BYTES_SENT: Final = 32 * 1024 * 1024
_DECODER: Final = Path(__file__).with_name("decoding.py")
_SAID: Final = frozenset({"not_a_photo", "too_many_pixels"})
_AT_MOST_S: Final = 30.0
# Whoever waits holds a thread of the server, which has few.
_WAIT_S: Final = 2.0
# One at a time in each process: a large image takes a gigabyte while it is read.
_TURN: Final = Semaphore(1)


class PhotoRefused(Exception):  # noqa: N818 - it is the sender who errs
    """An image that is not taken. `code`: empty, too_large, not_a_photo, too_many_pixels, unreadable, busy."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image written anew: JPEG in sRGB, upright, its sides in pixels.

    place: (lon, lat) in EPSG:4326 where the original says it was taken. It is in none of the bytes.
    """

    jpeg: bytes
    width: int
    height: int
    place: tuple[float, float] | None

    @property
    def digest(self) -> str:
        """The same for the same photo sent twice."""
        return hashlib.sha256(self.jpeg).hexdigest()


def written_anew(data: bytes) -> Picture:
    """The photo in these bytes, whatever they are called: JPEG, PNG or HEIC by their content. Raises PhotoRefused."""
    if not data:
        raise PhotoRefused("empty")
    if len(data) > MOST_BYTES:
        raise PhotoRefused("too_large")
    if not _TURN.acquire(timeout=_WAIT_S):
        raise PhotoRefused("busy")
    try:
        # Isolated and without the environment: the one that reads strangers' bytes knows none of our secrets.
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", str(_DECODER)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=_AT_MOST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PhotoRefused("unreadable") from None
    finally:
        _TURN.release()
    return _photo(done)


def _photo(done: subprocess.CompletedProcess[bytes]) -> Picture:
    """What the decoder says; where it was ended, or says what it never says, the image is refused."""
    head, _newline, jpeg = done.stdout.partition(b"\n")
    try:
        facts = json.loads(head)
        code, place = str(facts["code"]), facts.get("place")
        if done.returncode == 0 and code == "taken" and jpeg.startswith(b"\xff\xd8"):
            at = None if place is None else (float(place[0]), float(place[1]))
            return Picture(jpeg, int(facts["width"]), int(facts["height"]), at)
    except (ValueError, LookupError, TypeError):
        code = "unreadable"
    raise PhotoRefused(code if code in _SAID else "unreadable")
