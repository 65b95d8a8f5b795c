"""The addresses of a service: OGC API Features, Parts 1 (core, geojson, html, oas30), 2 (reference systems) and 4.

A project makes one `Api` of the collections of its apps and puts its `urls` into its URL map, as it does with Django's
admin. Who asks is found by `identify`, which also refuses (401, 429); what they may see is each collection's own
answer. What a reader is not offered is not there, in every list, count and extent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Concatenate, TypeVar
from urllib.parse import quote

import orjson
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from drf_spectacular.views import SpectacularSwaggerSplitView

from . import descriptions, openapi, pages
from .asked import NAMED, Asked, read_asked, read_fid, read_format
from .changing import Changing
from .collection import Collection
from .crs import CRS84, read_crs
from .descriptions import link
from .downloads import answered
from .geojson import feature_collection, read_query
from .geojson.writer import plain
from .items import Page, moment, one, page, written
from .kept import Kept
from .media import DOWNLOADS, FORMATS, GEOJSON, HTML, JSON, NAMES, OPENAPI, SCHEMA
from .packed import packed
from .problems import answers
from .tiling import Tiling
from .writing import mark

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Sent = TypeVar("Sent", bound=HttpResponseBase)


@dataclass(frozen=True)
class Api:
    """A service. identify: the reader behind a request. root: its address, without slashes at the ends.

    whose: all that decides what a reader is told, as text: no two who are told different things have the same. Empty
    for what anybody at all would be told, so that caches in between may keep it.
    """

    title: _StrOrPromise
    description: _StrOrPromise
    collections: Sequence[Collection]
    identify: Callable[[HttpRequest], Any]
    whose: Callable[[Any], str]
    root: str = "ogc"
    kept: Kept = field(default_factory=Kept, compare=False, repr=False)

    @property
    def urls(self) -> list[URLPattern]:
        """The addresses, for a project's URL map."""
        each = f"{self.root}/collections/<slug:name>"
        changing = Changing(self.identify, self._root, self._of, self._sent, self._told, self._as_data)
        return [
            path(self.root, self._view(self.landing)),
            path(f"{self.root}/", self._view(self.landing)),
            path(f"{self.root}/conformance", self._view(self.conformance)),
            path(f"{self.root}/api", self._view(self.openapi)),
            path(f"{self.root}/api.html", SpectacularSwaggerSplitView.as_view(url=f"/{self.root}/api")),
            path(f"{self.root}/collections", self._view(self.listing)),
            path(each, self._view(self.collection)),
            path(f"{each}/queryables", self._view(self.queryables)),
            path(f"{each}/schema", self._view(self.schema)),
            path(f"{each}/items", changing.view(self.items, item=False)),
            path(f"{each}/items/<str:fid>", changing.view(self.item, item=True)),
            *Tiling(self.root, self._view, self._root, self._of, self._sent).urls,
            path(f"{each}/<slug:file>.<slug:form>", self._view(self.download)),
        ]

    def landing(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """The landing page."""
        document = descriptions.landing(self._root(request), self.title, self.description)
        return self._described(request, reader, document, page="landing")

    def conformance(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """The classes that it conforms to."""
        changes = any(methods >= descriptions.CHANGES for methods in self._writes(reader).values())
        document = {"conformsTo": [*descriptions.CONFORMS_TO, *(descriptions.CHANGES_CONFORM_TO if changes else ())]}
        return self._described(request, reader, document, page="conformance", title=_("Conformance"))

    def openapi(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """The OpenAPI document, of what this reader is offered."""
        document = openapi.document(
            self._root(request), self.title, self.description, self._offered(reader), self._writes(reader)
        )
        return self._described(request, reader, document, kind=OPENAPI)

    def listing(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """All collections."""
        root = self._root(request)
        offered = [descriptions.collection(root, each, reader) for each in self._offered(reader)]
        document = descriptions.collections(root, offered)
        return self._described(request, reader, document, page="collections", title=_("Collections"))

    def collection(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """One collection."""
        each, _rows = self._of(name, reader)
        document = descriptions.collection(self._root(request), each, reader)
        told: dict[str, Any] = {"title": each.title, "properties": descriptions.schema("", each)["properties"]}
        told |= pages.bounds(document)
        return self._described(request, reader, document, page="collection", **told)

    def queryables(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """What may be asked for."""
        each, _rows = self._of(name, reader)
        document = descriptions.queryables(request.build_absolute_uri(request.path), each)
        title = _("What may be asked for")
        return self._described(request, reader, document, kind=SCHEMA, page="schema", of=each, title=title)

    def schema(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """What is told."""
        each, _rows = self._of(name, reader)
        document = descriptions.schema(request.build_absolute_uri(request.path), each)
        return self._described(request, reader, document, kind=SCHEMA, page="schema", of=each, title=_("Properties"))

    def items(self, request: HttpRequest, reader: Any, name: str) -> HttpResponseBase:
        """A page of features, or all of them as a stream or as a file."""
        each, rows = self._of(name, reader)
        asked = read_asked(request, each, page=pages.wanted(request))
        if asked.format not in {"json", "html"}:
            return self._whole(request, reader, each, rows, asked)
        found = page(each, rows, asked)
        each.on_read(request, reader, found.fids, asked.given)
        if asked.format == "html":
            return self._page_of_items(request, reader, each, found, asked)
        headers = {"ETag": found.etag, "Content-Crs": f"<{asked.crs.uri}>"}
        if found.etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
            return self._sent(HttpResponse(status=304, headers=headers), reader)
        members: dict[str, object] = {"timeStamp": moment(timezone.now())}
        if found.matched is not None:
            members["numberMatched"] = found.matched
        body = feature_collection(
            [found.text] if found.features else [],
            links=self._page_links(request, each, found, asked),
            **members,
            numberReturned=len(found.features),
        )
        return self._sent(HttpResponse(body, content_type=GEOJSON, headers=headers), reader)

    def item(self, request: HttpRequest, reader: Any, name: str, fid: str) -> HttpResponse:
        """One feature; 404 for one that is not there and for one that the reader may not see."""
        each, rows = self._of(name, reader)
        given = read_query(request.GET, ("crs", "f"))
        read_format(given, ("json", "html"))
        as_page = pages.wanted(request)
        crs = CRS84 if as_page else read_crs(given.get("crs"), field="crs")
        known = read_fid(each, fid)
        row = None if known is None else one(each, rows, known, crs)
        if row is None:
            raise Http404
        each.on_read(request, reader, [row.fid], given)
        here = f"{self._root(request)}/collections/{each.id}"
        links = [
            link("self", request.build_absolute_uri(), GEOJSON),
            link("alternate", f"{here}/items/{quote(fid, safe='')}?f=html", HTML),
            link("collection", here, JSON, each.title),
        ]
        if as_page:
            told = {
                "of": each,
                "title": fid,
                "row": pages.Shown(row, each),
                "features": pages.carried([written(row)] if row.geometry else []),
            }
            return self._page(request, reader, "item", {"links": links}, **told)
        headers = {"Content-Crs": f"<{crs.uri}>"}
        if each.writer is not None:
            headers["ETag"] = mark(row, crs)
        return self._sent(HttpResponse(written(row, links=links), content_type=GEOJSON, headers=headers), reader)

    def download(self, request: HttpRequest, reader: Any, name: str, file: str, form: str) -> HttpResponseBase:
        """All of it in the format that its address ends with; it takes the same questions as the items."""
        each, rows = self._of(name, reader)
        if file != each.id or form not in DOWNLOADS:
            raise Http404
        return self._whole(request, reader, each, rows, read_asked(request, each, known=NAMED, formats=(form,)))

    def _whole(self, request: HttpRequest, reader: Any, each: Collection, rows: Any, asked: Asked) -> HttpResponseBase:
        return self._sent(
            answered(request, reader, each, rows, asked, whose=self.whose(reader) + each.as_of(reader)), reader
        )

    def _page_of_items(
        self, request: HttpRequest, reader: Any, each: Collection, found: Page, asked: Asked
    ) -> HttpResponse:
        told = {
            "rows": [pages.Shown(row, each, asked.names) for row in found.rows],
            "columns": [field for field in each.fields if asked.names is None or field.name in asked.names],
            "asked": [(field, asked.given.get(field.name, "")) for field in each.fields if field.filtered],
            "features": pages.carried(found.features),
            "matched": found.matched,
        }
        document = {"links": self._page_links(request, each, found, asked)}
        return self._page(request, reader, "items", document, of=each, title=_("Features"), **told)

    def _page_links(self, request: HttpRequest, each: Collection, found: Page, asked: Asked) -> list[dict[str, object]]:
        here = f"{self._root(request)}/collections/{each.id}"

        given = urlencode([(name, text) for name, text in asked.given.items() if name != "f"])
        at = f"{here}/items?{given}&f=" if given else f"{here}/items?f="
        links = [
            link("self", request.build_absolute_uri(), HTML if asked.format == "html" else GEOJSON),
            *(link("alternate", at + form, FORMATS[form], NAMES[form]) for form in FORMATS if form != asked.format),
            link("collection", here, JSON, each.title),
        ]
        if found.more is not None:
            left = {name: text for name, text in asked.given.items() if name not in {"cursor", "offset"}}
            query = urlencode({**left, **found.more, "limit": str(asked.limit)})
            links.append(link("next", f"{here}/items?{query}", FORMATS[asked.format]))
        return links

    def _offered(self, reader: Any) -> list[Collection]:
        return [each for each in self.collections if each.offered(reader)]

    def _writes(self, reader: Any) -> dict[str, frozenset[str]]:
        """What this reader may do in the collections that they are offered and that are written at all."""
        return {
            each.id: frozenset(each.writer.methods(reader)) for each in self._offered(reader) if each.writer is not None
        }

    def _of(self, name: str, reader: Any) -> tuple[Collection, QuerySet[Any]]:
        """The collection of this name, with what this reader may see of it. Http404 where there is none for them."""
        for each in self.collections:
            if each.id == name and (rows := each.rows(reader)) is not None:
                return each, rows
        raise Http404

    def _root(self, request: HttpRequest) -> str:
        return request.build_absolute_uri(f"/{self.root}")

    def _described(
        self, request: HttpRequest, reader: Any, document: Any, *, kind: str = JSON, page: str = "", **told: Any
    ) -> HttpResponse:
        """A description; it takes no parameter but the format: JSON, or the page of this name."""
        read_format(read_query(request.GET, ("f",)), ("json", "html"))
        if page and pages.wanted(request):
            return self._page(request, reader, page, document, **told)
        return self._sent(HttpResponse(orjson.dumps(document, default=plain), content_type=kind), reader)

    def _page(self, request: HttpRequest, reader: Any, name: str, document: Any, **told: Any) -> HttpResponse:
        narrowing = request.GET.keys() - {"f", "limit", "cursor", "offset"}
        common = {
            "api": self,
            "root": f"/{self.root}",
            "address": self._root(request),
            "document": document,
            "is_narrowed": any(request.GET.get(each) for each in narrowing),
        }
        return self._sent(pages.page(request, name, **common, **told), reader)

    def _sent(self, response: Sent, reader: Any) -> Sent:
        """What one person is told, no cache tells another."""
        response.headers["Cache-Control"] = "no-cache" if not self.whose(reader) else "private, no-cache"
        patch_vary_headers(response, ["Accept", "Accept-Language", "Authorization", "Cookie"])
        return response

    def _told(
        self,
        request: HttpRequest,
        reader: Any,
        answer: Callable[Concatenate[HttpRequest, Any, ...], HttpResponseBase],
        named: Mapping[str, str],
    ) -> HttpResponseBase:
        """The answer, from memory where it is what anybody would be told and nothing has changed."""

        def made() -> HttpResponseBase:
            return packed(request, answer(request, reader, **named))

        each = next((each for each in self.collections if each.id == named.get("name")), None)
        if each is None or self.whose(reader) or pages.wanted(request):
            return made()
        return self.kept.answer(request, each.state, made)

    def _view(self, answer: Callable[Concatenate[HttpRequest, Any, ...], HttpResponseBase]) -> Any:
        @answers("GET")
        def view(request: HttpRequest, /, **named: str) -> HttpResponseBase:
            return self._told(request, self.identify(request), answer, named)

        return self._as_data(view)

    def _as_data(self, view: Any) -> Any:
        return pages.as_data(view, api=self, root=f"/{self.root}")
