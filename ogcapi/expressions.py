"""Database expressions that print geometry."""

from typing import Any

from django.db.models import F, Func, TextField, Value
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


class TimeText(Func):
    """A moment as text in this pattern of PostgreSQL's, on the clocks of `zone`: by default RFC 3339, to the second."""

    function = "to_char"
    output_field = TextField()

    def __init__(
        self, expression: str | Combinable, *, form: str = 'YYYY-MM-DD"T"HH24:MI:SS"Z"', zone: str = "UTC", **extra: Any
    ) -> None:
        moment = F(expression) if isinstance(expression, str) else expression
        super().__init__(Func(Value(zone), moment, function="timezone"), Value(form), **extra)


class Unprinted(Func):
    """A geometry for PostGIS to go on with: Django prints what it selects, in a form of its own."""

    template = "%(expressions)s"
    arity = 1
    output_field = TextField()


class ClippedTo(Func):
    """What of a geometry lies in a box, which is the second argument."""

    function = "ST_ClipByBox2D"
    arity = 2


class BinaryText(Func):
    """A geometry as well-known binary, little-endian, in hexadecimal digits; easting first, as exact as stored."""

    function = "ST_AsBinary"
    template = "encode(%(function)s(%(expressions)s, 'NDR'), 'hex')"
    arity = 1
    output_field = TextField()
