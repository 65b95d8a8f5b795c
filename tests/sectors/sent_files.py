"""Files of areas as programs write them, and what is found wrong with one."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely

from sectors.file_tables import Defects
from sectors.map_files import read_map_file

SQUARE = [[[6.07, 44.55], [6.08, 44.55], [6.08, 44.56], [6.07, 44.56], [6.07, 44.55]]]
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def geojson(*geometries: Any, **more: Any) -> bytes:
    features = [
        {"type": "Feature", "properties": {"code": f"s{n}", "name": "Secteur é"}, "geometry": geometry}
        for n, geometry in enumerate(geometries, 1)
    ]
    return json.dumps({"type": "FeatureCollection", **more, "features": features}).encode()


def polygon(rings: Any = None) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": rings or SQUARE}


def converted(tmp_path: Path, content: bytes, target: str, *words: str) -> Path:
    """The GeoJSON as another file, written by GDAL as any program would."""
    source, out = tmp_path / "source.geojson", tmp_path / target
    source.write_bytes(content)
    subprocess.run(["ogr2ogr", *words, str(out), str(source)], check=True, capture_output=True)
    return out


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def shapefile(tmp_path: Path, *words: str, without: str = "") -> dict[str, bytes]:
    out = converted(tmp_path, geojson(polygon()), "secteurs.shp", "-lco", "ENCODING=UTF-8", *words)
    return {f"secteurs{part}": out.with_suffix(part).read_bytes() for part in PARTS if part != without}


def defects(content: bytes, **asked: Any) -> set[str]:
    with pytest.raises(Defects) as refused:
        read_map_file(content, name="file", **asked)
    return {defect.code for defect in refused.value.found}


def near(wkb: bytes, metres: float = 0.01) -> bool:
    """The area is the square, to so many metres."""
    wanted = shapely.from_geojson(json.dumps(polygon()))
    return bool(shapely.hausdorff_distance(shapely.from_wkb(wkb), wanted) < metres / 80_000)
