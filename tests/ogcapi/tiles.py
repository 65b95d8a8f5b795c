"""Tiles as a client reads them: fetched, decoded, and their steps carried back to degrees."""

from __future__ import annotations

import math
from typing import Any

import mapbox_vector_tile
from django.test import Client
from shapely import transform
from shapely.geometry import box, shape

GRID = "tiles/WebMercatorQuad"


def address(name: str, zoom: int, row: int, column: int) -> str:
    """Where a tile is."""
    return f"/ogc/collections/{name}/{GRID}/{zoom}/{row}/{column}"


def over(point: tuple[float, ...], zoom: int) -> tuple[int, int, int]:
    """Zoom, row and column of the tile that holds a place."""
    lon, lat = point[:2]
    x = (lon + 180) / 360
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return zoom, int(y * 2**zoom), int(x * 2**zoom)


def read(client: Client, name: str, place: tuple[int, int, int], **query: str) -> list[dict[str, Any]]:
    """The features of a tile, each with its `geometry` as shapely's, in degrees; none for one that is empty."""
    response = client.get(address(name, *place), query)
    if response.status_code == 204:
        assert response.content == b""
        return []
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    ((layer, found),) = mapbox_vector_tile.decode(response.content, default_options={"y_coord_down": True}).items()
    assert (layer, found["extent"], found["version"]) == (name, 4096, 2)
    return [each | {"geometry": placed(shape(each["geometry"]), place)} for each in found["features"]]


def window(place: tuple[int, int, int]) -> Any:
    """The tile itself, without its margin, in degrees."""
    return placed(box(0, 0, 4096, 4096), place)


def placed(geometry: Any, place: tuple[int, int, int]) -> Any:
    """From the steps of a tile to degrees."""
    zoom, row, column = place

    def degrees(corners: Any) -> Any:
        found = corners.astype(float)
        found[:, 0] = (column + found[:, 0] / 4096) / 2**zoom * 360 - 180
        found[:, 1] = [
            math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (row + y / 4096) / 2**zoom)))) for y in found[:, 1]
        ]
        return found

    return transform(geometry, degrees)
