"""Rows made equal to what a file wants, in bulk: only what differs is written, and all of it is told."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from django.db.models import ProtectedError, RestrictedError

from sectors.file_tables import Defect, Defects

Row = TypeVar("Row", bound=models.Model)
Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class Report:
    """What a load did, in words that name each row; `written` is False where it was only tried."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    written: bool = True
    doomed: list[models.Model] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing was added, changed or removed."""
        return not (self.added or self.changed or self.removed)


def make_equal(
    model: type[Row],
    existing: Iterable[Row],
    key: Callable[[Row], Key],
    wanted: Mapping[Key, Mapping[str, Any]],
    report: Report,
    *,
    noun: str,
    keep: bool = False,
) -> dict[Key, Row]:
    """The rows by key, after those that lack were added and those that differ changed, in two statements at most.

    `key` gives a row's key; `wanted` gives each key its values by attribute (foreign keys as `…_id`). A row that is not
    wanted is put on `report.doomed`, to be deleted by `remove` when nothing refers to it any more; `keep` leaves it.
    """
    rows: dict[Key, Row] = {key(row): row for row in existing}
    fresh = {each: model(**values) for each, values in wanted.items() if each not in rows}
    differing: dict[Key, list[str]] = {}
    for each, values in wanted.items():
        if each in rows and (names := [n for n, value in values.items() if not same(getattr(rows[each], n), value)]):
            differing[each] = names
            for name in names:
                setattr(rows[each], name, values[name])
    if fresh:
        model._default_manager.bulk_create(fresh.values(), batch_size=500)
    if differing:
        written = sorted({name.removesuffix("_id") for names in differing.values() for name in names})
        model._default_manager.bulk_update([rows[each] for each in differing], written, batch_size=500)
    report.added.extend(f"{noun} {_word(each)}" for each in fresh)
    report.changed.extend(f"{noun} {_word(each)} ({', '.join(names)})" for each, names in differing.items())
    unwanted = [] if keep else [each for each in rows if each not in wanted]
    report.removed.extend(f"{noun} {_word(each)}" for each in unwanted)
    report.doomed.extend(rows.pop(each) for each in unwanted)
    return rows | fresh


def same(stored: Any, wanted: Any) -> bool:
    """Equal, geometries to the last bit."""
    if isinstance(stored, GEOSGeometry) and isinstance(wanted, GEOSGeometry):
        return bytes(stored.wkb) == bytes(wanted.wkb)
    return bool(stored == wanted)


def remove(report: Report, *, file: str) -> None:
    """Deletes what `report` dooms, last found first. Raises Defects for a row that something still refers to."""
    found: list[Defect] = []
    for row in reversed(report.doomed):
        try:
            row.delete()
        except (ProtectedError, RestrictedError) as error:
            held = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
            message = f"it cannot be removed: {len(held)} rows still refer to it"
            found.append(Defect(file, f"{row._meta.verbose_name} {row}", "", "in_use", message))
    if found:
        raise Defects(found)


def _word(key: Hashable) -> str:
    return " / ".join(str(part) for part in key if part) if isinstance(key, tuple) else str(key)
