"""GeoJSON geometries and features as plain numbers: longitude first, EPSG:4326, two dimensions."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from .refusals import Findings
from .values import Allowed, check_members, check_number

Position = tuple[float, float]
Ring = tuple[Position, ...]
Polygon = tuple[Ring, ...]

LON_LIMIT: Final = 180.0
LAT_LIMIT: Final = 90.0
# The lowest and the highest of either coordinate; of another system than degrees they are its own.
Bounds = tuple[float, float, float, float]
DEGREES: Final[Bounds] = (-LON_LIMIT, -LAT_LIMIT, LON_LIMIT, LAT_LIMIT)


@dataclass(frozen=True, slots=True)
class Feature:
    """A Feature whose geometry is a Point; properties as JSON gave them."""

    lon: float
    lat: float
    properties: dict[str, Any]


def read_position(value: object, *, at: str = "coordinates") -> Position:
    """(lon, lat) in degrees from `[lon, lat]`; else Refused (400) with the defects at `at`, `at[0]`, `at[1]`."""
    findings = Findings()
    position = check_position(value, at, findings)
    findings.refuse_if_any()
    assert position is not None  # noqa: S101 - nothing found wrong
    return position


def read_point(value: object, *, at: str = "geometry", bounds: Bounds = DEGREES) -> Position:
    """(lon, lat) in degrees from exactly `{"type": "Point", "coordinates": [lon, lat]}`; else Refused (400).

    bounds: of another reference system, whose coordinates are given in its own order.
    """
    findings = Findings()
    position = _check_point(value, at, findings, bounds)
    findings.refuse_if_any()
    assert position is not None  # noqa: S101 - nothing found wrong
    return position


def read_feature(document: dict[str, Any], *, allowed: Allowed, required: Collection[str] = ()) -> Feature:
    """The Feature of a Point, its properties limited to `allowed` and holding all `required`; else Refused (400)."""
    findings = Findings()
    check_members(
        document,
        at="",
        findings=findings,
        allowed=("type", "geometry", "properties"),
        required=("type", "geometry", "properties"),
    )
    if "type" in document and document["type"] != "Feature":
        findings.add("type", "wrong_type", expected='"Feature"')
    position = _check_point(document["geometry"], "geometry", findings) if "geometry" in document else None
    properties = document.get("properties")
    if properties is None:  # RFC 7946 allows null
        properties = {}
    if isinstance(properties, dict):
        if "properties" in document:
            check_members(properties, at="properties", findings=findings, allowed=allowed, required=required)
    else:
        findings.add("properties", "not_an_object")
    findings.refuse_if_any()
    assert position is not None  # noqa: S101 - nothing found wrong
    return Feature(*position, properties)


def read_polygons(
    value: object, *, at: str = "geometry", max_positions: int = 20_000, bounds: Bounds = DEGREES
) -> tuple[Polygon, ...]:
    """The polygons of a Polygon or MultiPolygon, each an outer ring and its holes, closed, of (lon, lat) in degrees.

    Raises Refused: 400 for the shape, 413 beyond `max_positions`. Whether rings cross is for GEOS to say afterwards.
    bounds: as in `read_point`.
    """
    findings = Findings()
    polygons: list[Polygon] = []
    if _is_geometry(value, at, ("Polygon", "MultiPolygon"), findings):
        at = f"{at}.coordinates"
        coordinates = value["coordinates"]
        if value["type"] == "Polygon":
            polygons = [_check_polygon(coordinates, at, findings, max_positions, bounds)]
        elif not isinstance(coordinates, list):
            findings.add(at, "wrong_type", expected="[…]")
        elif not coordinates:
            findings.add(at, "empty_geometry")
        else:
            left = max_positions
            for index, each in enumerate(coordinates):
                if findings.full or left < 0:
                    break
                polygons.append(_check_polygon(each, f"{at}[{index}]", findings, left, bounds))
                left -= sum(map(len, polygons[-1]))
    if any(error.code == "too_many_positions" for error in findings.errors):
        findings = Findings()
        findings.add(at, "too_many_positions", limit=max_positions)
    findings.refuse_if_any()
    return tuple(polygons)


def check_position(value: object, at: str, findings: Findings, bounds: Bounds = DEGREES) -> Position | None:
    """(lon, lat), or None with the defects noted."""
    if not isinstance(value, list | tuple):
        findings.add(at, "wrong_type", expected="[longitude, latitude]")
    elif len(value) == 3:
        findings.add(at, "three_dimensional")
    elif len(value) != 2:
        findings.add(at, "wrong_length")
    else:
        lon = check_number(value[0], at=f"{at}[0]", findings=findings, low=bounds[0], high=bounds[2])
        lat = check_number(value[1], at=f"{at}[1]", findings=findings, low=bounds[1], high=bounds[3])
        if lon is not None and lat is not None:
            return lon, lat
    return None


def _is_geometry(value: object, at: str, types: tuple[str, ...], findings: Findings) -> TypeGuard[dict[str, Any]]:
    """Whether `value` is an object with one of the types and coordinates, and nothing else; defects are noted."""
    if not isinstance(value, dict):
        findings.add(at, "not_an_object")
        return False
    before = len(findings.errors)
    kind = value.get("type")
    if "type" in value and not (isinstance(kind, str) and kind in types):
        findings.add(f"{at}.type", "wrong_geometry_type", expected=" / ".join(types))
    else:
        members = ("type", "coordinates")
        check_members(value, at=at, findings=findings, allowed=members, required=members)
    return len(findings.errors) == before


def _check_point(value: object, at: str, findings: Findings, bounds: Bounds = DEGREES) -> Position | None:
    if not _is_geometry(value, at, ("Point",), findings):
        return None
    return check_position(value["coordinates"], f"{at}.coordinates", findings, bounds)


def _check_polygon(value: object, at: str, findings: Findings, most: int, bounds: Bounds) -> Polygon:
    """The rings that could be read; whatever is missing from them has been noted."""
    if not isinstance(value, list | tuple):
        findings.add(at, "wrong_type", expected="[[[longitude, latitude], …], …]")
        return ()
    if not value:
        findings.add(at, "empty_geometry")
    rings: list[Ring] = []
    for index, each in enumerate(value):
        if findings.full:
            break
        rings.append(_check_ring(each, f"{at}[{index}]", findings, most, bounds))
        most -= len(each) if isinstance(each, list | tuple) else 0
    return tuple(rings)


def _check_ring(value: object, at: str, findings: Findings, most: int, bounds: Bounds) -> Ring:
    if not isinstance(value, list | tuple):
        findings.add(at, "wrong_type", expected="[[longitude, latitude], …]")
        return ()
    if len(value) > most:
        findings.add(at, "too_many_positions", limit=most)
        return ()
    if len(value) < 4:
        findings.add(at, "ring_too_short")
    ring: list[Position] = []
    west, south, east, north = bounds
    for index, each in enumerate(value):
        # What is right is recognised at once, without a path for an error that will not come.
        if type(each) is list and len(each) == 2:
            lon, lat = each
            if type(lon) is float and type(lat) is float and west <= lon <= east and south <= lat <= north:
                ring.append((lon, lat))
                continue
        position = check_position(each, f"{at}[{index}]", findings, bounds)
        if position is not None:
            ring.append(position)
        elif findings.full:
            break
    if len(ring) == len(value) and ring and ring[0] != ring[-1]:
        findings.add(at, "ring_not_closed")
    return tuple(ring)
