"""CQL2, as text and as JSON: every operator that the service says it knows, against the same of the whole list."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, Point, Polygon
from django.test import Client

from ogcapi.cql2 import parse
from ogcapi.geojson import Refused
from sectors.models import Sector
from tests.incidents.sending import GAP, GAP_HOUSING, reported
from tests.ogcapi.test_service import EPSG, got, refused

pytestmark = pytest.mark.django_db
COMMUNES, SECTORS = "/collections/communes/items", "/collections/sectors/items"
GAP_TOWN = Point(6.0786, 44.5594)
AROUND = "POLYGON((6 44.5, 6.2 44.5, 6.2 44.7, 6 44.7, 6 44.5))"


@pytest.fixture
def communes(client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = got(client, COMMUNES, limit="10000")["features"]
    assert len(found) > 100
    return found


def found(client: Client, address: str = COMMUNES, **query: str) -> set[object]:
    return {each["id"] for each in got(client, address, limit="10000", **query)["features"]}


Said = Callable[[dict[str, Any]], bool]
ASKED: list[tuple[str, Said]] = [
    ("name = 'Gap'", lambda p: p["name"] == "Gap"),
    ("'Gap' = name", lambda p: p["name"] == "Gap"),
    ("name <> 'Gap'", lambda p: p["name"] != "Gap"),
    ("code < '05050'", lambda p: p["code"] < "05050"),
    ("code <= '05050'", lambda p: p["code"] <= "05050"),
    ("code > '05050'", lambda p: p["code"] > "05050"),
    ("'05050' <= code", lambda p: p["code"] >= "05050"),
    ("code >= '05050' AND code < '05060'", lambda p: "05050" <= p["code"] < "05060"),
    ("NOT competence = 'PN'", lambda p: p["competence"] != "PN"),
    ("NOT (name = 'Gap' OR competence = 'GN')", lambda p: not (p["name"] == "Gap" or p["competence"] == "GN")),
    # AND binds closer than OR.
    (
        "name = 'Gap' OR code < '05010' AND code > '05005'",
        lambda p: p["name"] == "Gap" or "05005" < p["code"] < "05010",
    ),
    ("name LIKE 'La %'", lambda p: p["name"].startswith("La ")),
    ("name NOT LIKE '%-%'", lambda p: "-" not in p["name"]),
    ("name LIKE 'G_p'", lambda p: p["name"] == "Gap"),
    (r"name LIKE 'G\_p'", lambda p: False),
    ("name LIKE '%L''%'", lambda p: "L'" in p["name"]),
    ("CASEI(name) = CASEI('gAP')", lambda p: p["name"].lower() == "gap"),
    ("CASEI(name) LIKE CASEI('SAINT%')", lambda p: p["name"].lower().startswith("saint")),
    ("CASEI(name) IN (CASEI('GAP'), CASEI('briançon'))", lambda p: p["name"].lower() in {"gap", "briançon"}),
    ("code BETWEEN '05010' AND '05020' AND name <> 'Gap'", lambda p: "05010" <= p["code"] <= "05020"),
    ("code NOT BETWEEN '05010' AND '05900'", lambda p: not "05010" <= p["code"] <= "05900"),
    ("name IN ('Gap', 'Briançon', 'Nowhere')", lambda p: p["name"] in {"Gap", "Briançon"}),
    ("name NOT IN ('Gap')", lambda p: p["name"] != "Gap"),
    ("competence IS NULL", lambda p: p["competence"] is None),
    ("competence IS NOT NULL", lambda p: p["competence"] is not None),
    ("TRUE", lambda p: True),
    ("FALSE OR name = 'Gap'", lambda p: p["name"] == "Gap"),
    ("\"name\" = 'Gap'", lambda p: p["name"] == "Gap"),
]


@pytest.mark.parametrize(("text", "said"), ASKED, ids=[text for text, _ in ASKED])
def test_each_operator_finds_what_it_says(client, communes, text, said):
    expected = {each["id"] for each in communes if said(each["properties"])}
    assert found(client, filter=text) == expected
    tree = parse(text)
    if isinstance(tree, dict):
        assert found(client, filter=json.dumps(tree), **{"filter-lang": "cql2-json"}) == expected


SPATIAL = {
    "s_intersects": "intersects", "s_disjoint": "disjoint", "s_within": "within", "s_contains": "contains",
    "s_touches": "touches", "s_crosses": "crosses", "s_overlaps": "overlaps", "s_equals": "equals",
}  # fmt: skip


@pytest.mark.parametrize("name", SPATIAL)
def test_each_spatial_function_agrees_with_geos(client, communes, name):
    area = GEOSGeometry(f"SRID=4326;{AROUND}")
    asked = getattr(GEOSGeometry, SPATIAL[name])
    shapes = {each["id"]: GEOSGeometry(json.dumps(each["geometry"])) for each in communes}
    assert found(client, filter=f"{name.upper()}(geometry, {AROUND})") == {
        key for key, shape in shapes.items() if asked(shape, area)
    }
    assert found(client, filter=f"{name}({AROUND}, geometry)") == {
        key for key, shape in shapes.items() if asked(area, shape)
    }


def test_a_place_can_be_given_in_every_shape_and_every_system(client):
    gap = {"05061"}
    lon, lat = GAP_TOWN.coords
    there = [
        f"POINT({lon} {lat})", f"POINT Z ({lon} {lat} 750)", f"MULTIPOINT(({lon} {lat}))", f"MULTIPOINT({lon} {lat})",
        f"LINESTRING({lon} {lat}, {lon + 1e-4} {lat})", f"MULTILINESTRING(({lon} {lat}, {lon + 1e-4} {lat}))",
        f"POLYGON(({lon} {lat}, {lon + 1e-4} {lat}, {lon} {lat + 1e-4}, {lon} {lat}))",
        f"MULTIPOLYGON((({lon} {lat}, {lon + 1e-4} {lat}, {lon} {lat + 1e-4}, {lon} {lat})))",
        f"BBOX({lon}, {lat}, {lon + 1e-4}, {lat + 1e-4})", f"BBOX({lon}, {lat}, 0, {lon + 1e-4}, {lat + 1e-4}, 900)",
    ]  # fmt: skip
    for shape in there:
        assert found(client, filter=f"S_INTERSECTS(geometry, {shape})") == gap, shape
    flipped = f"S_INTERSECTS(geometry, POINT({lat} {lon}))"
    assert found(client, filter=flipped, **{"filter-crs": f"{EPSG}4326"}) == gap
    for srid in (3857, 2154):
        carried = Point(lon, lat, srid=4326)
        carried.transform(srid)
        x, y = carried.coords
        asked = f"S_INTERSECTS(geometry, POINT({x} {y}))"
        assert found(client, filter=asked, **{"filter-crs": f"{EPSG}{srid}"}) == gap


def test_a_box_over_the_antimeridian_is_two(client, communes):
    assert found(client, filter="S_INTERSECTS(geometry, BBOX(177, -10, -177, 70))") == set()
    assert found(client, filter="S_DISJOINT(geometry, BBOX(177, -10, -177, 70))") == {each["id"] for each in communes}


def test_a_filter_goes_with_everything_else(client):
    page = got(client, SECTORS, filter="kind = 'economic'", limit="1", sortby="-name", properties="name")
    assert (page["numberMatched"], page["numberReturned"]) == (Sector.objects.filter(kind="economic").count(), 1)
    following = next(each["href"] for each in page["links"] if each["rel"] == "next")
    assert "filter=kind" in following
    text = b"".join(client.get(f"/ogc{SECTORS}", {"f": "csv", "filter": "kind = 'economic'"})).decode()
    assert len(text.splitlines()) == page["numberMatched"] + 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invalid_filter"), ("name", "invalid_filter"), ("name =", "invalid_filter"),
        ("name = 'a", "invalid_filter"),
        ("name = 'Gap' name", "invalid_filter"), ("(name = 'Gap'", "invalid_filter"), ("1 = 1", "unknown_operation"),
        ("nothing = 1", "unknown_property"), ("geometry = 1", "unknown_property"), ("name = 1", "wrong_kind"),
        ("name = name", "wrong_kind"), ("name BETWEEN 1 AND 2", "wrong_kind"),
        ("CASEI(name) = 'gap' AND 1 = 1", "unknown_operation"),
        (r"name LIKE 'a\'", "invalid_pattern"), ("name LIKE 1", "wrong_kind"), ("name IN ()", "invalid_filter"),
        ("S_INTERSECTS(name, POINT(1 2))", "unknown_operation"), ("S_NEAR(geometry, POINT(1 2))", "unknown_operation"),
        ("S_INTERSECTS(geometry, POINT(1))", "invalid_filter"),
        ("S_INTERSECTS(geometry, POINT(900 2))", "invalid_geometry"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))", "invalid_geometry"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", "invalid_geometry"),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", "invalid_geometry"),
        ("S_INTERSECTS(geometry, LINESTRING(1 2))", "invalid_geometry"), ("NOT " * 100 + "name = 'Gap'", "too_deep"),
        ("(" * 500 + "name = 'Gap'", "invalid_filter"), ("name = 'Gap' OR " * 300 + "TRUE", "too_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_by_its_name(client, text, code):
    response = client.get(f"/ogc{COMMUNES}", {"filter": text})
    assert response.status_code == 400, response.content
    (error,) = json.loads(response.content)["errors"]
    assert (error["field"], error["code"]) == ("filter", code)


@pytest.mark.parametrize(
    "tree",
    [
        "", "[]", "null", "{", '{"op": "="}', '{"op": "=", "args": []}', '{"op": ["="], "args": [1, 2]}',
        '{"op": "and", "args": [true]}', '{"op": "in", "args": [{"property": "name"}, []]}', '{"args": [1]}',
        '{"op": "=", "args": [{"property": ["name"]}, "Gap"]}', '{"op": "=", "args": [{"property": "name"}, null]}',
        '{"op": "=", "args": [{"property": "name"}, "a\\u0000"]}',
        '{"op": "like", "args": [{"property": "name"}, ["a"]]}',
        '{"op": "like", "args": [{"property": "name"}, {"op": "casei", "args": {"0": "a"}}]}',
        '{"op": "=", "args": [{"op": "casei", "args": [{"property": "name"}]}, {"op": "casei", "args": {"a": "b"}}]}',
        '{"op": "=", "args": [{"op": "casei", "args": [{"property": "name"}]}, {"op": "casei", "args": "g"}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": ["a", 1, 2, 3]}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": {}}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [true, 1]}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": [1]}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": []}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "GeometryCollection", "geometries": []}]}',
    ],
)  # fmt: skip
def test_no_tree_is_a_fault(client, tree):
    assert refused(client, COMMUNES, filter=tree, **{"filter-lang": "cql2-json"}) == (400, ["filter"])


def test_a_language_and_a_system_that_are_none(client):
    assert refused(client, COMMUNES, filter="TRUE", **{"filter-lang": "cql-text"}) == (400, ["filter-lang"])
    assert refused(client, COMMUNES, filter="TRUE", **{"filter-crs": "EPSG:4326"}) == (400, ["filter-crs"])


def test_a_place_of_the_mistake_is_told():
    with pytest.raises(Refused) as refusal:
        parse("name = 'Gap' AMD code = '1'")
    assert "14" in str(refusal.value.errors[0].message)


@pytest.mark.parametrize(
    "text",
    [
        "post = '{post}'", "NOT post = 'x'", "post <> 'x'", "post IS NULL", "post IS NOT NULL", "post LIKE '%'",
        "post IN ('{post}')", "sector = 'gap-hyper-centre'", "due_on > DATE('2000-01-01')",
        "unit = 'x' OR unit <> 'x'",
    ],
)  # fmt: skip
def test_what_a_reader_is_not_told_is_neither_so_nor_otherwise(client_of, person, monday, text):
    incident = reported(person("partner_a"), monday, GAP)
    reported(person("partner_a"), monday, GAP_HOUSING, category="rodeo")
    address, asked = "/collections/incidents/items", text.format(post=incident.post.code)
    assert found(client_of("mayor_gap"), address, filter=asked) == set()
    assert len(found(client_of("mayor_gap"), address, filter="category IS NOT NULL")) == 2
    assert found(client_of("partner_a"), address, filter=asked) or "IS NULL" in text


def test_a_place_is_asked_of_what_a_reader_is_shown(client_of, person, monday):
    incident = reported(person("partner_a"), monday, GAP)
    lon, lat = incident.location.coords
    box = Polygon.from_bbox((lon - 1e-5, lat - 1e-5, lon + 1e-5, lat + 1e-5))
    asked = f"S_INTERSECTS(geometry, {box.wkt})"
    address = "/collections/incidents/items"
    assert found(client_of("partner_a"), address, filter=asked) == {incident.reference}
    assert found(client_of("mayor_gap"), address, filter=asked) == set()


def test_a_geometry_of_json_is_in_the_system_that_is_asked_and_no_box_stands_for_it(client):
    def asked(**geometry: object) -> dict[str, str]:
        tree = {"op": "s_intersects", "args": [{"property": "geometry"}, geometry]}
        return {"filter": json.dumps(tree), "filter-lang": "cql2-json", "properties": "code"}

    gap: dict[str, object] = {"type": "Point", "coordinates": [6.0786, 44.5594]}
    (told,) = got(client, COMMUNES, **asked(**gap))["features"]
    # RFC 7946 lets a geometry bring its box; the geometry is what is asked about.
    (same,) = got(client, COMMUNES, **asked(**gap, bbox=[-180, -90, 180, 90]))["features"]
    assert same["id"] == told["id"] == "05061"
    for more in (
        {"crs": {"type": "name", "properties": {"name": "EPSG:2154"}}},
        {"crs": {"type": "link", "properties": {"href": "http://evil.example/"}}},
        {"srid": 2154},
    ):
        assert refused(client, COMMUNES, **asked(**gap, **more)) == (400, ["filter"])
    assert refused(client, COMMUNES, **asked(bbox=[6, 44, 7, 45], crs="EPSG:2154")) == (400, ["filter"])
