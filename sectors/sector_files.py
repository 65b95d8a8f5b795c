"""The sectors of a territory file's edition, read from their own file and checked against what the territory names."""

from __future__ import annotations

from dataclasses import dataclass

from sectors.area_files import FileArea, read_areas
from sectors.file_tables import CODE, COMMUNE, Defect, Defects, TableReader, limited
from sectors.territory_tables import TerritoryFile


@dataclass(frozen=True, slots=True)
class SectorEntry:
    """The properties of a sector; its post is the one of the same code unless it names another."""

    code: str = limited(pattern=CODE, longest=80)
    name: str = limited(longest=160)
    kind: str = limited(longest=40)
    commune: str = limited("", blank=True, pattern=COMMUNE)
    post: str = limited("", blank=True, pattern=CODE)
    source: str = limited("", blank=True, longest=160)


@dataclass(frozen=True, slots=True)
class SectorRecord:
    """A sector as its file gives it: `wkb` in EPSG:4326, and its place in the file in words."""

    place: str
    entry: SectorEntry
    post: str
    priority: int
    wkb: bytes


def read_sectors(file: TerritoryFile) -> tuple[list[SectorRecord], list[Defect]]:
    """The sound sectors of the edition's file, and everything that is wrong with the others."""
    path = file.path.parent / file.edition.file
    reader = TableReader(path.name)
    try:
        areas = list(read_areas(path))
    except Defects as error:
        return [], error.found
    if not areas:
        reader.blame("", "", "empty", "it holds no sector")
    records: dict[str, SectorRecord] = {}
    for area in areas:
        record = _record(file, reader, area)
        if record is None:
            continue
        if record.entry.code in records:
            reader.blame(record.place, "code", "repeated", f"the code {record.entry.code!r} stands twice")
        records[record.entry.code] = record
    return list(records.values()), reader.defects


def _record(file: TerritoryFile, reader: TableReader, area: FileArea) -> SectorRecord | None:
    place = f"{area.place} ({area.properties.get('code')})"
    # GDAL gives every feature all the layer's fields, null where it has none; other fields are the author's own.
    known = SectorEntry.__dataclass_fields__
    given = {key: value for key, value in area.properties.items() if value is not None and key in known}
    entry = reader.row(SectorEntry, given, place)
    if entry is None:
        return None
    post = entry.post or entry.code
    if post not in {post.code for post in file.posts if post.kind == "sector"}:
        reader.blame(place, "post", "unknown_code", f"no [[posts]] of the kind sector has the code {post!r}")
    if entry.kind not in file.priorities:
        reader.blame(place, "kind", "unknown_choice", f"{entry.kind!r} has no priority in [priorities]")
    return SectorRecord(place, entry, post, file.priorities.get(entry.kind, 100), area.wkb)
