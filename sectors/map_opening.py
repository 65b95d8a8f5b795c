"""A program of its own: opens one file of areas that somebody sent, and prints its features as lines of JSON.

It knows no database and no settings, and is started with neither: GDAL reads what a stranger may have made. Only the
driver of the kind that was named stays registered; time, memory, open files and what may be written are limited, and
where the system allows it, no network is there. A Shapefile comes as a zip, of which nothing but its known parts is
unpacked, under names of ours, and no more bytes than said.

The first line it reads says what is asked; the first it prints is the head, or the one defect found.
"""

from __future__ import annotations

import codecs
import ctypes
import json
import os
import re
import resource
import signal
import stat
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any, Final, NoReturn

from django.contrib.gis.gdal import CoordTransform, DataSource, Driver, GDALException, SpatialReference
from django.contrib.gis.gdal.libgdal import lgdal
from django.contrib.gis.gdal.prototypes import ds as capi

# What each kind is read with, and the name that it lies under in the folder of this program.
DRIVERS: Final = {"geojson": "GeoJSON", "gpkg": "GPKG", "shp": "ESRI Shapefile"}
FILES: Final = {"geojson": "sent.geojson", "gpkg": "sent.gpkg", "shp": "sent.zip"}
# The parts of a Shapefile that are read; the others that programs add are left in the zip.
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# Without these there are no features, or none with a name.
_NEEDED: Final = (".shp", ".shx", ".dbf")
_BESIDE: Final = (".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".xml", ".txt", ".md")
_ENTRIES: Final = 30
# A table of a Shapefile says seldom, and not always truly, how its texts are written. The last one reads anything.
_WRITTEN: Final = ("utf-8", "cp1252", "latin-1")
_NO_GEOMETRY: Final = 100
_WGS84: Final = 4326
_AREAS: Final = {"Polygon", "MultiPolygon"}
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PIECE: Final = 1 << 16


def main() -> None:
    """Prints the head, then one line a feature, then `null`; or one line with the defect."""
    head = json.loads(sys.stdin.buffer.readline())
    _confine(head)
    try:
        path = _unzipped(head["unzipped"]) if head["kind"] == "shp" else Path(FILES[head["kind"]])
        _only(DRIVERS[head["kind"]])
        _print_features(path, head)
    except UnicodeError:
        _refuse("encoding", "its texts are not UTF-8")
    except (GDALException, zipfile.BadZipFile, MemoryError, OSError, ValueError) as error:
        _refuse("unreadable", f"{type(error).__name__}: {error}"[:200])


def _confine(head: dict[str, Any]) -> None:
    """From here on this process has little of anything."""
    os.nice(10)
    os.umask(0o077)
    # Best effort: in many containers nobody may do so, and the driver alone must do, which knows no network.
    ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    signal.alarm(head["seconds"])
    for what, most in (
        (resource.RLIMIT_CPU, head["seconds"]),
        (resource.RLIMIT_AS, head["memory"]),
        (resource.RLIMIT_FSIZE, head["unzipped"]),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _unzipped(most: int) -> Path:
    """The Shapefile in the zip, unpacked under names of ours."""
    with zipfile.ZipFile(FILES["shp"]) as sent:
        entries = [entry for entry in sent.infolist() if not entry.is_dir() and "__MACOSX" not in entry.filename]
        if len(sent.infolist()) > _ENTRIES:
            _refuse("too_many_entries", f"at most {_ENTRIES} files are taken in a zip")
        for entry in entries:
            _check(entry)
        shapes = [entry for entry in entries if _suffix(entry) == ".shp"]
        if len(shapes) != 1:
            _refuse("several_layers" if shapes else "no_layer", f"one .shp is expected in the zip, not {len(shapes)}")
        parts = [each for each in entries if _suffix(each) in _PARTS and _stem(each) == _stem(shapes[0])]
        if missing := [each for each in _NEEDED if each not in map(_suffix, parts)]:
            _refuse("part_missing", f"the zip lacks the {' and the '.join(missing)} of its .shp")
        left = most
        for entry in parts:
            left = _unpack(sent, entry, Path(f"sent{_suffix(entry)}"), left)
    # Of an encoding that it does not know GDAL leaves letters out without a word.
    if (named := Path("sent.cpg")).exists() and not _is_known(named.read_bytes()[:40].decode("ascii", "replace")):
        named.unlink()
    return Path("sent.shp")


def _is_known(encoding: str) -> bool:
    name = encoding.strip()
    try:
        codecs.lookup(f"cp{name}" if name.isdecimal() else name)
    except (LookupError, ValueError):
        return False
    return True


def _check(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") or "\x00" in entry.orig_filename:
        _refuse("path", f"{name[:80]!r} leads out of the zip")
    if stat.S_ISLNK(entry.external_attr >> 16):
        _refuse("link", f"{name[:80]!r} is a link")
    if entry.flag_bits & 1:
        _refuse("encrypted", "the zip asks for a password")
    if _suffix(entry) not in {*_PARTS, *_BESIDE}:
        _refuse("unknown_entry", f"{name[:80]!r} is no part of a Shapefile")


def _unpack(sent: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """How many bytes may still be unpacked; what the zip says of its sizes is not believed."""
    with sent.open(entry) as packed, target.open("xb") as plain:
        while piece := packed.read(_PIECE):
            left -= len(piece)
            if left < 0:
                _refuse("too_large", "unpacked, it is larger than may be sent")
            plain.write(piece)
    return left


def _suffix(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).suffix.lower()


def _stem(entry: zipfile.ZipInfo) -> str:
    return str(PurePosixPath(entry.filename).with_suffix("")).lower()


def _only(driver: str) -> None:
    """Every other driver is gone: what the file claims to be inside, or leads to, cannot be opened."""
    Driver.ensure_registered()
    lgdal.GDALGetDriver.restype = lgdal.GDALGetDriverByName.restype = ctypes.c_void_p
    lgdal.GDALGetDriverShortName.restype = ctypes.c_char_p
    lgdal.GDALGetDriverShortName.argtypes = lgdal.GDALDeregisterDriver.argtypes = [ctypes.c_void_p]
    for number in reversed(range(lgdal.GDALGetDriverCount())):
        found = lgdal.GDALGetDriver(number)
        if lgdal.GDALGetDriverShortName(found) != driver.encode():
            lgdal.GDALDeregisterDriver(found)


def _print_features(path: Path, head: dict[str, Any]) -> None:
    source = DataSource(str(path), encoding=_written(path) if head["kind"] == "shp" else "utf-8")
    # Programs keep their styles, and whatever else, in tables beside.
    every: list[Any] = [source[place] for place in range(len(source))]
    layers = [each for each in every if capi.get_fd_geom_type(each._ldefn) != _NO_GEOMETRY]
    if len(layers) != 1:
        _refuse("several_layers" if layers else "no_layer", f"one layer is expected, not {len(layers)}")
    layer = layers[0]
    own = None if head["epsg"] is not None and _says_nothing(path, head["kind"]) else layer.srs
    given = _system(own, head["epsg"], head["known"])
    carried = None if given == _WGS84 else CoordTransform(SpatialReference(given), SpatialReference(_WGS84))
    _print({"epsg": given, "layer": layer.name[:80]})
    count = 0
    for count, feature in enumerate(layer, 1):
        if count > head["features"]:
            _refuse("too_many_features", f"at most {head['features']} features are taken")
        # By their places: GDAL finds a name whatever its case, and a file may have "code" and "CODE".
        properties = {name: _plain(feature[place].value) for place, name in enumerate(layer.fields)}
        _print([count, properties, *_area(feature, carried)])
    if not count:
        _refuse("empty", "there is no feature in it")
    _print(None)


def _written(path: Path) -> str:
    """The first encoding in which every text of the table can be read."""
    for encoding in _WRITTEN[:-1]:
        try:
            layer = DataSource(str(path), encoding=encoding)[0]
            fields = len(layer.fields)
            for feature in layer:
                for place in range(fields):
                    _ = feature[place].value
        except UnicodeError:
            continue
        return encoding
    return _WRITTEN[-1]


def _says_nothing(path: Path, kind: str) -> bool:
    """Of a GeoJSON without the member: GDAL takes it for degrees then, and whoever sends it may know better."""
    return kind == "geojson" and b'"crs"' not in path.read_bytes()


def _system(own: SpatialReference | None, asked: int | None, known: list[int]) -> int:
    """The EPSG code to read it in: the file's own, which must be of the list, or the one that was chosen."""
    said = _code(own) if own is not None else None
    if own is None and asked is None:
        _refuse("no_crs", "the file does not say which coordinate system it is in: choose it")
    if asked is None and said not in known:
        _refuse("unknown_crs", f"its coordinate system ({said or 'without a code'}) is none of those that are read")
    if asked is not None and said is not None and said != asked:
        _refuse("other_crs", f"it says EPSG:{said}, and EPSG:{asked} was chosen")
    return int(asked if asked is not None else said or 0)


def _code(own: SpatialReference) -> int | None:
    root: Any = None
    name = (own.auth_name(root) or "", own.auth_code(root) or "")
    # The same system, under its other names: longitude first, and with heights.
    if name in {("OGC", "CRS84"), ("EPSG", "4979")}:
        return _WGS84
    return int(name[1]) if name[0] == "EPSG" and re.fullmatch(r"\d{4,6}", name[1]) else None


def _area(feature: Any, carried: CoordTransform | None) -> tuple[str, str]:
    """The WKB as hex in EPSG:4326 and "", or "" and why there is none."""
    try:
        shape = feature.geom
    except GDALException:
        return "", "no_geometry"
    kind = shape.geom_name.title().replace("polygon", "Polygon")
    if kind not in _AREAS:
        return "", "curves" if any(word in kind for word in ("Curve", "Surface", "Circular")) else "no_area"
    if shape.empty:
        return "", "no_geometry"
    shape.set_3d(False)
    shape.set_measured(False)
    if carried is not None:
        shape.transform(carried)
    return bytes(shape.wkb).hex(), ""


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _print(line: object) -> None:
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")


def _refuse(code: str, detail: str) -> NoReturn:
    _print({"defect": code, "detail": detail})
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
