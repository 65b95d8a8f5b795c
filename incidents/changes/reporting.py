"""A concern comes in: it is decided, dated, stored with its history, and the messages it owes are owed."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Required, TypedDict, Unpack

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.changes import access
from accounts.models import User
from incidents.changes.decided import Decided, category_of, decide
from incidents.changes.together import insert
from incidents.deadlines import due, taken_due, triage_due
from incidents.models import Incident, ReceivedVia, StatusChange
from incidents.models.history import Trigger
from incidents.notices import report_notices
from incidents.policies import policy_of
from incidents.positions import lazy_point, street
from incidents.references import new_reference
from incidents.refusals import check_content, check_not_swapped
from messaging.drafting import draft
from sectors.atlas.directory import TerritoryCard


class Reported(TypedDict, total=False):
    """What is reported: (lon, lat) in EPSG:4326.

    `partner` is the key of the organisation it is reported for, `on_behalf` whether its author does not belong to it,
    `home` the key of the territory whose triage takes what lies outside, `at` the moment if it is not now.
    """

    author: Required[User]
    partner: Required[int | None]
    home: Required[int | None]
    lon: Required[float]
    lat: Required[float]
    category: Required[str]
    description: Required[str]
    received_via: Required[ReceivedVia]
    accuracy_m: float | None
    occurred_at: datetime | None
    external_reference: str
    on_behalf: bool
    at: datetime | None


# References are drawn: should one be taken, another is drawn.
_DRAWS = 3


def report(**facts: Unpack[Reported]) -> Incident:
    """The stored concern, routed, with its due date; in the same transaction its history, notices and access log.

    Raises Refused (422): looks_swapped, personal_data, in_future.
    """
    for _ in range(_DRAWS - 1):
        try:
            return _report(**facts)
        except IntegrityError as error:
            if "reference" not in str(error):
                raise
    return _report(**facts)


def _undivided() -> AbstractContextManager[object]:
    """One statement writes all of a report, and needs no transaction around it; in its caller's, a savepoint of its own
    lets a reference be drawn again."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _report(
    *,
    author: User,
    partner: int | None,
    home: int | None,
    lon: float,
    lat: float,
    category: str,
    description: str,
    received_via: ReceivedVia,
    accuracy_m: float | None = None,
    occurred_at: datetime | None = None,
    external_reference: str = "",
    on_behalf: bool = False,
    at: datetime | None = None,
) -> Incident:
    at = at or timezone.now()
    check_content(description, occurred_at, at)
    check_content(external_reference, None, at, field="properties.external_reference")
    decided = decide(lon, lat, at, accuracy_m=accuracy_m, category=category, home=home)
    if not decided.is_served:
        check_not_swapped(lon, lat)
    territory = decided.directory.territories[decided.decision.territory]
    incident = _incident(decided, territory, category)
    incident.author, incident.partner_id = author, partner
    incident.description, incident.external_reference = description, external_reference
    incident.occurred_at, incident.received_via = occurred_at, received_via
    with _undivided():
        insert(
            incident,
            decided.routing(incident, trigger=Trigger.REPORT, author=author),
            draft(StatusChange, at=at, status_to=incident.status, author_id=author.pk),
            *report_notices(incident, decided, author, on_behalf=on_behalf),
            access(
                user=author,
                operation="incident.report",
                reference=f"incident:{incident.reference}",
                territory=territory.code,
            ),
        )
    return incident


def _incident(decided: Decided, territory: TerritoryCard, category: str) -> Incident:
    """The unsaved concern: where, who answers, by when."""
    policy = policy_of(territory)
    promised = due(decided.at, policy)
    incident = draft(
        Incident,
        reference=new_reference(),
        territory_id=territory.id,
        category_id=category_of(decided.directory, territory.id, category),
        street_location=lazy_point(*street(decided.lon, decided.lat)),
        reported_at=decided.at,
        updated_at=decided.at,
        due_on=promised.on,
        due_at=promised.at,
        taken_due_at=taken_due(decided.at, policy).at,
        policy_version=policy.version,
    )
    decided.laid_on(incident)
    if decided.is_triaged:
        # Somebody must first say whose it is.
        incident.triage_due_at = triage_due(decided.at, policy).at
    return incident
