"""The abstract tests of OGC API Features, Part 1 and Part 2, by their numbers, of every collection and every reader.

What the executable suite of the OGC asks is asked here of what is public without a
token and of concerns with one; part and number stand in the name of each test, to be ticked off.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyproj
import pytest
from django.contrib.gis.geos import LineString, Polygon
from django.utils.dateparse import parse_datetime
from drf_spectacular.validation import validate_schema
from shapely import get_coordinates, transform
from shapely.geometry import box, shape

from tests.incidents.sending import GAP, GAP_BUSINESS, GAP_HOUSING, reported
from tests.ogcapi.asking import Asker, linked, rels
from tests.ogcapi.serving import LINE, SQUARE, agreed

pytestmark = pytest.mark.django_db
NAMES = ("sectors", "communes", "editions", "border-agreements", "incidents")
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
# Greenwich, the equator, the antimeridian and both poles.
ELSEWHERE = ("-1.5,50,1.5,53", "-80,-5,-70,5", "177,65,-177,70", "-180,85,180,90", "-180,-90,180,-85")


@pytest.fixture(params=NAMES)
def asker(request, client_of, person, monday, settings) -> Asker:
    settings.THROTTLES = False
    if request.param == "border-agreements":
        agreed("avenue", LineString(*LINE), reach_m=15)
        agreed("parc", Polygon.from_bbox(SQUARE))
    if request.param != "incidents":
        return Asker(request.param, client_of("anonymous"))
    for place in (GAP, GAP_HOUSING, GAP_BUSINESS):
        reported(person("partner_a"), monday, place)
    return Asker("incidents", client_of("partner_a"))


def test_part1_02_all_coordinates_are_in_degrees(asker):
    west, south, east, north = get_coordinates([shape(each["geometry"]) for each in asker.features()]).T[[0, 1, 0, 1]]
    assert west.min() >= -180
    assert east.max() <= 180
    assert south.min() >= -90
    assert north.max() <= 90


def test_part1_03_and_04_the_landing_page(asker):
    for root in ("", "/"):
        found = asker.got(root)
        assert found["title"]
        assert found["description"]
        linked(found, "application/json")
        assert {"service-desc", "service-doc", "conformance", "data"} <= set(rels(found))


def test_part1_05_and_06_the_definition_of_the_api(asker):
    (described,) = rels(asker.got(""))["service-desc"]
    assert described["type"] == OPENAPI
    response = asker.answer(described["href"].removeprefix("http://localhost/ogc"))
    assert response["Content-Type"] == OPENAPI
    document = json.loads(response.content)
    assert document["openapi"].startswith("3.0.")
    validate_schema(document)
    # Whoever reads it fetches nothing else, and asks at this very root.
    assert {each for each in re.findall(r'"\$ref":"([^"]*)"', response.content.decode()) if each[0] != "#"} == set()
    assert document["servers"] == [{"url": "http://localhost/ogc"}]
    assert {"/", "/conformance", "/collections", asker.items, f"{asker.items}/{{featureId}}"} <= set(document["paths"])
    for path, methods in document["paths"].items():
        assert {"200", "400", "404"} <= set(methods["get"]["responses"]), path
    assert set(document["components"]["securitySchemes"]) == {"token", "basic", "session"}


def test_part1_07_and_08_what_it_conforms_to(asker):
    said = asker.got("/conformance")["conformsTo"]
    assert {f"{CORE}{each}" for each in ("core", "geojson", "html", "oas30")} <= set(said)
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in said


def test_part1_09_to_12_a_collection_is_described_alike_alone_and_in_the_list(asker):
    listed = asker.got("/collections")
    linked(listed, "application/json")
    each = asker.described()
    assert asker.got(f"/collections/{asker.name}") == each
    linked(each, "application/json")
    assert (each["id"], each["itemType"], each["crs"][0]) == (asker.name, "feature", CRS84)
    assert re.fullmatch(r"[a-z0-9_-]+", each["id"])
    assert each["title"]
    assert each["description"]
    ((west, south, east, north),) = each["extent"]["spatial"]["bbox"]
    assert each["extent"]["spatial"]["crs"] == CRS84
    assert (west < east, south < north) == (True, True)
    for begins, ends in each["extent"].get("temporal", {"interval": []})["interval"]:
        assert begins is None or parse_datetime(begins)
        assert ends is None or parse_datetime(ends)
    items = {at["type"] for at in rels(each)["items"]}
    assert {"application/geo+json", "text/html"} <= items


def test_part1_13_and_22_features_are_geojson(asker):
    response = asker.answer(asker.items)
    assert response["Content-Type"] == "application/geo+json"
    page = json.loads(response.content)
    assert page["type"] == "FeatureCollection"
    assert page["features"]
    for each in page["features"]:
        assert set(each) >= {"type", "id", "geometry", "properties"}
        assert each["type"] == "Feature"


def test_part1_14_how_a_box_is_defined(asker):
    schema = asker.parameter("bbox")["schema"]
    assert (schema["type"], schema["items"]["type"]) == ("array", "number")
    assert (schema["minItems"], schema["maxItems"]) == (4, 6)


def test_part1_15_what_meets_a_box(asker):
    everything = asker.features()
    (area,) = asker.described()["extent"]["spatial"]["bbox"]
    assert asker.features(bbox=",".join(map(str, area))) == everything
    west, south, east, north = area
    low = (west, south, (west + east) / 2, (south + north) / 2)
    found = {each["id"] for each in asker.features(bbox=",".join(map(str, low)))}
    assert found == {each["id"] for each in everything if shape(each["geometry"]).intersects(box(*low))}
    assert asker.features(bbox=f"{west},{south},-10,{east},{north},9000") == everything
    for elsewhere in ELSEWHERE:
        assert asker.features(bbox=elsewhere) == []


def test_part1_15_a_box_that_is_none(asker):
    for wrong in ("1,2,3", "1,2,3,4,5", "1,2,3,x", "1,9,3,2", "", "nan,1,2,3"):
        asker.refused(asker.items, bbox=wrong)


def test_part1_16_how_a_limit_is_defined(asker):
    schema = asker.parameter("limit")["schema"]
    assert schema == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1_000}


def test_part1_17_a_limit_is_kept(asker):
    for limit in (1, 2, 10_000, 10_001, 10**12):
        assert len(asker.features(limit=str(limit))) <= limit
    assert len(asker.features(limit="1")) == 1


def test_part1_18_how_a_time_is_defined(asker):
    assert asker.parameter("datetime")["schema"]["type"] == "string"


def test_part1_19_what_holds_at_a_time(asker):
    everything = asker.features()
    timed = "temporal" in asker.described()["extent"]
    for asked in (
        "2026-11-23T08:00:00Z",
        "2026-11-23",
        "../2027-01-01T00:00:00Z",
        "2026-11-22/2026-11-24",
        "2020-01-01/..",
    ):
        assert asker.features(datetime=asked) == everything, asked
    for asked in ("1900-01-01T00:00:00Z", "1900-01-01/1900-12-31", "../1900-01-01"):
        assert asker.features(datetime=asked) == ([] if timed else everything), asked
    for wrong in ("", "..", "yesterday", "2026-13-01", "2026-01-02/2026-01-01", "2026-01-01T00:00:00"):
        asker.refused(asker.items, datetime=wrong)


def test_part1_20_a_parameter_with_no_meaning_is_refused(asker):
    for limit in ("unlimited", "0", "-1", "1.5", ""):
        asker.refused(asker.items, limit=limit)


def test_part1_21_an_unknown_parameter_is_refused(asker):
    fid = asker.features(limit="1")[0]["id"]
    for address in ("", "/conformance", "/api", "/collections", f"/collections/{asker.name}", asker.items,
                    f"{asker.items}/{fid}"):  # fmt: skip
        asker.refused(address, unknownQueryParameter="1")


def test_part1_23_links_of_a_page(asker):
    linked(asker.got(asker.items), "application/geo+json")
    name = "status" if asker.name == "incidents" else "code"
    page = asker.got(asker.items, limit="1", bbox="5,44,8,46", crs=f"{EPSG}3857")
    if page["numberMatched"] > 1:
        (following,) = rels(page)["next"]
        assert following["type"] == "application/geo+json"
        query = urlsplit(following["href"]).query
        # The suite splits each pair at its sign.
        assert all(pair.count("=") == 1 for pair in query.split("&"))
        asked = dict(parse_qsl(query, strict_parsing=True))
        assert asked.items() >= {"limit": "1", "bbox": "5,44,8,46", "crs": f"{EPSG}3857"}.items()
    assert "next" not in rels(asker.got(asker.items, limit="1", **{name: "no such thing"}))


def test_part1_24_to_26_the_moment_and_the_numbers(asker):
    pages = list(asker.pages(limit="40"))
    for page in pages:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", page["timeStamp"])
        assert page["numberReturned"] == len(page["features"])
    everything = [each["id"] for page in pages for each in page["features"]]
    assert pages[0]["numberMatched"] == len(everything) == len(set(everything))
    assert everything == [each["id"] for each in asker.features(limit="10000")]


def test_part1_27_to_29_one_feature(asker):
    for told in asker.features(limit="3"):
        response = asker.answer(f"{asker.items}/{told['id']}")
        assert response["Content-Type"] == "application/geo+json"
        found = json.loads(response.content)
        linked(found, "application/geo+json")
        assert [each["type"] for each in rels(found)["collection"]] == ["application/json"]
        assert {name: found[name] for name in told} == told
    for missing in ("0", "none", "%20", "9" * 30):
        response = asker.client.get(f"/ogc{asker.items}/{missing}")
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_part2_01_to_03_the_reference_systems_are_named(asker):
    each = asker.described()
    assert each["crs"] == [CRS84, f"{EPSG}4326", f"{EPSG}3857", f"{EPSG}2154"]
    # With it geopandas would be given another system than EPSG:4326, and newer GDAL would turn the axes.
    assert "storageCrs" not in each


def test_part2_04_and_06_the_answer_names_its_system(asker):
    fid = asker.features(limit="1")[0]["id"]
    for address in (asker.items, f"{asker.items}/{fid}"):
        assert asker.answer(address)["Content-Crs"] == f"<{CRS84}>"
        for crs in asker.described()["crs"]:
            assert asker.answer(address, crs=crs)["Content-Crs"] == f"<{crs}>"


def test_part2_05_and_09_another_system_is_refused(asker):
    fid = asker.features(limit="1")[0]["id"]
    other = "http://www.opengis.net/def/crs/0/unsupported"
    for address in (asker.items, f"{asker.items}/{fid}"):
        asker.refused(address, crs=other)
    asker.refused(asker.items, **{"bbox": "5,44,8,46", "bbox-crs": other})


def test_part2_07_geometries_are_carried_over_with_their_axes(asker):
    plain = [shape(each["geometry"]) for each in asker.features(limit="5")]
    for code in ("4326", "3857", "2154"):
        # As the authority has the axes: latitude first in 4326.
        carry = pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{code}").transform
        told = [shape(each["geometry"]) for each in asker.features(limit="5", crs=f"{EPSG}{code}")]
        for before, after in zip(plain, told, strict=True):
            expected = transform(before, lambda corners, carry=carry: pairs(carry, corners))
            assert after.hausdorff_distance(expected) < (1e-6 if code == "4326" else 0.05)


def pairs(carry: Any, corners: Any) -> Any:
    """The corners, carried."""
    found = corners.copy()
    found[:, 0], found[:, 1] = carry(corners[:, 0], corners[:, 1])
    return found


def test_part2_08_and_10_a_box_in_any_system_finds_the_same(asker):
    inside = (6.0, 44.5, 6.3, 44.8)
    expected = asker.features(bbox=",".join(map(str, inside)))
    assert expected
    for crs, code in {CRS84: "OGC:CRS84", f"{EPSG}4326": "EPSG:4326", f"{EPSG}3857": "EPSG:3857"}.items():
        carry = pyproj.Transformer.from_crs("OGC:CRS84", code).transform
        corners = (*carry(*inside[:2]), *carry(*inside[2:]))
        query = {"bbox": ",".join(f"{each:.9f}" for each in corners), "bbox-crs": crs}
        assert asker.features(**query) == expected
