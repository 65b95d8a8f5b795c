"""Programs that people use read the service over HTTP: all features, what they filter by, and what a token opens.

Here GDAL of the distribution (3.6, whose pages are of ten) and OWSLib; the GDAL of pyogrio in `test_far_clients`.
"""

from __future__ import annotations

import csv
import http.client
import io
import json
import math
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import mapbox_vector_tile
import pytest
from owslib.ogcapi.features import Features
from owslib.util import Authentication
from owslib.wfs import WebFeatureService

from tests.incidents.sending import GAP
from tests.ogcapi.serving import GROUP, READERS, Served, ran, served
from tests.ogcapi.tiles import address, over

__all__ = ["served"]
pytestmark = pytest.mark.django_db
PUBLIC = ("sectors", "communes", "editions", "border-agreements", "citizen-watch")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("no_proxy", "localhost")


def got(served: Served, path: str, who: str | None = None) -> Any:
    """The document at a path, as JSON."""
    headers = {"Authorization": f"Token {served.tokens[who]}"} if who else {}
    with build_opener(ProxyHandler({})).open(Request(f"{served.url}{path}", headers=headers), timeout=60) as response:
        return json.loads(response.read())


def rows(*words: str) -> list[dict[str, str]]:
    """What ogr2ogr makes of a layer, as a table."""
    return list(csv.DictReader(io.StringIO(ran("ogr2ogr", "-f", "CSV", "/vsistdout/", *words))))


def test_part1_01_it_speaks_http_1_1(served):
    connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=60)
    for root in ("/ogc", "/ogc/"):
        connection.request("GET", root)
        response = connection.getresponse()
        assert (response.status, response.version) == (200, 11)
        response.read()
    connection.close()


@pytest.mark.parametrize("name", PUBLIC)
def test_gdal_reads_every_feature_page_after_page(served, name):
    everything = got(served, f"/ogc/collections/{name}/items?limit=10000")["features"]
    before = len(served.asked)
    found = rows(f"OAPIF:{served.url}/ogc", name)
    codes = sorted(each["properties"]["code"] for each in everything)
    assert sorted(each["code"] for each in found) == codes
    # One to learn the fields, then pages of ten.
    assert len(served.since(before, f"/collections/{name}/items?")) == 1 + math.ceil(len(codes) / 10)
    told = ran("ogrinfo", "-ro", "-so", f"OAPIF:{served.url}/ogc", name)
    assert f"Feature Count: {len(codes)}" in told
    west, south, east, north = got(served, f"/ogc/collections/{name}")["extent"]["spatial"]["bbox"][0]
    assert f"Extent: ({west:.6f}, {south:.6f}) - ({east:.6f}, {north:.6f})" in told
    assert 'ID["EPSG",4326]' in told


def test_gdal_has_the_server_choose_by_box_and_by_property(served):
    before = len(served.asked)
    found = rows(
        f"OAPIF:{served.url}/ogc", "sectors", "-where", "commune = '05061'", "-spat", "6", "44.5", "6.2", "44.6"
    )
    assert {each["commune"] for each in found} == {"05061"}
    assert len(found) == 3
    assert served.since(before, "/collections/sectors/items?", "commune=05061", "bbox=6,44.5,6.2")
    assert not served.since(before, "cursor")


@pytest.mark.parametrize("who", READERS)
def test_gdal_reads_with_a_token_the_concerns_of_its_reader(served, who):
    service = f"OAPIF:{served.url}/ogc"
    token = served.tokens[who]
    by_password = ("-oo", f"USERPWD=anybody:{token}")
    by_header = ("--config", "GDAL_HTTP_HEADERS", f"Authorization: Token {token}")
    for opened in (by_password, by_header):
        assert {each["reference"] for each in rows(service, "incidents", *opened)} == served.readable[who]
        assert "incidents" in ran("ogrinfo", "-ro", service, *opened)
    listed = ran("ogrinfo", "-ro", service)
    assert [name for name in (*PUBLIC, "incidents") if name in listed] == list(PUBLIC)


@pytest.mark.parametrize("who", READERS)
def test_gdal_reads_with_a_token_the_problems_of_its_readers_groups(served, who):
    by_password = ("-oo", f"USERPWD=anybody:{served.tokens[who]}")
    found = {each["reference"]: each for each in rows(f"OAPIF:{served.url}/ogc", "problems", *by_password)}
    assert set(found) == (set(served.problems) if who in GROUP else set())
    if who in GROUP:
        first, second = (found[each] for each in served.problems)
        assert (first["status"], second["status"]) == ("signalee", "retenue")
        # Its day belongs to the group, and what somebody wrote to its members.
        assert (second["due_on"] != "") == (who != "mayor_gap")
        assert (second["title"] != "") == (who == "partner_a")
        told = ran("ogrinfo", "-ro", "-so", f"OAPIF:{served.url}/ogc", "problems", *by_password)
        assert "Extent: (6.078000, 44.559000) - (6.080000, 44.561000)" in told
    else:
        assert "Feature Count: 0" in ran("ogrinfo", "-ro", "-so", f"OAPIF:{served.url}/ogc", "problems", *by_password)
    opened = ("--config", "GDAL_HTTP_AUTH", "BASIC", "--config", "GDAL_HTTP_USERPWD", f"anybody:{served.tokens[who]}")
    assert {each["reference"] for each in rows(f"WFS:{served.url}/wfs", "psq:problems", *opened)} == set(found)


