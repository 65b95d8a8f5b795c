"""The map in memory: areas in search trees, giving the same facts as PostGIS gives (`survey`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyproj
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from numpy.typing import NDArray

from sectors.atlas.directory import Directory
from sectors.models import BorderAgreement, CategoryRule, Commune, Sector
from sectors.models.checks import METRIC_DOMAIN, METRIC_SRID
from sectors.routing import (
    COMMUNE_REACH_M,
    HORIZON_M,
    MOST_CANDIDATES,
    AgreementFact,
    Candidate,
    CategoryFact,
    CommuneFact,
    weighed_within_m,
)
from sectors.survey import EDGE_M, LEAST_DISC_M

_TO_METRES = pyproj.Transformer.from_crs(4326, METRIC_SRID, always_xy=True)
Geometries = NDArray[np.object_]
Indices = NDArray[np.int64]


# Of so few areas, measuring all costs less than looking for the near ones.
FEW = 32


@dataclass(frozen=True, slots=True)
class Point:
    """A point in degrees (EPSG:4326) and in metres (EPSG:2154), as numbers and as geometries made once."""

    lon: float
    lat: float
    x: float
    y: float
    degrees: Any
    metres: Any


def point_at(lon: float, lat: float) -> Point | None:
    """The point, or None outside the domain where EPSG:2154 measures: no area lies there."""
    west, south, east, north = METRIC_DOMAIN
    if not (west <= lon <= east and south <= lat <= north):
        return None
    x, y = _TO_METRES.transform(lon, lat)
    degrees, metres = shapely.points([(lon, lat), (x, y)])
    return Point(lon, lat, x, y, degrees, metres)


class Areas:
    """Polygons with a key each, in EPSG:4326 to cover and in EPSG:2154 to measure; ordered by `order`."""

    def __init__(self, rows: Sequence[tuple[int, str, bytes, bytes]]) -> None:
        self.keys = [row[0] for row in rows]
        self.codes = [row[1] for row in rows]
        self.areas: Geometries = shapely.from_wkb(np.array([bytes(row[2]) for row in rows], dtype=object))
        self.areas_m: Geometries = shapely.from_wkb(np.array([bytes(row[3]) for row in rows], dtype=object))
        self.borders_m: Geometries = shapely.boundary(self.areas_m)
        shapely.prepare(self.areas)
        shapely.prepare(self.borders_m)
        self.all: Indices = np.arange(len(rows))
        self.tree = shapely.STRtree(self.areas)
        self.tree_m = shapely.STRtree(self.areas_m)
        sizes = shapely.area(self.areas_m)
        # Within this radius of a point of the map lie about as many areas as are weighed.
        self.near_m = 1.2 * math.sqrt(float(sizes.mean())) if len(rows) else HORIZON_M

    def covering(self, point: Point) -> list[int]:
        """Positions of the areas that cover the point, their edges included."""
        found = self.tree.query(point.degrees)
        if not len(found):
            return []
        hits: list[int] = found[shapely.intersects_xy(self.areas[found], point.lon, point.lat)].tolist()
        hits.sort()
        return hits

    def nearest(self, point: Point, covering: Sequence[int], most: int, within_m: float) -> dict[int, float]:
        """Position -> distance to the border in metres, for those covering and the `most` nearest within `within_m`."""
        radius = within_m if len(self.keys) <= FEW else min(self.near_m, within_m)
        while True:
            found = self._around(point, radius)
            away = shapely.distance(self.borders_m[found], point.metres).tolist()
            ranked = [
                (0.0 if i in covering else d, self.codes[i], i, d) for i, d in zip(found.tolist(), away, strict=True)
            ]
            ranked = [row for row in ranked if row[0] <= radius]
            if len(ranked) >= most or radius >= within_m:
                break
            radius = min(radius * 2.5, within_m)
        ranked.sort()
        near = {i: d for _, _, i, d in ranked[:most]}
        for i in covering:
            if i not in near:
                near[i] = float(shapely.distance(self.borders_m[i], point.metres))
        return near

    def _around(self, point: Point, radius: float) -> Indices:
        """Positions of the areas whose box meets the square of this half-width; of few areas, all."""
        if len(self.keys) <= FEW:
            return self.all
        x, y = point.x, point.y
        found: Indices = self.tree_m.query(shapely.box(x - radius, y - radius, x + radius, y + radius))
        return found


@dataclass(frozen=True, slots=True)
class Ground:
    """Sectors and communes in force, with what routing needs of them besides their geometry."""

    directory: Directory
    sectors: Areas
    communes: Areas
    rules: dict[str, list[CategoryFact]]
    agreements: list[tuple[str, int, Any, Any, float]]

    def candidates(self, point: Point, accuracy_m: float | None) -> list[Candidate]:
        """The sectors that cover the point and the nearest others, as `survey` gives them."""
        covering = self.sectors.covering(point)
        near = self.sectors.nearest(point, covering, MOST_CANDIDATES, weighed_within_m(accuracy_m))
        if not near:
            near = self.sectors.nearest(point, (), 1, HORIZON_M)
        for _, sector, _, _, _ in self._agreed(point):
            if sector not in near:
                near[sector] = float(shapely.distance(self.sectors.borders_m[sector], point.metres))
        disc = point.metres.buffer(accuracy_m, quad_segs=16) if accuracy_m else None
        return [self._candidate(i, away, i in covering, point, accuracy_m, disc) for i, away in near.items()]

    def _candidate(
        self, i: int, away: float, covers: bool, point: Point, accuracy_m: float | None, disc: Any
    ) -> Candidate:
        card = self.directory.sectors[self.sectors.keys[i]]
        share = None
        if accuracy_m is not None:
            share = float(covers)
            if away < accuracy_m and accuracy_m >= LEAST_DISC_M:
                overlap = shapely.area(shapely.intersection(self.sectors.areas_m[i], disc))
                share = float(overlap / shapely.area(disc))
        if away < EDGE_M and shapely.touches(self.sectors.areas[i], point.degrees):
            away = 0.0
        return Candidate(
            sector=card.id,
            code=card.code,
            territory=self.directory.editions[card.edition_id].territory_id,
            post=card.post_id,
            priority=card.priority,
            covers=covers,
            distance_m=-away if covers and away else away,
            share=share,
        )

    def _agreed(self, point: Point) -> list[tuple[str, int, Any, Any, float]]:
        """The agreements that cover the point."""
        return [
            row
            for row in self.agreements
            if shapely.intersects_xy(row[2], point.lon, point.lat)
            or (row[4] > 0 and shapely.dwithin(row[3], point.metres, row[4]))
        ]

    def agreed(self, point: Point, candidates: Sequence[Candidate]) -> list[AgreementFact]:
        """The border agreements that cover the point, with the candidate each makes answerable."""
        if not self.agreements:
            return []
        by_key = {candidate.sector: candidate for candidate in candidates}
        return [AgreementFact(code, by_key[self.sectors.keys[sector]]) for code, sector, _, _, _ in self._agreed(point)]

    def commune(self, point: Point) -> CommuneFact | None:
        """The commune that covers the point, else the nearest within reach."""
        away = 0.0
        found = self.communes.covering(point)
        if not found:
            near = self.communes.nearest(point, (), 1, COMMUNE_REACH_M)
            if not near:
                return None
            found, away = list(near), next(iter(near.values()))
        card = self.directory.communes[self.communes.keys[found[0]]]
        return CommuneFact(card.id, card.territory_id, card.force or None, card.unit_id, card.post_id, away)


def read(directory: Directory, at: datetime) -> Ground:
    """The ground at the directory's moment. Four queries."""
    sectors = Areas(_rows(Sector.objects.filter(edition__in=directory.editions), "code", "id"))
    position = {
        (directory.editions[directory.sectors[key].edition_id].territory_id, code): i
        for i, (key, code) in enumerate(zip(sectors.keys, sectors.codes, strict=True))
    }
    agreements = []
    for row in (
        BorderAgreement.objects.in_force(at).annotate(a=AsWKB("location"), b=AsWKB("location_m")).order_by("code")
    ):
        sector = position.get((row.territory_id, row.sector_code))
        if sector is not None:
            geometries = (shapely.from_wkb(bytes(row.a)), shapely.from_wkb(bytes(row.b)))
            agreements.append((row.code, sector, *geometries, row.reach_m))
    rules: dict[str, list[CategoryFact]] = {}
    rows = CategoryRule.objects.values_list("category__code", "territory_id", "commune_id", "post_id")
    for code, territory, commune, post in rows:
        rules.setdefault(code, []).append(CategoryFact(code, territory, commune, post))
    return Ground(directory, sectors, Areas(_rows(Commune.objects.all(), "code", "code")), rules, agreements)


def _rows(queryset: Any, code: str, order: str) -> list[tuple[int, str, bytes, bytes]]:
    return list(
        queryset.annotate(a=AsWKB("area"), b=AsWKB("area_m"))
        .order_by(order)
        .values_list("pk", code, "a", "b")
        .iterator(2000)
    )
