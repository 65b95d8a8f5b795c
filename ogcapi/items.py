"""The items of a collection: a page as GeoJSON, one feature, or all of them as a stream.

PostGIS prints each geometry, orjson each feature; nothing of a geometry is read here. Pages follow one another by the
last id, so that the hundredth costs what the first does; an offset is taken too, and skips ids before it prints any.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Final, TypeVar

from django.contrib.gis.geos import Polygon
from django.db.models import Func, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from . import csv_cells
from .asked import Asked
from .collection import Collection, Row
from .crs import Crs
from .geojson import FieldError, Refused, feature

# What is read of a feature: its id, and whatever is told of it.
Told = TypeVar("Told", bound=tuple[Any, ...])
# Counted exactly as far as this; beyond, a count is no longer told.
COUNTED: Final = 10_000
# Of a stream in an order of its own; by their ids there may be any number.
SORTED: Final = 100_000
_RECORD: Final = b"\x1e"
# Of a stream, so many are asked for at once.
_AT_ONCE: Final = 10_000
# What leaves as a stream leaves in pieces of so many bytes: a piece costs the same, however small it is.
_PIECE: Final = 65_536


@dataclass(frozen=True)
class Page:
    """Features already written, and what stands beside them. `more` says how the next page is asked for; None: none."""

    features: list[bytes]
    fids: list[int | str]
    more: Mapping[str, str] | None
    matched: int | None
    # As they were before they were written: of a page for a person alone.
    rows: list[Row] = field(default_factory=list)

    @cached_property
    def text(self) -> bytes:
        """The features as they stand in a document, put together once: of ten thousand they are nine million bytes."""
        return b",".join(self.features)

    @cached_property
    def etag(self) -> str:
        """The same as long as the same would be told; the moment of telling has no part in it."""
        # Processors have instructions for this one; what stands beside the features is not copied to them.
        whole = hashlib.sha256(self.text).digest() + repr((self.more, self.matched)).encode()
        return f'"{hashlib.sha256(whole).hexdigest()[:32]}"'


def chosen(collection: Collection, rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """The rows that the question is about, in no order."""
    rows = collection.during(rows, asked.since, asked.until) if asked.timed else collection.standing(rows)
    if asked.boxes:
        areas = [Polygon.from_bbox(box) for box in asked.boxes]
        for area in areas:
            area.srid = asked.box_srid
        rows = collection.within(rows, areas)
    if asked.filters or asked.where is not None or asked.sortby:
        rows = collection.asked_about(rows)
    for each, value in asked.filters:
        rows = collection.narrowed(rows, each, value)
    if asked.where is not None:
        rows = rows.filter(asked.where)
    return rows.order_by()


def page(collection: Collection, rows: QuerySet[Any], asked: Asked) -> Page:
    """The page asked for, in one query; in two where it is the first of several, which says how many there are."""
    limit = asked.limit or 1
    rows = chosen(collection, rows, asked)
    ordered = rows.order_by(*asked.sortby, collection.fid)
    if asked.cursor is not None:
        ordered = ordered.filter(**{f"{collection.fid}__gt": asked.cursor})
    start = asked.offset or 0
    taken = ordered[start : start + limit + 1]
    if start:
        # Expressions are computed for rows that are skipped too: the keys alone are skipped.
        taken = rows.filter(pk__in=taken.values("pk")).order_by(*asked.sortby, collection.fid)
    first = asked.cursor is None and not start
    found = Page([], [], None, None)
    # Written as they come: what is kept of a row for no use is work for the collector of garbage.
    for fid, text, row in _told(collection, taken, asked):
        if len(found.fids) == limit:
            # By the last id nothing is told twice or left out, whatever is added meanwhile; an order has no such id.
            more = {"offset": str(start + limit)} if asked.sortby else {"cursor": str(found.fids[-1])}
            return replace(found, more=more, matched=_counted(rows) if first else None)
        found.features.append(text)
        found.fids.append(fid)
        if row is not None:
            found.rows.append(row)
    # Whoever has them all before them has counted them.
    return replace(found, matched=len(found.fids)) if first else found


def _counted(rows: QuerySet[Any]) -> int | None:
    """How many there are; None for more than are counted."""
    found = rows.values("pk")[: COUNTED + 1].count()
    return None if found > COUNTED else found


def _told(collection: Collection, rows: QuerySet[Any], asked: Asked) -> Iterator[tuple[int | str, bytes, Row | None]]:
    """Each feature's id and GeoJSON; for a page of HTML also the row that its table shows."""
    shape = collection.as_geojson(asked.crs)
    if asked.format != "html":
        return ((fid, text, None) for fid, text in collection.printed(rows, shape, asked.names))
    return ((row.fid, written(row, asked.names), row) for row in collection.read(rows, shape))


