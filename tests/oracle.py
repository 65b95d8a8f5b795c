"""Who takes a point of the six sectors, worked out from the GeoJSON file alone: nothing of the product is imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

FILE = Path(__file__).parents[1] / "sectors" / "territories" / "hautes-alpes" / "sectors.geojson"
ORDER = {"city_centre": 10, "dense_housing": 20, "economic": 30}
TOLERANCE_M = 25.0


class Oracle:
    """Six areas in degrees and in Lambert-93 metres."""

    def __init__(self) -> None:
        features = json.loads(FILE.read_text(encoding="utf-8"))["features"]
        self.codes = [each["properties"]["code"] for each in features]
        self.ranks = [(ORDER[each["properties"]["kind"]], each["properties"]["code"]) for each in features]
        self.areas = [shapely.geometry.shape(each["geometry"]) for each in features]
        self.to_metres = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:2154", always_xy=True)
        self.areas_m = [self._carried(area) for area in self.areas]

    def _carried(self, area: Any) -> Any:
        fine = shapely.segmentize(area, 0.0005)
        return shapely.transform(fine, lambda xy: np.column_stack(self.to_metres.transform(xy[:, 0], xy[:, 1])))

    def points(self, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Random points, a third each: in the sectors' box of Gap, in that of Briançon, around both."""
        rng = np.random.default_rng(seed)
        boxes = [
            shapely.total_bounds(np.array([a for a, c in zip(self.areas, self.codes, strict=True) if c.startswith(t)]))
            for t in ("gap", "briancon")
        ]
        boxes.append(np.array([5.4, 44.1, 7.2, 45.2]))
        lon, lat = [], []
        for k, (west, south, east, north) in enumerate(boxes):
            some = count // 3 + (count % 3 if k == 0 else 0)
            lon.append(rng.uniform(west - 0.005, east + 0.005, some))
            lat.append(rng.uniform(south - 0.005, north + 0.005, some))
        return np.concatenate(lon), np.concatenate(lat)

    def distances(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Metres to each sector's border, a column a sector."""
        here = shapely.points(*self.to_metres.transform(lon, lat))
        return np.column_stack([shapely.distance(shapely.boundary(area), here) for area in self.areas_m])

    def answers(self, lon: np.ndarray, lat: np.ndarray) -> list[tuple[str, str | None]]:
        """(outcome, sector) a point; ("none", None) where no sector takes it."""
        here = shapely.points(lon, lat)
        covers = np.column_stack([shapely.covers(area, here) for area in self.areas])
        away = self.distances(lon, lat)
        found: list[tuple[str, str | None]] = []
        for inside, metres in zip(covers, away, strict=True):
            holding = [self.ranks[i] for i in np.flatnonzero(inside)]
            near = [(metres[i], self.ranks[i]) for i in np.flatnonzero(metres <= TOLERANCE_M)]
            if holding:
                found.append(("tie" if len(holding) > 1 else "inside", min(holding)[1]))
            elif near:
                found.append(("nearest", min(near)[1][1]))
            else:
                found.append(("none", None))
        return found
