"""A dated edition of the sectors stored from a territory file: one that was ever in force is never rewritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from sectors.changes.competence import since
from sectors.changes.geometry import checked
from sectors.changes.rows import Report, make_equal, same
from sectors.file_tables import Defect
from sectors.models import Commune, Edition, Post, Sector, Territory
from sectors.moments import PARIS, paris_midnight
from sectors.sector_files import SectorRecord
from sectors.territory_tables import EditionEntry

# What may be put right in an edition in force: it changes neither where a sector is nor who answers for it.
CORRIGIBLE = frozenset({"name", "source"})


@dataclass(frozen=True, slots=True)
class _Case:
    """What one load is about: the file's edition, when it begins, the present moment, and where to tell."""

    entry: EditionEntry
    start: datetime
    at: datetime
    file: str
    report: Report

    def defect(self, key: str, code: str, message: str) -> Defect:
        """A defect of the edition's own table."""
        return Defect(self.file, f"edition ({self.entry.code})", key, code, message)


def load_edition(
    entry: EditionEntry,
    records: Sequence[SectorRecord],
    *,
    territory: Territory,
    communes: Mapping[str, Commune],
    posts: Mapping[str, Post],
    at: datetime,
    file: str,
    report: Report,
) -> list[Defect]:
    """Stores this edition and its sectors, and ends the one in force where this one begins; returns what is wrong."""
    wanted, defects = _wanted(entry, records, communes, posts, report)
    start = paris_midnight(entry.from_on)
    case = _Case(entry, start, at, file, report)
    edition = Edition.objects.filter(code=entry.code).first()
    if defects:
        return defects
    if edition is not None and edition.territory_id != territory.pk:
        return [case.defect("code", "taken", "this edition belongs to another territory")]
    if edition is not None and edition.validity is not None and edition.validity.lower <= at:
        return _correct(edition, wanted, case)
    defects = _make_room(territory, edition, case)
    if defects:
        return defects
    before = len(report.added) + len(report.changed) + len(report.removed)
    if edition is None:
        edition = Edition.objects.create(territory=territory, code=entry.code, validity=since(start), note=entry.note)
        report.added.append(f"edition {entry.code} (from {entry.from_on})")
    elif edition.validity is None or edition.validity.lower != start or edition.note != entry.note:
        edition.validity, edition.note = since(start), entry.note
        report.changed.append(f"edition {entry.code} (from {entry.from_on})")
    for values in wanted.values():
        values["edition_id"] = edition.pk
    make_equal(Sector, Sector.objects.filter(edition=edition), lambda row: row.code, wanted, report, noun="sector")
    # The database takes no change of its sectors from the day on which it begins.
    edition.sealed_at = start
    if len(report.added) + len(report.changed) + len(report.removed) > before:
        edition.save()
        report.notes.extend(_looked_at(edition))
    return []


def _wanted(
    entry: EditionEntry,
    records: Sequence[SectorRecord],
    communes: Mapping[str, Commune],
    posts: Mapping[str, Post],
    report: Report,
) -> tuple[dict[str, dict[str, Any]], list[Defect]]:
    """The columns of each sector by its code, without its edition; refusals come as defects."""
    wanted: dict[str, dict[str, Any]] = {}
    defects: list[Defect] = []
    for record, verdict in zip(records, checked([record.wkb for record in records]), strict=True):
        sector = record.entry
        if sector.commune and sector.commune not in communes:
            message = f"no commune of the territory has the code {sector.commune!r}"
            defects.append(Defect(entry.file, record.place, "commune", "unknown_code", message))
        if verdict.area is None:
            defects.append(Defect(entry.file, record.place, "geometry", *(verdict.refusal or ("", ""))))
        if verdict.repair:
            report.notes.append(f"{entry.file}: {record.place}: {verdict.repair}")
        post = posts.get(record.post)
        if verdict.area is None or post is None or (sector.commune and sector.commune not in communes):
            continue
        wanted[sector.code] = {
            "code": sector.code,
            "name": sector.name,
            "kind": sector.kind,
            "commune_id": communes[sector.commune].pk if sector.commune else None,
            "post_id": post.pk,
            "priority": record.priority,
            "area": verdict.area,
            "source": sector.source,
        }
    return wanted, defects


