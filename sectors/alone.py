"""Of many points, those that one sector alone takes whatever else is known of them: settled in memory, in arrays.

A point well inside one sector of the maps in force, and in no other, under no border agreement, is that sector's: no
distance and no accuracy weighs there (`routing.choose`). What comes near a border or an agreement is left to
`survey`, the judge, so the answers are PostGIS's. The map is read as the database tells it at this moment of its
transaction: of a draft that is looked at as if it had dates, nothing stays in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray
from shapely import STRtree

# Nearer than this to a line, in degrees, PostGIS is asked: some centimetres, far more than the two differ by.
_DOUBT_DEG: Final = 1e-6
# A metre is at most this many degrees, of latitude or of longitude, within 70 degrees of the equator.
_DEGREES: Final = 1 / 38_000
_SECTORS: Final = """
SELECT sector.code, sector.post_id, ST_AsBinary(sector.area)
FROM sectors_sector AS sector JOIN sectors_edition AS edition ON edition.id = sector.edition_id
WHERE edition.validity @> %(at)s AND sector.area && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
"""
_AGREEMENTS: Final = """
SELECT ST_AsBinary(location), reach_m FROM sectors_borderagreement WHERE validity @> %(at)s
"""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alone:
    """A place in `codes` and in `posts` for each point that one sector alone takes; -1 for one to be asked about."""

    index: NDArray[np.int64]
    codes: list[str]
    posts: NDArray[np.int64]

    def post_of(self) -> NDArray[np.int64]:
        """The post of each point, 0 where it is to be asked about."""
        return np.append(self.posts, 0)[self.index]


def alone(lon: Floats, lat: Floats, at: datetime) -> Alone:
    """Which sector alone takes each of these points (EPSG:4326) at this moment. Two queries."""
    facts = {"at": at, "west": lon.min(), "east": lon.max(), "south": lat.min(), "north": lat.max()}
    sectors = _rows(_SECTORS, {name: value if name == "at" else float(value) for name, value in facts.items()})
    areas = np.array(shapely.from_wkb([bytes(area) for _code, _post, area in sectors]), dtype=object)
    points = shapely.points(lon, lat)
    tree = STRtree(points)
    holder, held = tree.query(areas, predicate="intersects")
    index = np.full(len(lon), -1, dtype=np.int64)
    index[held] = holder
    doubt = np.bincount(held, minlength=len(lon)) != 1
    doubt[tree.query(shapely.boundary(areas), predicate="dwithin", distance=_DOUBT_DEG)[1]] = True
    for location, reach_m in _rows(_AGREEMENTS, {"at": at}):
        reach = (reach_m + 1.0) * _DEGREES
        doubt[tree.query(shapely.from_wkb(bytes(location)), predicate="dwithin", distance=reach)] = True
    index[doubt] = -1
    posts = np.array([post for _code, post, _area in sectors], dtype=np.int64)
    return Alone(index, [code for code, _post, _area in sectors], posts)


def _rows(sql: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return list(cursor.fetchall())
