"""Border agreements as pages and their maps show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from django.contrib.gis.db.models.functions import AsGeoJSON, PointOnSurface
from django.db.models import Q, QuerySet

from frontend import edition_rows
from sectors.collections import BorderAgreements
from sectors.models import Sector, Territory

# About ten centimetres.
DECIMALS: Final = 6


@dataclass(frozen=True, slots=True)
class Row:
    """An agreement in words. `until`: its last moment; `state`: in_force, to_come or over; `reach_m`: 0 for an area."""

    number: int
    code: str
    sector: str
    reason: str
    reach_m: float
    since: datetime
    until: datetime | None
    state: str
    shape: str
    at: str


def features(territory: Territory, at: datetime) -> dict[str, Any]:
    """The agreements of a territory that hold at this moment or later, as GeoJSON areas. One query."""
    held = _held(territory).filter(Q(validity__endswith=None) | Q(validity__endswith__gt=at)).order_by("code")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row.code,
                "properties": {"sector": row.sector_code, "reason": row.reason},
                "geometry": orjson.loads(row.shape),
            }
            for row in held
        ],
    }


def rows(territory: Territory, at: datetime) -> list[Row]:
    """All agreements of a territory: those that hold, those to come, and the others. Two queries."""
    codes = Sector.objects.filter(edition__territory=territory).order_by("edition_id").values_list("code", "name")
    names = dict(codes)
    found = sorted(_held(territory), key=lambda row: (_ORDER[_state(row, at)], row.code))
    return [
        Row(
            number=number,
            code=row.code,
            sector=names.get(row.sector_code, row.sector_code),
            reason=row.reason,
            reach_m=row.reach_m,
            since=row.validity.lower,
            until=row.validity.upper and row.validity.upper - timedelta(microseconds=1),
            state=_state(row, at),
            shape=row.shape,
            at=row.at,
        )
        for number, row in enumerate(found, start=1)
    ]


def shapes(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Those that are not over, as features of a map of ours."""
    for row in rows:
        if row.state != "over":
            yield edition_rows.feature(row.code, "shape shape--agreed", row.shape, row.at, row.number)


_ORDER: Final = {"in_force": 0, "to_come": 1, "over": 2}


def _held(territory: Territory) -> QuerySet[Any]:
    """The agreements of a territory with the area that each holds, as GeoJSON, and a point on it."""
    found = BorderAgreements().rows(None).filter(territory=territory)
    told: QuerySet[Any] = found.annotate(
        shape=AsGeoJSON("held", precision=DECIMALS), at=AsGeoJSON(PointOnSurface("held"), precision=DECIMALS)
    )
    return told


def _state(row: Any, at: datetime) -> str:
    if row.validity.lower > at:
        return "to_come"
    return "in_force" if row.validity.upper is None or row.validity.upper > at else "over"
