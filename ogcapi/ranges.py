"""A file over HTTP as programs read one that is far away: its size by HEAD, its parts by Range (RFC 9110).

GDAL, and QGIS with it, opens a FlatGeobuf or a GeoPackage by its address and fetches what it draws and no more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

_ONE: Final = re.compile(r"bytes=\s*([0-9]{0,19})-([0-9]{0,19})\s*", re.ASCII)
_PIECE: Final = 65_536


def sent(request: HttpRequest, file: BinaryIO, *, kind: str, name: str) -> HttpResponseBase:
    """The answer to a GET or a HEAD of this file, which it closes: 200, 206, 304, 412 or 416.

    kind: its media type. name: as which it is kept.
    """
    held = os.fstat(file.fileno())
    # A file is replaced as a whole and never written to: what is another file has another moment or another length.
    etag = f'"{held.st_mtime_ns:x}-{held.st_size:x}"'
    headers = {
        "Content-Type": kind,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Last-Modified": http_date(held.st_mtime),
    }
    if early := get_conditional_response(request, etag, int(held.st_mtime)):
        file.close()
        for each in ("ETag", "Last-Modified", "Accept-Ranges"):
            early.headers[each] = headers[each]
        return early
    size = held.st_size
    if request.method == "HEAD":
        file.close()
        return HttpResponse(headers=headers | {"Content-Length": str(size)})
    part = read_range(request.headers.get("Range", ""), size) if _unchanged(request, etag, held.st_mtime) else None
    if part is None:
        return StreamingHttpResponse(Part(file, size), headers=headers | {"Content-Length": str(size)})
    first, last = part
    if first > last:
        file.close()
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    file.seek(first)
    headers |= {"Content-Length": str(last - first + 1), "Content-Range": f"bytes {first}-{last}/{size}"}
    return StreamingHttpResponse(Part(file, last - first + 1), status=206, headers=headers)


def read_range(text: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte asked for; None for all of it; (1, 0) for what the file does not have.

    What means nothing, and several parts at once, are answered with the whole, as the standard allows.
    """
    found = _ONE.fullmatch(text)
    if found is None or found.groups() == ("", ""):
        return None
    begins, ends = found.groups()
    if not begins:
        # The last so many.
        count = min(int(ends), size)
        return (size - count, size - 1) if count else (1, 0)
    first = int(begins)
    if ends and int(ends) < first:
        return None
    return (first, min(int(ends), size - 1) if ends else size - 1) if first < size else (1, 0)


def _unchanged(request: HttpRequest, etag: str, moment: float) -> bool:
    """Is the file still the one that the client has a part of? Who does not ask takes what there is."""
    known = request.headers.get("If-Range")
    if known is None:
        return True
    return known == etag if known[:1] in {'"', "W"} else parse_http_date_safe(known) == int(moment)


class Part:
    """So many bytes of a file from where it stands, in pieces; it closes the file."""

    def __init__(self, file: BinaryIO, count: int) -> None:
        self.file, self.left = file, count

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (piece := self.file.read(min(_PIECE, self.left))):
            self.left -= len(piece)
            yield piece

    def close(self) -> None:
        """Django calls this when the answer has left, or when nobody waits for it any more."""
        self.file.close()
