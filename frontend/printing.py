"""Pages of ours as documents to print, send and keep: made by a process that may die of what is in them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Semaphore
from typing import Final

from django.contrib.staticfiles import finders

MOST_BYTES: Final = 2 * 1024 * 1024
_PROCESS: Final = Path(__file__).with_name("printing_process.py")
_FONT: Final = "images/source-sans-3-latin-wght-normal.woff2"
_AT_MOST_S: Final = 30.0
# Whoever waits holds a thread of the server, which has few.
_WAIT_S: Final = 5.0
# One at a time in each process of the server.
_TURN: Final = Semaphore(1)


class NotPrinted(Exception):  # noqa: N818 - nobody erred: the page is read all the same
    """No document was made. `code`: too_long, busy, failed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def printed(page: str) -> bytes:
    """The PDF of this HTML: tagged for readers of screens (PDF/UA-1), in the language and with the title of the page.

    No address in the page is opened but that of the font, which comes with the service. Raises NotPrinted.
    """
    content = page.encode()
    if len(content) > MOST_BYTES:
        raise NotPrinted("too_long")
    if not _TURN.acquire(timeout=_WAIT_S):
        raise NotPrinted("busy")
    try:
        with tempfile.TemporaryDirectory(prefix="psq-printed-") as place:
            done = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-I", str(_PROCESS)],
                input=json.dumps({"font": finders.find(_FONT)}).encode() + b"\n" + content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=place,
                env={"HOME": place, "TMPDIR": place, "LANG": "C.UTF-8"},
                timeout=_AT_MOST_S,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise NotPrinted("failed") from None
    finally:
        _TURN.release()
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise NotPrinted("failed")
    return done.stdout
