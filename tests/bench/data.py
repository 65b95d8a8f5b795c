"""The bench's own input, the same on every run: a map of generated sectors, and points to ask about.

Coordinates are EPSG:4326, rounded to seven decimals (a centimetre), as a file of sectors would hold them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

SEED: Final = 5
# Metropolitan France with Corsica, and the margin whose cells only close the outermost sectors.
FRANCE: Final = (-5.2, 41.3, 9.6, 51.1)
MARGIN: Final = 0.4
# Straight pieces of a border between two sectors: a Voronoi cell has six neighbours on average, so the median sector
# has about 55 vertices, as real sectors have.
PIECES: Final = 9
# How far a border wanders, as a share of its length.
WANDERING: Final = 0.06

Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Borders:
    """The straight borders between cells, each once: its two ends, and the corners where it bends."""

    ends: Floats
    corners: Floats

    def straightened(self, which: NDArray[np.bool_]) -> Borders:
        """The same borders, those of `which` without bends."""
        return Borders(self.ends, np.where(which[:, None, None], _straight(self.ends), self.corners))


def sectors(count: int, box: tuple[float, float, float, float] = FRANCE) -> Geometries:
    """That many polygons which cover the box without a gap or an overlap: neighbours share their border to the bit."""
    rng = np.random.default_rng(SEED)
    cells = _cells(rng, count, box)
    starts, ends = cells[:, :2], cells[:, 2:4]
    cell = cells[:, 4].astype(np.int64)
    flipped = (starts[:, 0] > ends[:, 0]) | ((starts[:, 0] == ends[:, 0]) & (starts[:, 1] > ends[:, 1]))
    ordered = np.where(flipped[:, None], np.hstack([ends, starts]), np.hstack([starts, ends]))
    unique, border = np.unique(ordered, axis=0, return_inverse=True)
    border = border.reshape(-1)
    borders = _bent(rng, unique)
    while True:
        polygons = _polygons(borders, border, flipped, cell, count)
        broken = np.flatnonzero(~shapely.is_valid(polygons))
        if not len(broken):
            return polygons
        # Where a bend crosses another border, the borders of that cell stay straight, on both sides of each.
        which = np.zeros(len(unique), dtype=bool)
        which[border[np.isin(cell, broken)]] = True
        borders = borders.straightened(which)


def _cells(rng: np.random.Generator, count: int, box: tuple[float, float, float, float]) -> Floats:
    """The sides of the Voronoi cells of `count` places in the box: x1, y1, x2, y2, number of the cell; ring by ring."""
    west, south, east, north = box
    inside = rng.uniform((west, south), (east, north), (count, 2))
    # Places around the box, as dense as in it, whose own cells are not kept.
    wide = (west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    share = (wide[2] - wide[0]) * (wide[3] - wide[1]) / ((east - west) * (north - south))
    around = rng.uniform(wide[:2], wide[2:], (max(int(count * share), 50), 2))
    beyond = (around < (west, south)).any(axis=1) | (around > (east, north)).any(axis=1)
    # At the corners of all, so that every cell that is kept is closed however few the places are.
    far = 10 * MARGIN
    corners = [
        (west - far, south - far),
        (west - far, north + far),
        (east + far, south - far),
        (east + far, north + far),
    ]
    places = np.vstack([inside, around[beyond], np.array(corners)])
    found = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(places)))
    tree = shapely.STRtree(found)
    place, position = tree.query(shapely.points(inside), predicate="intersects")
    _, first = np.unique(place, return_index=True)
    kept = found[position[first]]
    points, cell = shapely.get_coordinates(shapely.get_exterior_ring(kept), return_index=True)
    points = np.round(points, 7) + 0.0
    same = (cell[1:] == cell[:-1]) & (points[1:] != points[:-1]).any(axis=1)
    return np.hstack([points[:-1][same], points[1:][same], cell[1:][same][:, None].astype(float)])


def _straight(ends: Floats) -> Floats:
    """The corners of borders that do not bend: none but the ends, each corner at its start."""
    return np.repeat(ends[:, None, :2], PIECES - 1, axis=1)


def _bent(rng: np.random.Generator, ends: Floats) -> Borders:
    start, span = ends[:, None, :2], (ends[:, 2:] - ends[:, :2])[:, None, :]
    along = (np.arange(1, PIECES) / PIECES)[None, :, None]
    aside = rng.uniform(-WANDERING, WANDERING, (len(ends), PIECES - 1, 1)) * np.sin(np.pi * along)
    corners = start + along * span + aside * np.stack([-span[..., 1], span[..., 0]], axis=-1)
    return Borders(ends, np.round(corners, 7) + 0.0)


def _polygons(
    borders: Borders, border: NDArray[np.int64], flipped: NDArray[np.bool_], cell: NDArray[np.int64], count: int
) -> Geometries:
    corners = borders.corners[border]
    corners = np.where(flipped[:, None, None], corners[:, ::-1], corners)
    ends = borders.ends[border]
    starts = np.where(flipped[:, None], ends[:, 2:], ends[:, :2])
    points = np.concatenate([starts[:, None, :], corners], axis=1).reshape(-1, 2)
    ring = np.repeat(cell, PIECES)
    # A straight border repeats its ends instead of bending: once is enough.
    last = np.append(ring[1:] != ring[:-1], True)
    following = np.where(last[:, None], points[_first_of(ring)], np.roll(points, -1, axis=0))
    kept = (points != following).any(axis=1)
    polygons: Geometries = shapely.polygons(shapely.linearrings(points[kept], indices=ring[kept]))
    return polygons


def _first_of(ring: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each point the position of the first point of its ring."""
    return np.searchsorted(ring, ring, side="left")


def points_in(areas: Geometries, count: int, *, seed: int = SEED) -> Floats:
    """That many random points covered by any of the areas, to the sixth decimal, as (lon, lat) rows."""
    rng = np.random.default_rng(seed)
    tree = shapely.STRtree(areas)
    west, south, east, north = shapely.total_bounds(areas)
    found = np.empty((0, 2))
    while len(found) < count:
        some = np.round(rng.uniform((west, south), (east, north), (max(1000, 2 * count), 2)), 6)
        hits, _ = tree.query(shapely.points(some), predicate="intersects")
        found = np.vstack([found, some[np.unique(hits)]])
    return found[:count]


def mixed_points(served: Geometries, country: Geometries, count: int, *, seed: int = SEED) -> Floats:
    """Points to ask about: four in five where a sector is, the others anywhere in the country."""
    inside = points_in(served, count * 4 // 5, seed=seed)
    points = np.vstack([inside, points_in(country, count - len(inside), seed=seed + 1)])
    np.random.default_rng(seed).shuffle(points)
    return points


def edge_points(areas: Geometries, count: int, *, seed: int = SEED) -> Floats:
    """Points on the borders of the areas, where answers are hardest: vertices, points along a side, and both beside."""
    rng = np.random.default_rng(seed)
    corners, area = shapely.get_coordinates(areas, return_index=True)
    sides = np.flatnonzero(area[1:] == area[:-1])
    chosen = rng.choice(sides, count)
    start, end = corners[chosen], corners[chosen + 1]
    along = start + rng.uniform(0, 1, (count, 1)) * (end - start)
    # About a millimetre to either side: far above what a double can tell apart, far below what anybody can measure.
    aside = along + rng.choice([-1e-8, 1e-8], (count, 2))
    kind = np.arange(count) % 3
    found: Floats = np.where((kind == 0)[:, None], start, np.where((kind == 1)[:, None], along, aside))
    return found
