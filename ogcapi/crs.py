"""The reference systems that a collection is given in and asked in: four, by their URI, and no other.

No text of a request reaches PROJ: what is asked for is looked up here, and an unknown URI is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_lazy as _

from .geojson import FieldError, Refused

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Crs:
    """A system: its URI, its number at EPSG, whether it is written northing first, and to how many decimals.

    `domain` is where it is defined, (west, south, east, north) in degrees, and `bounds` the same in its own units and
    its own order of axes, wide enough for every box that means something.
    """

    uri: str
    srid: int
    flipped: bool
    digits: int
    domain: Box
    bounds: Box

    @property
    def in_degrees(self) -> bool:
        """Is nothing to be transformed?"""
        return self.srid == 4326


_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)
CRS84: Final = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326, False, 7, _WORLD, _WORLD)
_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"
# How far the square of the maps in tiles reaches from its middle, in metres.
MERCATOR_M: Final = math.pi * 6_378_137
WEB_MERCATOR: Final = Crs(
    f"{_EPSG}3857", 3857, False, 2, (-180.0, -85.06, 180.0, 85.06),
    (-20_037_508.35, -20_048_966.11, 20_037_508.35, 20_048_966.11),
)  # fmt: skip
SYSTEMS: Final[Mapping[str, Crs]] = MappingProxyType(
    {
        each.uri: each
        for each in (
            CRS84,
            Crs(f"{_EPSG}4326", 4326, True, 7, _WORLD, (-90.0, -180.0, 90.0, 180.0)),
            WEB_MERCATOR,
            # RGF93 / Lambert-93: metres on metropolitan France.
            Crs(f"{_EPSG}2154", 2154, False, 2, (-30.0, 20.0, 40.0, 70.0), (-4e6, 2e6, 5e6, 10e6)),
        )
    }
)  # fmt: skip


def read_crs(uri: str | None, *, field: str) -> Crs:
    """The system of this URI, CRS84 where none is given. Refused (400): unknown_crs."""
    if uri is None:
        return CRS84
    if uri not in SYSTEMS:
        message = _("This reference system is not among those of the collection.")
        raise Refused([FieldError(field, "unknown_crs", message)])
    return SYSTEMS[uri]


def boxes(box: Box, crs: Crs, *, field: str) -> list[Box]:
    """The box in the system's units as one or two of x and y: one that crosses the antimeridian becomes two.

    Refused (400): out_of_range, wrong_bbox.
    """
    lowest, highest = crs.bounds[:2], crs.bounds[2:]
    inside = all(low <= value <= high for value, low, high in zip(box, lowest * 2, highest * 2, strict=True))
    if not inside:
        raise Refused([FieldError(field, "out_of_range", _("The box leaves the bounds of its reference system."))])
    west, south, east, north = (box[1], box[0], box[3], box[2]) if crs.flipped else box
    if south > north or (west > east and not crs.in_degrees):
        raise Refused([FieldError(field, "wrong_bbox", _("The lower corner comes first."))])
    if west <= east:
        return [(west, south, east, north)]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]
