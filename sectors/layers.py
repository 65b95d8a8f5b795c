"""GIS files of points as rows of text, read with GDAL: local files given by an administrator on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.contrib.gis.gdal import CoordTransform, DataSource, GDALException, SpatialReference
from django.contrib.gis.gdal.geometries import MultiPoint
from django.contrib.gis.gdal.geometries import Point as OGRPoint
from django.contrib.gis.gdal.layer import Layer

# What a layer may say of its geometries: those that hold points, and those that hold anything.
POINTS = {"Point", "MultiPoint", "Unknown", "GeometryCollection"}


def as_rows(path: Path) -> tuple[list[str], Iterator[list[str]], int]:
    """The column names (fields, then lon and lat), the rows, and how many there are.

    Positions are carried to EPSG:4326; a feature without a point has empty ones. Raises ValueError for a file that GDAL
    does not read, that holds no layer, or whose layer is of lines or areas.
    """
    try:
        source = DataSource(str(path))
    except GDALException as error:
        raise ValueError(f"not a file of points that GDAL reads ({error})") from error
    if len(source) == 0:
        raise ValueError("there is no layer in it")
    layer = source[0]
    kind = layer.geom_type.name
    if kind.removesuffix("25D") not in POINTS:
        raise ValueError(f"its layer is of {kind} features, and points are expected (say, their centres)")
    return [*layer.fields, "lon", "lat"], _rows(source, layer), len(layer)


def _rows(source: DataSource, layer: Layer) -> Iterator[list[str]]:
    # The source is kept as an argument: the layer is a view on it, and ends with it.
    world = SpatialReference(4326)
    carried = CoordTransform(layer.srs, world) if layer.srs and layer.srs.srid not in (4326, None) else None
    for feature in layer:
        cells = ["" if value is None else str(value) for value in (feature.get(name) for name in layer.fields)]
        try:
            geometry = feature.geom
        except GDALException:
            yield [*cells, "", ""]
            continue
        if isinstance(geometry, MultiPoint) and len(geometry) == 1:
            # QGIS saves a layer of points as one of sets of one point.
            geometry = geometry[0]
        if not isinstance(geometry, OGRPoint) or geometry.empty:
            yield [*cells, "", ""]
            continue
        if carried is not None:
            geometry.transform(carried)
        yield [*cells, repr(geometry.x), repr(geometry.y)]
