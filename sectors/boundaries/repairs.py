"""The repairs a finding proposes. None loses ground: what would is not proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from sectors.boundaries.findings import LEAST_M2, SNAP_M, TOUCH_M, Change, Drawn, Means, Repair

# How near a border is that a piece shares, and how much of it makes a neighbour.
_BESIDE_M: Final = 0.05
_SHARED_M: Final = 1.0

Areas = Mapping[str, Geometry]


def accept(drawn: Sequence[Drawn], repair: Repair) -> list[Drawn]:
    """The sectors with this repair made. Raises ValueError where one of them is no longer as it was looked at."""
    after = {change.code: change for change in repair.changes}
    mended: list[Drawn] = []
    for each in drawn:
        change = after.pop(each.code, None)
        if change is not None and not shapely.equals_identical(change.before, each.area):
            raise ValueError(f"the sector {each.code} was changed since it was looked at")
        mended.append(each if change is None else Drawn(each.code, change.after, each.commune))
    if after:
        raise ValueError(f"there is no sector {min(after)}")
    return mended


def make_valid(code: str, area: Geometry) -> Repair | None:
    """The same ground, drawn soundly."""
    return _offered("make_valid", {code: area}, {code: sound(area)})


def fill(piece: Geometry, around: Areas) -> Repair | None:
    """The piece given to the neighbour that shares the longest border with it."""
    for code in by_shared_border(piece, around):
        if repair := _offered("fill", around, {code: joined(around[code], piece)}):
            return repair
    return None


def assign(part: Geometry, donor: str, around: Areas) -> Repair | None:
    """A part of `donor` given to the neighbour that shares the longest border with it."""
    rest = polygons(shapely.difference(around[donor], part))
    for code in by_shared_border(part, {key: area for key, area in around.items() if key != donor}):
        after = {donor: rest, code: joined(around[code], part)}
        if repair := _offered("assign", around, after):
            return repair
    return None


def leave_to_one(piece: Geometry, first: str, second: str, around: Areas) -> Repair | None:
    """An overlap left to the one of the two that holds more of its border, unless nothing of the other remained."""
    for keeper in by_shared_border(piece, {key: polygons(around[key] - piece) for key in (first, second)}, all_of=True):
        loser = second if keeper == first else first
        after = {loser: polygons(shapely.difference(around[loser], around[keeper]))}
        if repair := _offered("yield", around, after):
            return repair
    return None


def snap(first: str, second: str, around: Areas) -> Repair | None:
    """The vertices of the one moved onto the border of the other, where they nearly meet; then the other's."""
    for moved, still in ((first, second), (second, first)):
        one = shapely.snap(around[moved], around[still], SNAP_M)
        after = {moved: one, still: shapely.snap(around[still], one, SNAP_M)}
        if repair := _offered("snap", around, after):
            return repair
    return None


def by_shared_border(piece: Geometry, around: Areas, *, all_of: bool = False) -> list[str]:
    """The codes by the length of the border they share with the piece, the longest first; those that share none last
    with `all_of`, else not at all. Equal ones by their code."""
    edge = shapely.boundary(piece)
    shared = {
        code: round(float(shapely.length(shapely.intersection(edge, shapely.buffer(area, _BESIDE_M)))), 2)
        for code, area in around.items()
    }
    return sorted(
        (code for code in shared if all_of or shared[code] > _SHARED_M), key=lambda code: (-shared[code], code)
    )


def sound(area: Geometry) -> Geometry:
    """A valid polygon or multipolygon of the same ground."""
    return area if shapely.is_valid(area) and _is_area(area) else polygons(shapely.make_valid(area))


def polygons(shape: Geometry) -> Geometry:
    """Of a shape what is area, as a polygon or multipolygon; maybe an empty one."""
    if _is_area(shape):
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    areas: Geometry = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return areas


def _is_area(shape: Geometry) -> bool:
    return shape.geom_type in {"Polygon", "MultiPolygon"}


def joined(area: Geometry, piece: Geometry) -> Geometry:
    """The area with the piece, without the cracks that rounding leaves between them."""
    whole = polygons(shapely.union(area, piece))
    if shapely.get_num_geometries(whole) > shapely.get_num_geometries(area):
        # They only nearly touch: joined where a millimetre is nothing.
        whole = polygons(shapely.union(area, piece, grid_size=TOUCH_M))
    return polygons(shapely.union_all([_without_cracks(part) for part in shapely.get_parts(whole)]))


def _without_cracks(part: Geometry) -> Geometry:
    rings = [shapely.get_interior_ring(part, n) for n in range(shapely.get_num_interior_rings(part))]
    wide = [ring for ring in rings if shapely.area(shapely.polygons(ring)) >= LEAST_M2]
    return part if len(wide) == len(rings) else shapely.polygons(shapely.get_exterior_ring(part), wide or None)


def _offered(means: Means, before: Areas, after: Areas) -> Repair | None:
    """The repair, unless it leaves a sector empty or unsound, changes nothing, or loses ground."""
    if not all(shapely.is_valid(area) and not shapely.is_empty(area) for area in after.values()):
        return None
    changed = [code for code in sorted(after) if not shapely.equals_identical(before[code], after[code])]
    changes = tuple(_change(code, before[code], after[code]) for code in changed)
    if not changes:
        return None
    rest = [sound(area) for code, area in before.items() if code not in after]
    return Repair(means, changes) if keeps([*map(sound, before.values())], [*after.values(), *rest]) else None


def keeps(before: Sequence[Geometry], after: Sequence[Geometry]) -> bool:
    """Whether every point of the areas before lies in one of those after, or within a millimetre of them."""
    grown = shapely.buffer(shapely.union_all(np.array(after)), TOUCH_M)
    return bool(shapely.is_empty(shapely.difference(shapely.union_all(np.array(before)), grown)))


def _change(code: str, before: Geometry, after: Geometry) -> Change:
    old = sound(before)
    gained, lost = shapely.area(shapely.difference(after, old)), shapely.area(shapely.difference(old, after))
    return Change(code, before, after, float(gained), float(lost))
