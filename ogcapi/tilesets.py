"""What a service says of its tiles: lists and descriptions of tile sets, TileJSON, a style, the grid of the tiles.

OGC API Tiles counts rows before columns; TileJSON and MapLibre name their placeholders, so either order will do there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from .collection import Collection, Field
from .crs import CRS84, MERCATOR_M, WEB_MERCATOR, Box
from .descriptions import REL, link, property_of
from .media import GEOJSON, JSON
from .tiles import DEEPEST

MVT: Final = "application/vnd.mapbox-vector-tile"
TILEJSON: Final = "application/vnd.mapbox.tile+json"
STYLE: Final = "application/vnd.mapbox.style+json"
GRID: Final = "WebMercatorQuad"
GRID_URI: Final = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{GRID}"
# A map enlarges the tiles of this zoom when it goes deeper: a step of theirs is fifteen centimetres.
SHARPEST: Final = 16
# The grid is defined further than tiles are given.
_ZOOMS: Final = 25
# Of a pixel of the standard's, 0.28 mm, at the zoom where one tile is the world.
_CELL_M: Final = 2 * MERCATOR_M / 256
_PIXEL_M: Final = 0.00028


def bounds_of(each: Collection, extent: Box | None) -> Box | None:
    """Beyond which no tile holds anything: west, south, east, north in degrees; None where nothing is anywhere."""
    return extent if each.bounded else (-180.0, -90.0, 180.0, 90.0)


def schemes(root: str) -> dict[str, object]:
    """The grids: one."""
    here = f"{root}/tileMatrixSets"
    one = {"id": GRID, "title": GRID, "uri": GRID_URI, "crs": WEB_MERCATOR.uri}
    links = [link("self", here, JSON)]
    return {"tileMatrixSets": [one | {"links": [link("self", f"{here}/{GRID}", JSON)]}], "links": links}


def scheme() -> dict[str, object]:
    """The grid: how large and how many the tiles of each zoom are."""
    return {
        "id": GRID,
        "title": GRID,
        "uri": GRID_URI,
        "crs": WEB_MERCATOR.uri,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [
            {
                "id": str(zoom),
                "scaleDenominator": _CELL_M / _PIXEL_M / 2**zoom,
                "cellSize": _CELL_M / 2**zoom,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-MERCATOR_M, MERCATOR_M],
                "tileWidth": 256,
                "tileHeight": 256,
                "matrixWidth": 2**zoom,
                "matrixHeight": 2**zoom,
            }
            for zoom in range(_ZOOMS)
        ],
    }


def tilesets(root: str, each: Collection, query: str) -> dict[str, object]:
    """The tile sets of a collection: one. `query` is what its features are asked for, as a query string."""
    here = f"{root}/collections/{each.id}/tiles"
    links = [link("self", here, JSON), link("collection", f"{root}/collections/{each.id}", JSON, each.title)]
    return {"tilesets": [_summary(root, each, query)], "links": links}


def tileset(root: str, each: Collection, query: str, box: Box | None, fields: Sequence[Field]) -> dict[str, object]:
    """The tile set of a collection whose features lie in the box, with these properties."""
    layer: dict[str, object] = {
        "id": each.id,
        "title": str(each.title),
        "description": str(each.description),
        "dataType": "vector",
        "geometryDimension": 0 if _of_points(each) else 2,
        "minTileMatrix": "0",
        "maxTileMatrix": str(DEEPEST),
        "propertiesSchema": {"type": "object", "properties": {field.name: property_of(field) for field in fields}},
    }
    found = _summary(root, each, query) | {"description": str(each.description), "layers": [layer]}
    if box is not None:
        found["boundingBox"] = {"lowerLeft": box[:2], "upperRight": box[2:], "crs": CRS84.uri}
        found["tileMatrixSetLimits"] = [_limits(zoom, box) for zoom in range(DEEPEST + 1)]
    return found


def tilejson(root: str, each: Collection, query: str, box: Box | None, fields: Sequence[Field]) -> dict[str, object]:
    """The same as TileJSON 3.0."""
    layer = {
        "id": each.id,
        "description": str(each.description),
        "fields": {field.name: str(field.title) for field in fields},
        "minzoom": 0,
        "maxzoom": SHARPEST,
    }
    return {
        "tilejson": "3.0.0",
        "name": str(each.title),
        "description": str(each.description),
        "scheme": "xyz",
        "vector_layers": [layer],
        **_source(root, each, query, box),
    }


def style(root: str, each: Collection, query: str, box: Box | None) -> dict[str, object]:
    """A style of MapLibre's for the tiles, complete in itself: no fonts, no images, nothing from elsewhere."""
    found: dict[str, object] = {
        "version": 8,
        "name": str(each.title),
        "sources": {each.id: {"type": "vector", **_source(root, each, query, bounds_of(each, box))}},
        "layers": [
            {"id": f"{each.id}-{kind}", "type": kind, "source": each.id, "source-layer": each.id, "paint": paint}
            for kind, paint in _paints(each)
        ],
    }
    if box is not None:
        west, south, east, north = box
        # So that what there is fits into a window six hundred points high, a degree of latitude being the taller one.
        tall = (north - south) / math.cos(math.radians(max(-85.0, min(85.0, (south + north) / 2))))
        across = max(east - west, tall, 1e-4)
        found |= {"center": _middle(box), "zoom": round(max(0.0, min(16.0, math.log2(420 / across))), 1)}
    return found


