"""A program of its own: rows on its standard input become one file that GIS programs read.

It knows no database and no Django, and is started with neither. The first line says what is to be written, each line
that follows is a row, and the last one says that it was the last: a reader that died in the middle leaves no file. The
rows go into a plain GeoPackage, where types, nulls and an empty table are what they were; GDAL then makes of it the
file asked for, with its spatial index, in place of this program: one process, one limit on its time and on its bytes.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final

ROWS: Final = "rows.gpkg"
# The format's own marks.
_APPLICATION, _VERSION = 0x47504B47, 10300
_TYPES: Final = {
    "string": "TEXT",
    "integer": "INTEGER",
    "number": "REAL",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "date-time": "DATETIME",
}
_TABLES: Final = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT '1970-01-01T00:00:00.000Z',
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name));
"""


def main() -> None:
    """Becomes GDAL in the end. Raises EOFError where the rows end before they are all there."""
    # Whoever waits for a page comes first.
    os.nice(10)
    os.umask(0o077)
    lines = sys.stdin.buffer
    head = json.loads(lines.readline())
    # Both outlast the change into another program.
    signal.alarm(head["seconds"])
    resource.setrlimit(resource.RLIMIT_FSIZE, (head["bytes"], head["bytes"]))
    _store(head, lines)
    words = ["-f", head["driver"], head["target"], ROWS, head["name"], "-gt", "65536"]
    if head["geometry"] != "GEOMETRY":
        words += ["-nlt", head["geometry"]]
    os.execvp("ogr2ogr", ["ogr2ogr", *words])  # noqa: S606, S607 - GDAL, found as every program


def _store(head: dict[str, Any], lines: Iterable[bytes]) -> None:
    """The rows lie in the GeoPackage; in front of FlatGeobuf, whose index has no place for it, nothing without one."""
    name, columns = _quoted(head["name"]), head["columns"]
    base = sqlite3.connect(ROWS, isolation_level=None)
    base.execute("PRAGMA journal_mode=OFF")
    base.execute("PRAGMA synchronous=OFF")
    base.execute(f"PRAGMA application_id={_APPLICATION}")
    base.execute(f"PRAGMA user_version={_VERSION}")
    base.executescript(_TABLES)
    typed = "".join(f", {_quoted(column)} {_TYPES[kind]}" for column, kind in columns)
    base.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY, geom {head['geometry']}{typed})")
    srid = head["srid"]
    base.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, 'EPSG', ?, 'undefined', '')", (str(srid), srid, srid))
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, 'features', ?, ?)",
        (head["name"], head["name"], srid),
    )
    base.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (head["name"], head["geometry"], srid)
    )
    base.execute("BEGIN")
    rows = (row for row in _rows(lines, srid) if row[0] is not None or head["driver"] != "FlatGeobuf")
    marks = ", ".join("?" * (len(columns) + 1))
    given = ", ".join(["geom", *(_quoted(column) for column, _kind in columns)])
    base.executemany(f"INSERT INTO {name} ({given}) VALUES ({marks})", rows)  # noqa: S608 - quoted
    base.execute("COMMIT")
    base.close()


def _rows(lines: Iterable[bytes], srid: int) -> Iterator[list[object]]:
    # Little-endian, without a box of its own.
    head = struct.pack("<2sBBi", b"GP", 0, 1, srid)
    for line in lines:
        row = json.loads(line)
        if row is None:
            return
        shape, *values = row
        yield [None if shape is None else head + bytes.fromhex(shape), *values]
    raise EOFError("the rows ended before their end was told")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


if __name__ == "__main__":
    main()
