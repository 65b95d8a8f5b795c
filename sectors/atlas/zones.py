"""Around each area two polygons that spare measuring: inside the one and outside the other, no threshold is near."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

# What `Zones.look` answers besides the position of an area.
NOWHERE: Final = -1
UNSURE: Final = -2

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Geometries = NDArray[np.object_]


class Zones:
    """The cores and the reaches of areas in EPSG:4326.

    A point in an area's core lies in it, farther than `inner_m` from its border; a point out of its reach lies outside
    it, farther than `outer_m` (metres, an area each). Both are drawn with a margin, so that what this says is true.
    """

    def __init__(self, areas: Geometries, inner_m: Floats, outer_m: Floats) -> None:
        _, south, _, north = shapely.total_bounds(areas) if len(areas) else (0.0,) * 4
        # A metre is nowhere on these areas more than this many degrees. A buffer's arcs are off by a percent or two.
        degrees = 1.05 / (111_000 * np.cos(np.radians(max(abs(south), abs(north)) + 0.1)))
        self.areas = areas
        self.cores: Geometries = shapely.buffer(areas, -inner_m * degrees, quad_segs=8)
        self.reaches: Geometries = shapely.buffer(areas, outer_m * degrees, quad_segs=8)
        shapely.prepare(self.cores)
        shapely.prepare(self.reaches)
        self.tree = shapely.STRtree(self.reaches)
        # Numpy sorts numbers of sixteen bits by counting them.
        self.small = np.uint16 if len(areas) < 2**16 else np.int64

    def look(self, lon: Floats, lat: Floats, points: Geometries) -> Ints:
        """For each point the position of the area in whose core it is, if no other covers it; NOWHERE out of all
        reaches; UNSURE else. `points` are the same places as geometries.
        """
        found = np.full(len(lon), NOWHERE, dtype=np.int64)
        point, area = self.tree.query(points)
        # Area by area, so that each prepared polygon stays at hand.
        order = np.argsort(area.astype(self.small), kind="stable")
        point, area = point[order], area[order]
        deep = shapely.intersects_xy(self.cores[area], lon[point], lat[point])
        found[point[deep]] = area[deep]
        several = np.bincount(point[deep], minlength=len(lon)) > 1
        # The other areas about: where one has the point in its core another must not cover it, elsewhere none be near.
        point, area = point[~deep], area[~deep]
        inside = found[point] >= 0
        limits = np.where(inside, self.areas[area], self.reaches[area])
        found[point[shapely.intersects_xy(limits, lon[point], lat[point])]] = UNSURE
        found[several] = UNSURE
        return found
