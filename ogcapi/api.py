"""The addresses of a service: OGC API Features, Part 1 (core, geojson, oas30) and Part 2 (reference systems).

A project makes one `Api` of the collections of its apps and puts its `urls` into its URL map, as it does with Django's
admin. Who asks is found by `identify`, which also refuses (401, 429); what they may see is each collection's own
answer. What a reader is not offered is not there, in every list, count and extent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, TypeVar

import orjson
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from . import csv_cells, descriptions, openapi
from .asked import Asked, read_asked, read_fid
from .collection import Collection
from .crs import read_crs
from .descriptions import GEOJSON, JSON, OPENAPI, SCHEMA, link
from .geojson import feature_collection, read_query
from .geojson.writer import plain
from .items import Page, moment, one, page, sequence, table, written
from .problems import answers
from .tiling import Tiling

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Sent = TypeVar("Sent", bound=HttpResponseBase)
SEQUENCE = "application/geo+json-seq"


@dataclass(frozen=True)
class Api:
    """A service. identify: the reader behind a request. root: its address, without slashes at the ends.

    settled: says of a reader whether anybody at all would be told the same, so that caches in between may keep it.
    """

    title: _StrOrPromise
    description: _StrOrPromise
    collections: Sequence[Collection]
    identify: Callable[[HttpRequest], Any]
    settled: Callable[[Any], bool]
    root: str = "ogc"

    @property
    def urls(self) -> list[URLPattern]:
        """The addresses, for a project's URL map."""
        each = f"{self.root}/collections/<slug:name>"
        return [
            path(self.root, self._view(self.landing)),
            path(f"{self.root}/", self._view(self.landing)),
            path(f"{self.root}/conformance", self._view(self.conformance)),
            path(f"{self.root}/api", self._view(self.openapi)),
            path(f"{self.root}/collections", self._view(self.listing)),
            path(each, self._view(self.collection)),
            path(f"{each}/queryables", self._view(self.queryables)),
            path(f"{each}/schema", self._view(self.schema)),
            path(f"{each}/items", self._view(self.items)),
            path(f"{each}/items/<str:fid>", self._view(self.item)),
            *Tiling(self.root, self._view, self._root, self._of, self._sent).urls,
        ]

    def landing(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """The landing page."""
        return self._described(request, reader, descriptions.landing(self._root(request), self.title, self.description))

    def conformance(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """The classes that it conforms to."""
        return self._described(request, reader, {"conformsTo": list(descriptions.CONFORMS_TO)})

    def openapi(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """The OpenAPI document, of what this reader is offered."""
        document = openapi.document(self._root(request), self.title, self.description, self._offered(reader))
        return self._described(request, reader, document, kind=OPENAPI)

    def listing(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """All collections."""
        root = self._root(request)
        offered = [descriptions.collection(root, each, reader) for each in self._offered(reader)]
        return self._described(request, reader, descriptions.collections(root, offered))

    def collection(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """One collection."""
        each, _rows = self._of(name, reader)
        return self._described(request, reader, descriptions.collection(self._root(request), each, reader))

    def queryables(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """What may be asked for."""
        document = descriptions.queryables(request.build_absolute_uri(request.path), self._of(name, reader)[0])
        return self._described(request, reader, document, kind=SCHEMA)

    def schema(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """What is told."""
        document = descriptions.schema(request.build_absolute_uri(request.path), self._of(name, reader)[0])
        return self._described(request, reader, document, kind=SCHEMA)

    def items(self, request: HttpRequest, reader: Any, name: str) -> HttpResponseBase:
        """A page of features, or all of them as a stream."""
        each, rows = self._of(name, reader)
        asked = read_asked(request, each)
        if asked.format != "json":
            return self._streamed(request, reader, each, rows, asked)
        found = page(each, rows, asked)
        each.on_read(request, reader, found.fids, asked.given)
        headers = {"ETag": found.etag, "Content-Crs": f"<{asked.crs.uri}>"}
        if found.etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
            return self._sent(HttpResponse(status=304, headers=headers), reader)
        members: dict[str, object] = {"timeStamp": moment(timezone.now())}
        if found.matched is not None:
            members["numberMatched"] = found.matched
        body = feature_collection(
            found.features,
            links=self._page_links(request, each, found, asked),
            **members,
            numberReturned=len(found.features),
        )
        return self._sent(HttpResponse(body, content_type=GEOJSON, headers=headers), reader)

    def item(self, request: HttpRequest, reader: Any, name: str, fid: str) -> HttpResponse:
        """One feature; 404 for one that is not there and for one that the reader may not see."""
        each, rows = self._of(name, reader)
        given = read_query(request.GET, ("crs", "f"))
        crs = read_crs(given.get("crs"), field="crs")
        known = read_fid(each, fid)
        row = None if known is None else one(each, rows, known, crs)
        if row is None:
            raise Http404
        each.on_read(request, reader, [row.fid], given)
        here = f"{self._root(request)}/collections/{each.id}"
        links = [
            link("self", request.build_absolute_uri(), GEOJSON),
            link("collection", here, JSON, each.title),
        ]
        headers = {"Content-Crs": f"<{crs.uri}>"}
        return self._sent(HttpResponse(written(row, links=links), content_type=GEOJSON, headers=headers), reader)

    def _streamed(
        self, request: HttpRequest, reader: Any, each: Collection, rows: Any, asked: Asked
    ) -> HttpResponseBase:
        each.on_stream(request, reader)
        told: list[int | str] = []
        stream: Any
        if asked.format == "csv":
            stream, kind = table(each, rows, asked, told), csv_cells.CONTENT_TYPE
        else:
            stream, kind = sequence(each, rows, asked, told), SEQUENCE

        def read() -> Any:
            # What was told is known when all of it, or the part that the client waited for, has left.
            try:
                yield from stream
            finally:
                each.on_read(request, reader, told, asked.given)

        headers = {"Content-Crs": f"<{asked.crs.uri}>"}
        if asked.format == "csv":
            headers["Content-Disposition"] = f'attachment; filename="{each.id}.csv"'
        return self._sent(StreamingHttpResponse(read(), content_type=kind, headers=headers), reader)

    def _page_links(self, request: HttpRequest, each: Collection, found: Page, asked: Asked) -> list[dict[str, object]]:
        root = self._root(request)
        here = f"{root}/collections/{each.id}"
        links = [
            link("self", request.build_absolute_uri(), GEOJSON),
            link("alternate", f"{here}/items?{urlencode({**asked.given, 'f': 'csv'})}", "text/csv"),
            link("collection", here, JSON, each.title),
        ]
        if found.more is not None:
            left = {name: text for name, text in asked.given.items() if name not in {"cursor", "offset"}}
            query = urlencode({**left, **found.more, "limit": str(asked.limit)})
            links.append(link("next", f"{here}/items?{query}", GEOJSON))
        return links

    def _offered(self, reader: Any) -> list[Collection]:
        return [each for each in self.collections if each.offered(reader)]

    def _of(self, name: str, reader: Any) -> tuple[Collection, QuerySet[Any]]:
        """The collection of this name, with what this reader may see of it. Http404 where there is none for them."""
        for each in self.collections:
            if each.id == name and (rows := each.rows(reader)) is not None:
                return each, rows
        raise Http404

    def _root(self, request: HttpRequest) -> str:
        return request.build_absolute_uri(f"/{self.root}")

    def _described(self, request: HttpRequest, reader: Any, document: object, *, kind: str = JSON) -> HttpResponse:
        """A description; it takes no parameter but the format, which is JSON."""
        read_query(request.GET, ("f",))
        return self._sent(HttpResponse(orjson.dumps(document, default=plain), content_type=kind), reader)

    def _sent(self, response: Sent, reader: Any) -> Sent:
        """What one person is told, no cache tells another."""
        response.headers["Cache-Control"] = "no-cache" if self.settled(reader) else "private, no-cache"
        patch_vary_headers(response, ["Accept", "Accept-Language", "Authorization", "Cookie"])
        return response

    def _view(self, answer: Callable[Concatenate[HttpRequest, Any, ...], HttpResponseBase]) -> Any:
        @answers("GET")
        def view(request: HttpRequest, /, **named: str) -> HttpResponseBase:
            return answer(request, self.identify(request), **named)

        view.csrf_exempt = True  # type: ignore[attr-defined]
        # It is data: nothing of what protects pages is needed on its way.
        view.is_endpoint = True  # type: ignore[attr-defined]
        return view
