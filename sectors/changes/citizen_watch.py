"""The citizen-watch protocols of a territory, stored from its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sectors.area_files import read_areas
from sectors.changes.geometry import checked
from sectors.changes.rows import Report, make_equal
from sectors.file_tables import Defect, Defects
from sectors.models import CitizenWatch, Commune, Territory
from sectors.territory_tables import CitizenWatchEntry, TerritoryFile


def load_citizen_watch(
    file: TerritoryFile, *, territory: Territory, communes: Mapping[str, Commune], report: Report
) -> list[Defect]:
    """Stores the file's protocols, and tells those that name no commune of the territory or a wrong perimeter."""
    defects: list[Defect] = []
    wanted: dict[str, dict[str, Any]] = {}
    for entry in file.citizen_watch:
        place = f"citizen_watch ({entry.code})"
        if entry.commune not in communes:
            message = f"no commune of the territory has the code {entry.commune!r}"
            defects.append(Defect(file.path.name, place, "commune", "unknown_code", message))
            continue
        area, wrong = _area(file, entry, place)
        defects += wrong
        wanted[entry.code] = {
            "territory_id": territory.pk,
            "commune_id": communes[entry.commune].pk,
            "code": entry.code,
            "state": entry.state,
            "signed_on": entry.signed_on,
            "years": entry.years,
            "tacit": entry.tacit,
            "review_on": entry.review_on,
            "volunteers": None if entry.volunteers < 0 else entry.volunteers,
            "area": area,
            "source": entry.source,
        }
    if not defects:
        existing = CitizenWatch.objects.filter(territory=territory)
        make_equal(CitizenWatch, existing, lambda row: row.code, wanted, report, noun="citizen watch")
    return defects


def _area(file: TerritoryFile, entry: CitizenWatchEntry, place: str) -> tuple[Any, list[Defect]]:
    """The perimeter that the entry's own file draws; None, the whole commune, where it names no file."""
    if not entry.perimeter:
        return None, []
    try:
        areas = list(read_areas(file.path.parent / entry.perimeter))
    except Defects as error:
        return None, error.found
    if len(areas) != 1:
        message = f"{entry.perimeter} holds {len(areas)} areas, and one is expected"
        return None, [Defect(file.path.name, place, "perimeter", "not_one", message)]
    [verdict] = checked([areas[0].wkb])
    if verdict.area is None:
        return None, [Defect(file.path.name, place, "perimeter", *(verdict.refusal or ("", "")))]
    return verdict.area, []
