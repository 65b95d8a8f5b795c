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
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast, Collate
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
# The limit of the rows keeps what is costly out of the search for them: beside it the planner finds no way to them
# better than another. The offset keeps it from drawing each twice. A window of map asks for thirty tiles at once, which
# share the processors already: a setting, which nothing reads, keeps each from calling workers of its own, as no
# statement that sets one may.
_SQL: Final = """
SELECT ST_AsMVT(tile, %s, {extent}, 'ogc_geometry'{named}), count(*), {groups},
  set_config('ogcapi.alone', 'on', true)
FROM (SELECT found.*, {placed} FROM ({inner}) AS found OFFSET 0) AS placed
CROSS JOIN LATERAL (SELECT {held}) AS tile WHERE {there}
"""


@dataclass(frozen=True, slots=True)
class _Way:
    """How features are put on the grid of a tile: by which columns, what of them is drawn, and where there is any."""

    placed: str
    drawn: str
    there: str


_ANY: Final = _Way(
    f"ST_AsMVTGeom(ST_Transform(ogc_shape, 3857), ST_MakeEnvelope(%s, %s, %s, %s, 3857), {EXTENT}, {MARGIN}, true)"
    " AS ogc_placed",
    "ogc_placed",
    "ogc_placed IS NOT NULL",
)
# The same, to a step of the grid, for what has but one corner: a third of what the projection and the clipping cost.
_POINTS: Final = _Way(
    f"round(((ST_X(ogc_shape) + 180) / 360 * %s - %s) * {EXTENT}) AS ogc_x,"
    f" round(((0.5 - asinh(tan(radians(ST_Y(ogc_shape)))) / (2 * pi())) * %s - %s) * {EXTENT}) AS ogc_y",
    "ST_MakePoint(ogc_x, ogc_y)",
    f"ogc_x BETWEEN -{MARGIN} AND {EXTENT + MARGIN} AND ogc_y BETWEEN -{MARGIN} AND {EXTENT + MARGIN}",
)
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
        "ogc_shape": collection.as_drawn(),
        "ogc_group": F(collection.tile_group) if collection.tile_group else None,
        # Whatever is no integer stands among the properties, if anywhere.
        "ogc_id": F(collection.fid) if collection.fid_kind == "integer" else None,
        **{name: _told(collection.drawn(field), field) for name, field in properties.items()},
    }
    columns = {name: column for name, column in columns.items() if column is not None}
    found = collection.joined(collection.across(chosen(collection, rows, asked), place.area))
    if collection.tile_order:
        # As bytes: an index in the order of the column would be read from end to end to spare sorting a tile.
        found = found.order_by(Collate(collection.tile_order, "C"))
    connection = connections[found.db]
    try:
        inner, values = found.annotate(**columns).values_list(*columns)[:MOST].query.sql_with_params()
    except EmptyResultSet:
        return NOTHING
    quote = connection.ops.quote_name
    of_points = collection.geometry_kind == "geometry-point"
    way = _POINTS if of_points else _ANY
    tiles = 2.0**place.zoom
    placing = (tiles, place.column, tiles, place.row) if of_points else place.square
    held = [f"{way.drawn} AS ogc_geometry", *(["ogc_id"] if "ogc_id" in columns else [])]
    sql = _SQL.format(
        inner=inner,
        extent=EXTENT,
        placed=way.placed,
        there=way.there,
        held=", ".join([*held, *(f"{name} AS {quote(field.name)}" for name, field in properties.items())]),
        named=", 'ogc_id'" if "ogc_id" in columns else "",
        groups="array_agg(DISTINCT ogc_group)" if "ogc_group" in columns else "NULL",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [collection.id, *placing, *values])
        body, told, met, _alone = cursor.fetchone()
    return Drawn(bytes(body), told, met or ()) if told else NOTHING


def _told(column: Any, field: Field) -> Any:
    """As text what is neither a number nor true or false: ST_AsMVT looks up anew for each value how to print those."""
    return column if field.kind in {"integer", "number", "boolean"} else Cast(column, TextField())


def _degrees(x: float, y: float) -> tuple[float, float]:
    x, y = (max(-MERCATOR_M, min(MERCATOR_M, each)) for each in (x, y))
    return math.degrees(x / MERCATOR_M * math.pi), math.degrees(math.atan(math.sinh(y / MERCATOR_M * math.pi)))