def _correct(edition: Edition, wanted: Mapping[str, dict[str, Any]], case: _Case) -> list[Defect]:
    """Puts names and sources right in an edition that is or was in force; anything else is a defect."""
    advice = "an edition in force is not rewritten: give a new edition a new code and a day to come"
    file, report = case.entry.file, case.report
    stored = {row.code: row for row in Sector.objects.filter(edition=edition)}
    defects: list[Defect] = []
    if edition.validity.lower != case.start:
        begun = f"it begins on {_day(edition)} in the database; {advice}"
        defects.append(case.defect("from_on", "in_force", begun))
    for code in sorted(stored.keys() ^ wanted.keys()):
        side = "database" if code in stored else "file"
        defects.append(Defect(file, f"sector {code}", "", "in_force", f"it is in the {side} only; {advice}"))
    for code in sorted(stored.keys() & wanted.keys()):
        names = [n for n, v in wanted[code].items() if n not in CORRIGIBLE and not same(getattr(stored[code], n), v)]
        if names:
            message = f"{', '.join(names)} differ from the database; {advice}"
            defects.append(Defect(file, f"sector {code}", "", "in_force", message))
    if defects:
        return defects
    before = len(report.changed)
    if edition.note != case.entry.note:
        edition.note = case.entry.note
        report.changed.append(f"edition {edition.code} (note)")
    make_equal(Sector, stored.values(), lambda row: row.code, wanted, report, noun="sector", keep=True)
    if len(report.changed) > before:
        edition.save()
    return []


def _make_room(territory: Territory, edition: Edition | None, case: _Case) -> list[Defect]:
    """Ends the edition in force where the new one begins; a defect where that would change a day gone by."""
    ended: list[Edition] = []
    for other in Edition.objects.filter(territory=territory, validity__isnull=False):
        if other == edition:
            continue
        if other.validity.lower >= case.start:
            begun = f"edition {other.code} begins on {_day(other)}; a new one begins later"
            return [case.defect("from_on", "too_early", begun)]
        if other.validity.upper is None or other.validity.upper > case.start:
            ended.append(other)
    if ended and case.start <= case.at:
        message = f"edition {ended[0].code} is in force; a new one begins tomorrow at the earliest"
        return [case.defect("from_on", "in_the_past", message)]
    for other in ended:
        other.validity = DateTimeTZRange(other.validity.lower, case.start, "[)")
        other.save()
        case.report.changed.append(f"edition {other.code} (ends on {case.entry.from_on})")
    return []


def _day(edition: Edition) -> str:
    """The first day of an edition, in Paris."""
    return f"{edition.validity.lower.astimezone(PARIS):%Y-%m-%d}"


_LOOK = """
SELECT 'sectors ' || a.code || ' and ' || b.code || ' overlap on ' || round(shared)::text || ' m²'
FROM sectors_sector AS a
JOIN sectors_sector AS b ON b.edition_id = a.edition_id AND b.code > a.code AND ST_Intersects(a.area_m, b.area_m)
CROSS JOIN LATERAL (SELECT ST_Area(ST_Intersection(a.area_m, b.area_m)) AS shared) AS both_hold
WHERE a.edition_id = %(edition)s AND shared >= 1
UNION ALL
SELECT 'sector ' || s.code || ' leaves its commune by ' || round(beyond)::text || ' m²'
FROM sectors_sector AS s JOIN sectors_commune AS c ON c.id = s.commune_id
CROSS JOIN LATERAL (SELECT ST_Area(ST_Difference(s.area_m, c.area_m)) AS beyond) AS rest
WHERE s.edition_id = %(edition)s AND beyond >= 1
ORDER BY 1
"""


def _looked_at(edition: Edition) -> list[str]:
    """What is worth a look and harms nothing: overlaps, which the rule of ties settles, and parts beyond a commune."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, {"edition": edition.pk})
        return [str(row[0]) for row in cursor.fetchall()]
