"""Ending work that takes too long, and ending the worker: by the signals of the operating system."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

# What is under way when the worker is told to end gets this long.
GRACE_S: Final = 1.5


class TooLong(TimeoutError):  # noqa: N818 - it says what is wrong
    """The time allowed is over."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises TooLong in the body after so many seconds, and again each second should the body go on.

    A socket's own time-out counts from each byte to the next, so a gateway that dribbles outlives it: this one counts
    all of it. Signals reach the main thread only; in another thread nothing is limited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    limiting = True

    def ring(_signal: int, _frame: FrameType | None) -> None:
        if limiting:
            raise TooLong(f"Not done in {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        try:
            yield
        finally:
            limiting = False
    finally:
        # Reached also when it rang in the line above; it does not ring twice within a second.
        limiting = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Stop:
    """True once SIGTERM or SIGINT has come; used as a context manager around the worker's loop."""

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __bool__(self) -> bool:
        return self._asked

    def __enter__(self) -> Stop:
        for which in (signal.SIGTERM, signal.SIGINT):
            self._before[which] = signal.signal(which, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for which, handler in self._before.items():
            signal.signal(which, handler)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked = True
        left, _again = signal.getitimer(signal.ITIMER_REAL)
        if left > GRACE_S:
            signal.setitimer(signal.ITIMER_REAL, GRACE_S, 1.0)
