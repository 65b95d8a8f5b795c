"""The order of a list of concerns, walked by key: a page costs the same wherever it is, and so do its neighbours.

First what waits for an answer and is seen in full, by due date; then all the rest, the newest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from incidents.models import Incident
from incidents.models.visibility import seen_in_full
from incidents.workflow import OPEN, SETTLED
from sectors.scope import Scope

_OPEN: Final = sorted(OPEN)
_SETTLED: Final = sorted(SETTLED)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a concern stands in the order."""

    urgent: bool
    due_at: datetime
    pk: int


@dataclass(frozen=True, slots=True)
class Page:
    """The concerns of a page, and the references to go on from; "" where nothing is beyond."""

    rows: Sequence[Any]
    before: str = ""
    after: str = ""


def place_of(incident: Any) -> Place:
    """The place of a concern read with `readers.asked`."""
    return Place(bool(incident.full) and incident.status in OPEN, incident.due_at, incident.pk)


def page(
    rows: QuerySet[Incident],
    scope: Scope,
    size: int,
    *,
    among: QuerySet[Incident],
    after: str = "",
    before: str = "",
) -> Page:
    """The page after the concern of this reference, or the one before it; the first for one that nobody knows.

    among: where that concern is looked up, for it may have left the list since. At most three queries.
    """
    place = _place(among, after or before)
    if place is not None and not after:
        found = walk(rows, scope, place, size + 1, back=True)
        shown = list(reversed(found[:size]))
        return Page(shown, shown[0].reference if len(found) > size else "", shown[-1].reference) if shown else Page([])
    found = walk(rows, scope, place, size + 1)
    shown = found[:size]
    if not shown:
        return Page([])
    return Page(shown, shown[0].reference if place else "", shown[-1].reference if len(found) > size else "")


def neighbours(rows: QuerySet[Incident], scope: Scope, incident: Any) -> tuple[str, str]:
    """The references of the concerns before and after this one in the order, "" for none. At most four queries."""
    place = place_of(incident)
    names = rows.select_related(None).only("reference")
    before, after = (walk(names, scope, place, 1, back=back) for back in (True, False))
    return before[0].reference if before else "", after[0].reference if after else ""


def walk(rows: QuerySet[Incident], scope: Scope, place: Place | None, count: int, *, back: bool = False) -> list[Any]:
    """Up to `count` concerns beyond this place, in the order or against it; from the start without one.

    A second query only where the first of the two parts has not enough.
    """
    full = seen_in_full(scope)
    urgent = rows.filter(full, status__in=_OPEN)
    rest = rows.filter(Q(status__in=_SETTLED) | Q(full=False))
    if back:
        found = [] if place is None or place.urgent else _first(rows, rest.filter(pk__gt=place.pk), ("pk",), count)
        if len(found) < count:
            found += _urgent(rows, urgent, place, count - len(found), back=True)
        return found
    found = _urgent(rows, urgent, place, count) if place is None or place.urgent else []
    if len(found) < count:
        if place is not None and not place.urgent:
            rest = rest.filter(pk__lt=place.pk)
        found += _first(rows, rest, ("-pk",), count - len(found))
    return found


def _urgent(
    every: QuerySet[Incident], rows: QuerySet[Incident], place: Place | None, count: int, *, back: bool = False
) -> list[Any]:
    if place is not None and place.urgent:
        if back:
            rows = rows.filter(Q(due_at__lte=place.due_at) & ~Q(due_at=place.due_at, pk__gte=place.pk))
        else:
            rows = rows.filter(Q(due_at__gte=place.due_at) & ~Q(due_at=place.due_at, pk__lte=place.pk))
    return _first(every, rows, ("-due_at", "-pk") if back else ("due_at", "pk"), count)


def _first(rows: QuerySet[Incident], found: QuerySet[Incident], order: Sequence[str], count: int) -> list[Any]:
    """The first of what was found, in this order, read as `rows` are.

    Chosen by their keys alone: what belongs to a concern is fetched for those shown, and not for all that are sorted.
    """
    chosen = found.select_related(None).order_by(*order).values("pk")[:count]
    return list(rows.filter(pk__in=chosen).order_by(*order))


def _place(among: QuerySet[Incident], reference: str) -> Place | None:
    if not reference or "\0" in reference:
        return None
    found = among.select_related(None).only("status", "due_at").filter(reference=reference).first()
    return place_of(found) if found else None
