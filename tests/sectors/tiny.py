"""A territory of two square communes and two sectors that share an edge, written into a folder for a test."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.gdal import SpatialReference
from django.contrib.gis.geos import GEOSGeometry
from django.core.management import CommandError, call_command

TOML = """
[territory]
code = "tiny"
name_fr = "Petit"
name_en = "Tiny"
rank = 9
departments = ["90"]
triage_post = "tiny-triage"
policy_version = "1"
is_demonstration = true

[communes]
source = "communes.geojson"

[edition]
code = "tiny-1"
from_on = 2026-01-01
file = "sectors.geojson"

[priorities]
city_centre = 10

[[units]]
code = "tiny-csp"
name = "CSP"
force = "PN"

[[units]]
code = "tiny-ggd"
name = "GGD"
force = "GN"

[[posts]]
code = "tiny-a"
kind = "sector"
unit = "tiny-csp"
label_fr = "Référent A"
label_en = "Référent A"

[[posts]]
code = "tiny-b"
kind = "sector"
unit = "tiny-csp"
label_fr = "Référent B"
label_en = "Référent B"

[[posts]]
code = "tiny-desk"
kind = "desk"
unit = "tiny-csp"
label_fr = "Accueil"
label_en = "Front desk"

[[posts]]
code = "tiny-gn"
kind = "gendarmerie"
unit = "tiny-ggd"
label_fr = "Gendarme référent"
label_en = "Gendarme référent"

[[posts]]
code = "tiny-triage"
kind = "triage"
unit = "tiny-csp"
label_fr = "Triage"
label_en = "Triage"

[competence]
from_on = 2026-01-01

[[competence.rules]]
communes = ["90001"]
force = "PN"
unit = "tiny-csp"
post = "tiny-desk"

[[competence.rules]]
force = "GN"
unit = "tiny-ggd"
post = "tiny-gn"

[[families]]
code = "noise"
fr = "Bruit"
en = "Noise"

[[families.categories]]
code = "tapage"
fr = "Tapage"
en = "Noise at night"
frequent = true

[[families.categories]]
code = "moteurs"
fr = "Moteurs"
en = "Engines"

[[category_rules]]
category = "moteurs"
commune = "90001"
post = "tiny-b"
reason_fr = "Un seul référent suit les moteurs."
reason_en = "One référent follows engines."

[[partners]]
code = "tiny-landlord"
name = "Bailleur"
kind = "bailleur_social"

[[groups]]
code = "tiny-gpo-a"
name = "GPO A"
post = "tiny-a"
members = ["tiny-landlord"]

[[places]]
code = "square"
name = "Place"
kind = "square"
lon = 7.01
lat = 47.61
"""


def square(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


COMMUNES = {"90001": ("Ouest", square(7.00, 47.60, 7.02, 47.62)), "90002": ("Est", square(7.02, 47.60, 7.04, 47.62))}
SECTORS = {
    "tiny-a": ("Secteur A", square(7.005, 47.605, 7.010, 47.610)),
    "tiny-b": ("Secteur B", square(7.010, 47.605, 7.015, 47.610)),
}


def feature(rings: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_features(path: Path, features: Sequence[dict[str, Any]], **members: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}), encoding="utf-8")
    return path


def write_sectors(folder: Path, name: str = "sectors.geojson", **areas: Any) -> None:
    """The two sectors, with other rings (`tiny_a=…`) where given."""
    write_features(
        folder / name,
        [
            feature(
                areas.get(code.replace("-", "_"), rings), code=code, name=label, kind="city_centre", commune="90001"
            )
            for code, (label, rings) in SECTORS.items()
        ],
    )


def write(folder: Path, *replaced: tuple[str, str]) -> Path:
    """The territory file with its communes and sectors, with these replacements, each of which must fit."""
    text = TOML
    for old, new in replaced:
        assert old in text, old
        text = text.replace(old, new)
    write_features(
        folder / "communes.geojson", [feature(rings, insee=code, nom=name) for code, (name, rings) in COMMUNES.items()]
    )
    if not (folder / "sectors.geojson").exists():
        write_sectors(folder)
    path = folder / "tiny.toml"
    path.write_text(text, encoding="utf-8")
    return path


def run(command: str, *args: Any, **options: Any) -> str:
    """What a command prints."""
    out = StringIO()
    call_command(command, *map(str, args), stdout=out, **options)
    return out.getvalue()


def write_geopackage(path: Path, srid: int, rows: Sequence[tuple[str, str, GEOSGeometry]]) -> Path:
    """A GeoPackage with the columns INSEE_COM and NOM, as the standard lays it out."""
    base = sqlite3.connect(path)
    base.executescript("""
        PRAGMA application_id = 1196444487; PRAGMA user_version = 10300;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
            organization_coordsys_id INTEGER, definition TEXT, description TEXT);
        CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, description TEXT,
            last_change TEXT, min_x REAL, min_y REAL, max_x REAL, max_y REAL, srs_id INTEGER);
        CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,
            srs_id INTEGER, z INTEGER, m INTEGER);
        CREATE TABLE commune (fid INTEGER PRIMARY KEY, geom BLOB, INSEE_COM TEXT, NOM TEXT);
        INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change)
            VALUES ('commune', 'features', 'commune', '2026-01-01T00:00:00Z');
    """)
    wkt = SpatialReference(srid).wkt
    base.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('crs', ?, 'EPSG', ?, ?, '')", (srid, srid, wkt))
    base.execute("UPDATE gpkg_contents SET srs_id = ?", (srid,))
    base.execute("INSERT INTO gpkg_geometry_columns VALUES ('commune', 'geom', 'GEOMETRY', ?, 0, 0)", (srid,))
    header = b"GP\x00\x01" + struct.pack("<i", srid)
    for code, name, area in rows:
        values = (header + bytes(area.wkb), code, name)
        base.execute("INSERT INTO commune (geom, INSEE_COM, NOM) VALUES (?, ?, ?)", values)
    base.commit()
    base.close()
    return path


def defects_of(path: Path) -> str:
    """What `load_territory` says of a file that it refuses."""
    with pytest.raises(CommandError) as caught:
        run("load_territory", path, commit=True)
    return str(caught.value)
