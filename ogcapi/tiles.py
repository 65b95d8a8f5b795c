"""One vector tile of a collection: PostGIS draws and encodes all of it in one statement, and nothing reads it here.

A tile holds what the reader's rows say and nothing beside them, the properties it was asked for or those that the
collection names: every property of every feature costs.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib.gis.geos import Polygon
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from .collection import Collection, Field
from .crs import MERCATOR_M, Box
from .geojson import FieldError, Refused
from .items import chosen

if TYPE_CHECKING:
    from .asked import Asked

# The grid of a tile, the margin that is drawn around it so that a line does not end at its edge, and the deepest zoom.
EXTENT: Final = 4096
MARGIN: Final = 64
DEEPEST: Final = 22
# No more features than this: beyond, a tile is neither drawn nor sent in the time of a tile.
MOST: Final = 50_000
_NUMBER: Final = re.compile(r"0|[1-9]\d{0,7}", re.ASCII)
_NAMES: Final = ("tileMatrix", "tileRow", "tileCol")


@dataclass(frozen=True, slots=True)
class Place:
    """A tile of WebMercatorQuad: its zoom, its row from the north, its column from the west."""

    zoom: int
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.zoom}/{self.row}/{self.column}"

    @property
    def square(self) -> Box:
        """West, south, east, north in metres of EPSG:3857."""
        side = 2 * MERCATOR_M / 2**self.zoom
        west, north = self.column * side - MERCATOR_M, MERCATOR_M - self.row * side
        return west, north - side, west + side, north

    @property
    def area(self) -> Polygon:
        """The square with its margin, in EPSG:4326."""
        west, south, east, north = self.square
        margin = (east - west) * MARGIN / EXTENT
        corners = (_degrees(west - margin, south - margin), _degrees(east + margin, north + margin))
        found = Polygon.from_bbox((*corners[0], *corners[1]))
        found.srid = 4326
        return found


@dataclass(frozen=True, slots=True)
class Drawn:
    """A tile: its bytes (none where there is nothing), how many features it holds, their groups."""

    body: bytes
    told: int
    groups: Sequence[Any]

    @property
    def etag(self) -> str:
        """The same as long as the same would be drawn."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


NOTHING: Final = Drawn(b"", 0, ())


def read_place(*texts: str) -> Place:
    """The tile that zoom, row and column of an address name. Refused (400): out_of_range."""
    numbers: list[int] = []
    for name, text in zip(_NAMES, texts, strict=True):
        below = 2 ** numbers[0] if numbers else DEEPEST + 1
        if not _NUMBER.fullmatch(text) or int(text) >= below:
            raise Refused([FieldError(name, "out_of_range", _("There is no such tile: zooms go from 0 to 22."))])
        numbers.append(int(text))
    return Place(*numbers)


def told_in(collection: Collection, asked: Asked) -> list[Field]:
    """The properties that its tiles hold. Refused (400) for one that no tile holds."""
    names = asked.names if asked.names is not None else collection.in_tiles
    held = [field for field in collection.fields if collection.drawn(field) is not None]
    known = {field.name for field in held}
    if not known.issuperset(names):
        raise Refused([FieldError("properties", "unknown_property", _("The tiles have no such property."))])
    return held if asked.names is None and not names else [field for field in held if field.name in names]


def drawn(collection: Collection, rows: QuerySet[Any], asked: Asked, place: Place) -> Drawn:
    """The tile, in one query."""
    properties = {f"ogc_{n}": field for n, field in enumerate(told_in(collection, asked))}
    columns = {
        "ogc_shape": collection.as_tile_shape(place.square, EXTENT, MARGIN),
        "ogc_group": F(collection.tile_group) if collection.tile_group else None,
        # Whatever is no integer stands among the properties, if anywhere.
        "ogc_id": F(collection.fid) if collection.fid_kind == "integer" else None,
        **{name: collection.drawn(field) for name, field in properties.items()},
    }
    columns = {name: column for name, column in columns.items() if column is not None}
    found = collection.across(chosen(collection, rows, asked), place.area)
    if collection.tile_order:
        found = found.order_by(collection.tile_order)
    connection = connections[found.db]
    quote = connection.ops.quote_name
    try:
        # The limit keeps PostgreSQL from drawing each feature twice, and from drawing before it has put them in order.
        inner, values = found.annotate(**columns).values_list(*columns)[:MOST].query.sql_with_params()
    except EmptyResultSet:
        return NOTHING
    parts = ["found.ogc_shape", *(["found.ogc_id"] if "ogc_id" in columns else [])]
    parts += [f"found.{name} AS {quote(field.name)}" for name, field in properties.items()]
    options = f"%s, {EXTENT}, 'ogc_shape'" + (", 'ogc_id'" if "ogc_id" in columns else "")
    groups = "array_agg(DISTINCT found.ogc_group)" if "ogc_group" in columns else "NULL"
    sql = (
        f"SELECT ST_AsMVT(tile, {options}), count(*), {groups} FROM ({inner}) AS found"  # noqa: S608
        f" CROSS JOIN LATERAL (SELECT {', '.join(parts)}) AS tile WHERE found.ogc_shape IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [collection.id, *values])
        body, told, held = cursor.fetchone()
    return Drawn(bytes(body), told, held or ()) if told else NOTHING


def _degrees(x: float, y: float) -> tuple[float, float]:
    x, y = (max(-MERCATOR_M, min(MERCATOR_M, each)) for each in (x, y))
    return math.degrees(x / MERCATOR_M * math.pi), math.degrees(math.atan(math.sinh(y / MERCATOR_M * math.pi)))
