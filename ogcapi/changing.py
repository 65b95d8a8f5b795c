"""The addresses under which features are created, replaced and deleted: OGC API Features, Part 4.

The methods of an address are those that this reader may use there: OPTIONS names them, any other is a 405.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate
from urllib.parse import quote

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from .asked import read_fid
from .collection import Collection, Row
from .crs import CRS84
from .geojson import read_query
from .items import one, written
from .media import GEOJSON
from .problems import answers, problem
from .writing import allowed, mark, matches, read_given, writer_of


@dataclass(frozen=True)
class Changing:
    """What of an `Api` writes: `identify`, `root`, `of`, `sent`, `told` and `as_data` are that one's own."""

    identify: Callable[[HttpRequest], Any]
    root: Callable[[HttpRequest], str]
    of: Callable[[str, Any], tuple[Collection, QuerySet[Any]]]
    sent: Callable[[Any, Any], Any]
    told: Callable[..., HttpResponseBase]
    as_data: Callable[[Any], Any]

    def view(self, read: Callable[Concatenate[HttpRequest, Any, ...], HttpResponseBase], *, item: bool) -> Any:
        """The view of the items of a collection, or of one item, which `read` tells."""
        write = self.change if item else self.create

        @answers
        def view(request: HttpRequest, /, **named: str) -> HttpResponseBase:
            reader = self.identify(request)
            if request.method in {"GET", "HEAD"}:
                return self.told(request, reader, read, named)
            each, _rows = self.of(named["name"], reader)
            methods = allowed(each, reader, item=item)
            if request.method == "OPTIONS":
                told: HttpResponseBase = self.sent(
                    HttpResponse(status=204, headers={"Allow": ", ".join(methods)}), reader
                )
                return told
            if request.method not in methods:
                return problem(405, headers={"Allow": ", ".join(methods)})
            if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
                # Django reads as many bytes as are announced: of a body without a length, none.
                return problem(411)
            return write(request, reader, **named)

        return self.as_data(view)

    def create(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """The new feature, and where it is."""
        each, rows = self.of(name, reader)
        writer = writer_of(each)
        read_query(request.GET, ())
        found = writer.create(request, reader, read_given(request, each, writer))
        headers = {"Location": f"{self.root(request)}/collections/{each.id}/items/{quote(str(found.fid), safe='')}"}
        if found.replayed:
            headers["Idempotency-Replayed"] = "true"
        return self._stored(reader, one(each, rows, found.fid, CRS84), headers, body=found.body, status=201)

    def change(self, request: HttpRequest, reader: Any, name: str, fid: str) -> HttpResponse:
        """The feature as it was sent, or nothing where it was deleted; 412 where it is not what If-Match names."""
        each, rows = self.of(name, reader)
        writer = writer_of(each)
        read_query(request.GET, ())
        known = read_fid(each, fid)
        given = read_given(request, each, writer, fid=known) if request.method == "PUT" and known is not None else None
        with transaction.atomic():
            if known is not None:
                writer.hold(reader, known)
            row = None if known is None else one(each, rows, known, CRS84)
            if known is None or row is None:
                raise Http404
            matched = matches(request, row)
            if matched is False:
                return problem(412)
            if given is None:
                writer.delete(request, reader, known)
                gone: HttpResponse = self.sent(HttpResponse(status=204), reader)
                return gone
            writer.replace(request, reader, known, given, matched=matched is True)
        return self._stored(reader, one(each, rows, known, CRS84), {})

    def _stored(
        self, reader: Any, row: Row | None, headers: dict[str, str], *, body: bytes | None = None, status: int = 200
    ) -> HttpResponse:
        """The feature as it stands now, for who has just written it."""
        if row is not None:
            headers |= {"ETag": mark(row), "Content-Crs": f"<{CRS84.uri}>"}
            body = body or written(row)
        response = HttpResponse(body or b"", status=status, content_type=GEOJSON, headers=headers)
        told: HttpResponse = self.sent(response, reader)
        return told
