"""A sector cut in two along a line, or joined with its neighbour. Whoever draws cuts in degrees and joins in metres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry as Geometry
from shapely.ops import split

from sectors.boundaries.repairs import joined, polygons

Position = tuple[float, float]
# A line that ends at the border as a hand draws it ends a little before or beyond: some ten metres, in degrees.
REACH_DEG: Final = 1e-4


class NotCutError(ValueError):
    """The line does not make two of the area: `pieces` is how many pieces it makes of its parts."""

    def __init__(self, pieces: int) -> None:
        super().__init__(f"{pieces} pieces")
        self.pieces = pieces


def cut(area: Geometry, line: Sequence[Position], *, reach: float = REACH_DEG) -> tuple[Geometry, Geometry]:
    """The larger piece with all that the line leaves alone, and the smaller one.

    line: two positions at least, in the unit of the area; carried on by `reach` at both ends. Raises NotCutError unless
    it leaves exactly two pieces of one part of the area.
    """
    blade = LineString([_beyond(line[1], line[0], reach), *line[1:-1], _beyond(line[-2], line[-1], reach)])
    left: list[Geometry] = []
    pieces: list[Geometry] = []
    for part in shapely.get_parts(area):
        found = [piece for piece in split(part, blade).geoms if not piece.is_empty]
        (pieces if len(found) > 1 else left).extend(found)
    if len(pieces) != 2:
        raise NotCutError(len(pieces))
    small, large = sorted(pieces, key=shapely.area)
    return polygons(shapely.union_all([*left, large])) if left else large, small


def join(first: Geometry, second: Geometry) -> Geometry | None:
    """Both as one area in EPSG:2154, without the cracks between them; None where they nowhere share a border."""
    whole = joined(first, second)
    apart = shapely.get_num_geometries(first) + shapely.get_num_geometries(second)
    return whole if shapely.get_num_geometries(whole) < apart else None


def _beyond(before: Position, end: Position, reach: float) -> Position:
    """The end of a line, carried on in its direction."""
    length = math.dist(before, end)
    if not length:
        return end
    x, y = ((b - a) / length for a, b in zip(before, end, strict=True))
    return end[0] + x * reach, end[1] + y * reach
