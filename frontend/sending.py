"""A draft becomes a concern: for which organisation, in which territory, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

import orjson

from frontend import snapshots
from frontend.drafts import Draft
from frontend.forms import occurred_at
from incidents import changes
from incidents.models import Incident, ReceivedVia
from incidents.reporters import on_behalf, partner_for
from sectors.models import Partner
from sectors.scope import Scope

if TYPE_CHECKING:
    from accounts.models import User


# How a concern that somebody else tells comes in.
TOLD: Final = (ReceivedVia.PHONE, ReceivedVia.COUNTER, ReceivedVia.MEETING)


def partners_of(scope: Scope) -> Sequence[Partner]:
    """The organisations this person may report for, by name: their own, or for a référent or a mayor any of theirs."""
    if scope.speaks_for_others:
        return list(Partner.objects.filter(territory_id__in=[scope.home]).order_by("name"))
    return list(Partner.objects.filter(pk__in=scope.partners).order_by("name")) if scope.partners else ()


def moment_of(draft: Draft) -> datetime | None:
    """When it happened, as the draft says; None for no day."""
    if not draft.occurred_on:
        return None
    hour = time.fromisoformat(draft.occurred_time) if draft.occurred_time else None
    return occurred_at(date.fromisoformat(draft.occurred_on), hour)


def is_told(scope: Scope, received_via: str) -> bool:
    """Did somebody else tell it, to one who writes down for others?"""
    return scope.speaks_for_others and received_via in TOLD


def send(
    user: User,
    scope: Scope,
    draft: Draft,
    *,
    partner_code: str,
    received_via: str,
    contact: Mapping[str, str] | None = None,
) -> str:
    """The reference of the concern; the same one however often this draft is sent. Raises Refused.

    contact: how to reach whoever told it (name, phone, email), where they wish so.
    """
    assert draft.lon is not None  # noqa: S101 - the step before asked for it
    assert draft.lat is not None  # noqa: S101
    lon, lat = draft.lon, draft.lat
    partner = partner_for(scope, partner_code or None, field="partner")
    told = is_told(scope, received_via)

    def make() -> Incident:
        pictures = snapshots.pictures_of(draft)
        incident = changes.report(
            author=user,
            partner=partner,
            on_behalf=on_behalf(scope, partner),
            home=scope.home,
            lon=lon,
            lat=lat,
            category=draft.category,
            description=draft.description,
            received_via=ReceivedVia(received_via) if told else ReceivedVia.WEB,
            accuracy_m=draft.accuracy_m,
            occurred_at=moment_of(draft),
        )
        if pictures:
            changes.attach(incident=incident, author=user, pictures=pictures)
        if contact:
            changes.keep_contact(incident=incident, by=user, **contact)
        return incident

    # The key belongs to one draft of one session: whatever the draft says by then, it is sent once.
    done = changes.once(
        user=user,
        key=f"web:{draft.key}",
        request=draft.key.encode(),
        make=make,
        words=lambda incident: orjson.dumps({"reference": incident.reference}).decode(),
    )
    reference: str = orjson.loads(done.body)["reference"]
    return reference
