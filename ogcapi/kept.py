"""Answers kept in memory: what is told to anybody need not be made for each who asks.

A collection that says which `state` it is in gets its finished answers kept until that changes. Only what a cache in
between might keep too is kept here, and never more than a bounded number of bytes; what was asked for longest ago goes
first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from .packed import takes_gzip

# Of a process. A page of ten thousand communes is nine million bytes, and three when it is compressed.
MOST_BYTES: Final = 32 * 2**20
# What one answer may take of it, and the longest question of which the answer is kept.
LARGEST: Final = MOST_BYTES // 3
LONGEST_QUESTION: Final = 2_000
# What is kept of an answer beside its body: counted, so that many small ones are not free.
_HEAD: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    headers: dict[str, str]


class Kept:
    """Finished answers by what was asked, the last asked for last. May be used by any number of threads."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self.size = 0
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()

    def answer(
        self, request: HttpRequest, state: Callable[[], str | None], make: Callable[[], HttpResponseBase]
    ) -> HttpResponseBase:
        """The answer kept for this question in this state, else the one that is made now."""
        question = _question(request)
        if question is None or (stands := state()) is None:
            return make()
        key = (stands, *question)
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
        if found is not None:
            return _again(found, request.headers.get("If-None-Match", ""))
        made = make()
        if isinstance(made, HttpResponse) and made.status_code in {200, 204} and len(made.content) <= LARGEST:
            self._keep(key, _Answer(made.status_code, made.content, dict(made.headers)))
        return made

    def forget(self) -> None:
        """Drops all of it."""
        with self._lock:
            self._answers.clear()
            self.size = 0

    def _keep(self, key: Hashable, answer: _Answer) -> None:
        with self._lock:
            if key in self._answers:
                return
            self._answers[key] = answer
            self.size += _HEAD + len(answer.body)
            while self.size > self.most:
                _oldest, gone = self._answers.popitem(last=False)
                self.size -= _HEAD + len(gone.body)


def _question(request: HttpRequest) -> tuple[Hashable, ...] | None:
    """All else that an answer depends on; None for a question whose answer is not kept."""
    if request.method != "GET":
        return None
    asked, accepted = request.build_absolute_uri(), request.headers.get("Accept", "")
    if len(asked) + len(accepted) > LONGEST_QUESTION:
        return None
    return asked, accepted, get_language(), takes_gzip(request.headers.get("Accept-Encoding", ""))


def _again(found: _Answer, known: str) -> HttpResponse:
    """The answer once more, or 304 to somebody who has it."""
    etag = found.headers.get("ETag", "").removeprefix("W/")
    if etag and etag in known:
        headers = {name: text for name, text in found.headers.items() if name not in _OF_A_BODY}
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(found.body, status=found.status, headers=found.headers)


_OF_A_BODY: Final = frozenset({"Content-Type", "Content-Length", "Content-Encoding"})
