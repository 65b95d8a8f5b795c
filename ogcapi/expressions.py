"""Database expressions that print geometry."""

from collections.abc import Mapping
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


class FeatureText(Func):
    """A feature as GeoJSON text, whole: its id, its geometry as text already printed (null: none), its properties.

    What `geojson.feature` writes, at a third of the cost where there are many: PostgreSQL prints a row of columns
    faster than Python takes them over. Times are RFC 3339 in the zone of the session, which Django sets to UTC.
    """

    output_field = TextField()

    def __init__(self, fid: Any, shape: Any, properties: Mapping[str, Any]) -> None:
        self.names = tuple(properties)
        super().__init__(fid, shape, *properties.values())

    def as_sql(self, compiler: Any, connection: Any, *_given: Any, **_more: Any) -> tuple[str, tuple[Any, ...]]:
        """The id and the geometry are printed beside the row of the properties, which names its columns."""
        parts: list[str] = []
        values: list[Any] = []
        for each in self.get_source_expressions():
            sql, given = compiler.compile(each)
            parts.append(sql)
            values.extend(given)
        fid, shape, *columns = parts
        names = (name.replace('"', '""').replace("%", "%%") for name in self.names)
        row = ", ".join(f'{column} AS "{name}"' for column, name in zip(columns, names, strict=True))
        # What stands in it is what the compiler wrote, and the names of the collection's own fields.
        held = f"(SELECT row_to_json(told)::text FROM (SELECT {row}) AS told)" if row else "'{}'"  # noqa: S608
        return (
            f"""('{{"type":"Feature","id":' || to_json({fid})::text || ',"geometry":' || COALESCE({shape}, 'null')"""
            f""" || ',"properties":' || {held} || '}}')"""
        ), tuple(values)


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
