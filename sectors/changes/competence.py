"""Who is competent in a commune, on dates: a change ends what held and starts what holds, and the past stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from sectors.changes.rows import Report
from sectors.file_tables import Defect
from sectors.models import Competence
from sectors.moments import PARIS


@dataclass(frozen=True, slots=True)
class Held:
    """What is wanted for one commune: its force and the keys of its unit and post."""

    force: str
    unit_id: int
    post_id: int
    source: str


def since(moment: datetime) -> DateTimeTZRange:
    """From this moment on, without an end."""
    return DateTimeTZRange(moment, None, "[)")


def hold(
    wanted: Mapping[int, Held], names: Mapping[int, str], *, start: datetime, file: str, report: Report
) -> list[Defect]:
    """Makes these the competences of these communes (by key) from `start` on; what already holds alike is left.

    What holds alike since later begins earlier, where nothing was known before. Where another one holds: from the same
    moment on, it is corrected in place; from an earlier one, it ends at `start` and the wanted one begins. One that
    begins later than `start` is a defect, for the past is not rewritten.
    """
    last: dict[int, Competence] = {}
    # Communes with more than one row: what held first begins where it began.
    dated: set[int] = set()
    for row in Competence.objects.filter(commune_id__in=wanted).order_by("validity"):
        if row.commune_id in last:
            dated.add(row.commune_id)
        last[row.commune_id] = row
    moved: list[Competence] = []
    corrected: list[Competence] = []
    fresh: list[Competence] = []
    defects: list[Defect] = []
    for commune, held in wanted.items():
        current, name = last.get(commune), f"competence {names[commune]}"
        if current is not None and _alike(current, held):
            if current.validity.lower > start and current.commune_id not in dated:
                current.validity = since(start)
                moved.append(current)
                report.changed.append(f"{name} (from {start:%Y-%m-%d})")
            continue
        if current is not None and current.validity.lower > start:
            begun = f"{current.validity.lower.astimezone(PARIS):%Y-%m-%d}"
            defects.append(
                Defect(file, name, "from_on", "too_early", f"another one holds from {begun} on, which is later")
            )
            continue
        if current is not None and current.validity.lower == start:
            _correct(current, held)
            corrected.append(current)
            report.changed.append(name)
            continue
        if current is not None and (current.validity.upper is None or current.validity.upper > start):
            current.validity = DateTimeTZRange(current.validity.lower, start, "[)")
            moved.append(current)
            report.changed.append(f"{name} (from {start:%Y-%m-%d})")
        else:
            report.added.append(name)
        fresh.append(_new(commune, held, start))
    # The old rows end first: at no moment may two hold for one commune.
    Competence.objects.bulk_update(moved, ["validity"], batch_size=500)
    Competence.objects.bulk_update(corrected, ["force", "unit", "post", "source"], batch_size=500)
    Competence.objects.bulk_create(fresh, batch_size=500)
    return defects


def latest(communes: Iterable[int]) -> dict[int, Competence]:
    """The last competence of each of these communes, with its post and unit."""
    rows = Competence.objects.filter(commune_id__in=list(communes)).select_related("unit", "post")
    return {row.commune_id: row for row in rows.order_by("validity")}


def _alike(row: Competence, held: Held) -> bool:
    return (row.force, row.unit_id, row.post_id) == (held.force, held.unit_id, held.post_id) and (
        row.validity.upper is None
    )


def _correct(row: Competence, held: Held) -> None:
    row.force, row.unit_id, row.post_id, row.source = held.force, held.unit_id, held.post_id, held.source


def _new(commune: int, held: Held, start: datetime) -> Competence:
    return Competence(
        commune_id=commune,
        force=held.force,
        unit_id=held.unit_id,
        post_id=held.post_id,
        validity=since(start),
        source=held.source,
    )
