"""`/api/sectors/` and `/api/communes/`: GeoJSON as RFC 7946 has it, now and at a moment."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.gis.gdal import DataSource
from django.test import Client
from shapely.geometry import LinearRing

from sectors.models import Edition, Sector
from tests.factories import land, since, square
from tests.oracle import FILE

pytestmark = pytest.mark.django_db
SIX = [f"{town}-{kind}" for town in ("gap", "briancon") for kind in ("hyper-centre", "economique", "habitat-dense")]


@pytest.fixture
def client(db, settings) -> Client:
    settings.THROTTLES = False
    return Client(SERVER_NAME="localhost")


def rings(geometry: dict[str, Any]) -> list[tuple[bool, list[Any]]]:
    """(is the outer one, positions) of each ring."""
    assert geometry["type"] == "MultiPolygon"
    return [(k == 0, ring) for polygon in geometry["coordinates"] for k, ring in enumerate(polygon)]


def test_the_six_sectors(client: Client):
    response = client.get("/api/sectors/")
    assert response["Content-Type"] == "application/geo+json"
    answer = response.json()
    assert (answer["type"], answer["numberReturned"]) == ("FeatureCollection", 6)
    assert "crs" not in answer
    assert [each["id"] for each in answer["features"]] == SIX
    assert answer["features"][0]["type"] == "Feature"
    assert answer["features"][0]["properties"] == {
        "code": "gap-hyper-centre",
        "name": "Gap – Hyper-centre",
        "kind": "city_centre",
        "commune": "05061",
        "edition": "05-2026-01",
        "post": "gap-hyper-centre",
        "unit": "csp-gap",
    }


@pytest.mark.parametrize("address", ["/api/sectors/", "/api/communes/"])
def test_rings_turn_as_the_standard_says(client: Client, address):
    for each in client.get(address).json()["features"]:
        assert each["id"] == each["properties"]["code"]
        for outer, ring in rings(each["geometry"]):
            assert ring[0] == ring[-1]
            assert not outer or shapely.is_ccw(LinearRing(ring))
            for lon, lat in ring:
                assert 4 < lon < 8
                assert 43 < lat < 46
                assert (round(lon, 7), round(lat, 7)) == (lon, lat)


def test_a_hole_turns_the_other_way(client: Client):
    land().sector("ring", square(0, 0, 3, 3) - square(1, 1))
    found = rings(client.get("/api/sectors/ring/").json()["geometry"])
    assert [(outer, shapely.is_ccw(LinearRing(ring))) for outer, ring in found] == [
        (True, True),
        (False, False),
    ]


def test_the_geometry_is_the_file_s(client: Client):
    given = {
        f["properties"]["code"]: shapely.geometry.shape(f["geometry"]) for f in json.loads(FILE.read_text())["features"]
    }
    for each in client.get("/api/sectors/").json()["features"]:
        assert shapely.geometry.shape(each["geometry"]).equals(shapely.set_precision(given[each["id"]], 1e-7))


def test_the_communes(client: Client):
    answer = client.get("/api/communes/").json()
    codes = [each["id"] for each in answer["features"]]
    assert codes == sorted(codes)
    assert len(codes) == answer["numberReturned"] > 150
    gap = next(each for each in answer["features"] if each["id"] == "05061")["properties"]
    assert gap["name"] == "Gap"
    assert (gap["department"], gap["competence"], gap["unit"]) == ("05", "PN", "csp-gap")
    assert gap["town_hall_phone"]
    assert "@" in gap["town_hall_email"]
    others = {each["properties"]["competence"] for each in answer["features"] if each["id"] not in {"05061", "05023"}}
    assert others == {"GN"}


def test_a_moment_before_and_after(client: Client):
    assert client.get("/api/sectors/", {"at": "2025-12-31"}).json()["features"] == []
    assert len(client.get("/api/sectors/", {"at": "2026-01-01"}).json()["features"]) == 6
    assert len(client.get("/api/communes/", {"at": "2019-06-01"}).json()["features"]) > 150
    assert client.get("/api/communes/05061/", {"at": "2019-06-01"}).json()["properties"]["competence"] is None


def test_two_editions_of_one_sector(client: Client):
    made = land()
    made.sector("a", square(0, 0))
    made.edition.validity = since(end=since().lower.replace(year=2026))
    made.edition.save()
    second = Edition.objects.create(
        territory=made.territory, code="bzh-2", validity=since(since().lower.replace(year=2026))
    )
    made.sector("a", square(0, 0, 2, 1), edition=second)
    now = client.get("/api/sectors/a/").json()
    then = client.get("/api/sectors/a/", {"at": "2025-06-01"}).json()
    assert (now["properties"]["edition"], then["properties"]["edition"]) == ("bzh-2", "bzh-1")
    assert shapely.geometry.shape(now["geometry"]).area > 1.9 * shapely.geometry.shape(then["geometry"]).area


def test_one_sector_and_none(client: Client):
    one = client.get("/api/sectors/gap-economique/")
    assert (one.status_code, one["Content-Type"], one.json()["id"]) == (200, "application/geo+json", "gap-economique")
    for address in ("/api/sectors/nowhere/", "/api/communes/99999/", "/api/sectors/a%20b/", "/api/sectors/A%00/"):
        missing = client.get(address)
        assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
        assert missing.json()["code"] == "not_found"


@pytest.mark.parametrize(("limit", "found"), [("1", 1), ("6", 6), ("1000000", 6)])
def test_a_limit(client: Client, limit, found):
    answer = client.get("/api/sectors/", {"limit": limit}).json()
    assert len(answer["features"]) == answer["numberReturned"] == found


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/api/sectors/?limit=0", "limit"),
        ("/api/sectors/?limit=-1", "limit"),
        ("/api/sectors/?limit=1.5", "limit"),
        ("/api/sectors/?limit=99999999999999999999", "limit"),
        ("/api/sectors/?limit=", "limit"),
        ("/api/sectors/?at=nope", "at"),
        ("/api/sectors/?bbox=1,2,3,4", "bbox"),
        ("/api/sectors/gap-economique/?limit=1", "limit"),
        ("/api/communes/?at=2026-13-01", "at"),
        ("/api/communes/?name=Gap", "name"),
    ],
)
def test_a_bad_parameter_is_named(client: Client, address, field):
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["errors"][0]["field"] == field


def test_an_unchanged_answer_is_not_sent_again(client: Client):
    first = client.get("/api/sectors/")
    again = client.get("/api/sectors/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Sector.objects.filter(code="gap-economique").update(name="Autre nom")
    changed = client.get("/api/sectors/", headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


def test_head_and_other_methods(client: Client):
    head = client.head("/api/sectors/")
    assert (head.status_code, head.content) == (200, b"")
    refused = client.post("/api/sectors/")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("address", ["/api/sectors/", "/api/communes/", "/api/sectors/gap-economique/"])
def test_one_query_whatever_the_number(client: Client, django_assert_num_queries, address):
    # SELECT the areas with their codes and the printed geometry
    with django_assert_num_queries(1):
        client.get(address)


def test_gdal_reads_it(client: Client, tmp_path: Path):
    for address, count in (("/api/sectors/", 6), ("/api/communes/", None)):
        file = tmp_path / "areas.geojson"
        file.write_bytes(client.get(address).content)
        layer = DataSource(str(file))[0]
        assert count is None or len(layer) == count
        assert layer.geom_type.name == "MultiPolygon"
        assert layer.srs.srid == 4326
        assert all(feature.geom.geos.valid for feature in layer)
        assert "code" in layer.fields


def test_ogrinfo_reads_it(client: Client, tmp_path: Path):
    file = tmp_path / "sectors.geojson"
    file.write_bytes(client.get("/api/sectors/").content)
    told = subprocess.run(["ogrinfo", "-so", "-al", str(file)], capture_output=True, text=True, check=True).stdout
    assert "Feature Count: 6" in told


@pytest.mark.parametrize(("address", "limit"), [("/api/sectors/", 4), ("/api/sectors/", 1), ("/api/communes/", 60)])
def test_a_limit_leads_on_to_all_the_rest(client: Client, address, limit):
    whole = [each["id"] for each in client.get(address).json()["features"]]
    href: str | None = f"{address}?limit={limit}"
    found: list[str] = []
    while href is not None:
        page = client.get(href).json()
        found += [each["id"] for each in page["features"]]
        assert page["numberReturned"] == len(page["features"]) <= limit
        href = next((link["href"] for link in page.get("links", []) if link["rel"] == "next"), None)
    assert found == whole


def test_a_page_of_another_day_leads_on_in_that_day(client: Client):
    page = client.get("/api/sectors/?limit=2&at=2026-03-01").json()
    assert "at=2026-03-01" in page["links"][0]["href"]
    assert "links" not in client.get("/api/sectors/?limit=6").json()


@pytest.mark.parametrize("address", ["/api/sectors/", "/api/communes/"])
@pytest.mark.parametrize("cursor", ["", "x", "05-2026-01:", ":", "05-2026-01:gap-hyper-centre:x", "05:061", "é"])
def test_a_cursor_of_nobody(client: Client, address, cursor):
    response = client.get(address, {"limit": 2, "cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (400, "wrong_cursor")


@pytest.mark.parametrize("address", ["/api/sectors/", "/api/communes/"])
def test_a_page_costs_no_more_queries_than_the_whole(client: Client, address, django_assert_num_queries):
    # SELECT the areas
    with django_assert_num_queries(1):
        client.get(address, {"limit": 2})
    following = client.get(address, {"limit": 2}).json()["links"][0]["href"]
    # SELECT what the last one is ordered by; SELECT the areas
    with django_assert_num_queries(2):
        client.get(following)
