"""Data leaves compressed where the client takes gzip: at the lowest level, which costs a fourth of the usual one.

Pages with tokens of forms are no data and stay as they are. The head of what is compressed holds some blanks by chance,
so that its length tells less of what stands in it beside what the client asked for (BREACH).
"""

from __future__ import annotations

import gzip
import io
import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Final, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

KINDS: Final = frozenset(
    {
        "application/json",
        "application/geo+json",
        "application/geo+json-seq",
        "application/schema+json",
        "application/vnd.oai.openapi+json",
        "application/vnd.mapbox-vector-tile",
        "application/gml+xml",
        "text/csv",
        "text/xml",
    }
)
# Below, the head and the work are more than what is saved.
_SHORT: Final = 1_000
_PIECE: Final = 65_536
_LEVEL: Final = 1
_CODING: Final = re.compile(r"\s*([^\s;,]+)\s*(?:;\s*q\s*=\s*([0-9.]{1,5})\s*)?", re.ASCII)


def packed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer, compressed where it is data, long enough and the client takes it; it says that this was weighed."""
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    unchanged = response.status_code == 304
    if not (unchanged or kind in KINDS) or "Content-Encoding" in response.headers:
        return response
    patch_vary_headers(response, ["Accept-Encoding"])
    if not takes_gzip(request.headers.get("Accept-Encoding", "")):
        return response
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = compressed(cast("Iterable[bytes]", response.streaming_content))
    elif isinstance(response, HttpResponse) and not unchanged:
        if len(response.content) < _SHORT:
            return response
        response.content = b"".join(compressed([response.content]))
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        # The same in meaning, not to the byte.
        response.headers["ETag"] = f"W/{etag}"
    if not unchanged:
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Content-Length", None)
    return response


def takes_gzip(accepted: str) -> bool:
    """Does a client with this Accept-Encoding take gzip? What it weighs with 0 it does not take."""
    weights: dict[str, float] = {}
    for each in accepted.lower().split(","):
        if found := _CODING.fullmatch(each):
            weights[found[1]] = _weight(found[2])
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _weight(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0


def compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes as gzip, in pieces, with no more than one of them in memory."""
    out = io.BytesIO()
    noise = "_" * secrets.randbelow(100)
    with gzip.GzipFile(filename=noise, mode="wb", compresslevel=_LEVEL, fileobj=out, mtime=0) as file:
        for piece in pieces:
            file.write(piece)
            if out.tell() >= _PIECE:
                yield out.getvalue()
                out.seek(0)
                out.truncate()
    yield out.getvalue()
