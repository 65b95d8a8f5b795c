"""A concern as one reader may see it: what a page is given is only what that reader may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, QuerySet, When
from django.http import QueryDict
from django.utils import timezone

from frontend import words
from incidents.deadlines import overdue_bound
from incidents.features import shown_to
from incidents.models import Incident
from incidents.models.visibility import seen_in_full
from incidents.workflow import OPEN, SETTLED, Status
from sectors.scope import Scope

GROUPS: Mapping[str, frozenset[Status]] = {"open": OPEN, "settled": SETTLED}


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows. In part: nature, street position, month and state; `due` and `partner` are empty."""

    reference: str
    full: bool
    category: str
    status: str
    place: str
    sector: str
    post: str
    month: date | None
    reported_at: datetime | None
    due: dict[str, Any] | None
    partner: str
    excerpt: str
    lon: float
    lat: float


def row(incident: Any, now: datetime) -> Row:
    """The row of a concern from `asked`, for the reader it was asked for."""
    full = bool(incident.full)
    # A mayor is told neither sector nor month: with the street they would narrow the place and the time.
    told = full or bool(incident.grouped)
    return Row(
        reference=incident.reference,
        full=full,
        category=words.label(incident.category),
        status=incident.status,
        place=incident.commune.name if incident.commune else "",
        sector=incident.sector.name if told and incident.sector else "",
        post=words.label(incident.post) if told else "",
        month=timezone.localtime(incident.reported_at).date().replace(day=1) if told else None,
        reported_at=incident.reported_at if full else None,
        due=words.due(incident, now) if full else None,
        partner=incident.partner.name if full and incident.partner else "",
        excerpt=incident.description if full else "",
        lon=incident.shown.x,
        lat=incident.shown.y,
    )


def asked(scope: Scope) -> QuerySet[Incident]:
    """The concerns this person may see, with what a row names; one query when read."""
    return shown_to(scope).select_related("category", "sector", "commune", "partner", "post")


def filtered(rows: QuerySet[Incident], parameters: QueryDict, scope: Scope, now: datetime) -> QuerySet[Incident]:
    """The rows that the query string asks for; what it names that does not exist filters all out.

    Lateness is known to those who see in full: it never tells the others when an answer is due.
    """
    status = parameters.get("status", "")
    if status in GROUPS:
        rows = rows.filter(status__in=sorted(GROUPS[status]))
    elif status:
        rows = rows.filter(status=status)
    if parameters.get("category"):
        rows = rows.filter(category__code=parameters["category"])
    if parameters.get("sector"):
        rows = rows.filter(seen_in_full(scope), sector__code=parameters["sector"])
    if parameters.get("overdue"):
        late = Q(status__in=sorted(OPEN), due_at__lte=overdue_bound(now))
        rows = rows.filter(late, seen_in_full(scope))
    return rows


def by_urgency(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Open ones that the reader sees in full first, by due date; then the newest."""
    known = Case(When(Q(full=True, status__in=sorted(OPEN)), then=F("due_at")), output_field=DateTimeField())
    return rows.annotate(urgency=known).order_by(F("urgency").asc(nulls_last=True), "-pk")
