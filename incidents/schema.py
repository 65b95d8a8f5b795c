"""The API's documents of concerns, as JSON Schema for the OpenAPI description."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter

from incidents.models import Position, ReceivedVia
from incidents.workflow import SUSPENSION_REASONS, Status

Schema = dict[str, Any]

MOTIVE: Final = OpenApiParameter(
    "motive",
    str,
    description="Why it is read, for the access log: 5 to 200 characters. Without it the direction is told nothing that"
    " somebody wrote of what a sector holds.",
)
WARNINGS: Final[Schema] = {
    "type": "array",
    "items": {"type": "object"},
    "description": "What in the texts just sent may be of a person; they were taken all the same.",
}
POINT: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "Point"},
        "coordinates": {
            "type": "array",
            "prefixItems": [
                {"type": "number", "minimum": -180, "maximum": 180},
                {"type": "number", "minimum": -90, "maximum": 90},
            ],
            "items": False,
            "minItems": 2,
            "maxItems": 2,
        },
    },
}


def _feature(properties: Schema, required: list[str], more: Schema | None = None, **members: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["type", "geometry", "properties", *members],
        "properties": {
            "type": {"const": "Feature"},
            **members,
            **(more or {}),
            "geometry": POINT,
            "properties": {
                "type": "object",
                "additionalProperties": False,
                "required": required,
                "properties": properties,
            },
        },
    }


def _maybe(kind: str, **more: Any) -> Schema:
    return {"type": [kind, "null"], **more}


def with_warnings(answer: Schema) -> Schema:
    """The same document, as it is answered to what was just said."""
    return {**answer, "properties": {**answer["properties"], "warnings": WARNINGS}}


REPORT: Final = _feature(
    {
        "category": {"type": "string"},
        "description": {"type": "string", "minLength": 1, "maxLength": 1000},
        "accuracy_m": _maybe("number", minimum=0, maximum=100_000),
        "occurred_at": _maybe("string", format="date-time"),
        "external_reference": _maybe("string", maxLength=100),
        "partner": _maybe("string", description="Code of the organisation reported for."),
    },
    ["category", "description"],
)
INCIDENT: Final = _feature(
    {
        "reference": {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$"},
        "status": {"enum": [str(each) for each in Status]},
        "category": {"type": "string"},
        "description": _maybe("string"),
        "outcome": _maybe("string"),
        "reason": _maybe("string"),
        "sector": _maybe("string"),
        "post": _maybe("string"),
        "unit": _maybe("string"),
        "co_readers": _maybe("array", items={"type": "string"}),
        "border": _maybe("boolean"),
        "month": _maybe("string"),
        "reported_at": _maybe("string", format="date-time"),
        "occurred_at": _maybe("string", format="date-time"),
        "due_on": _maybe("string", format="date"),
        "due_at": _maybe("string", format="date-time"),
        "triage_due_at": _maybe("string", format="date-time"),
        "overdue": _maybe("boolean"),
        "accuracy_m": _maybe("number"),
        "partner": _maybe("string"),
        "received_via": {"enum": [*ReceivedVia.values, None]},
        "external_reference": _maybe("string"),
        "updated_at": _maybe("string", format="date-time"),
        "suspended_until": _maybe("string", format="date"),
        "suspension_reason": {"enum": [*SUSPENSION_REASONS, None]},
        "supports": _maybe("integer", minimum=0, description="Others who reported the same or said so."),
        "merged": _maybe("boolean", description="It is dealt with in another concern, and follows it."),
        "merged_into": _maybe("string", description="That concern, for who may see it."),
        "motive_required": _maybe(
            "boolean",
            description="What somebody wrote is not told to the direction of a sector's concern before `motive` says"
            " why it is read: `description` and `external_reference` are null until then.",
        ),
        "position": {"enum": Position.values},
    },
    ["reference", "status", "category", "position"],
    {
        "warnings": WARNINGS,
        "referent": {"type": "object", "description": "After a report: the public contact of who takes it."},
    },
    id={"type": "string"},
)
INCIDENTS: Final[Schema] = {
    "type": "object",
    "required": ["type", "features", "numberReturned"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "links": {"type": "array", "items": {"type": "object"}},
        "numberReturned": {"type": "integer"},
        "features": {"type": "array", "items": INCIDENT},
    },
}
MOVE: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["coordinates", "reason"],
    "properties": {
        "coordinates": POINT["properties"]["coordinates"],
        "reason": {"type": "string", "minLength": 1, "maxLength": 500},
    },
}
ROUTINGS: Final[Schema] = {
    "type": "object",
    "required": ["routings"],
    "properties": {"routings": {"type": "array", "items": {"type": "object"}}},
}
PHOTOS_SENT: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["photo"],
    "properties": {
        "photo": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "string", "format": "binary"}},
    },
}
PHOTOS: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["photos"],
    "properties": {
        "photos": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "href", "type", "width", "height", "size_bytes", "added_at"],
                "properties": {
                    "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                    "href": {"type": "string"},
                    "type": {"const": "image/jpeg"},
                    "width": {"type": "integer"},
                    "height": {"type": "integer"},
                    "size_bytes": {"type": "integer"},
                    "added_at": {"type": "string", "format": "date-time"},
                },
            },
        },
    },
}
