"""What is wrong with the borders of an edition, found over all its sectors at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry as Geometry

from sectors.boundaries import repairs
from sectors.boundaries.findings import (
    GAP_M,
    LEAST_M2,
    OUTSIDE_M,
    OUTSIDE_M2,
    SLIVER_M,
    SLIVER_M2,
    SNAP_M,
    TOUCH_M,
    Drawn,
    Finding,
    Kind,
    Repair,
    severity,
)

Geometries = npt.NDArray[Any]
_ORDER: Final = ("invalid", "overlap", "gap", "sliver", "near_miss", "outside_commune", "hole")
_WEIGHT: Final = ("error", "warning", "notice")


def look(drawn: Sequence[Drawn], communes: Mapping[str, Geometry]) -> list[Finding]:
    """Everything found, what weighs most first, the larger before the smaller.

    `communes` are the areas of the communes by code, in EPSG:2154; a sector whose commune is not among them is not held
    against one. Raises ValueError where two sectors have one code.
    """
    if len({each.code for each in drawn}) < len(drawn):
        raise ValueError("two sectors have the same code")
    if not drawn:
        return []
    map_ = _Map(drawn)
    found = [*map_.invalid(), *map_.overlaps(), *map_.open_ground(), *map_.slivers(), *map_.near_misses()]
    found += map_.outside(communes)
    return sorted(
        found, key=lambda one: (_WEIGHT.index(one.severity), _ORDER.index(one.kind), -one.size_m2, one.sectors)
    )


class _Map:
    """The sectors of one edition, each as it is drawn and as a sound area, in a tree."""

    def __init__(self, drawn: Sequence[Drawn]) -> None:
        self.drawn = drawn
        self.codes = [each.code for each in drawn]
        self.place = {code: n for n, code in enumerate(self.codes)}
        self.given: Geometries = np.array([each.area for each in drawn], dtype=object)
        self.valid = shapely.is_valid(self.given)
        self.areas: Geometries = self.given.copy()
        for n in np.flatnonzero(~self.valid):
            self.areas[n] = repairs.sound(self.given[n])
        self.tree = STRtree(self.areas)
        self.suspects = self._suspects()

    def _suspects(self) -> npt.NDArray[np.int64]:
        """The sectors that do not fit exactly with all their neighbours: the others need no closer look."""
        # Rounded to the millimetre first: what was stored in degrees fits to a millionth only.
        rounded = shapely.set_precision(self.areas, TOUCH_M, mode="pointwise")
        if not shapely.is_valid(rounded).all():
            return np.arange(len(self.areas))
        misfits = ~shapely.is_empty(shapely.coverage_invalid_edges(rounded, gap_width=GAP_M))
        # One inside another, whose borders do not meet, is no misfit to that function.
        outer, inner = self.tree.query(self.areas, predicate="contains_properly")
        misfits[outer] = misfits[inner] = True
        return np.flatnonzero(misfits)

    def _around(self, shape: Geometry, reach_m: float, *codes: str) -> dict[str, Geometry]:
        """The sectors within reach of a shape, and these in any case, as they are drawn."""
        near = {int(n) for n in self.tree.query(shape, predicate="dwithin", distance=reach_m)}
        return {self.codes[n]: self.areas[n] for n in sorted(near | {self.place[code] for code in codes})}

    def _pair(self, first: str, second: str) -> dict[str, Geometry]:
        return {code: self.areas[self.place[code]] for code in sorted((first, second))}

    def _finding(
        self, kind: Kind, sectors: Iterable[str], where: Geometry, repair: Repair | None, reason: str = ""
    ) -> Finding:
        size = float(shapely.area(where))
        if kind != "invalid" and repair and not all(self.valid[self.place[one.code]] for one in repair.changes):
            # First of all what is drawn has to be sound.
            repair = None
        return Finding(kind, tuple(sectors), where, size, severity(kind, size), repair, reason)

    def invalid(self) -> Iterator[Finding]:
        """Areas that cross or touch themselves, or that hold no ground."""
        empty = shapely.is_empty(self.areas)
        for n in np.flatnonzero(~self.valid | empty):
            code, area = self.codes[n], self.given[n]
            reason = str(shapely.is_valid_reason(area)) if not self.valid[n] else "Empty area"
            yield self._finding("invalid", [code], self.areas[n], repairs.make_valid(code, area), reason)

    def overlaps(self) -> Iterator[Finding]:
        """Ground that two sectors hold."""
        suspects = self.areas[self.suspects]
        one, other = STRtree(suspects).query(suspects, predicate="intersects")
        one, other = one[one < other], other[one < other]
        shared = shapely.intersection(suspects[one], suspects[other])
        for n in np.flatnonzero(shapely.area(shared) >= LEAST_M2):
            first, second = (self.codes[self.suspects[m]] for m in (one[n], other[n]))
            where = repairs.polygons(shared[n])
            around = self._pair(first, second)
            yield self._finding("overlap", around.keys(), where, repairs.leave_to_one(where, first, second, around))

    def open_ground(self) -> Iterator[Finding]:
        """Gaps, which are narrow and between neighbours, and holes, which are wide and enclosed."""
        cover = shapely.union_all(self.areas)
        enclosed = _enclosed(cover)
        narrow = _narrow(cover)
        filled = shapely.union_all(narrow)
        holes = enclosed[shapely.area(shapely.difference(enclosed, filled)) >= LEAST_M2]
        for hole in holes:
            yield self._open("hole", hole)
        wide, rings = STRtree(holes), STRtree(enclosed)
        for gap in narrow:
            inside = shapely.point_on_surface(gap)
            if len(wide.query(inside, predicate="within")):
                continue
            if len(self._around(gap, TOUCH_M)) > 1:
                yield self._open("gap", gap)
            elif len(rings.query(inside, predicate="within")):
                yield self._open("hole", gap)

    def _open(self, kind: Kind, where: Geometry) -> Finding:
        around = self._around(where, TOUCH_M)
        return self._finding(kind, sorted(around), where, repairs.fill(where, around))

    def slivers(self) -> Iterator[Finding]:
        """Parts of a sector that are too small or too thin to be meant."""
        parts, owner = shapely.get_parts(self.areas, return_index=True)
        size, edge = shapely.area(parts), shapely.length(parts)
        # Of a strip, twice its area by its border is its width.
        for n in np.flatnonzero((size > 0) & ((size < SLIVER_M2) | (2 * size < SLIVER_M * edge))):
            code = self.codes[owner[n]]
            around = self._around(parts[n], TOUCH_M, code)
            yield self._finding("sliver", [code], parts[n], repairs.assign(parts[n], code, around))

    def near_misses(self) -> Iterator[Finding]:
        """Vertices that come near a neighbour's border without lying on it, by pair of neighbours."""
        areas = self.areas[self.suspects]
        points, owner = shapely.get_coordinates(areas, return_index=True)
        vertices, borders = shapely.points(points), shapely.boundary(areas)
        vertex, border = STRtree(borders).query(vertices, predicate="dwithin", distance=SNAP_M)
        strange = owner[vertex] != border
        vertex, border = vertex[strange], border[strange]
        away = shapely.distance(vertices[vertex], borders[border])
        missed = away > TOUCH_M
        pairs: dict[tuple[int, int], list[int]] = {}
        for v, b in zip(vertex[missed], border[missed], strict=True):
            one, other = sorted((int(owner[v]), int(b)))
            pairs.setdefault((one, other), []).append(int(v))
        for (one, other), found in pairs.items():
            first, second = (self.codes[self.suspects[n]] for n in (one, other))
            sound = self.valid[self.place[first]] and self.valid[self.place[second]]
            repair = repairs.snap(first, second, self._pair(first, second)) if sound else None
            where = shapely.union_all(vertices[found])
            size = repair.moved_m2 if repair else 0.0
            yield Finding("near_miss", tuple(sorted((first, second))), where, size, severity("near_miss", size), repair)

    def outside(self, communes: Mapping[str, Geometry]) -> Iterator[Finding]:
        """Parts of a sector outside its commune, as far as they are more than the width of a drawn line."""
        known = np.array([n for n, each in enumerate(self.drawn) if each.commune in communes], dtype=int)
        if not len(known):
            return
        own: Geometries = np.array([communes[self.drawn[n].commune] for n in known], dtype=object)
        beyond = shapely.difference(self.areas[known], own)
        # A strip along the border thinner than the border is sure says nothing.
        core = shapely.buffer(beyond, -OUTSIDE_M / 2)
        for m in np.flatnonzero((shapely.area(beyond) >= OUTSIDE_M2) & ~shapely.is_empty(core)):
            code, where = self.codes[known[m]], repairs.polygons(beyond[m])
            # Theirs who answer for the commune that it lies in, if they are neighbours; else only a person can know.
            around = self._around(where, TOUCH_M, code)
            home = {
                key: area
                for key, area in around.items()
                if key == code or shapely.covers(communes.get(self.drawn[self.place[key]].commune), where)
            }
            yield self._finding("outside_commune", [code], where, repairs.assign(where, code, home))