def _paints(each: Collection) -> list[tuple[str, dict[str, Any]]]:
    if _of_points(each):
        circle = {"circle-color": each.colour, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.5}
        return [("circle", {"circle-radius": 6, **circle})]
    return [
        ("fill", {"fill-color": each.colour, "fill-opacity": 0.2}),
        ("line", {"line-color": each.colour, "line-width": 2}),
    ]


def _of_points(each: Collection) -> bool:
    return each.geometry_kind in {"geometry-point", "geometry-multipoint"}


def _asked(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address


def _source(root: str, each: Collection, query: str, box: Box | None) -> dict[str, object]:
    address = f"{root}/collections/{each.id}/tiles/{GRID}/{{z}}/{{y}}/{{x}}"
    found: dict[str, object] = {"tiles": [_asked(address, query)], "minzoom": 0, "maxzoom": SHARPEST}
    return found if box is None else found | {"bounds": list(box)}


def _middle(box: Box) -> list[float]:
    return [round((box[0] + box[2]) / 2, 7), round((box[1] + box[3]) / 2, 7)]


def _summary(root: str, each: Collection, query: str) -> dict[str, object]:
    here = f"{root}/collections/{each.id}"
    mine = f"{here}/tiles/{GRID}"
    tile = link("item", _asked(f"{mine}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", query), MVT, each.title)
    return {
        "title": str(each.title),
        "dataType": "vector",
        "crs": WEB_MERCATOR.uri,
        "tileMatrixSetURI": GRID_URI,
        "links": [
            link("self", _asked(mine, query), JSON),
            link("alternate", _asked(mine, "&".join(filter(None, ["f=tilejson", query]))), TILEJSON),
            tile | {"templated": True},
            link(f"{REL}tiling-scheme", f"{root}/tileMatrixSets/{GRID}", JSON),
            link("describedby", _asked(f"{here}/style", query), STYLE),
            link(f"{REL}geodata", f"{here}", JSON, each.title),
            link("items", f"{here}/items", GEOJSON, each.title),
        ],
    }


def _limits(zoom: int, box: Box) -> dict[str, object]:
    """The rows and columns of a zoom in which something lies."""
    west, south, east, north = box
    rows, columns = (_row(north, zoom), _row(south, zoom)), (_column(west, zoom), _column(east, zoom))
    return {
        "tileMatrix": str(zoom),
        "minTileRow": rows[0],
        "maxTileRow": rows[1],
        "minTileCol": columns[0],
        "maxTileCol": columns[1],
    }


def _column(lon: float, zoom: int) -> int:
    return _within((lon + 180) / 360, zoom)


def _row(lat: float, zoom: int) -> int:
    lat = math.radians(max(-85.06, min(85.06, lat)))
    return _within((1 - math.asinh(math.tan(lat)) / math.pi) / 2, zoom)


def _within(share: float, zoom: int) -> int:
    return max(0, min((1 << zoom) - 1, int(share * (1 << zoom))))
