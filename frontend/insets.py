"""Where a territory's towns with sectors lie in it: a small drawing for each, in the corner of the map."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import shapely

from sectors.atlas.directory import Directory

WIDTH: Final = 200.0
_MARGIN: Final = 4.0
_SIMPLER_DEG: Final = 0.004
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Town:
    """A commune that has sectors: `box` is west, south, east, north of them in degrees; x and y are on the inset."""

    code: str
    name: str
    box: Box
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Inset:
    """A territory by its key: its `box` in degrees, its outline as the `path` of an SVG WIDTH wide, its towns."""

    territory: int
    box: Box
    path: str
    height: float
    towns: tuple[Town, ...]


def insets_of(directory: Directory, outlines: Mapping[int, Any], areas: Mapping[int, Any]) -> tuple[Inset, ...]:
    """One for each territory that has an outline, by rank; `areas` are those of the sectors by their keys."""
    order = list(directory.territories)
    return tuple(_inset(directory, key, outlines[key], areas) for key in sorted(outlines, key=order.index))


def of_reader(insets: Sequence[Inset], home: int | None) -> list[Inset]:
    """The same with the reader's own territory before the others."""
    return sorted(insets, key=lambda each: each.territory != home)


def _inset(directory: Directory, territory: int, outline: Any, areas: Mapping[int, Any]) -> Inset:
    west, south, east, north = (float(bound) for bound in outline.bounds)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * _MARGIN) / ((east - west) * squeeze)

    def place(lon: float, lat: float) -> tuple[float, float]:
        return round(_MARGIN + (lon - west) * squeeze * scale, 1), round(_MARGIN + (north - lat) * scale, 1)

    parts = []
    for polygon in shapely.get_parts(shapely.simplify(outline, _SIMPLER_DEG)):
        corners = [place(x, y) for x, y in polygon.exterior.coords]
        parts.append("M" + "L".join(f"{x} {y}" for x, y in corners) + "Z")
    height = round(2 * _MARGIN + (north - south) * scale, 1)
    return Inset(
        territory, (west, south, east, north), "".join(parts), height, _towns(directory, territory, areas, place)
    )


def _towns(
    directory: Directory, territory: int, areas: Mapping[int, Any], place: Callable[[float, float], tuple[float, float]]
) -> tuple[Town, ...]:
    boxes: dict[int, list[Any]] = {}
    for key, area in areas.items():
        sector = directory.sectors[key]
        if sector.commune_id is not None and directory.posts[sector.post_id].territory_id == territory:
            boxes.setdefault(sector.commune_id, []).append(area)
    towns = []
    for key, found in boxes.items():
        west, south, east, north = (float(bound) for bound in shapely.total_bounds(found))
        card = directory.communes[key]
        middle = place((west + east) / 2, (south + north) / 2)
        towns.append(Town(card.code, card.name, (west, south, east, north), *middle))
    return tuple(sorted(towns, key=lambda town: town.code))
