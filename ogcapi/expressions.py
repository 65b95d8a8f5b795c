"""Database expressions that print geometry."""

from typing import Any

from django.db.models import F, Func, TextField
from django.db.models.expressions import Combinable


class GeoJSONText(Func):
    """A geometry as GeoJSON text, exterior rings counter-clockwise (RFC 7946), rounded to `digits` decimals.

    The reference system is the field's own and is not printed. The text is made for `geojson.feature`; nothing in
    Python reads it. `GeoJSONText("area")`, `GeoJSONText(Transform("area", 2154), digits=2)`. `flipped` writes the
    second axis first, as EPSG:4326 has it outside RFC 7946.
    """

    function = "ST_AsGeoJSON"
    # The last 0: no `crs` member, which PostGIS adds by default to anything but EPSG:4326.
    template = "%(function)s(ST_ForcePolygonCCW(%(expressions)s), %(digits)s, 0)"
    arity = 1
    output_field = TextField()

    def __init__(self, expression: str | Combinable, *, digits: int = 7, flipped: bool = False, **extra: Any) -> None:
        if flipped:
            # After the rings are turned: exchanged axes mirror them.
            extra["template"] = "%(function)s(ST_FlipCoordinates(ST_ForcePolygonCCW(%(expressions)s)), %(digits)s, 0)"
        # The digits are printed into the SQL: a number is all they can be.
        super().__init__(F(expression) if isinstance(expression, str) else expression, digits=int(digits), **extra)


class WKTText(Func):
    """A geometry as well-known text, rounded to `digits` decimals."""

    function = "ST_AsText"
    template = "%(function)s(%(expressions)s, %(digits)s)"
    arity = 1
    output_field = TextField()

    def __init__(self, expression: str | Combinable, *, digits: int = 7, **extra: Any) -> None:
        super().__init__(F(expression) if isinstance(expression, str) else expression, digits=int(digits), **extra)
