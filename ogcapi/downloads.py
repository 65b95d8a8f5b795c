"""All that a question is about, in one answer: as a stream that is read while it leaves, or as a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from . import files, ranges
from .asked import Asked
from .collection import Collection
from .items import gathered, noted, reading, sequence, streamed, table, whole
from .media import DOWNLOADS, FORMATS

STREAMS: Final = {"geojson": whole, "geojsonseq": sequence, "csv": table}


def answered(
    request: HttpRequest, reader: Any, collection: Collection, rows: QuerySet[Any], asked: Asked, *, whose: str
) -> HttpResponseBase:
    """The answer in the format asked for. whose: all that decides what this reader is told; empty for what anybody is.

    Raises what `on_stream` and `on_read` of the collection do; Refused (503) where a file could not be written.
    """
    if asked.format in files.DRIVERS:
        response = _file(request, reader, collection, rows, asked, whose)
    else:
        response = _stream(request, reader, collection, rows, asked)
    response.headers["Content-Crs"] = f"<{asked.crs.uri}>"
    return response


def _file(
    request: HttpRequest, reader: Any, collection: Collection, rows: QuerySet[Any], asked: Asked, whose: str
) -> HttpResponseBase:
    """Its parts must fit together for an hour; who takes a whole file of their own is told what is so by now."""
    in_parts = request.method == "HEAD" or "Range" in request.headers
    within_s = files.FRESH_S if whose and not in_parts else files.KEPT_S

    def write(place: Path) -> Path:
        told: list[int | str] = []
        found = noted(streamed(collection, rows, asked, reading(collection, collection.as_binary(asked.crs))), told)
        written_to = files.pack(collection, found, asked, place)
        # Before anybody has it: what was told and not noted would not be known.
        collection.on_read(request, reader, told, asked.given)
        return written_to

    name = files.name_of(collection, asked, whose)
    file = files.held(name, within_s=within_s)
    if file is None:
        collection.on_stream(request, reader)
        file = files.taken(name, write, within_s=within_s)
    return ranges.sent(request, file, kind=FORMATS[asked.format], name=f"{collection.id}.{asked.format}")


def _stream(
    request: HttpRequest, reader: Any, collection: Collection, rows: QuerySet[Any], asked: Asked
) -> HttpResponseBase:
    kind = FORMATS[asked.format]
    name = {"Content-Disposition": f'attachment; filename="{collection.id}.{asked.format}"'}
    headers = name if asked.format in DOWNLOADS else {}
    if request.method == "HEAD":
        # Nothing is read, and how long it would be is not known.
        return StreamingHttpResponse((), content_type=kind, headers=headers)
    collection.on_stream(request, reader)
    told: list[int | str] = []
    pieces = gathered(STREAMS[asked.format](collection, rows, asked, told))
    # What the database refuses is told as such, as long as nothing has left.
    first = next(pieces, b"")

    def read() -> Iterator[bytes]:
        # What was told is known when all of it, or the part that the client waited for, has left.
        try:
            yield first
            yield from pieces
        finally:
            collection.on_read(request, reader, told, asked.given)

    return StreamingHttpResponse(read(), content_type=kind, headers=headers)