def _narrow(cover: Geometry) -> Geometries:
    """The strips narrower than `GAP_M` that the cover leaves open, each as a polygon.

    The cover is grown and shrunk again: with pointed corners, which keeps the ends of a strip straight and encloses too
    what lies between two far spikes; and with round ones, which tells the two apart.
    """
    pointed, rounded = (_closed(cover, style) for style in ("mitre", "round"))
    strips = shapely.get_parts(repairs.polygons(shapely.difference(pointed, cover)))
    strips = strips[shapely.area(strips) >= LEAST_M2]
    narrow: Geometries = strips[shapely.area(shapely.intersection(strips, rounded)) >= shapely.area(strips) / 2]
    return narrow


def _closed(cover: Geometry, style: Literal["mitre", "round"]) -> Geometry:
    grown = shapely.buffer(cover, GAP_M / 2, join_style=style, mitre_limit=20.0)
    shrunk: Geometry = shapely.buffer(grown, -GAP_M / 2, join_style=style, mitre_limit=20.0)
    return shrunk


def _enclosed(cover: Geometry) -> Geometries:
    """The holes of the cover, each as a polygon."""
    rings = shapely.get_rings(outer := shapely.get_parts(cover))
    shells = set(map(shapely.to_wkb, shapely.get_exterior_ring(outer)))
    return np.array([shapely.polygons(ring) for ring in rings if shapely.to_wkb(ring) not in shells], dtype=object)
