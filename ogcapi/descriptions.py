"""What the service says of itself: its landing page, what it conforms to, its collections and their properties.

Links are absolute, since QGIS, GDAL and OWSLib follow no others, and each names its media type.
"""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from .collection import Collection, Field
from .crs import CRS84, SYSTEMS
from .items import moment
from .media import DOWNLOADS, FORMATS, GEOJSON, HTML, JSON, OPENAPI, SCHEMA

REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/"
_PART1: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
_PART2: Final = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/"
_PART3: Final = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
_TILES: Final = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_GRIDS: Final = "http://www.opengis.net/spec/tms/2.0/conf/"
_CQL2: Final = "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMS_TO: Final = (
    *(f"{_PART1}{each}" for each in ("core", "geojson", "html", "oas30")),
    f"{_PART2}crs",
    *(f"{_PART3}{each}" for each in ("filter", "features-filter", "queryables", "queryables-query-parameters")),
    *(
        f"{_CQL2}{each}"
        for each in (
            "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
            "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions",
        )
    ),
    *(
        f"{_TILES}{each}"
        for each in ("core", "tileset", "tilesets-list", "geodata-tilesets", "datetime", "mvt", "oas30")
    ),
    *(f"{_GRIDS}{each}" for each in ("tilematrixset", "json-tilematrixset")),
)  # fmt: skip
# For whoever may do all three in some collection.
CHANGES: Final = frozenset({"POST", "PUT", "DELETE"})
_PART4: Final = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/"
CHANGES_CONFORM_TO: Final = tuple(
    f"{_PART4}{each}" for each in ("create-replace-delete", "features", "optimistic-locking-etags")
)
# The schema's word for each kind, and its format.
KINDS: Final[dict[str, dict[str, str]]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
}


def link(rel: str, href: str, kind: str, title: object = None) -> dict[str, object]:
    """One link; the title in the active language."""
    found: dict[str, object] = {"rel": rel, "type": kind, "href": href}
    return found | {"title": str(title)} if title else found


def landing(root: str, title: object, description: object) -> dict[str, object]:
    """Where everything begins; `root` is the address of the service without a slash."""
    return {
        "title": str(title),
        "description": str(description),
        "links": [
            link("self", root, JSON),
            link("alternate", f"{root}?f=html", HTML),
            link("service-desc", f"{root}/api", OPENAPI),
            link("service-doc", f"{root}/api.html", HTML),
            link("conformance", f"{root}/conformance", JSON),
            link("data", f"{root}/collections", JSON),
            link(f"{REL}tiling-schemes", f"{root}/tileMatrixSets", JSON),
            link(f"{REL}conformance", f"{root}/conformance", JSON),
            link(f"{REL}data", f"{root}/collections", JSON),
        ],
    }


def collections(root: str, offered: list[dict[str, object]]) -> dict[str, object]:
    """All that this reader is offered."""
    here = f"{root}/collections"
    links = [link("self", here, JSON), link("alternate", f"{here}?f=html", HTML)]
    return {"links": links, "collections": offered}


def collection(root: str, each: Collection, reader: Any) -> dict[str, object]:
    """One collection, the same alone and in the list. Up to four queries: its box and its time."""
    here = f"{root}/collections/{each.id}"
    extent: dict[str, object] = {}
    box, interval = each.extent(reader), each.interval(reader)
    if box is not None:
        extent["spatial"] = {"bbox": [list(box)], "crs": CRS84.uri}
    if interval is not None:
        extent["temporal"] = {"interval": [[None if at is None else moment(at) for at in interval]]}
    return {
        "id": each.id,
        "title": str(each.title),
        "description": str(each.description),
        "itemType": "feature",
        "extent": extent,
        "crs": list(SYSTEMS),
        "links": [
            link("self", here, JSON),
            link("alternate", f"{here}?f=html", HTML),
            # The only one of GeoJSON: GDAL reads from the last, and a file in one piece leads to no next page.
            link("items", f"{here}/items", GEOJSON, each.title),
            *(
                link("items", f"{here}/items?f={form}", kind, each.title)
                for form, kind in FORMATS.items()
                if kind != GEOJSON
            ),
            *(link("enclosure", f"{here}/{each.id}.{form}", FORMATS[form], each.title) for form in DOWNLOADS),
            link(f"{REL}queryables", f"{here}/queryables", SCHEMA),
            link("describedby", f"{here}/schema", SCHEMA),
            *([link(f"{REL}tilesets-vector", f"{here}/tiles", JSON)] if each.tiles else []),
        ],
    }


def schema(here: str, each: Collection) -> dict[str, object]:
    """The properties of a feature, as JSON Schema."""
    return _schema(here, each, each.fields)


def queryables(here: str, each: Collection) -> dict[str, object]:
    """The properties that may be asked for, as JSON Schema."""
    return _schema(here, each, [field for field in each.fields if field.filtered])


def property_of(field: Field) -> dict[str, object]:
    """The schema of one property."""
    return {"title": str(field.title), **KINDS[field.kind]}


def _schema(here: str, each: Collection, fields: Any) -> dict[str, object]:
    geometry = {"title": str(_("Where it is")), "x-ogc-role": "primary-geometry", "format": each.geometry_kind}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": here,
        "type": "object",
        "title": str(each.title),
        "description": str(each.description),
        "properties": {"geometry": geometry, **{field.name: property_of(field) for field in fields}},
        "additionalProperties": False,
    }
