"""The media types of the service."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from . import csv_cells

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
SCHEMA: Final = "application/schema+json"
# OWSLib reads no document of another name.
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
HTML: Final = "text/html"
# The formats of items, by what `f=` calls them.
FORMATS: Final = {
    "json": GEOJSON,
    "html": HTML,
    "geojson": GEOJSON,
    "geojsonseq": "application/geo+json-seq",
    "csv": csv_cells.CONTENT_TYPE,
    "fgb": "application/flatgeobuf",
    "gpkg": "application/geopackage+sqlite3",
}
NAMES: Final = {
    "json": "GeoJSON",
    "html": "HTML",
    "geojson": _("GeoJSON, the whole"),
    "geojsonseq": "GeoJSONSeq",
    "csv": "CSV",
    "fgb": "FlatGeobuf",
    "gpkg": "GeoPackage",
}
# Given as a file to keep, all of a collection at an address of its own: a program knows the format by its ending.
DOWNLOADS: Final = ("fgb", "gpkg", "geojson", "csv")
