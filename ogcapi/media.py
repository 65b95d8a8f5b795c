"""The media types of the service."""

from __future__ import annotations

from typing import Final

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
    "geojsonseq": "application/geo+json-seq",
    "csv": csv_cells.CONTENT_TYPE,
}
NAMES: Final = {"json": "GeoJSON", "html": "HTML", "geojsonseq": "GeoJSONSeq", "csv": "CSV"}
