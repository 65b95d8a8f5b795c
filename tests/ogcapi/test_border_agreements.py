"""Border agreements: where each holds, dated, with the reason in the reader's language."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import LineString, Point, Polygon
from django.test import Client
from shapely.geometry import shape

from sectors.models import BorderAgreement
from tests.ogcapi.serving import LINE, SQUARE, agreed, ran
from tests.ogcapi.test_service import EPSG, got
from tests.ogcapi.tiles import address, over, read

pytestmark = pytest.mark.django_db
ITEMS = "/collections/border-agreements/items"


@pytest.fixture(autouse=True)
def agreements() -> None:
    agreed("avenue", LineString(*LINE), reach_m=15)
    agreed("parc", Polygon.from_bbox(SQUARE))
    agreed("ancienne", LineString(*LINE), until=datetime(2026, 1, 1, tzinfo=UTC))


def codes(found: dict[str, Any]) -> list[str]:
    return [each["id"] for each in found["features"]]


def test_what_holds_now_and_what_held(client: Client) -> None:
    assert codes(got(client, ITEMS)) == ["avenue", "parc"]
    assert codes(got(client, ITEMS, datetime="2025-06-01")) == ["ancienne", "avenue", "parc"]
    assert codes(got(client, ITEMS, datetime="2024-06-01")) == []
    assert codes(got(client, ITEMS, bbox="6.07,44.564,6.08,44.58")) == ["parc"]
    assert codes(got(client, ITEMS, sector="briancon-hyper-centre")) == []
    assert codes(got(client, ITEMS, filter="reach_m > 10")) == ["avenue"]


def test_the_reason_is_in_the_language_of_the_reader(client: Client) -> None:
    for language, reason in (("fr", "Les deux trottoirs ensemble"), ("en", "Both pavements together")):
        for _again in range(2):
            answer = client.get(f"/ogc{ITEMS}", headers={"Accept-Language": language})
            found = answer.json()["features"][0]["properties"]
            assert found["reason"] == reason
            assert (found["code"], found["sector"], found["reach_m"]) == ("avenue", "gap-hyper-centre", 15.0)
            assert "Accept-Language" in answer["Vary"]


def test_an_agreement_that_is_made_is_told_at_once(client: Client) -> None:
    assert len(codes(got(client, ITEMS))) == 2
    agreed("pont", LineString(*LINE))
    assert codes(got(client, ITEMS)) == ["avenue", "parc", "pont"]


def test_each_is_the_area_in_which_it_holds(client: Client) -> None:
    agreed("trait", LineString(*LINE))
    agreed("halle", Polygon.from_bbox(SQUARE), reach_m=10)
    found = {each["id"]: each for each in got(client, ITEMS, crs=f"{EPSG}2154")["features"]}
    told = {code: shape(each["geometry"]) for code, each in found.items()}
    assert {each.geom_type for each in told.values()} == {"MultiPolygon"}
    held = {each.code: shapely.from_wkb(bytes(each.location_m.wkb)) for each in BorderAgreement.objects.all()}
    assert told["avenue"].area == pytest.approx(held["avenue"].buffer(15).area, rel=0.02)
    assert told["trait"].area == pytest.approx(held["trait"].length, rel=0.02)
    assert told["parc"].symmetric_difference(held["parc"]).area < 5
    assert told["halle"].area == pytest.approx(held["halle"].buffer(10).area, rel=0.02)
    # As `/api/locate/` has it, on either side of where it ends.
    line = held["avenue"]
    for away, inside in ((14, True), (16, False)):
        beside = line.parallel_offset(away, "left").interpolate(0.5, normalized=True)
        assert told["avenue"].covers(beside) is inside
        place: Any = Point(beside.x, beside.y, srid=2154).transform(4326, clone=True)
        answer = client.get("/api/locate/", {"lon": place.x, "lat": place.y}).json()
        assert (answer["outcome"] == "agreement") is inside


def test_they_are_files_and_tiles(client: Client, tmp_path: Path) -> None:
    for form in ("fgb", "gpkg", "geojson"):
        path = tmp_path / f"agreements.{form}"
        path.write_bytes(client.get(f"/ogc/collections/border-agreements/border-agreements.{form}").getvalue())
        told = ran("ogrinfo", "-ro", "-q", "-al", str(path))
        assert told.count("OGRFeature(") == told.count("MULTIPOLYGON") == 2
    found = read(client, "border-agreements", over(LINE[0], 10))
    assert {each["properties"]["code"] for each in found} == {"avenue", "parc"}
    assert {each["properties"]["reason"] for each in found} == {"Les deux trottoirs ensemble"}


def test_where_there_are_none_everything_answers(client: Client) -> None:
    BorderAgreement.objects.all().delete()
    for tail in ("", "/items", "/items?f=html", "/items?f=csv", "/style", "/tiles/WebMercatorQuad", "/queryables"):
        assert client.get(f"/ogc/collections/border-agreements{tail}").status_code == 200
    assert client.get(address("border-agreements", 0, 0, 0)).status_code == 204
    for form in ("fgb", "gpkg"):
        answer = client.get(f"/ogc/collections/border-agreements/border-agreements.{form}")
        assert answer.status_code == 200
        assert answer.getvalue()
    assert json.loads(client.get(f"/ogc{ITEMS}").content)["numberMatched"] == 0
