"""The official file of competences, stored: communes get their brigade, and their force where it differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.text import slugify

from sectors.changes.competence import Held, hold, latest
from sectors.changes.rows import Report, make_equal
from sectors.competence_files import CompetenceRecord
from sectors.file_tables import Defect, Defects
from sectors.models import Commune, Competence, Force, Post, PostKind, Unit

_KIND = {Force.POLICE: PostKind.DESK, Force.GENDARMERIE: PostKind.GENDARMERIE}
# What a post that nobody described is called: the file names services and no posts.
_LABELS = {
    Force.POLICE: ("Accueil – {}", "Front desk – {}"),
    Force.GENDARMERIE: ("Gendarme référent – {}", "Gendarme référent – {}"),
}


@transaction.atomic
def refine_competence(
    records: Sequence[CompetenceRecord], *, label: str, file: str, start: datetime | None = None
) -> Report:
    """Gives each commune of a territory the unit that the file names, and keeps its post while its force is the same.

    `start` is when it holds from, by default the beginning of the territory's competences: it then corrects in place.
    Raises Defects, and then nothing is written.
    """
    report = Report()
    communes = _known(records, report)
    current = latest(row.pk for row in communes.values())
    by_territory: dict[int, list[CompetenceRecord]] = {}
    for record in records:
        if record.code in communes:
            by_territory.setdefault(communes[record.code].territory_id or 0, []).append(record)
    defects: list[Defect] = []
    for territory, own in by_territory.items():
        moment = start or _beginning(territory)
        if moment is None:
            message = "the territory states no competence yet: say from which day on (--from)"
            raise Defects([Defect(file, "", "from", "missing", message)])
        changed = [record for record in own if not _settled(record, current.get(communes[record.code].pk))]
        units = _units(territory, changed, report)
        posts = _Posts(territory, report)
        wanted: dict[int, Held] = {}
        for record in changed:
            commune, unit = communes[record.code], units[_unit_code(record)]
            before = current.get(commune.pk)
            post = before.post_id if before is not None and before.force == record.force else posts.of(unit)
            wanted[commune.pk] = Held(record.force, unit.pk, post, label)
        names = {communes[record.code].pk: f"{record.code} ({record.service})" for record in changed}
        defects += hold(wanted, names, start=moment, file=file, report=report)
    if defects:
        raise Defects(defects)
    return report


def _known(records: Sequence[CompetenceRecord], report: Report) -> dict[str, Commune]:
    """The communes of a territory by their code; codes that stand on one side only are noted."""
    departments = set(Commune.objects.filter(territory__isnull=False).values_list("department", flat=True))
    rows = {row.code: row for row in Commune.objects.filter(territory__isnull=False).defer("area", "area_m")}
    given = {record.code for record in records}
    elsewhere = 0
    for record in records:
        if record.code in rows:
            continue
        if any(record.code.startswith(department) for department in departments):
            report.notes.append(f"{record.place}: {record.code} ({record.name}) is in the file and not in the database")
        else:
            elsewhere += 1
    if elsewhere:
        report.notes.append(f"{elsewhere} communes of the file lie in no territory of this installation; left aside")
    named = {row.department for code, row in rows.items() if code in given}
    for code in sorted(code for code, row in rows.items() if code not in given and row.department in named):
        report.notes.append(f"{code} ({rows[code].name}) is in the database and not in the file; it stays as it is")
    return {code: row for code, row in rows.items() if code in given}


def _beginning(territory: int) -> datetime | None:
    """When the first competence of this territory begins."""
    found = Competence.objects.filter(commune__territory_id=territory).aggregate(first=Min("validity__startswith"))
    return found["first"]  # type: ignore[no-any-return]


def _settled(record: CompetenceRecord, current: Competence | None) -> bool:
    """What holds already says all that this line says: the police's lines have no number, and name no finer service."""
    if current is None or current.force != record.force:
        return False
    return not record.service_id or current.unit.code == _unit_code(record)


def _unit_code(record: CompetenceRecord) -> str:
    return f"{record.force}-{record.service_id or slugify(record.service)}".lower()[:80]


def _units(territory: int, records: Sequence[CompetenceRecord], report: Report) -> dict[str, Unit]:
    """The unit of each service by its code, those that lack added. Raises Defects where another territory has one."""
    codes = {_unit_code(record): record for record in records}
    existing = Unit.objects.filter(code__in=codes)
    if taken := [unit.code for unit in existing if unit.territory_id != territory]:
        raise Defects([Defect("units", code, "", "taken", "it belongs to another territory") for code in taken])
    wanted: dict[str, dict[str, Any]] = {
        code: {"code": code, "territory_id": territory, "name": record.service, "force": record.force}
        for code, record in codes.items()
    }
    return make_equal(Unit, existing, lambda unit: unit.code, wanted, report, noun="unit", keep=True)


class _Posts:
    """Which post answers for a unit whose commune changed hands; one is made where the territory has none that fits."""

    def __init__(self, territory: int, report: Report) -> None:
        self.territory, self.report = territory, report
        self.known = list(Post.objects.filter(territory_id=territory, kind__in=_KIND.values()))

    def of(self, unit: Unit) -> int:
        """The key of the unit's own post, else of the gendarmerie's only one, else of a new one."""
        kind = _KIND[Force(unit.force)]
        fitting = [post for post in self.known if post.kind == kind]
        own = [post for post in fitting if post.unit_id == unit.pk]
        if own:
            return own[0].pk
        if kind is PostKind.GENDARMERIE and len(fitting) == 1:
            return fitting[0].pk
        fr, en = _LABELS[Force(unit.force)]
        post = Post.objects.create(
            territory_id=self.territory,
            unit=unit,
            code=f"{kind}-{unit.code}"[:80],
            kind=kind,
            label_fr=fr.format(unit.name)[:160],
            label_en=en.format(unit.name)[:160],
        )
        self.known.append(post)
        self.report.added.append(f"post {post.code}")
        return post.pk
