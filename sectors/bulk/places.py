"""Where many points lie, in arrays: the sector and the commune of each, or that memory must not say."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from sectors.atlas import Atlas
from sectors.atlas.ground import Areas, Geometries
from sectors.atlas.zones import UNSURE, Zones
from sectors.models.checks import METRIC_DOMAIN, METRIC_SRID
from sectors.routing import COMMUNE_REACH_M, MOST_ACCURACY_M

# Closer than this to a threshold, in metres, memory leaves the point to PostGIS: far more than the two differ by.
DOUBT_M: Final = 0.05
# How a point lies in the sector that takes it.
DEEP, AT_BORDER, BEYOND = 0, 1, 2

_TO_METRES = pyproj.Transformer.from_crs(4326, METRIC_SRID, always_xy=True)
# A metre is at most this many degrees, of latitude or of longitude, within 70 degrees of the equator.
_DEGREES = 1 / 38_000
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def sectors_of(
    atlas: Atlas, lon: Floats, lat: Floats, points: Geometries, accuracy_m: float | None
) -> tuple[Ints, Ints, Bools]:
    """As `_sectors`, which measures only the points that are near a border."""
    if accuracy_m is not None:
        return _sectors(atlas, lon, lat, accuracy_m)
    zones: Zones | None = atlas.drawn.get("sectors")
    if zones is None:
        strip = _tolerances(atlas) + 1.0
        zones = atlas.drawn["sectors"] = Zones(atlas.ground.sectors.areas, strip, strip)
    sector = zones.look(lon, lat, points)
    how = np.where(sector >= 0, DEEP, BEYOND)
    doubt = _agreed(atlas, lon, lat)
    near = np.flatnonzero(sector == UNSURE)
    sector[near], how[near], unsure = _sectors(atlas, lon[near], lat[near], None)
    doubt[near] |= unsure
    return sector, how, doubt


def communes_of(atlas: Atlas, lon: Floats, lat: Floats, points: Geometries) -> tuple[Ints, Bools]:
    """As `_communes`, which measures only the points that are near a border."""
    zones: Zones | None = atlas.drawn.get("communes")
    areas = atlas.ground.communes
    if zones is None:
        each = np.ones(len(areas.keys))
        zones = atlas.drawn["communes"] = Zones(areas.areas, each, each * (COMMUNE_REACH_M + 1.0))
    commune = zones.look(lon, lat, points)
    doubt = np.zeros(len(lon), dtype=bool)
    near = np.flatnonzero(commune == UNSURE)
    commune[near], doubt[near] = _communes(areas, lon[near], lat[near])
    return commune, doubt


def _sectors(atlas: Atlas, lon: Floats, lat: Floats, accuracy_m: float | None) -> tuple[Ints, Ints, Bools]:
    """For each point the position of its sector (-1: none), how it lies in it, and whether this is in doubt."""
    areas = atlas.ground.sectors
    tolerance = _tolerances(atlas)
    reach = np.maximum(tolerance, min(accuracy_m or 0.0, MOST_ACCURACY_M))
    # The box of a sector that covers the point holds it: only reaches widen the search, whatever the accuracy.
    point, area = _pairs(areas, lon, lat, float(reach.max(initial=0.0)) + 1.0)
    covers = shapely.intersects_xy(areas.areas[area], lon[point], lat[point])
    x, y = _TO_METRES.transform(lon[point], lat[point])
    away = shapely.distance(areas.borders_m[area], shapely.points(x, y))
    within = covers | (away <= reach[area])
    doubtful = _near_a_threshold(away, covers, tolerance[area], reach[area], accuracy_m)

    count = len(lon)
    covering = np.bincount(point[covers], minlength=count)
    doubt = (np.bincount(point[doubtful], minlength=count) > 0) | (covering > 1) | _agreed(atlas, lon, lat)
    # Of those within reach the nearest takes it; two at the same distance are in doubt, since a preference decides.
    taking = within & (covers | (covering[point] == 0))
    order = np.lexsort((away[taking], point[taking]))
    first_point, first = np.unique(point[taking][order], return_index=True)
    chosen = np.full(count, -1, dtype=np.int64)
    chosen[first_point] = area[taking][order][first]
    distance = np.full(count, np.inf)
    distance[first_point] = away[taking][order][first]
    rivals = taking & ~covers & (area != chosen[point]) & (away < distance[point] + DOUBT_M)
    doubt |= np.bincount(point[rivals], minlength=count) > 0
    how = np.where(distance < np.append(tolerance, 0.0)[chosen], AT_BORDER, DEEP)
    # Outside and not in doubt is outside by less than the tolerance: at a border.
    return chosen, np.where(covering == 0, BEYOND, how), doubt


def _near_a_threshold(away: Floats, covers: Bools, tolerance: Floats, reach: Floats, accuracy_m: float | None) -> Bools:
    """Whether the answer could change within `DOUBT_M`, or depends on how much of the disc a sector holds."""
    near = (away < DOUBT_M) | (np.abs(away - tolerance) < DOUBT_M) | (np.abs(away - reach) < DOUBT_M)
    if accuracy_m is not None:
        near |= covers & (away < accuracy_m + DOUBT_M)
        # Round a point in a notch or a hole, a disc may lie mostly in the sector that the point is not in.
        near |= ~covers & (away > tolerance) & (away <= reach)
    return near


def _communes(areas: Areas, lon: Floats, lat: Floats) -> tuple[Ints, Bools]:
    """For each point the position of its commune (-1: none) and whether this is in doubt."""
    count = len(lon)
    commune = np.full(count, -1, dtype=np.int64)
    point, area = _pairs(areas, lon, lat, COMMUNE_REACH_M + 1.0)
    covers = shapely.intersects_xy(areas.areas[area], lon[point], lat[point])
    commune[point[covers]] = area[covers]
    covering = np.bincount(point[covers], minlength=count)
    doubt = covering > 1
    # Inside one commune only its own border matters; outside all, any within reach does.
    asked = (covers & (covering[point] == 1)) | (covering[point] == 0)
    point, area, covers = point[asked], area[asked], covers[asked]
    x, y = _TO_METRES.transform(lon[point], lat[point])
    limit = np.where(covers, DOUBT_M, COMMUNE_REACH_M + DOUBT_M)
    close = shapely.dwithin(areas.borders_m[area], shapely.points(x, y), limit)
    doubt |= np.bincount(point[close], minlength=count) > 0
    return commune, doubt


def _pairs(areas: Areas, lon: Floats, lat: Floats, widest_m: float) -> tuple[Ints, Ints]:
    """(point, area) for each area whose box lies within `widest_m` of the point; none for points outside the domain."""
    west, south, east, north = METRIC_DOMAIN
    served = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    if not len(areas.keys) or not len(served):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    x, y = lon[served], lat[served]
    step = widest_m * _DEGREES
    point, area = areas.tree.query(shapely.box(x - step, y - step, x + step, y + step))
    # Area by area, so that each prepared polygon stays at hand.
    order = np.argsort(area, kind="stable")
    return served[point[order]], area[order].astype(np.int64)


def _agreed(atlas: Atlas, lon: Floats, lat: Floats) -> Bools:
    """Whether an agreement may cover the point."""
    found = np.zeros(len(lon), dtype=bool)
    for _code, _sector, shape, _shape_m, reach_m in atlas.ground.agreements:
        box = shapely.box(*shapely.bounds(shape)).buffer((reach_m + 1.0) * _DEGREES)
        found |= shapely.intersects_xy(box, lon, lat)
    return found


def _tolerances(atlas: Atlas) -> Floats:
    """The tolerance of each sector's territory, in metres."""
    known: Floats | None = atlas.drawn.get("tolerances")
    if known is None:
        cards, editions = atlas.directory.sectors, atlas.directory.editions
        territories = [editions[cards[key].edition_id].territory_id for key in atlas.ground.sectors.keys]
        of = {key: card.tolerance_m for key, card in atlas.directory.territories.items()}
        known = atlas.drawn["tolerances"] = np.array([of[each] for each in territories], dtype=float)
    return known
