"""Every request of the hostile corpus gets its status, code and field."""

import json

import pytest
from django.http import QueryDict

from ogcapi import geojson
from ogcapi.geojson import Refused
from ogcapi.geojson.points import read_plain
from ogcapi.geojson.refusals import MESSAGES

from ..hostile import Hostile, bodies, queries
from .reading import BESIDE_POINTS, defects, read_feature, read_points


@pytest.mark.parametrize("case", bodies("feature"), ids=lambda case: case.name)
def test_hostile_body_for_a_feature(case: Hostile):
    with pytest.raises(Refused) as caught:
        read_feature(case.body, case.content_type)
    assert (caught.value.status, defects(caught.value)[0]) == (case.status, (case.field, case.code))


@pytest.mark.parametrize("case", bodies("points"), ids=lambda case: case.name)
def test_hostile_body_for_points(case: Hostile):
    with pytest.raises(Refused) as caught:
        read_points(case.body, case.content_type)
    assert (caught.value.status, defects(caught.value)[0]) == (case.status, (case.field, case.code))


@pytest.mark.parametrize("case", bodies("points"), ids=lambda case: case.name)
def test_hostile_body_is_not_taken_by_the_fast_path(case: Hostile):
    if case.status == 400:  # size and media type are checked before either path
        assert read_plain(case.body, 100_000, BESIDE_POINTS) is None


@pytest.mark.parametrize(("query", "status", "code", "field"), queries())
def test_hostile_query(query: str, status: int, code: str, field: str):
    def read_position() -> None:
        params = geojson.read_query(QueryDict(query), ("lon", "lat"))
        geojson.read_number(params.get("lon"), field="lon", low=-180, high=180)
        geojson.read_number(params.get("lat"), field="lat", low=-90, high=90)

    with pytest.raises(Refused) as caught:
        read_position()
    assert (caught.value.status, defects(caught.value)[0]) == (status, (field, code))


def test_the_corpus_is_large_and_names_are_unique():
    cases = bodies("feature", "points")
    assert len(cases) >= 250
    assert len({(case.reader, case.name) for case in cases}) == len(cases)
    assert {case.code for case in cases} <= set(MESSAGES)


def test_the_corpus_is_what_its_maker_writes():
    from tests.data.hostile import make

    assert [json.loads(line) for line in (make.HERE / "bodies.jsonl").read_text().splitlines()] == make.bodies()
    assert [json.loads(line) for line in (make.HERE / "queries.jsonl").read_text().splitlines()] == make.queries()