def test_gdal_reads_the_draft_of_who_draws(served):
    by_password = ("-oo", f"USERPWD=anybody:{served.tokens['director']}")
    drawn = {each["code"]: each for each in rows(f"OAPIF:{served.url}/ogc", "draft-sectors", *by_password)}
    assert set(drawn) == {each["code"] for each in rows(f"OAPIF:{served.url}/ogc", "sectors")}
    assert {each["version"] for each in drawn.values()} == {"0"}


def test_gdal_reads_the_same_by_wfs(served):
    service = f"WFS:{served.url}/wfs"
    listed = ran("ogrinfo", "-ro", service)
    assert {name for name in listed.split() if name.startswith("psq:")} == {f"psq:{name}" for name in PUBLIC}
    for name in PUBLIC:
        codes = {
            each["properties"]["code"] for each in got(served, f"/ogc/collections/{name}/items?limit=10000")["features"]
        }
        assert {each["code"] for each in rows(service, f"psq:{name}")} == codes, name
    everything = {each["id"] for each in got(served, "/ogc/collections/communes/items?limit=10000")["features"]}
    assert {each["code"] for each in rows(service, "psq:communes")} == everything
    before = len(served.asked)
    assert len(rows(service, "psq:sectors", "-where", "commune = '05061'")) == 3
    assert served.since(before, "REQUEST=GetFeature", "FILTER=")
    before = len(served.asked)
    assert len(rows(service, "psq:sectors", "-spat", "6", "44.5", "6.2", "44.6")) == 3
    assert served.since(before, "REQUEST=GetFeature", "BBOX")


@pytest.mark.parametrize("who", READERS)
def test_gdal_reads_ones_own_by_wfs(served, who):
    opened = ("--config", "GDAL_HTTP_AUTH", "BASIC", "--config", "GDAL_HTTP_USERPWD", f"anybody:{served.tokens[who]}")
    found = rows(f"WFS:{served.url}/wfs", "psq:incidents", *opened)
    assert {each["reference"] for each in found} == served.readable[who]


def test_owslib_reads_every_description_and_every_page(served):
    service: Any = Features(f"{served.url}/ogc")
    assert "/collections/sectors/items" in service.api()["paths"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in service.conformance()["conformsTo"]
    assert tuple(service.feature_collections()) == PUBLIC
    assert [each["id"] for each in service.collections()["collections"]] == list(PUBLIC)
    for name in PUBLIC:
        assert service.collection(name)["id"] == name
        assert "code" in service.collection_queryables(name)["properties"]
        assert "code" in service.collection_schema(name)["properties"]
        everything = service.collection_items(name, limit=10_000)["features"]
        assert everything
        assert service.collection_item(name, everything[-1]["id"])["properties"] == everything[-1]["properties"]
    paged = [service.collection_items("communes", limit=50, offset=start)["features"] for start in range(0, 400, 50)]
    assert [each for page in paged for each in page] == service.collection_items("communes", limit=400)["features"]
    near = service.collection_items("sectors", bbox=[6, 44.5, 6.2, 44.6])
    assert near["numberMatched"] == 3
    assert service.collection_items("sectors", filter="commune = '05061' AND kind <> 'economic'")["features"]
    assert service.collection_items("sectors", commune="05061")["features"] == near["features"]
    ordered = [each["id"] for each in service.collection_items("communes", sortby=("name", "desc"))["features"]]
    assert ordered != sorted(ordered)
    with pytest.raises(RuntimeError, match="404"):
        service.collection_items("incidents")


@pytest.mark.parametrize("who", READERS)
def test_owslib_reads_with_a_token_the_concerns_of_its_reader(served, who):
    service: Any = Features(f"{served.url}/ogc", auth=Authentication(username="anybody", password=served.tokens[who]))
    draws = ["draft-sectors"] if who == "director" else []
    assert service.feature_collections() == [*PUBLIC, "incidents", "problems", *draws]
    found = service.collection_items("incidents")
    assert {each["id"] for each in found["features"]} == served.readable[who]
    assert "/collections/incidents/items" in service.api()["paths"]
    problems = [each["id"] for each in service.collection_items("problems")["features"]]
    assert sorted(problems) == sorted(served.problems if who in GROUP else [])
    for reference in problems:
        assert service.collection_item("problems", reference)["geometry"]["type"] == "MultiPolygon"
    older: Any = WebFeatureService(
        f"{served.url}/wfs", version="2.0.0", username="anybody", password=served.tokens[who], timeout=60
    )
    assert "psq:incidents" in older.contents
    told = json.loads(older.getfeature(typename="psq:incidents", outputFormat="geojson").read())["features"]
    assert {each["properties"]["reference"] for each in told} == served.readable[who]


def test_owslib_reads_what_is_public_by_wfs(served):
    service: Any = WebFeatureService(f"{served.url}/wfs", version="2.0.0", timeout=60)
    assert set(service.contents) == {f"psq:{name}" for name in PUBLIC}
    for name in PUBLIC:
        west, south, east, north = service.contents[f"psq:{name}"].boundingBoxWGS84
        assert 5 < west <= east < 8, name
        assert 44 < south <= north < 46, name
        assert "code" in service.get_schema(f"psq:{name}")["properties"], name
    told = json.loads(service.getfeature(typename="psq:sectors", outputFormat="geojson").read())["features"]
    assert len(told) == 6


@pytest.mark.parametrize("who", READERS)
def test_a_tile_holds_the_concerns_of_its_reader(served, who):
    near = f"{served.url}{address('incidents', *over(GAP, 6))}"
    headers = {"Authorization": f"Token {served.tokens[who]}"}
    with build_opener(ProxyHandler({})).open(Request(near, headers=headers), timeout=60) as response:
        layer = mapbox_vector_tile.decode(response.read())["incidents"]
    assert {each["properties"]["reference"] for each in layer["features"]} == served.readable[who]
