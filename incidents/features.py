"""Concerns as GeoJSON: one way to print them, for lists and for one, in full or in part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

import orjson
from django.contrib.gis.db.models import GeometryField
from django.db.models import BooleanField, Case, F, Func, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from incidents.deadlines import overdue
from incidents.models import Incident, Position, Suspension
from incidents.models.incident import IncidentQuerySet
from incidents.models.visibility import seen_in_full, seen_with_month, told_for_a_motive
from incidents.positions import numbers_of
from incidents.workflow import OPEN, Status
from ogcapi.expressions import GeoJSONText
from ogcapi.geojson import feature
from sectors.atlas.directory import Directory
from sectors.scope import Scope
from sectors.words import sentence

COLUMNS: Final = (
    "pk",
    "territory_id",
    "full",
    "across",
    "grouped",
    "text",
    "reference",
    "status",
    "category__code",
    "description",
    "outcome",
    "reason",
    "sector__code",
    "post__code",
    "unit__code",
    "co_readers",
    "border",
    "reported_at",
    "occurred_at",
    "due_on",
    "due_at",
    "triage_due_at",
    "accuracy_m",
    "partner__code",
    "received_via",
    "external_reference",
    "updated_at",
    "suspended_until",
    "suspension_reason",
    "support_count",
    "merged_into_id",
    "into",
)
# What a reader in part is told: nature, street and state; partners of the sector's group also the month.
IN_PART: Final = frozenset({"reference", "status", "category", "position"})
IN_GROUP: Final = IN_PART | {"month"}
# Somebody's own words.
UNSAID: Final[Mapping[str, None]] = MappingProxyType({"description": None, "external_reference": None})
NO_MEMBERS: Final[Mapping[str, object]] = MappingProxyType({})


def shown_to(scope: Scope, queryset: IncidentQuerySet | None = None) -> QuerySet[Incident]:
    """The concerns this person may see, each with `full`, `across`, the place that may be shown (`shown`), and `into`.

    across: its words and photos are for those alone who said why they read it.
    into: the concern that it is dealt with in, where they may see that one.
    """
    full, grouped = seen_in_full(scope), seen_with_month(scope)
    into = Incident.objects.visible_to(scope).filter(pk=OuterRef("merged_into")).values("reference")[:1]
    shown: QuerySet[Incident] = (
        (Incident.objects if queryset is None else queryset)
        .visible_to(scope)
        .annotate(
            full=Case(When(full, then=Value(True)), default=Value(False), output_field=BooleanField()),
            across=told_for_a_motive(scope),
            grouped=Case(When(grouped, then=Value(True)), default=Value(False), output_field=BooleanField()),
            shown=Case(
                When(full, then=F("location")), default=F("street_location"), output_field=GeometryField(srid=4326)
            ),
            into=Case(When(merged_into__isnull=False, then=Subquery(into))),
        )
    )
    return shown


def rows(queryset: QuerySet[Incident]) -> list[tuple[Any, ...]]:
    """The columns that `written` prints, one query."""
    return list(columns(queryset, GeoJSONText("shown")))


def columns(queryset: QuerySet[Incident], shape: Func) -> QuerySet[Incident, tuple[Any, ...]]:
    """The same, not asked yet: `shape` prints the place that may be shown."""
    annotated = queryset.annotate(
        text=shape,
        suspended_until=_of_suspension("until"),
        suspension_reason=_of_suspension("reason"),
        # As text: read by orjson, where it is told at all.
        routed=Cast("reason", TextField()),
    )
    return annotated.values_list(*("routed" if name == "reason" else name for name in COLUMNS))


def _of_suspension(column: str) -> Case:
    """Of the suspension that is open; looked up for suspended concerns alone."""
    stopped = Suspension.objects.filter(incident=OuterRef("pk"), ended_at__isnull=True)
    return Case(When(status=Status.SUSPENDUE, then=Subquery(stopped.values(column)[:1])))


def written(
    row: tuple[Any, ...], now: datetime, members: Mapping[str, object] = NO_MEMBERS, *, motive: str = ""
) -> bytes:
    """One Feature, as GeoJSON text; `members` stand beside its properties. motive: as in `told`."""
    reference, text, properties = told(row, now, motive=motive)
    return feature(reference, text, properties, **members)


def told(
    row: tuple[Any, ...], now: datetime, *, motive: str = "", zone: tzinfo | None = None
) -> tuple[str, str | None, Mapping[str, Any]]:
    """Reference, text of the place and properties of one row.

    motive: why it is read; without it, what somebody wrote is not told to the direction of a sector's concern.
    zone: of whose clocks; by default those of the service. Of many rows it is looked up once.
    """
    values = dict(zip(COLUMNS, row, strict=True))
    if unsaid := bool(values["across"]) and not motive:
        values |= UNSAID
    return values["reference"], values["text"], _properties(values, now, unsaid=unsaid, zone=zone)


def _properties(
    values: Mapping[str, Any], now: datetime, *, unsaid: bool, zone: tzinfo | None = None
) -> Mapping[str, Any]:
    zone = zone or timezone.get_current_timezone()
    reported = values["reported_at"].astimezone(zone)
    properties = {
        "reference": values["reference"],
        "status": values["status"],
        "category": values["category__code"],
        "description": values["description"],
        "outcome": values["outcome"],
        "reason": None,
        "sector": values["sector__code"],
        "post": values["post__code"],
        "unit": values["unit__code"],
        "co_readers": values["co_readers"],
        "border": values["border"],
        "month": f"{reported.year}-{reported.month:02}",
        "reported_at": reported,
        "occurred_at": values["occurred_at"] and values["occurred_at"].astimezone(zone),
        "due_on": values["due_on"],
        "due_at": values["due_at"].astimezone(zone),
        "triage_due_at": values["triage_due_at"] and values["triage_due_at"].astimezone(zone),
        "overdue": values["status"] in OPEN and overdue(now, values["due_at"]),
        "accuracy_m": values["accuracy_m"],
        "partner": values["partner__code"],
        "received_via": values["received_via"],
        "external_reference": values["external_reference"] or None,
        "updated_at": values["updated_at"].astimezone(zone),
        "suspended_until": values["suspended_until"],
        "suspension_reason": values["suspension_reason"],
        "supports": values["support_count"],
        "merged": values["merged_into_id"] is not None,
        "merged_into": values["into"],
        "motive_required": unsaid,
        "position": Position.EXACT if values["full"] else Position.STREET,
    }
    if values["full"]:
        reason = values["reason"]
        properties["reason"] = sentence(orjson.loads(reason) if isinstance(reason, str) else reason)
    else:
        known = IN_GROUP if values["grouped"] else IN_PART
        properties = {name: value if name in known else None for name, value in properties.items()}
    return properties


def just_stored(incident: Incident, directory: Directory, now: datetime, **members: object) -> bytes | None:
    """The Feature of a concern just stored, for its author; None where memory does not know a name yet.

    What was written is at hand: asking for it again would cost more than printing it.
    """
    try:
        names = {
            "category__code": directory.categories_by_key[incident.category_id].code,
            "sector__code": directory.sectors[incident.sector_id].code if incident.sector_id else None,
            "post__code": directory.posts[incident.post_id].code,
            "unit__code": directory.units[incident.unit_id].code,
            "partner__code": directory.partners[incident.partner_id] if incident.partner_id else None,
        }
    except KeyError:
        return None
    # As it was set: asked of the concern itself, a geometry would be made to be taken apart.
    point = {"type": "Point", "coordinates": [round(each, 7) for each in numbers_of(incident.__dict__["location"])]}
    known = names | {"full": True, "grouped": False, "text": orjson.dumps(point)}
    values: dict[str, Any] = {name: known[name] if name in known else getattr(incident, name, None) for name in COLUMNS}
    return feature(incident.reference, values["text"], _properties(values, now, unsaid=False), **members)


def one(reference: str, scope: Scope, now: datetime, **members: object) -> bytes | None:
    """The Feature of one concern, or None where there is none that this person may see. One query."""
    found = rows(shown_to(scope).filter(reference=reference))
    return written(found[0], now, members) if found else None


def read(reference: str, scope: Scope, now: datetime, motive: str) -> tuple[bytes, int] | None:
    """As `one`, with the key of the concern's territory, whose log keeps who read it, and why (`motive`)."""
    found = rows(shown_to(scope).filter(reference=reference))
    return (written(found[0], now, motive=motive), found[0][COLUMNS.index("territory_id")]) if found else None