def one(collection: Collection, rows: QuerySet[Any], fid: int | str, crs: Crs) -> Row | None:
    """The feature of this id, or None. One query."""
    found = rows.filter(**{collection.fid: fid}).order_by()[:1]
    return next(collection.read(found, collection.as_geojson(crs)), None)


def written(row: Row, names: Iterable[str] | None = None, **members: object) -> bytes:
    """The feature as GeoJSON, with the properties of these names, all where None is given; `members` come last."""
    return feature(row.fid, row.geometry, kept(row.properties, names), **members)


def sequence(collection: Collection, rows: QuerySet[Any], asked: Asked, told: list[int | str]) -> Iterator[bytes]:
    """GeoJSON text sequences (RFC 8142): a feature a record. The ids of the first hundred go to `told`."""
    for _fid, text in noted(streamed(collection, rows, asked, printing(collection, asked)), told):
        yield _RECORD + text + b"\n"


def whole(collection: Collection, rows: QuerySet[Any], asked: Asked, told: list[int | str]) -> Iterator[bytes]:
    """All of it as one FeatureCollection, a feature a line."""
    before = b'{"type":"FeatureCollection","features":[\n'
    for _fid, text in noted(streamed(collection, rows, asked, printing(collection, asked)), told):
        yield before + text
        before = b",\n"
    yield (before if before[:1] == b"{" else b"") + b"\n]}\n"


def table(collection: Collection, rows: QuerySet[Any], asked: Asked, told: list[int | str]) -> Iterator[bytes]:
    """A table for a spreadsheet or a GIS: the id, the properties, the geometry as WKT."""
    names = [each.name for each in collection.fields if asked.names is None or each.name in asked.names]
    cells = (
        [row.fid, *map(row.properties.get, names), row.geometry]
        for row in noted(streamed(collection, rows, asked, reading(collection, collection.as_wkt(asked.crs))), told)
    )
    for line in csv_cells.lines(["id", *names, "geometry"], cells):
        yield line.encode()


def gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of some tens of thousands."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(held)
            held.clear()
            size = 0
    yield b"".join(held)


def kept(properties: Mapping[str, object], names: Iterable[str] | None) -> Mapping[str, object]:
    """The properties of these names, all where None is given."""
    return properties if names is None else {name: properties[name] for name in names if name in properties}


def reading(collection: Collection, shape: Func) -> Callable[[QuerySet[Any]], Iterator[Row]]:
    """How rows are read for a stream."""
    return partial(collection.read, shape=shape, stream=True)


def printing(collection: Collection, asked: Asked) -> Callable[[QuerySet[Any]], Iterator[tuple[int | str, bytes]]]:
    """How they are printed for one, as GeoJSON."""
    return partial(collection.printed, shape=collection.as_geojson(asked.crs), names=asked.names, stream=True)


def streamed(
    collection: Collection, rows: QuerySet[Any], asked: Asked, read: Callable[[QuerySet[Any]], Iterator[Told]]
) -> Iterator[Told]:
    """All that the question is about, in its order; the id comes first in what is read.

    By the last id, some thousands at a time: none of these questions is long, however much there is in all, and nothing
    is held in the database for a client that waits. In an order of its own it is one question, which has its limit:
    Refused (400) for more than can be put in order at once.
    """
    ordered = chosen(collection, rows, asked).order_by(*asked.sortby, collection.fid)
    start, left, after = asked.offset or 0, asked.limit, asked.cursor
    if asked.sortby:
        _check_order(ordered, start, left)
        yield from read(ordered[start : None if left is None else start + left])
        return
    while left is None or left > 0:
        wanted = _AT_ONCE if left is None else min(left, _AT_ONCE)
        following = ordered if after is None else ordered.filter(**{f"{collection.fid}__gt": after})
        count = 0
        for row in read(following[start : start + wanted]):
            yield row
            count, after = count + 1, row[0]
        if count < wanted:
            return
        start, left = 0, None if left is None else left - count


def _check_order(ordered: QuerySet[Any], start: int, left: int | None) -> None:
    wanted = SORTED + 1 if left is None else start + left
    if wanted > SORTED and ordered.order_by().values("pk")[: SORTED + 1].count() > SORTED:
        message = _("There are more than {most} in this order: narrow the question, or leave out sortby.")
        raise Refused([FieldError("sortby", "too_many_to_sort", format_lazy(message, most=SORTED))])


def noted(rows: Iterable[Told], told: list[int | str]) -> Iterator[Told]:
    """The rows; the ids of the first hundred go to `told` as they pass."""
    for row in rows:
        if len(told) < 100:
            told.append(row[0])
        yield row


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
