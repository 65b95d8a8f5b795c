"""The service as an OpenAPI 3.0 document: self-contained, with a path for each collection that the reader is offered.

GDAL and QGIS read the size of a page from `#/components/parameters/limit` and ask on the server for what is listed as a
parameter under a collection's own path.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from .asked import MOST, USUAL
from .collection import Collection
from .conditions import LANGUAGES
from .crs import SYSTEMS
from .descriptions import KINDS
from .media import DOWNLOADS, FORMATS, GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from .problems import CONTENT_TYPE as PROBLEM
from .tiles import DEEPEST
from .tilesets import GRID, MVT, STYLE, TILEJSON

_PROBLEM: Final = {"$ref": "#/components/responses/problem"}
_COMMON: Final = (
    "limit", "offset", "cursor", "bbox", "bbox-crs", "datetime", "crs", "properties", "sortby", "f",
    "filter", "filter-lang", "filter-crs",
)  # fmt: skip


def document(
    root: str,
    title: object,
    description: object,
    offered: Iterable[Collection],
    writes: Mapping[str, Container[str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """The document of the service at this address, for a reader who is offered these collections, and may write so in
    those of `writes`: methods by the ids of collections."""
    paths: dict[str, Any] = {
        "/": _get("landingPage", {JSON: {"type": "object"}}, tag="core"),
        "/conformance": _get("conformance", {JSON: {"type": "object"}}, tag="core"),
        "/api": _get("api", {OPENAPI: {"type": "object"}}, tag="core"),
        "/collections": _get("collections", {JSON: {"type": "object"}}, tag="core"),
        "/tileMatrixSets": _get("tileMatrixSets", {JSON: {"type": "object"}}, tag="core"),
        f"/tileMatrixSets/{GRID}": _get(f"tileMatrixSets.{GRID}", {JSON: {"type": "object"}}, tag="core"),
    }
    for each in offered:
        paths |= _paths(each)
        for path, operations in _changes(each, writes.get(each.id, ())).items():
            paths[path] |= operations
    return {
        "openapi": "3.0.3",
        "info": {"title": str(title), "description": str(description), "version": "1.0.0"},
        "servers": [{"url": root}],
        "security": [{}, {"token": []}, {"basic": []}, {"session": []}],
        "paths": paths,
        "components": {
            "parameters": {name: _parameter(name) for name in _COMMON},
            "responses": {
                "problem": {
                    "description": "What is wrong, and where: a page where a page was asked for",
                    "content": {
                        PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}},
                        HTML: {"schema": {"type": "string"}},
                    },
                }
            },
            "schemas": {"problem": _PROBLEM_SCHEMA, "page": _PAGE_SCHEMA, "feature": _FEATURE_SCHEMA},
            "securitySchemes": {
                "token": {
                    "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <token>`",
                },
                "basic": {"type": "http", "scheme": "basic", "description": "The token is the password."},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }  # fmt: skip


def _paths(each: Collection) -> dict[str, Any]:
    here = f"/collections/{each.id}"
    own = [
        {
            "name": field.name, "in": "query", "required": False, "style": "form", "explode": False,
            "description": str(field.title), "schema": KINDS[field.kind],
        }
        for field in each.fields
        if field.filtered
    ]  # fmt: skip
    page = {GEOJSON: {"$ref": "#/components/schemas/page"}}
    feature = {GEOJSON: {"$ref": "#/components/schemas/feature"}}
    fid = {"name": "featureId", "in": "path", "required": True, "schema": KINDS[each.fid_kind]}
    common = [{"$ref": f"#/components/parameters/{name}"} for name in _COMMON]
    named = [{"$ref": f"#/components/parameters/{name}"} for name in _COMMON if name != "f"]
    title = str(each.title)
    return {
        here: _get(f"{each.id}.collection", {JSON: {"type": "object"}}, tag=title),
        f"{here}/queryables": _get(f"{each.id}.queryables", {SCHEMA: {"type": "object"}}, tag=title),
        f"{here}/schema": _get(f"{each.id}.schema", {SCHEMA: {"type": "object"}}, tag=title),
        f"{here}/items": _get(f"{each.id}.items", page | _WHOLE, tag=title, parameters=[*common, *own]),
        **{
            f"{here}/{each.id}.{form}": _get(
                f"{each.id}.{form}", {FORMATS[form]: _WHOLE[FORMATS[form]]}, tag=title, parameters=[*named, *own]
            )
            for form in DOWNLOADS
        },
        f"{here}/items/{{featureId}}": _get(
            f"{each.id}.item", feature, tag=title, parameters=[fid, {"$ref": "#/components/parameters/crs"}]
        ),
        **(_tiles(each, here, own) if each.tiles else {}),
    }


def _changes(each: Collection, methods: Container[str]) -> dict[str, Any]:
    """What may be written, by path."""
    here = f"/collections/{each.id}/items"
    feature = {GEOJSON: {"schema": {"$ref": "#/components/schemas/feature"}}}
    stored = {"description": "The feature as it stands", "content": feature}
    fid = {"name": "featureId", "in": "path", "required": True, "schema": KINDS[each.fid_kind]}
    seen = {"name": "If-Match", "in": "header", "required": False, "schema": _TEXT}
    system = {"name": "Content-Crs", "in": "header", "required": False, "schema": _SYSTEM}
    once = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": _TEXT}
    known: dict[tuple[str, str], tuple[list[dict[str, Any]], dict[str, Any]]] = {
        ("POST", here): ([system, once], {"201": stored}),
        ("PUT", f"{here}/{{featureId}}"): ([fid, system, seen], {"200": stored}),
        ("DELETE", f"{here}/{{featureId}}"): ([fid, seen], {"204": {"description": "It is no more"}}),
    }
    found: dict[str, Any] = {}
    for (method, path), (parameters, answers) in known.items():
        if method in methods:
            operation = {
                "operationId": f"{each.id}.{method.lower()}",
                "summary": f"{each.id}.{method.lower()}",
                "tags": [str(each.title)],
                "parameters": parameters,
                "responses": answers | {str(status): _PROBLEM for status in _REFUSALS},
            }
            if method != "DELETE":
                operation["requestBody"] = {"required": True, "content": feature}
            found.setdefault(path, {})[method.lower()] = operation
    return found


def _tiles(each: Collection, here: str, own: list[dict[str, Any]]) -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0}
    place = [
        {"name": name, "in": "path", "required": True, "schema": number | most}
        for name, most in {"tileMatrix": {"maximum": DEEPEST}, "tileRow": {}, "tileCol": {}}.items()
    ]
    asked = [*({"$ref": f"#/components/parameters/{name}"} for name in ("datetime", "properties")), *own]
    plain: dict[str, Any] = {"type": "object"}
    found = {
        "tiles": ("tilesets", {JSON: plain}, []),
        f"tiles/{GRID}": ("tileset", {JSON: plain, TILEJSON: plain}, []),
        f"tiles/{GRID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": (
            "tile", {MVT: {"type": "string", "format": "binary"}}, place,
        ),
        "style": ("style", {STYLE: plain}, []),
    }  # fmt: skip
    paths = {
        f"{here}/{path}": _get(f"{each.id}.{name}", content, tag=str(each.title), parameters=[*more, *asked])
        for path, (name, content, more) in found.items()
    }
    paths[f"{here}/tiles/{GRID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"]["get"]["responses"]["204"] = {
        "description": "There is nothing in this tile"
    }
    return paths


def _get(operation: str, content: dict[str, Any], *, tag: str, parameters: Iterable[Any] = ()) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {"description": "OK", "content": {kind: {"schema": schema} for kind, schema in content.items()}},
        "400": _PROBLEM, "401": _PROBLEM, "404": _PROBLEM, "429": _PROBLEM,
    }  # fmt: skip
    return {
        "get": {
            "operationId": operation,
            "summary": operation,
            "tags": [tag],
            "parameters": list(parameters),
            "responses": answers,
        }
    }


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "style": "form", "explode": False} | _PARAMETERS[name]


# How a change is refused.
_REFUSALS: Final = (400, 401, 403, 404, 409, 411, 412, 413, 415, 422, 428, 429)
_TEXT: Final = {"type": "string"}
# All there is, by its media type: what a page of features is not described with.
_BYTES: Final = {"type": "string", "format": "binary"}
_WHOLE: Final[dict[str, dict[str, str]]] = {
    FORMATS["geojson"]: {"$ref": "#/components/schemas/page"},
    FORMATS["geojsonseq"]: _TEXT,
    FORMATS["csv"]: _TEXT,
    FORMATS["fgb"]: _BYTES,
    FORMATS["gpkg"]: _BYTES,
}
_SYSTEM: Final = {"type": "string", "format": "uri", "enum": list(SYSTEMS)}
_PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "limit": {
        "description": "At most so many; a higher number is taken for the highest.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    },
    "offset": {"description": "So many are passed over.", "schema": {"type": "integer", "minimum": 0}},
    "cursor": {"description": "From a link to the next page.", "schema": _TEXT},
    "bbox": {
        "description": "What meets this box; west above east crosses the antimeridian.",
        "schema": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
    },
    "bbox-crs": {"description": "The system of the box.", "schema": _SYSTEM},
    "datetime": {"description": "A moment, or two with / between them; .. is an open end.", "schema": _TEXT},
    "crs": {"description": "The system of the answer.", "schema": _SYSTEM},
    "properties": {"description": "These properties alone.", "schema": {"type": "array", "items": _TEXT}},
    "sortby": {"description": "In this order; a minus turns it.", "schema": {"type": "array", "items": _TEXT}},
    "filter": {"description": "A condition in CQL2.", "schema": _TEXT},
    "filter-lang": {
        "description": "The form of the filter.",
        "schema": {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
    },
    "filter-crs": {"description": "The system of the geometry in the filter.", "schema": _SYSTEM},
    "f": {"description": "The format.", "schema": {"type": "string", "enum": list(FORMATS)}},
}
_PROBLEM_SCHEMA: Final = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "code": _TEXT,
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}  # fmt: skip
_FEATURE_SCHEMA: Final = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        "geometry": {"type": "object", "nullable": True},
        "properties": {"type": "object", "nullable": True},
        "links": {"type": "array", "items": {"type": "object"}},
    },
}
_PAGE_SCHEMA: Final = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
        "links": {"type": "array", "items": {"type": "object"}},
        "timeStamp": {"type": "string", "format": "date-time"},
        "numberMatched": {"type": "integer", "minimum": 0},
        "numberReturned": {"type": "integer", "minimum": 0},
    },
}
