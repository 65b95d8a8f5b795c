"""The literals of a filter: values of the kind of a property, and geometry built from numbers.

No text of a request reaches GEOS or PROJ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any, Final, NoReturn

from django.contrib.gis.geos import (
    GEOSException,
    GEOSGeometry,
    LinearRing,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
)
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from .collection import BIGGEST, Kind
from .crs import Crs, boxes
from .geojson import FieldError, Refused


def refuse(code: str, message: Any) -> NoReturn:
    """Raises Refused (400), at `filter`."""
    raise Refused([FieldError("filter", code, message)])


def shape(tree: Any, crs: Crs) -> GEOSGeometry:
    """A geometry of GeoJSON, or a `bbox`, in this system. Refused (400): invalid_geometry, and what `boxes` says."""
    try:
        match tree:
            case {"bbox": [*numbers], **others} if not others and len(numbers) in {4, 6}:
                half = len(numbers) // 2
                found = boxes((numbers[0], numbers[1], numbers[half], numbers[half + 1]), crs, field="filter")
                parts = [Polygon.from_bbox(box) for box in found]
                built: GEOSGeometry = parts[0] if len(parts) == 1 else MultiPolygon(*parts)
            # Of GeoJSON; a `crs` of its own would be a place elsewhere than the one that is looked at.
            case {"type": str(kind), "coordinates": [*coordinates], **others} if (
                kind in _BUILT and others.keys() <= _BESIDE
            ):
                built = _BUILT[kind](lambda numbers: _position(numbers, crs), coordinates)
            case _:
                raise ValueError
        if built.empty or not built.valid:
            raise ValueError
    except (TypeError, ValueError, GEOSException):
        refuse("invalid_geometry", _("A geometry of the filter is none."))
    built.srid = crs.srid
    return built


def value(kind: Kind, tree: Any) -> Any:
    """What a property of this kind can be compared with. Refused (400): wrong_kind."""
    found = _READERS[kind](tree)
    if found is None:
        refuse("wrong_kind", _("The value is not of the kind of its property."))
    return found


def _position(numbers: Any, crs: Crs) -> tuple[float, float]:
    """x and y; a height is left out. ValueError for no position, or one outside of the system."""
    if not isinstance(numbers, list) or not 2 <= len(numbers) <= 3:
        raise ValueError
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in numbers):
        raise TypeError
    first, second = float(numbers[0]), float(numbers[1])
    low_first, low_second, high_first, high_second = crs.bounds
    if not (low_first <= first <= high_first and low_second <= second <= high_second):
        raise ValueError
    return (second, first) if crs.flipped else (first, second)


def _rings(at: Any, coordinates: Any) -> Polygon:
    return Polygon(*(LinearRing([at(each) for each in ring]) for ring in coordinates))


def _line(at: Any, coordinates: Any) -> LineString:
    return LineString([at(each) for each in coordinates])


_BUILT: Final[dict[str, Callable[[Any, Any], GEOSGeometry]]] = {
    "Point": lambda at, coordinates: Point(*at(coordinates)),
    "LineString": _line,
    "Polygon": _rings,
    "MultiPoint": lambda at, coordinates: MultiPoint(*(Point(*at(each)) for each in coordinates)),
    "MultiLineString": lambda at, coordinates: MultiLineString(*(_line(at, each) for each in coordinates)),
    "MultiPolygon": lambda at, coordinates: MultiPolygon(*(_rings(at, each) for each in coordinates)),
}
_BESIDE: Final = frozenset({"bbox"})


def _text(tree: Any) -> str | None:
    return tree if isinstance(tree, str) and "\x00" not in tree else None


def _boolean(tree: Any) -> bool | None:
    return tree if isinstance(tree, bool) else None


def _number(tree: Any) -> int | float | None:
    if isinstance(tree, bool) or not isinstance(tree, int | float):
        return None
    return tree if math.isfinite(tree) and abs(tree) <= BIGGEST else None


def _day(tree: Any) -> Any:
    return _dated(parse_date, tree.get("date") if isinstance(tree, dict) else tree)


def _moment(tree: Any) -> datetime | None:
    """A day is its beginning, and a time without an offset is in UTC."""
    text = tree.get("timestamp", tree.get("date")) if isinstance(tree, dict) else tree
    found = _dated(parse_datetime, text)
    if found is None:
        day = _dated(parse_date, text)
        return None if day is None else datetime.combine(day, time(), UTC)
    moment: datetime = found
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dated(parser: Callable[[str], Any], text: Any) -> Any:
    try:
        return parser(text) if isinstance(text, str) else None
    except ValueError:
        return None


_READERS: Final[dict[Kind, Callable[[Any], Any]]] = {
    "string": _text,
    "boolean": _boolean,
    "integer": _number,
    "number": _number,
    "date": _day,
    "date-time": _moment,
}
