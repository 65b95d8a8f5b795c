"""The readers as an endpoint would call them, and what they refuse."""

from collections.abc import Callable
from typing import Any

from ogcapi import geojson
from ogcapi.geojson import Refused

MIB = 1024 * 1024
JSON = ("application/json", "application/geo+json")
PROPERTIES = {"category": str, "description": str, "accuracy_m": float | None}
BESIDE_POINTS = {"accuracy": float | None, "category": str, "at": str}


def read_object(body: bytes, content_type: str | None = "application/json") -> dict[str, Any]:
    return geojson.read_json(body, content_type=content_type, accepted=JSON, max_bytes=MIB)


def read_feature(body: bytes, content_type: str | None = "application/json") -> geojson.Feature:
    return geojson.read_feature(read_object(body, content_type), allowed=PROPERTIES, required=("category",))


def read_points(body: bytes, content_type: str | None = "application/json") -> geojson.PointsBatch:
    return geojson.read_points(body, content_type=content_type, max_points=100_000, allowed=BESIDE_POINTS)


def defects(refused: Refused) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in refused.errors]


def refusal_of(read: Callable[[Any], object], value: object) -> Refused | None:
    """The refusal; any other exception is a failure."""
    try:
        read(value)
    except Refused as refused:
        return refused
    return None
