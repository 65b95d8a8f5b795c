"""How precisely a place is shown: the street for those who need not know the door, a cell for everybody."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any

import pyproj

# EPSG:2154, as the sectors are measured in; beyond its domain, steps of degrees of about the same size.
_WEST, _SOUTH, _EAST, _NORTH = -30.0, 20.0, 40.0, 70.0
STEP_M = 25.0
CELL_M = 200
# Around the other pole the metres of EPSG:2154 go to infinity; a column of the database does not.
_GRID_REACHES_M = 1e9
_STEP_DEG = 0.00025
# Extended well-known binary: little-endian, a point that says its reference system, its two numbers.
_POINT = struct.Struct("<BIIdd")
_POINT_WITH_SRID = 0x20000001
_TO_METRES = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
_TO_DEGREES = pyproj.Transformer.from_crs(2154, 4326, always_xy=True)


def street(lon: float, lat: float) -> tuple[float, float]:
    """The corner of a 25 m grid nearest to the point, (lon, lat) in EPSG:4326: always the same for the same point."""
    if not (_WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH):
        return _clamped(round(lon / _STEP_DEG) * _STEP_DEG, 180), _clamped(round(lat / _STEP_DEG) * _STEP_DEG, 90)
    x, y = _metres(lon, lat)
    snapped = _TO_DEGREES.transform(round(x / STEP_M) * STEP_M, round(y / STEP_M) * STEP_M)
    return round(snapped[0], 7), round(snapped[1], 7)


def lazy_point(lon: float, lat: float) -> Any:
    """The point in EPSG:4326 as hexadecimal EWKB; set on a model's field, it becomes a geometry once somebody asks.

    A geometry made, and read again to be written, costs a report more than its due date.
    """
    return _POINT.pack(1, _POINT_WITH_SRID, 4326, lon, lat).hex()


def numbers_of(point: Any) -> tuple[float, float]:
    """(lon, lat) of a point that is lazy (see `lazy_point`) or a geometry already."""
    if isinstance(point, str):
        _order, _type, _srid, lon, lat = _POINT.unpack(bytes.fromhex(point))
        return lon, lat
    return point.x, point.y


def cell_of(lon: float, lat: float) -> tuple[int, int] | tuple[None, None]:
    """The cell of the public grid that holds the point, as `cell` counts them; two None where the grid ends."""
    x, y = _metres(lon, lat)
    if not (abs(x) < _GRID_REACHES_M and abs(y) < _GRID_REACHES_M):
        return None, None
    return int(x // CELL_M), int(y // CELL_M)


def cell(x: int, y: int) -> list[list[float]]:
    """The closed ring, (lon, lat) and counter-clockwise, of a cell of the public grid: `x` and `y` count its steps of
    200 m eastwards and northwards from the origin of EPSG:2154."""
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    degrees = [_TO_DEGREES.transform((x + i) * CELL_M, (y + j) * CELL_M) for i, j in corners]
    return [[round(lon, 7), round(lat, 7)] for lon, lat in degrees]


# A concern is placed on the street and in a cell one after the other.
@lru_cache(maxsize=8)
def _metres(lon: float, lat: float) -> tuple[float, float]:
    x, y = _TO_METRES.transform(lon, lat)
    return float(x), float(y)


def _clamped(value: float, limit: float) -> float:
    return round(max(-limit, min(limit, value)), 7)
