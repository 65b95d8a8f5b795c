"""A collection: which rows of a model are published to whom, under which names, and how they are asked for.

The domain declares one by subclassing `Collection` in its `collections.py`; everything a client meets (descriptions,
pages, tables) is made from that. A reader is whoever the `Api` has found behind a request; this room knows nothing
about them and hands them on.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple

from django.contrib.gis.db.models import Extent, GeometryField
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import Polygon
from django.db.models import Case, F, Func, Max, Min, Q, QuerySet, Value, When

from .crs import WEB_MERCATOR, Box, Crs
from .expressions import BinaryText, ClippedTo, FeatureText, GeoJSONText, TimeText, Unprinted, WKTText
from .geojson import feature

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrOrPromise

    from .writing import Writer

Kind = Literal["string", "integer", "number", "boolean", "date", "date-time"]
BIGGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Field:
    """A property: its name, its kind, the column as Django writes it, what it says; may it be asked for by `?name=`?"""

    name: str
    kind: Kind
    column: str
    title: _StrOrPromise
    filtered: bool = True


class Row(NamedTuple):
    """A feature before it is written: its id, its geometry as text (None: it has none here), its properties in turn."""

    fid: int | str
    geometry: str | bytes | None
    properties: Mapping[str, object]


class Collection:
    """Subclasses say what is published; `rows` is the one question of rights, and every answer goes through it."""

    id: ClassVar[str]
    title: ClassVar[_StrOrPromise]
    description: ClassVar[_StrOrPromise]
    fields: ClassVar[tuple[Field, ...]]
    # The column that names a feature for ever and orders the pages; integer or string.
    fid: ClassVar[str] = "pk"
    fid_kind: ClassVar[Literal["integer", "string"]] = "integer"
    geometry: ClassVar[str]
    # As the schema names it: geometry-point, geometry-multipolygon…
    geometry_kind: ClassVar[str]
    # The columns of when a feature begins and ends to hold; of a moment both are the same. None: it has no time.
    time: ClassVar[tuple[str, str] | None] = None
    # Is it drawn as tiles, and with which properties where none are asked for (each costs; none named: with all)?
    tiles: ClassVar[bool] = True
    in_tiles: ClassVar[tuple[str, ...]] = ()
    # Does nothing lie beyond the extent? A map asks for no tile beyond the bounds that it is told.
    bounded: ClassVar[bool] = True
    # The column that orders the features of a tile, where the order of the rows would tell something.
    tile_order: ClassVar[str | None] = None
    # A column whose values, of the features in a tile, `on_tile` is told.
    tile_group: ClassVar[str | None] = None
    # How it is drawn where nothing better is known: a colour, or an expression of MapLibre's that gives one.
    colour: ClassVar[Any] = "#10384f"
    # Who writes in it, and what; None: nobody does.
    writer: ClassVar[Writer | None] = None

    def rows(self, reader: Any) -> QuerySet[Any] | None:
        """What this reader may see; None where there is no such collection for them."""
        raise NotImplementedError

    def state(self) -> str | None:
        """A text that changes whenever anything that anybody is told may have; None where nothing knows of that.

        What is told of such a collection is kept, and told again without `on_read` and `on_tile` being called.
        """
        return None

    def standing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What is told where no time is asked about: all, unless a subclass says better."""
        return rows

    def during(self, rows: QuerySet[Any], since: datetime | None, until: datetime | None) -> QuerySet[Any]:
        """The features that hold at some moment from `since` to `until`; None is an open end."""
        if self.time is None:
            return rows
        begins, ends = self.time
        if begins == ends:
            found = Q() if since is None else Q(**{f"{begins}__gte": since})
            return rows.filter(found if until is None else found & Q(**{f"{begins}__lte": until}))
        if since is not None:
            # What ends at a moment holds no more at it.
            rows = rows.filter(Q(**{f"{ends}__gt": since}) | Q(**{f"{ends}__isnull": True}))
        if until is not None:
            rows = rows.filter(Q(**{f"{begins}__lte": until}) | Q(**{f"{begins}__isnull": True}))
        return rows

    def within(self, rows: QuerySet[Any], boxes: Sequence[Polygon]) -> QuerySet[Any]:
        """The features that meet one of these boxes; PostGIS carries them to the system of the column."""
        found = Q(pk__in=())
        for box in boxes:
            found |= Q(**{f"{self.geometry}__intersects": box})
        return rows.filter(found)

    def across(self, rows: QuerySet[Any], area: Polygon) -> QuerySet[Any]:
        """The features that may lie in the area of a tile: what lies beside it is cut away where it is drawn."""
        return rows.filter(**{f"{self.geometry}__bboverlaps": area})

    def narrowed(self, rows: QuerySet[Any], field: Field, value: object) -> QuerySet[Any]:
        """The features whose property is this."""
        known = self.told(field)
        found = rows.filter(**{field.column: value})
        return found if known is None else found.filter(known)

    def asked_about(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with what a filter or an order may name of them; what is no column of the model is added here."""
        return rows

    def told(self, field: Field) -> Q | None:
        """The features of which the reader is told this property; None for all. What is not told is not asked about."""
        return None

    def sortable(self, field: Field) -> bool:
        """May the order of features be asked by this property?"""
        return field.filtered

    def joined(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with all that is told of them: what is no column of the model is joined here, for all at once."""
        return rows

    def read(self, rows: QuerySet[Any], shape: Func, *, stream: bool = False) -> Iterator[Row]:
        """The features in the order of `rows`, their geometry printed by `shape`; one query.

        stream: by a cursor of the database, so that no more than some thousands are in memory.
        """
        names = [field.name for field in self.fields]
        found: Any = self.joined(rows).annotate(ogc_shape=shape)
        found = found.values_list(self.fid, "ogc_shape", *(field.column for field in self.fields))
        for fid, text, *values in found.iterator(chunk_size=2_000) if stream else found:
            yield Row(fid, text, dict(zip(names, values, strict=True)))

    def printed(
        self, rows: QuerySet[Any], shape: Func, names: Container[str] | None, *, stream: bool = False
    ) -> Iterator[tuple[int | str, bytes]]:
        """The same as ids and GeoJSON, with the properties of these names, all where None is given.

        PostGIS writes them where the rows are told as they are; what `read` says better is written of that.
        """
        kept = [field for field in self.fields if names is None or field.name in names]
        if type(self).read is not Collection.read:
            for row in self.read(rows, shape, stream=stream):
                # Their names in their order already, where all are told.
                told = row.properties if names is None else {each.name: row.properties[each.name] for each in kept}
                yield row.fid, feature(row.fid, row.geometry, told)
            return
        text = FeatureText(F(self.fid), shape, {field.name: F(field.column) for field in kept})
        found: Any = self.joined(rows).annotate(ogc_feature=text).values_list(self.fid, "ogc_feature")
        for fid, written in found.iterator(chunk_size=2_000) if stream else found:
            yield fid, written.encode()

    def extent(self, reader: Any) -> Box | None:
        """What holds all that the reader sees, in CRS84; None for nothing."""
        rows = self.rows(reader)
        found = None if rows is None else rows.order_by().aggregate(box=Extent(self.geometry))["box"]
        return None if found is None else tuple(round(each, 7) for each in found)

    def interval(self, reader: Any) -> tuple[datetime | None, datetime | None] | None:
        """From when to when, None being open; None alone where the collection has no time."""
        rows = self.rows(reader)
        if self.time is None or rows is None:
            return None
        begins, ends = self.time
        found = rows.order_by().aggregate(since=Min(begins), until=Max(ends))
        lasting = begins != ends and rows.filter(**{f"{ends}__isnull": True}).exists()
        return found["since"], None if lasting else found["until"]

    def on_stream(self, request: HttpRequest, reader: Any) -> None:
        """Called before all of it is given as a stream; a domain that counts or refuses that does it here."""

    def on_read(self, request: HttpRequest, reader: Any, fids: Sequence[object], asked: Mapping[str, str]) -> None:
        """Called once a request with what was told; a domain that keeps a log writes it here."""

    def on_tile(self, request: HttpRequest, reader: Any, asked: str, told: int, groups: Sequence[Any]) -> None:
        """Called for a tile that is not empty, with its address (and what was asked for), how many features it holds
        and the values of `tile_group` among them."""

    def as_of(self, reader: Any) -> str:
        """What changes with the features, where a file of them is not to be kept beyond; nothing for the hour."""
        return ""

    def offered(self, reader: Any) -> bool:
        """Is there such a collection for this reader?"""
        return self.rows(reader) is not None

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return next((each for each in self.fields if each.name == name), None)

    def drawn(self, field: Field) -> Any:
        """The property as a tile holds it, an expression; None where no tile does."""
        return TimeText(field.column) if field.kind == "date-time" else F(field.column)

    def as_drawn(self) -> Func:
        """The geometry as tiles are drawn of it, in EPSG:4326."""
        shape: Any = F(self.geometry)
        if self.geometry_kind not in {"geometry-point", "geometry-multipoint"}:
            # A tile lies where the projection is defined; what reaches beyond is cut off before it is projected.
            domain = _polygon(WEB_MERCATOR.domain)
            shape = Case(
                When(Q(**{f"{self.geometry}__contained": domain}), then=shape),
                default=ClippedTo(shape, Value(domain, output_field=GeometryField(srid=4326))),
                output_field=GeometryField(srid=4326),
            )
        return Unprinted(shape)

    def as_geojson(self, crs: Crs) -> Func:
        """The geometry as GeoJSON text in this system; none where the system is not defined."""
        return GeoJSONText(self._carried(crs), digits=crs.digits, flipped=crs.flipped)

    def as_wkt(self, crs: Crs) -> Func:
        """The geometry as well-known text, easting first."""
        return WKTText(self._carried(crs), digits=crs.digits)

    def as_binary(self, crs: Crs) -> Func:
        """The geometry as well-known binary in hexadecimal digits, easting first."""
        return BinaryText(self._carried(crs))

    def _carried(self, crs: Crs) -> Any:
        if crs.in_degrees:
            return F(self.geometry)
        # Outside of its domain a projection fails or goes to infinity, which is no JSON.
        return Case(
            When(Q(**{f"{self.geometry}__contained": _polygon(crs.domain)}), then=Transform(self.geometry, crs.srid)),
            default=None,
            output_field=GeometryField(srid=crs.srid),
        )


def _polygon(box: Box) -> Polygon:
    found = Polygon.from_bbox(box)
    found.srid = 4326
    return found
