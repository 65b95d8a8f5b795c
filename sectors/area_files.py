"""Areas read from a GeoJSON, GeoPackage or Shapefile that an administrator names on the command line.

Files that come over the network never come this way: GDAL is given a local path whose kind is known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.gis.gdal import DataSource, GDALException, OGRGeometry

from sectors.file_tables import Defect, Defects

# What each ending may hold, by GDAL's names: a file that is something else under its ending is refused.
DRIVERS = {".geojson": ("GeoJSON",), ".json": ("GeoJSON",), ".gpkg": ("GPKG",), ".shp": ("ESRI Shapefile",)}
WGS84 = 4326


@dataclass(frozen=True, slots=True)
class FileArea:
    """One feature: its place in the file in words, its properties, and its geometry as WKB in EPSG:4326."""

    place: str
    properties: dict[str, Any]
    wkb: bytes


def read_areas(path: Path) -> Iterator[FileArea]:
    """The features of the file's first layer, one at a time, carried to EPSG:4326 where the file is in another CRS.

    Raises Defects: no such file, a kind that is not taken, a broken file, a feature without a geometry.
    """
    drivers = DRIVERS.get(path.suffix.lower())
    if drivers is None:
        raise _defect(path, "", "unknown_kind", f"one of {', '.join(DRIVERS)} is expected")
    if not path.is_file():
        raise _defect(path, "", "unreadable", "no such file")
    try:
        source = DataSource(str(path.resolve()))
        if source.driver.name not in drivers:
            raise _defect(path, "", "unknown_kind", f"it is a {source.driver.name} file, not a {drivers[0]} file")
        layer = source[0]
        system: object | None = layer.srs
        if system is None and path.suffix.lower() not in {".geojson", ".json"}:
            raise _defect(path, "", "no_crs", "the file does not say which coordinate system it is in")
        for number, feature in enumerate(layer, 1):
            properties = {name: feature.get(name) for name in layer.fields}
            place = f"feature {number}"
            try:
                geometry = feature.geom
            except GDALException as error:
                words = ", ".join(str(value) for value in properties.values() if value)[:80]
                raise _defect(path, f"{place} ({words})", "no_geometry", "it has no geometry") from error
            yield FileArea(place, properties, _wkb(geometry))
    except GDALException as error:
        raise _defect(path, "", "unreadable", str(error)) from error


def _wkb(geometry: OGRGeometry) -> bytes:
    if geometry.srs is not None:
        geometry.transform(WGS84)
    return bytes(geometry.wkb)


def _defect(path: Path, place: str, code: str, message: str) -> Defects:
    return Defects([Defect(path.name, place, "", code, message)])
