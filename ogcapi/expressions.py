"""Database expressions that print geometry."""

from typing import Any

from django.db.models import F, Func, TextField
from django.db.models.expressions import Combinable


class GeoJSONText(Func):
    """A geometry as GeoJSON text, exterior rings counter-clockwise (RFC 7946), rounded to `digits` decimals.

    The reference system is the field's own and is not printed. The text is made for `geojson.feature`; nothing in
    Python reads it. `GeoJSONText("area")`, `GeoJSONText(Transform("area", 2154), digits=2)`.
    """

    function = "ST_AsGeoJSON"
    # The last 0: no `crs` member, which PostGIS adds by default to anything but EPSG:4326.
    template = "%(function)s(ST_ForcePolygonCCW(%(expressions)s), %(digits)s, 0)"
    arity = 1
    output_field = TextField()

    def __init__(self, expression: str | Combinable, *, digits: int = 7, **extra: Any) -> None:
        # The digits are printed into the SQL: a number is all they can be.
        super().__init__(F(expression) if isinstance(expression, str) else expression, digits=int(digits), **extra)
