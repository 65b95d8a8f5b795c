"""A file of areas that somebody sent, read by a program of its own (`map_opening`) that GDAL may ruin without harm."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any, Final

import orjson

from sectors import map_opening
from sectors.area_files import FileArea
from sectors.file_tables import Defect, Defects

# The coordinate systems that are read, by their EPSG codes: what GIS programs in metropolitan France write.
SYSTEMS: Final[dict[int, str]] = {
    2154: "RGF93 / Lambert-93",
    4326: "WGS 84",
    4171: "RGF93",
    3857: "WGS 84 / Pseudo-Mercator",
    **{3942 + n: f"RGF93 / CC{42 + n}" for n in range(9)},
    32630: "WGS 84 / UTM 30N",
    32631: "WGS 84 / UTM 31N",
    32632: "WGS 84 / UTM 32N",
    25831: "ETRS89 / UTM 31N",
    25832: "ETRS89 / UTM 32N",
}
MOST_BYTES: Final = 20 << 20
MOST_FEATURES: Final = 20_000
_SECONDS: Final = 30
_MEMORY: Final = 1 << 30
_UNZIPPED: Final = 100 << 20
_PRINTED: Final = 200 << 20
_PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "GDAL_DATA", "PROJ_LIB", "PROJ_DATA")
# Should GDAL be led to an address all the same, it finds nobody there.
_ALONE: Final = {"GDAL_HTTP_PROXY": "127.0.0.1:9", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none"}
# What a file begins with, whatever its name says.
_MARKS: Final = ((b"SQLite format 3\x00", "gpkg"), (b"PK\x03\x04", "shp"), (b"{", "geojson"))
# Why one feature has no area.
_REASONS: Final = {
    "no_geometry": "it has no geometry",
    "no_area": "a polygon is expected",
    "curves": "it is drawn with curves: save it with straight lines",
}


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a file holds: its coordinate system and its features, each with its WKB in EPSG:4326."""

    epsg: int
    areas: list[FileArea]


def read_map_file(content: bytes, *, name: str, epsg: int | None = None) -> MapFile:
    """The features of a GeoJSON, a GeoPackage of one layer, or a zip with one Shapefile.

    epsg: one of `SYSTEMS`, for a file that does not say its own. Raises Defects with all that is wrong, by stable
    codes: too_large, unknown_kind, unreadable, encoding, no_layer, several_layers, no_crs, unknown_crs, other_crs,
    empty, too_many_features, no_geometry, no_area, curves; of a zip path, link, encrypted, unknown_entry,
    too_many_entries, part_missing.
    """
    kind = next((kind for mark, kind in _MARKS if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(mark)), "")
    if len(content) > MOST_BYTES:
        raise _defects(name, "too_large", f"at most {MOST_BYTES >> 20} MB are taken")
    if not kind:
        raise _defects(name, "unknown_kind", "a GeoJSON, a GeoPackage or a zip with a Shapefile is expected")
    if epsg is not None and epsg not in SYSTEMS:
        raise _defects(name, "unknown_crs", f"EPSG:{epsg} is none of those that are read")
    lines = _opened(content, kind, epsg).splitlines()
    try:
        head, *rows = [orjson.loads(line) for line in lines]
    except (orjson.JSONDecodeError, ValueError) as error:
        raise _defects(name, "unreadable", "it could not be read within the time and memory given") from error
    told = [row for row in (head, *rows) if isinstance(row, dict) and "defect" in row]
    if told:
        raise _defects(name, told[0]["defect"], told[0]["detail"])
    if not rows or rows[-1] is not None:
        raise _defects(name, "unreadable", "it could not be read within the time and memory given")
    return MapFile(head["epsg"], _areas(name, rows[:-1]))


def _areas(name: str, rows: list[list[Any]]) -> list[FileArea]:
    wrong = [Defect(name, f"feature {place}", "geometry", why, _REASONS[why]) for place, _p, _wkb, why in rows if why]
    if wrong:
        raise Defects(wrong)
    return [FileArea(f"feature {place}", properties, bytes.fromhex(wkb)) for place, properties, wkb, _why in rows]


def _opened(content: bytes, kind: str, epsg: int | None) -> bytes:
    """What the program printed; cut where it ended before its end, or printed more than may be."""
    head = {
        "kind": kind,
        "epsg": epsg,
        "known": list(SYSTEMS),
        "features": MOST_FEATURES,
        "seconds": _SECONDS,
        "memory": _MEMORY,
        "unzipped": _UNZIPPED,
    }
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _ALONE
    with tempfile.TemporaryDirectory(prefix="psq-sent-") as place:
        (Path(place) / map_opening.FILES[kind]).write_bytes(content)
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", map_opening.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=place,
            env=environment,
        ) as process:
            watch = Timer(_SECONDS + 1, process.kill)
            watch.start()
            try:
                assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - pipes were asked for
                process.stdin.write(orjson.dumps(head) + b"\n")
                process.stdin.close()
                return process.stdout.read(_PRINTED)
            finally:
                watch.cancel()
                process.kill()


def _defects(name: str, code: str, message: str) -> Defects:
    return Defects([Defect(name, "", "", code, message)])
