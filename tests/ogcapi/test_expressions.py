"""The SQL that prints geometry."""

import pytest
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.sql import Query

from ogcapi.expressions import GeoJSONText


def sql(expression: GeoJSONText) -> str:
    compiler = Query(None).get_compiler(connection=connection)
    return str(compiler.compile(expression)[0])


def test_the_sql_turns_rings_rounds_and_names_no_reference_system():
    assert sql(GeoJSONText(RawSQL("area", []))) == "ST_AsGeoJSON(ST_ForcePolygonCCW((area)), 7, 0)"
    assert sql(GeoJSONText(RawSQL("area", []), digits=2)) == "ST_AsGeoJSON(ST_ForcePolygonCCW((area)), 2, 0)"


def test_it_is_text_to_django_and_digits_are_a_number():
    assert isinstance(GeoJSONText("area").output_field, TextField)
    with pytest.raises(ValueError, match="invalid literal"):
        GeoJSONText("area", digits="7), pg_sleep(9")  # type: ignore[arg-type]


def test_other_functions_nest_inside():
    square = Polygon.from_bbox((0, 0, 1, 1))
    square.srid = 4326
    assert "ST_ForcePolygonCCW(ST_Transform(" in sql(GeoJSONText(Transform(Value(square), 2154), digits=2))
