"""Areas and lines as a person types them, and as the map's script sends them: a position on each line, a blank line
between rings. Knows no database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely.geometry import LinearRing, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

Position = tuple[float, float]
MOST_POSITIONS: Final = 200_000
_NUMBER: Final = r"[-+−]?\d{1,3}(?:[.,]\d{1,18})?"
# "2.5 46.5", "2.5, 46.5", "2,5 ; 46,5": longitude first, as the table of coordinates says.
_POSITION: Final = re.compile(rf"({_NUMBER})(?:\s*;\s*|,?\s+|,(?=[-+]?\d+\.))({_NUMBER})", re.ASCII)


def written(area: BaseGeometry) -> str:
    """The rings of a (multi)polygon, without their closing positions, each number as exact as it is stored."""
    rings = [ring for part in shapely.get_parts(area) for ring in (part.exterior, *part.interiors)]
    return "\n\n".join(listed(_plain(ring.coords[:-1])) for ring in rings)


def listed(places: Sequence[Position]) -> str:
    """The positions, one on each line."""
    return "\n".join(f"{_number(x)} {_number(y)}" for x, y in places)


def positions(text: str) -> list[Position]:
    """The positions of a line, (lon, lat). ValidationError names the line that is none."""
    found = [_position(line, number) for number, line in _lines(text) if line]
    if len(found) > MOST_POSITIONS:
        raise ValidationError(_("There are too many positions."), "too_many")
    return found


def area(text: str) -> MultiPolygon:
    """The area of these rings; a ring within another is a hole of it. ValidationError says what is wrong and where."""
    rings: list[list[Position]] = [[]]
    for number, line in _lines(text):
        if line:
            rings[-1].append(_position(line, number))
        elif rings[-1]:
            rings.append([])
    return of_rings([ring for ring in rings if ring])


def of_rings(rings: Sequence[Sequence[Position]]) -> MultiPolygon:
    """The area of these rings, in any order. ValidationError where there is none, or one has no three positions."""
    if not rings:
        raise ValidationError(_("Write three positions at least, one on each line."), "empty")
    if any(len(set(ring)) < 3 for ring in rings):
        raise ValidationError(_("Each ring has three different positions at least."), "short")
    if sum(map(len, rings)) > MOST_POSITIONS:
        raise ValidationError(_("There are too many positions."), "too_many")
    outlines = sorted((Polygon(LinearRing(ring)) for ring in rings), key=shapely.area, reverse=True)
    shells: list[tuple[Polygon, list[Any]]] = []
    for outline in outlines:
        sound = shapely.is_valid(outline)
        within = [holes for shell, holes in shells if sound and shapely.is_valid(shell) and shell.contains(outline)]
        if within:
            within[-1].append(outline.exterior.coords)
        else:
            shells.append((outline, []))
    return MultiPolygon([(shell.exterior.coords, holes) for shell, holes in shells])


def _number(value: float) -> str:
    """As exact as it is stored, and never with an exponent."""
    text = repr(value)
    return f"{value:.12f}" if "e" in text else text


def _lines(text: str) -> list[tuple[int, str]]:
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]


def _position(line: str, number: int) -> Position:
    found = _POSITION.fullmatch(line)
    if found is None:
        message = _("Line %(number)s is no position: write its longitude and its latitude, such as 2.5 46.5.")
        raise ValidationError(message, "position", {"number": number})
    lon, lat = (float(text.replace(",", ".").replace("−", "-")) for text in found.groups())
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        message = _("Line %(number)s is out of range: the longitude comes first, then the latitude.")
        raise ValidationError(message, "range", {"number": number})
    return lon, lat


def _plain(coordinates: Any) -> list[Position]:
    return [(float(x), float(y)) for x, y, *_more in coordinates]
