"""The addresses of tiles: OGC API Tiles, Part 1, for the collections of a service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.http import urlencode

from . import tilesets
from .asked import DRAWN, Asked, read_asked, read_format
from .collection import Collection
from .geojson import read_query
from .geojson.writer import plain
from .media import JSON
from .tiles import drawn, read_place, told_in

# What the address of a tile is called: a service that counts requests tells by it that this is one of many at once.
TILE: Final = "ogc_tile"


@dataclass(frozen=True)
class Tiling:
    """The tiles of a service's collections.

    Of the service: the `root` of its addresses, what makes a `view` of a method, where it stands (`root_of`), which
    collection a reader means by a name (`of`), and how an answer leaves it (`sent`).
    """

    root: str
    view: Callable[..., Any]
    root_of: Callable[[HttpRequest], str]
    of: Callable[[str, Any], tuple[Collection, QuerySet[Any]]]
    sent: Callable[[HttpResponse, Any], HttpResponse]

    @property
    def urls(self) -> list[URLPattern]:
        """The addresses."""
        root, view = self.root, self.view
        each = f"{root}/collections/<slug:name>"
        grid = f"{each}/tiles/{tilesets.GRID}"
        return [
            path(f"{root}/tileMatrixSets", view(self.schemes)),
            path(f"{root}/tileMatrixSets/{tilesets.GRID}", view(self.scheme)),
            path(f"{each}/tiles", view(self.tilesets)),
            path(grid, view(self.tileset)),
            path(f"{grid}/<str:matrix>/<str:row>/<str:column>", view(self.tile), name=TILE),
            path(f"{each}/style", view(self.style)),
        ]

    def schemes(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """The grids."""
        read_format(read_query(request.GET, ("f",)), ("json",))
        return self._told(tilesets.schemes(self.root_of(request)), JSON, reader)

    def scheme(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """The grid."""
        read_format(read_query(request.GET, ("f",)), ("json",))
        return self._told(tilesets.scheme(), JSON, reader)

    def tilesets(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """The tile sets of a collection."""
        each, _rows, asked = self._asked(request, reader, name, "json")
        document = tilesets.tilesets(self.root_of(request), each, _query(asked))
        return self._told(document, JSON, reader)

    def tileset(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """One tile set, as the standard describes it or as TileJSON."""
        each, _rows, asked = self._asked(request, reader, name, "json", "tilejson")
        write, kind = {
            "json": (tilesets.tileset, JSON),
            "tilejson": (tilesets.tilejson, tilesets.TILEJSON),
        }[asked.format]
        box, fields = tilesets.bounds_of(each, each.extent(reader)), told_in(each, asked)
        return self._told(write(self.root_of(request), each, _query(asked), box, fields), kind, reader)

    def style(self, request: HttpRequest, reader: Any, name: str) -> HttpResponse:
        """How the tiles are drawn."""
        each, _rows, asked = self._asked(request, reader, name, "json")
        told_in(each, asked)
        document = tilesets.style(self.root_of(request), each, _query(asked), each.extent(reader))
        return self._told(document, tilesets.STYLE, reader)

    def tile(self, request: HttpRequest, reader: Any, name: str, matrix: str, row: str, column: str) -> HttpResponse:
        """A tile: 204 where there is nothing in it."""
        each, rows, asked = self._asked(request, reader, name, "mvt")
        place = read_place(matrix, row, column)
        found = drawn(each, rows, asked, place)
        if not found.told:
            return self.sent(HttpResponse(status=204), reader)
        each.on_tile(request, reader, "?".join(filter(None, [str(place), _query(asked)])), found.told, found.groups)
        etag = found.etag
        headers = {"ETag": etag, "OGC-NumberReturned": str(found.told)}
        if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
            return self.sent(HttpResponse(status=304, headers=headers), reader)
        return self.sent(HttpResponse(found.body, content_type=tilesets.MVT, headers=headers), reader)

    def _asked(
        self, request: HttpRequest, reader: Any, name: str, *formats: str
    ) -> tuple[Collection, QuerySet[Any], Asked]:
        """The collection, what the reader may see of it, and which of that. Http404 where it has no tiles for them."""
        each, rows = self.of(name, reader)
        if not each.tiles:
            raise Http404
        return each, rows, read_asked(request, each, known=DRAWN, formats=formats)

    def _told(self, document: object, kind: str, reader: Any) -> HttpResponse:
        return self.sent(HttpResponse(orjson.dumps(document, default=plain), content_type=kind), reader)


def _query(asked: Asked) -> str:
    """What the features are asked for, to be asked of their tiles too."""
    return urlencode({name: text for name, text in asked.given.items() if name != "f"})
