"""Concerns near a new one, so that the same thing is not reported twice without knowing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.gis.db.models import PointField
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from incidents.features import shown_to
from incidents.models import Incident
from sectors import atlas
from sectors.atlas.directory import TerritoryCard
from sectors.atlas.ground import point_at
from sectors.scope import Scope

MOST = 5


@dataclass(frozen=True, slots=True)
class Nearby:
    """A concern as it may be told: its nature, about how far, since which month, and where it stands.

    `month` is "" for a reader who is not told it.
    """

    reference: str
    territory: int
    category: str
    distance_m: int
    month: str
    status: str
    full: bool
    same_category: bool
    # Others who reported the same or said so; None for a reader in part.
    supports: int | None


def already_reported(lon: float, lat: float, category: str, scope: Scope, at: datetime) -> list[Nearby]:
    """Up to five open concerns that this person may see, nearest first: within the distance and the days, and of the
    natures, of the rule of the territory in which the place lies; of the reader's own where it lies in none.

    Distances are to the place that may be shown and rounded to 25 m. One query.
    """
    image = atlas.current()
    cards = image.directory.territories
    point = point_at(lon, lat)
    commune = image.ground.commune(point) if point else None
    there = cards.get(commune.territory or 0) if commune else None
    card = there or cards.get(scope.home or 0) or next(iter(cards.values()))
    return _told(card, lon, lat, category, shown_to(scope, Incident.objects.open().standing()), at)


def reported_beside(incident: Incident, scope: Scope, at: datetime) -> list[Nearby]:
    """The same of a concern that is there already, for its desk: what else may tell of it. One query."""
    card = atlas.current().directory.territories[incident.territory_id]
    others = shown_to(scope, Incident.objects.open().standing()).exclude(pk=incident.pk)
    if incident.merged_into_id is not None:
        others = others.exclude(pk=incident.merged_into_id)
    category = atlas.current().directory.categories_by_key[incident.category_id]
    return _told(card, incident.location.x, incident.location.y, category.code, others, at)


def _told(
    card: TerritoryCard, lon: float, lat: float, category: str, rows: QuerySet[Incident], at: datetime
) -> list[Nearby]:
    here = Point(lon, lat, srid=4326)
    found = (
        rows.filter(_alike(card, category))
        .filter(
            reported_at__gte=at - timedelta(days=card.nearby_days),
            location__dwithin=(here, _degrees(card.nearby_m)),
        )
        .annotate(away=Distance(Cast("shown", PointField(srid=4326, geography=True)), here, spheroid=True))
        .filter(away__lte=D(m=card.nearby_m))
        .select_related("category")
        .order_by("away", F("pk").desc())[:MOST]
    )
    return [
        Nearby(
            reference=row.reference,
            territory=row.territory_id,
            category=row.category.code,
            distance_m=25 * round(row.away.m / 25),
            month=f"{timezone.localtime(row.reported_at):%Y-%m}" if row.full or row.grouped else "",  # type: ignore[attr-defined]
            status=row.status,
            full=row.full,  # type: ignore[attr-defined]
            same_category=row.category.code == category,
            supports=row.support_count if row.full else None,  # type: ignore[attr-defined]
        )
        for row in found
    ]


def _alike(card: TerritoryCard, category: str) -> Q:
    """Of natures that may be the same thing, by the territory's rule; no query."""
    asked = atlas.current().directory.categories.values()
    own = [each for each in asked if each.territory_id == card.id]
    mine = next((each for each in own if each.code == category), None)
    if mine is None or card.nearby_natures == "any":
        return Q()
    family = card.nearby_natures == "family"
    return Q(category__in=[each.id for each in own if each.id == mine.id or (family and each.family == mine.family)])


def _degrees(metres: float) -> float:
    """More degrees than this many metres are anywhere in metropolitan France: only to use the index."""
    return (metres + 50) / 70_000
