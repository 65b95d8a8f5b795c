"""A feature that PostGIS writes whole is the one that Python would write of the same row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Func, QuerySet

from ogcapi.collection import Collection, Field, Row
from ogcapi.crs import CRS84, SYSTEMS
from ogcapi.geojson import feature
from ogcapi.items import written
from sectors.collections import COLLECTIONS
from sectors.models import Commune
from tests.factories import land, square

pytestmark = pytest.mark.django_db
NASTY = ['a "quoted" \\ name', "line\nbreak\ttab", "</script>", "é ’ 💧", "100 % {braces}", ""]


class Named(Collection):
    """Communes, under names of properties that SQL and its formatting might stumble over."""

    id, title, description = "named", "Named", "Named"
    geometry, geometry_kind = "area", "geometry-multipolygon"
    fid, fid_kind = "code", "string"
    fields = (
        Field("name", "string", "name", "Name"),
        Field('the "name" in %s', "string", "name", "Name"),
        Field("population", "integer", "population", "Population"),
        Field("from", "date-time", "territory__editions__validity__startswith", "From"),
        Field("until", "date-time", "territory__editions__validity__endswith", "Until"),
        Field("served", "string", "territory__code", "Territory"),
    )

    def rows(self, reader: Any) -> QuerySet[Any]:
        """All."""
        return Commune.objects.all()


def by_python(collection: Collection, rows: Any, shape: Func, names: Any = None) -> list[Any]:
    kept = [each.name for each in collection.fields if names is None or each.name in names]
    found = []
    for row in collection.read(rows, shape):
        found.append(json.loads(feature(row.fid, row.geometry, {name: row.properties[name] for name in kept})))
    return found


def by_postgis(collection: Collection, rows: Any, shape: Func, names: Any = None) -> list[Any]:
    found = [(fid, json.loads(text)) for fid, text in collection.printed(rows, shape, names)]
    assert [fid for fid, _text in found] == [told["id"] for _fid, told in found]
    return [told for _fid, told in found]


def moments(found: list[Any]) -> list[Any]:
    """The same with moments for their texts: microseconds that are none may be left out."""
    for each in found:
        for name, value in each["properties"].items():
            if isinstance(value, str) and value[10:11] == "T":
                each["properties"][name] = datetime.fromisoformat(value)
    return found


@pytest.mark.parametrize("crs", SYSTEMS.values(), ids=SYSTEMS.keys())
@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda each: str(each.id))
def test_every_public_collection_is_written_the_same(collection, crs):
    rows = collection.rows(None).order_by(collection.fid)
    shape = collection.as_geojson(crs)
    assert moments(by_postgis(collection, rows, shape)) == moments(by_python(collection, rows, shape))
    some = {collection.fields[0].name, collection.fields[-1].name}
    assert moments(by_postgis(collection, rows, shape, some)) == moments(by_python(collection, rows, shape, some))


def test_names_values_and_gaps_of_any_kind_are_written_the_same():
    made = land("printed")
    for number, name in enumerate(NASTY):
        commune = made.commune(f"990{number:02}", square(number, 0))
        Commune.objects.filter(pk=commune.pk).update(name=name, population=None if number else 12)
    rows = Named().rows(None).filter(code__startswith="990").order_by("code")
    shape = Named().as_geojson(CRS84)
    found = moments(by_postgis(Named(), rows, shape))
    assert found == moments(by_python(Named(), rows, shape))
    assert [each["properties"]['the "name" in %s'] for each in found] == NASTY
    assert found[0]["properties"]["until"] is None
    assert found[0]["properties"]["from"].tzinfo is not None
    assert by_postgis(Named(), rows, shape, set())[0]["properties"] == {}


def test_moments_leave_in_utc_whatever_zone_the_service_has(settings):
    assert settings.TIME_ZONE == "Europe/Paris"
    made = land("printed")
    made.commune("99001", square(0, 0))
    made.edition.validity = type(made.edition.validity)(datetime(2026, 7, 1, 12, 30, 15, 250_000, UTC), None)
    made.edition.save()
    rows = Named().rows(None).filter(code="99001")
    (found,) = by_postgis(Named(), rows, Named().as_geojson(CRS84))
    assert found["properties"]["from"] == "2026-07-01T12:30:15.25+00:00"


class Discreet(Named):
    """The same, of which the names are told to nobody."""

    def read(self, rows: QuerySet[Any], shape: Func, *, stream: bool = False) -> Iterator[Row]:
        """Without the names."""
        for row in super().read(rows, shape, stream=stream):
            yield row._replace(properties={**row.properties, "name": None, 'the "name" in %s': None})


def test_what_is_read_otherwise_is_written_as_it_is_read():
    made = land("printed")
    made.commune("99001", square(0, 0))
    rows = Discreet().rows(None).filter(code="99001")
    (found,) = by_postgis(Discreet(), rows, Discreet().as_geojson(CRS84))
    assert found["properties"]["name"] is None
    assert "Commune 99001" not in json.dumps(found)
    (told,) = by_postgis(Named(), rows, Named().as_geojson(CRS84))
    assert told["properties"]["name"] == "Commune 99001"


def test_members_stand_at_the_end_of_what_is_written():
    text = feature(1, None, {"a": 1})
    assert json.loads(written(Row(1, None, {"a": 1}), links=[{"href": "x"}])) == {
        **json.loads(text),
        "links": [{"href": "x"}],
    }
