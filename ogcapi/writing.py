"""What may be written in a collection: OGC API Features, Part 4 (create, replace, delete), with optimistic locking.

A collection that is written has a `Writer`, which the domain makes of its own changes; what a client sends is read
here, strictly, whichever reference system it is in, and reaches the writer as geometry in EPSG:4326. QGIS asks by
OPTIONS what it may do, and sends every property of a feature that it changes, those that it never knew as null.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import orjson
from django.contrib.gis.geos import GEOSException, GEOSGeometry, LinearRing, MultiPolygon, Point, Polygon
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from .crs import CRS84, SYSTEMS, Crs
from .geojson import FieldError, Findings, Refused, check_members, read_json, read_point, read_polygons
from .geojson.writer import plain
from .media import GEOJSON, JSON

if TYPE_CHECKING:
    from types import UnionType

    from django.http import HttpRequest

    from .collection import Collection, Row

BODY_LIMIT: Final = 1024 * 1024
READ: Final = ("GET", "HEAD", "OPTIONS")
_MARK: Final = re.compile(r'"([0-9a-f]{32})(?:-\d+)?"')


@dataclass(frozen=True, slots=True)
class Given:
    """A feature as it was sent, in the right shapes: its geometry in EPSG:4326, and the properties that are written."""

    collection: Collection
    geometry: GEOSGeometry
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Created:
    """The feature that came to be. `body` is what is answered, where the writer has it; `replayed`: it was before."""

    fid: int | str
    body: bytes | None = None
    replayed: bool = False


class Writer:
    """Subclasses say what is taken and write it by the domain's own changes; they raise Refused for what is not."""

    # What of a feature is written, each with the types of JSON that it may have.
    properties: ClassVar[Mapping[str, type | UnionType]]
    required: ClassVar[tuple[str, ...]] = ()

    def methods(self, reader: Any) -> Iterable[str]:
        """Which of POST, PUT and DELETE this reader may use on features that they see."""
        raise NotImplementedError

    def hold(self, reader: Any, fid: int | str) -> None:
        """Locks what a change of this feature waits for; the transaction is open."""

    def create(self, request: HttpRequest, reader: Any, given: Given) -> Created:
        """The new feature."""
        raise NotImplementedError

    def replace(self, request: HttpRequest, reader: Any, fid: int | str, given: Given, *, matched: bool) -> None:
        """The feature becomes this one. matched: it is known to be what the client saw."""
        raise NotImplementedError

    def delete(self, request: HttpRequest, reader: Any, fid: int | str) -> None:
        """The feature is no more."""
        raise NotImplementedError


def writer_of(collection: Collection) -> Writer:
    """Who writes in it. Http404 where nobody does."""
    if collection.writer is None:
        raise Http404
    return collection.writer


def allowed(collection: Collection, reader: Any, *, item: bool) -> tuple[str, ...]:
    """The methods that this reader may use on the items of the collection, or on one of them."""
    here = ("PUT", "DELETE") if item else ("POST",)
    writer = collection.writer
    may = frozenset(() if writer is None else writer.methods(reader))
    return (*READ, *(each for each in here if each in may))


def mark(row: Row, crs: Crs = CRS84) -> str:
    """The ETag of a feature that can be written, told in this system: another whenever one of its properties is."""
    whole = orjson.dumps([row.fid, row.properties], default=plain, option=orjson.OPT_SORT_KEYS)
    digest = hashlib.blake2b(whole, digest_size=16).hexdigest()
    return f'"{digest}"' if crs is CRS84 else f'"{digest}-{crs.srid}"'


def matches(request: HttpRequest, row: Row) -> bool | None:
    """Whether the feature is still what If-Match names; None where the request names nothing."""
    header = request.META.get("HTTP_IF_MATCH")
    if header is None:
        return None
    return header.strip() == "*" or mark(row).strip('"') in _MARK.findall(header)


def read_given(request: HttpRequest, collection: Collection, writer: Writer, *, fid: int | str | None = None) -> Given:
    """The feature in the body of a request, in the system of its Content-Crs.

    fid: the feature that it replaces, which it may name, and with it the links that it came with. What the collection
    tells and nobody writes may be null, as a program has it that knows the whole row. Refused: 400, 413, 415.
    """
    document = read_json(
        request.body, content_type=request.META.get("CONTENT_TYPE"), accepted=(GEOJSON, JSON), max_bytes=BODY_LIMIT
    )
    crs = _system(request.META.get("HTTP_CONTENT_CRS"))
    members = ("type", "geometry", "properties")
    findings = Findings()
    check_members(
        document, at="", findings=findings, allowed=(*members, *(("id", "links") if fid is not None else ())),
        required=members,
    )  # fmt: skip
    if document.get("type", "Feature") != "Feature":
        findings.add("type", "wrong_type", expected='"Feature"')
    if fid is not None and document.get("id", fid) not in {fid, str(fid)}:
        findings.take(FieldError("id", "another_feature", _("The address names another feature.")))
    properties = document.get("properties")
    if isinstance(properties, dict):
        told = {each.name for each in collection.fields} - set(writer.properties)
        properties = {name: value for name, value in properties.items() if name not in told or value is not None}
        check_members(
            properties, at="properties", findings=findings, allowed=writer.properties, required=writer.required
        )
    elif "properties" in document:
        findings.add("properties", "not_an_object")
    findings.refuse_if_any()
    return Given(collection, _geometry(collection.geometry_kind, document["geometry"], crs), properties or {})


def _system(header: str | None) -> Crs:
    """The system of Content-Crs, written as a URI with or without brackets; CRS84 where there is none."""
    if header is None:
        return CRS84
    uri = header.strip()
    found = SYSTEMS.get(uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri)
    if found is None:
        message = _("This reference system is not among those of the collection.")
        raise Refused([FieldError("Content-Crs", "unknown_crs", message)])
    return found


def _geometry(kind: str, value: object, crs: Crs) -> GEOSGeometry:
    """The geometry in EPSG:4326, built from numbers. Refused (400, 413)."""
    order = (1, 0) if crs.flipped else (0, 1)
    try:
        if kind == "geometry-point":
            position = read_point(value, bounds=crs.bounds)
            built: GEOSGeometry = Point(position[order[0]], position[order[1]])
        else:
            built = MultiPolygon(*(
                Polygon(*(LinearRing([(each[order[0]], each[order[1]]) for each in ring]) for ring in rings))
                for rings in read_polygons(value, bounds=crs.bounds)
            ))  # fmt: skip
        built.srid = crs.srid
        if not crs.in_degrees:
            built.transform(4326)
    except GEOSException:
        raise Refused([FieldError("geometry", "invalid_geometry", _("This is no geometry."))]) from None
    return built
