"""The checklist of OGC API Features, Part 1 and Part 2, asked of the service of this product."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from accounts import changes as accounts
from ogcapi.crs import SYSTEMS
from sectors import standing
from sectors.models import Commune, Edition, Sector

pytestmark = pytest.mark.django_db
PUBLIC = ("sectors", "communes", "editions", "border-agreements", "citizen-watch")
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def got(client: Client, address: str, **query: str) -> dict[str, Any]:
    response = client.get(f"/ogc{address}", query)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def refused(client: Client, address: str, **query: str) -> tuple[int, list[str]]:
    response = client.get(f"/ogc{address}", query)
    assert response["Content-Type"] == "application/problem+json", response.content
    return response.status_code, [each["field"] for each in json.loads(response.content)["errors"]]


def links(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["rel"]: each for each in document["links"]}


@pytest.mark.parametrize("address", ["", "/"])
def test_the_landing_page_leads_to_everything_by_absolute_links(client, address):
    found = links(got(client, address))
    assert {"self", "service-desc", "conformance", "data"} <= set(found)
    assert all(each["href"].startswith("http://localhost/ogc") and each["type"] for each in found.values())
    # OWSLib takes the exact words.
    assert found["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    for each in found.values():
        assert client.get(each["href"].removeprefix("http://localhost")).status_code == 200


def test_it_conforms_to_what_it_says(client):
    said = got(client, "/conformance")["conformsTo"]
    said = [each for each in said if "-tiles-" not in each and "/tms/" not in each]
    assert {each.rpartition("/conf/")[2] for each in said} == {
        "core", "geojson", "html", "oas30", "crs",
        # Part 3; each operator is asked in test_filters.
        "filter", "features-filter", "queryables", "queryables-query-parameters",
        "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
        "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions",
    }  # fmt: skip


def test_a_collection_is_described_alike_alone_and_in_the_list(client):
    listed = {each["id"]: each for each in got(client, "/collections")["collections"]}
    assert tuple(listed) == PUBLIC
    for name, each in listed.items():
        assert got(client, f"/collections/{name}") == each
        assert each["itemType"] == "feature"
        assert each["crs"][0] == CRS84
        assert set(each["crs"]) == set(SYSTEMS)
        # GDAL reads from the last such link, from page to page.
        (items,) = [at["href"] for at in each["links"] if (at["rel"], at["type"]) == ("items", "application/geo+json")]
        assert items.endswith(f"/collections/{name}/items")
        if name in {"border-agreements", "citizen-watch"}:
            # There are none here, and so they lie nowhere.
            assert "spatial" not in each["extent"]
            continue
        (area,) = each["extent"]["spatial"]["bbox"]
        assert 5 < area[0] < area[2] < 8
        assert links(each)["describedby"]["href"].endswith("/schema")
    assert listed["sectors"]["extent"]["temporal"]["interval"][0][1] is None


def test_pages_follow_one_another_to_the_last(client):
    query, found, pages = {"limit": "4"}, [], 0
    address: str | None = "/collections/sectors/items"
    while address is not None:
        page = got(client, address, **query)
        assert page["numberReturned"] == len(page["features"])
        assert ("numberMatched" in page) == (pages == 0)
        found += [each["id"] for each in page["features"]]
        following = links(page).get("next")
        address, query = (following["href"].removeprefix("http://localhost/ogc") if following else None), {}
        pages += 1
    assert (len(found), len(set(found)), pages) == (6, 6, 2)


def test_a_page_by_offset_is_the_same_as_by_its_link(client):
    everything = [each["id"] for each in got(client, "/collections/communes/items", limit="400")["features"]]
    assert len(everything) > 100
    for offset in (0, 1, 57, len(everything) - 1, len(everything), 10**9):
        page = got(client, "/collections/communes/items", limit="3", offset=str(offset))
        assert [each["id"] for each in page["features"]] == everything[offset : offset + 3]


def test_after_an_offset_too_pages_follow_by_the_last_id(client):
    everything = [each["id"] for each in got(client, "/collections/communes/items", limit="400")["features"]]
    following = links(got(client, "/collections/communes/items", limit="3", offset="57"))["next"]["href"]
    assert "offset" not in following
    # One before them is served no longer: by its number the next page would leave a feature out.
    Commune.objects.filter(code=everything[5]).update(territory=None)
    page = got(client, following.removeprefix("http://localhost/ogc"))
    assert [each["id"] for each in page["features"]] == everything[60:63]


def test_a_limit_above_the_highest_is_taken_for_the_highest(client):
    page = got(client, "/collections/communes/items", limit="99999999")
    assert page["numberReturned"] == page["numberMatched"]
    assert "next" not in links(page)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"), ({"limit": "-1"}, "limit"), ({"limit": "1.5"}, "limit"), ({"limit": "x"}, "limit"),
        ({"limit": ""}, "limit"), ({"offset": "-1"}, "offset"), ({"offset": "1e400"}, "offset"),
        ({"bbox": "1,2,3"}, "bbox"), ({"bbox": "1,2,3,x"}, "bbox"), ({"bbox": "nan,2,3,4"}, "bbox"),
        ({"bbox": "1,9,3,2"}, "bbox"), ({"bbox": "1e300,2,1e301,3"}, "bbox"), ({"bbox": "181,2,182,3"}, "bbox"),
        ({"datetime": ""}, "datetime"), ({"datetime": ".."}, "datetime"), ({"datetime": "../.."}, "datetime"),
        ({"datetime": "2026-13-01"}, "datetime"), ({"datetime": "2026-01-02/2026-01-01"}, "datetime"),
        ({"datetime": "2026-01-01T00:00:00"}, "datetime"), ({"datetime": "0000-00-00"}, "datetime"),
        ({"crs": "EPSG:4326"}, "crs"), ({"crs": ""}, "crs"), ({"bbox": "1,2,3,4", "bbox-crs": "x"}, "bbox-crs"),
        ({"cursor": "x"}, "cursor"), ({"cursor": "9" * 30}, "cursor"), ({"cursor": "1", "offset": "2"}, "cursor"),
        ({"sortby": ""}, "sortby"), ({"filter-lang": "sql"}, "filter-lang"), ({"filter-lang": ""}, "filter-lang"),
        ({"sortby": "area"}, "sortby"), ({"sortby": "-valid_from"}, "sortby"), ({"properties": "nope"}, "properties"),
        ({"f": "xml"}, "f"), ({"unknown": "1"}, "unknown"), ({"code": "a\0b"}, "code"),
        ({"valid_from": "2026-01-01"}, "valid_from"),
    ],
    ids=str,
)  # fmt: skip
def test_what_means_nothing_is_refused_by_its_name(client, query, field):
    status, fields = refused(client, "/collections/sectors/items", **query)
    assert status == 400
    assert field in fields


@pytest.mark.parametrize("address", ["", "/conformance", "/api", "/collections", "/collections/sectors"])
def test_descriptions_take_no_parameter(client, address):
    assert refused(client, address, x="1") == (400, ["x"])


@pytest.mark.parametrize(
    "address",
    ["/collections/nothing", "/collections/incidents", "/collections/nothing/items", "/collections/incidents/items",
     "/collections/sectors/items/0", "/collections/sectors/items/x", "/collections/sectors/items/" + "9" * 25,
     "/collections/incidents/schema", "/collections/incidents/queryables", "/collections/incidents/items/0000-0000"],
)  # fmt: skip
def test_what_is_not_there_is_told_as_what_may_not_be_seen(client, address):
    response = client.get(f"/ogc{address}")
    assert response.status_code == 404
    assert response.content == client.get("/ogc/collections/none-at-all").content


def test_without_a_time_what_is_in_force_and_with_one_what_was(client, monday):
    model = Sector.objects.earliest("pk")
    territory = model.edition.territory
    old = Edition.objects.create(
        territory=territory, code="old", validity=("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z")
    )
    draft = Edition.objects.create(territory=territory, code="draft", validity=None)
    for edition in (old, draft):
        model.pk, model.edition, model._state.adding = None, edition, True
        model.save()
    found = {each["properties"]["edition"] for each in got(client, "/collections/sectors/items")["features"]}
    assert found == {"05-2026-01"}
    for asked, expected in {
        "2020-06-01T12:00:00Z": {"old"}, "2020-06-01": {"old"}, "../2020-01-01": {"old"},
        "2019-01-01/2019-12-31": set(), "2020-12-31/..": {"old", "05-2026-01"}, "2021-01-01T00:00:00Z": set(),
    }.items():  # fmt: skip
        page = got(client, "/collections/sectors/items", datetime=asked)
        assert {each["properties"]["edition"] for each in page["features"]} == expected, asked
    assert {each["id"] for each in got(client, "/collections/editions/items")["features"]} == {"05-2026-01", "old"}


def test_properties_filters_and_order(client):
    page = got(client, "/collections/sectors/items", commune="05061", sortby="-code", properties="code,name")
    codes = [each["properties"]["code"] for each in page["features"]]
    assert codes == sorted(codes, reverse=True)
    assert len(codes) == 3
    assert {tuple(each["properties"]) for each in page["features"]} == {("code", "name")}
    assert got(client, "/collections/sectors/items", code="x'; drop table")["features"] == []


def test_a_page_not_changed_is_not_sent_again(client):
    first = client.get("/ogc/collections/sectors/items")
    assert first["Cache-Control"] == "no-cache"
    assert {"Accept", "Authorization"} <= {each.strip() for each in first["Vary"].split(",")}
    again = client.get("/ogc/collections/sectors/items", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Sector.objects.filter(pk=Sector.objects.earliest("pk").pk).update(name="Autre nom")
    assert client.get("/ogc/collections/sectors/items")["ETag"] != first["ETag"]


def test_all_of_it_as_a_table_and_as_a_sequence(client):
    table = b"".join(client.get("/ogc/collections/communes/items", {"f": "csv"})).decode("utf-8-sig").splitlines()
    matched = got(client, "/collections/communes/items", limit="1")["numberMatched"]
    assert len(table) == matched + 1
    assert table[0].endswith('"geometry"')
    assert table[1].split(";")[-1].startswith('"MULTIPOLYGON')
    records = b"".join(client.get("/ogc/collections/communes/items", {"f": "geojsonseq", "limit": "9"})).split(b"\x1e")
    assert [json.loads(each)["type"] for each in records[1:]] == ["Feature"] * 9


def test_what_is_told_keeps_to_its_schema(client):
    for name in PUBLIC:
        schema = got(client, f"/collections/{name}/schema")
        Draft202012Validator.check_schema(schema)
        told = got(client, f"/collections/{name}/items", limit="5")["features"]
        assert all(set(each["properties"]) == set(schema["properties"]) - {"geometry"} for each in told)
        queryable = set(got(client, f"/collections/{name}/queryables")["properties"]) - {"geometry"}
        paths = got(client, "/api")["paths"][f"/collections/{name}/items"]["get"]["parameters"]
        assert queryable == {each["name"] for each in paths if "name" in each}


def test_every_property_says_what_it_is(client):
    for name in PUBLIC:
        for of in ("schema", "queryables"):
            described = got(client, f"/collections/{name}/{of}")["properties"]
            assert [each for each, told in described.items() if not told.get("title")] == [], (name, of)


def test_the_openapi_document_is_what_gdal_and_qgis_read(client):
    document = got(client, "/api")
    assert document["openapi"].startswith("3.0.")
    assert document["servers"] == [{"url": "http://localhost/ogc"}]
    assert document["components"]["parameters"]["limit"]["schema"] == {
        "type": "integer", "minimum": 1, "maximum": 10_000, "default": 1_000,
    }  # fmt: skip
    for name in ("limit", "bbox", "datetime"):
        assert document["components"]["parameters"][name]["style"] == "form"
        assert document["components"]["parameters"][name]["explode"] is False
    assert not [path for path in document["paths"] if "incidents" in path]
    assert "/conformance" in document["paths"]


@pytest.mark.parametrize("scheme", ["Token", "Basic"])
def test_a_token_opens_by_either_scheme_and_a_wrong_one_is_a_401(client, person, scheme):
    token = accounts.create_token(user=person("partner_a"), name="QGIS", ttl=timedelta(days=1))

    def header(word: str) -> str:
        return f"Token {word}" if scheme == "Token" else "Basic " + base64.b64encode(f"me:{word}".encode()).decode()

    opened = client.get("/ogc/collections", headers={"Authorization": header(token)})
    assert [each["id"] for each in opened.json()["collections"]] == [*PUBLIC, "incidents", "problems"]
    assert opened["Cache-Control"] == "private, no-cache"
    for address in ("/ogc", "/ogc/collections/sectors/items", "/ogc/collections/incidents/items"):
        shut = client.get(address, headers={"Authorization": header("0" * 64)})
        assert shut.status_code == 401
        # What a GIS program can answer.
        assert shut["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(client, method):
    response = getattr(client, method)("/ogc/collections/sectors/items")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    asked = client.options("/ogc/collections/sectors/items")
    assert (asked.status_code, asked["Allow"]) == (204, "GET, HEAD, OPTIONS")


def test_a_page_asks_little(client, django_assert_num_queries):
    standing.state()
    with django_assert_num_queries(3):  # which map, how many, the page
        client.get("/ogc/collections/sectors/items?limit=2")
    with django_assert_num_queries(2):  # all of them are there: nothing is counted
        whole = client.get("/ogc/collections/sectors/items?limit=6").json()
    assert (whole["numberMatched"], whole["numberReturned"]) == (6, 6)
    last = Sector.objects.earliest("pk").pk
    with django_assert_num_queries(2):
        client.get(f"/ogc/collections/sectors/items?limit=2&cursor={last}")
