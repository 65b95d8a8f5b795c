"""All of a collection in one answer: where it is found, and what leaves as a stream."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from tests.ogcapi.test_files import PUBLIC, paged

pytestmark = pytest.mark.django_db


def test_all_of_it_as_one_geojson(client):
    response = client.get("/ogc/collections/communes/communes.geojson")
    assert (response["Content-Type"], response.streaming) == ("application/geo+json", True)
    assert response["Content-Disposition"] == 'attachment; filename="communes.geojson"'
    found = json.loads(b"".join(response))
    assert found == {"type": "FeatureCollection", "features": found["features"]}
    pages = {each["id"]: {**each, "links": None} for each in paged(client, "communes")}
    assert {each["id"]: {**each, "links": None} for each in found["features"]} == pages
    nothing = client.get("/ogc/collections/communes/items?f=geojson&code=none")
    assert json.loads(b"".join(nothing)) == {"type": "FeatureCollection", "features": []}


def test_the_head_of_a_stream_reads_nothing(client, django_assert_num_queries):
    for form in ("geojson", "geojsonseq", "csv"):
        with django_assert_num_queries(0):
            response = client.head(f"/ogc/collections/communes/items?f={form}")
        assert response.status_code == 200
        assert "Content-Length" not in response
        assert b"".join(response) == b""


def test_each_collection_leads_to_its_files(client):
    for name in PUBLIC:
        links = client.get(f"/ogc/collections/{name}").json()["links"]
        found = {each["href"]: each["type"] for each in links if each["rel"] == "enclosure"}
        assert {href.rpartition(".")[2] for href in found} == {"fgb", "gpkg", "geojson", "csv"}
        for href, kind in found.items():
            response = client.get(href.removeprefix("http://localhost"))
            assert (response.status_code, response["Content-Type"]) == (200, kind)
            assert b"".join(response)
        page = client.get(f"/ogc/collections/{name}/items?code=none&limit=3").json()
        others = [each for each in page["links"] if each["rel"] == "alternate"]
        assert {"application/flatgeobuf", "application/geopackage+sqlite3"} <= {each["type"] for each in others}
        assert all("code=none" in each["href"] and "limit=3" in each["href"] for each in others)


@pytest.mark.parametrize(
    "query", ["", "offset=3", "limit=7", "offset=5&limit=4", "sortby=-name", "sortby=name&limit=9"]
)
def test_a_stream_asked_for_some_at_a_time_is_the_page(client, monkeypatch, query):
    monkeypatch.setattr("ogcapi.items._AT_ONCE", 3)
    streamed = client.get(f"/ogc/collections/communes/items?f=geojson&{query}")
    asked = query if "limit" in query else f"{query}&limit=10000"
    told = client.get(f"/ogc/collections/communes/items?{asked}").json()["features"]
    assert [each["id"] for each in json.loads(b"".join(streamed))["features"]] == [each["id"] for each in told]


@pytest.mark.parametrize("form", ["geojson", "geojsonseq", "csv", "fgb", "gpkg"])
def test_what_is_too_much_to_be_put_in_order_is_refused_and_not_begun(client, monkeypatch, form):
    monkeypatch.setattr("ogcapi.items.SORTED", 100)
    address = f"/ogc/collections/communes/items?f={form}"
    for query in ("sortby=-name", "sortby=name&limit=101", "sortby=name&offset=50&limit=51"):
        response = client.get(f"{address}&{query}", headers={"Accept-Language": "en"})
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        (error,) = response.json()["errors"]
        assert (error["field"], error["code"]) == ("sortby", "too_many_to_sort")
        assert "100" in error["message"]
    # What is narrow enough, and what comes by its ids.
    for query in ("sortby=name&limit=100", "sortby=name&competence=PN", "limit=150"):
        response = client.get(f"{address}&{query}")
        assert response.status_code == 200
        assert response.getvalue()


def test_what_follows_a_page_as_a_stream(client):
    page = client.get("/ogc/collections/communes/items?limit=5").json()
    (following,) = (each["href"] for each in page["links"] if each["rel"] == "next")
    other = following.removeprefix("http://localhost")
    told = [each["id"] for each in client.get(other).json()["features"]]
    streamed = client.get(f"{other}&f=geojson")
    assert [each["id"] for each in json.loads(b"".join(streamed))["features"]] == told


def test_a_question_that_takes_too_long_is_refused_before_anything_leaves(client, monkeypatch):
    def slow(*_given: object, **_more: object):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(5)")
        yield

    monkeypatch.setattr("ogcapi.collection.Collection.printed", slow)
    response = client.get("/ogc/collections/communes/communes.geojson")
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
