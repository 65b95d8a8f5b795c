"""Concerns near a new one, so that the same thing is not reported twice without knowing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.gis.db.models import PointField
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db.models import F
from django.db.models.functions import Cast
from django.utils import timezone

from incidents.features import shown_to
from incidents.models import Incident
from sectors import atlas
from sectors.scope import Scope

MOST = 5


@dataclass(frozen=True, slots=True)
class Nearby:
    """A concern as it may be told: its nature, about how far, since which month, and where it stands.

    `month` is "" for a reader who is not told it.
    """

    reference: str
    category: str
    distance_m: int
    month: str
    status: str
    full: bool
    same_category: bool


def already_reported(lon: float, lat: float, category: str, scope: Scope, at: datetime) -> list[Nearby]:
    """Up to five open concerns that this person may see, within the territory's distance and days, nearest first.

    Distances are to the place that may be shown and rounded to 25 m. One query.
    """
    cards = atlas.current().directory.territories
    card = cards.get(scope.home or 0) or next(iter(cards.values()))
    here = Point(lon, lat, srid=4326)
    found = (
        shown_to(scope, Incident.objects.open())
        .filter(
            reported_at__gte=at - timedelta(days=card.nearby_days),
            street_location__dwithin=(here, _degrees(card.nearby_m)),
        )
        .annotate(away=Distance(Cast("shown", PointField(srid=4326, geography=True)), here, spheroid=True))
        .filter(away__lte=D(m=card.nearby_m))
        .select_related("category")
        .order_by("away", F("pk").desc())[:MOST]
    )
    return [
        Nearby(
            reference=row.reference,
            category=row.category.code,
            distance_m=25 * round(row.away.m / 25),
            month=f"{timezone.localtime(row.reported_at):%Y-%m}" if row.full or row.grouped else "",  # type: ignore[attr-defined]
            status=row.status,
            full=row.full,  # type: ignore[attr-defined]
            same_category=row.category.code == category,
        )
        for row in found
    ]


def _degrees(metres: float) -> float:
    """More degrees than this many metres are anywhere in metropolitan France: only to use the index."""
    return (metres + 50) / 70_000
