"""OGC API Tiles, Part 1, asked of the service of this product: the grid, its descriptions, what stands in a tile."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import mapbox_vector_tile
import pytest
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import Polygon
from django.db.models import Value
from jsonschema import Draft202012Validator
from shapely import unary_union
from shapely.geometry import shape

from ogcapi.asked import Asked
from ogcapi.collection import Collection
from ogcapi.crs import CRS84
from ogcapi.tiles import Place, drawn
from sectors import standing
from sectors.models import Edition, Sector
from tests.ogcapi.test_service import got, links, refused
from tests.ogcapi.tiles import GRID, address, over, read, window

pytestmark = pytest.mark.django_db
GAP = (6.0786, 44.5594)
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
DRAWN = ("sectors", "communes")
# The whole territory: on a tile of the world a sector is less than a step.
ALL = over(GAP, 7)


def test_the_service_says_where_its_tiles_are_and_every_link_leads_there(client):
    schemes = got(client, links(got(client, ""))[f"{REL}tiling-schemes"]["href"].removeprefix("http://localhost/ogc"))
    assert [each["id"] for each in schemes["tileMatrixSets"]] == ["WebMercatorQuad"]
    said = {each.rpartition("ogcapi-tiles-1/1.0/conf/")[2] for each in got(client, "/conformance")["conformsTo"]}
    assert {"core", "tileset", "tilesets-list", "geodata-tilesets", "datetime", "mvt", "oas30"} <= said
    for name in DRAWN:
        listed = got(client, links(got(client, f"/collections/{name}"))[f"{REL}tilesets-vector"]["href"][20:])
        (summary,) = listed["tilesets"]
        assert (summary["dataType"], summary["crs"]) == ("vector", "http://www.opengis.net/def/crs/EPSG/0/3857")
        for each in summary["links"]:
            assert each["href"].startswith("http://localhost/ogc/")
            if each["rel"] == "item":
                assert (each["templated"], each["type"]) == (True, "application/vnd.mapbox-vector-tile")
                at = dict(zip(("{tileMatrix}", "{tileRow}", "{tileCol}"), map(str, over(GAP, 9)), strict=True))
                for word, number in at.items():
                    each["href"] = each["href"].replace(word, number)
            response = client.get(each["href"].removeprefix("http://localhost"))
            assert response.status_code == 200
            assert response["Content-Type"] == each["type"]


def test_the_grid_is_the_one_that_every_map_of_the_web_has(client):
    grid = got(client, "/tileMatrixSets/WebMercatorQuad")
    assert grid["uri"] == "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
    first, *_others, last = grid["tileMatrices"]
    assert first["scaleDenominator"] == pytest.approx(559_082_264.0287178)
    assert first["cellSize"] == pytest.approx(156_543.0339280410)
    assert first["pointOfOrigin"] == pytest.approx([-20_037_508.3427892, 20_037_508.3427892])
    assert (last["id"], last["matrixWidth"], last["matrixHeight"]) == ("24", 2**24, 2**24)
    assert client.get("/ogc/tileMatrixSets/WorldCRS84Quad").status_code == 404


@pytest.mark.parametrize("name", DRAWN)
def test_a_tile_set_is_described_with_its_layer_and_its_limits(client, name):
    told = got(client, f"/collections/{name}/{GRID}")
    (layer,) = told["layers"]
    Draft202012Validator.check_schema(layer["propertiesSchema"])
    assert (layer["id"], layer["geometryDimension"]) == (name, 2)
    limits = {each["tileMatrix"]: each for each in told["tileMatrixSetLimits"]}
    assert list(limits) == [str(zoom) for zoom in range(23)]
    _zoom, row, column = over(GAP, 12)
    assert limits["12"]["minTileRow"] <= row <= limits["12"]["maxTileRow"]
    assert limits["12"]["minTileCol"] <= column <= limits["12"]["maxTileCol"]
    assert told["boundingBox"]["lowerLeft"][0] < GAP[0] < told["boundingBox"]["upperRight"][0]
    properties = set(layer["propertiesSchema"]["properties"])
    held = read(client, name, ALL)
    assert held
    assert {key for each in held for key in each["properties"]} <= properties


def test_tilejson_names_the_tiles_and_what_stands_in_them(client):
    told = got(client, f"/collections/sectors/{GRID}", f="tilejson", commune="05061", properties="code,post")
    assert told["tilejson"] == "3.0.0"
    (template,) = told["tiles"]
    assert template.startswith(f"http://localhost/ogc/collections/sectors/{GRID}/{{z}}/{{y}}/{{x}}?")
    (layer,) = told["vector_layers"]
    assert layer["id"] == "sectors"
    assert list(layer["fields"]) == ["code", "post"]
    assert (told["minzoom"], told["maxzoom"]) == (0, 16)
    west, south, east, north = told["bounds"]
    assert west < GAP[0] < east
    assert south < GAP[1] < north
    zoom, row, column = over(GAP, 10)
    tile = urlsplit(template.format(z=zoom, y=row, x=column))
    found = mapbox_vector_tile.decode(client.get(f"{tile.path}?{tile.query}").content)["sectors"]["features"]
    assert {each["properties"]["code"] for each in found} == set(
        Sector.objects.filter(commune__code="05061").values_list("code", flat=True)
    )
    assert {tuple(sorted(each["properties"])) for each in found} == {("code", "post")}


def test_the_style_draws_from_the_tiles_and_from_nothing_else(client):
    told = got(client, "/collections/sectors/style", commune="05061")
    assert told["version"] == 8
    assert not {"glyphs", "sprite"} & set(told)
    (source,) = told["sources"].values()
    assert source["type"] == "vector"
    assert source["tiles"] == [f"http://localhost/ogc/collections/sectors/{GRID}/{{z}}/{{y}}/{{x}}?commune=05061"]
    assert [each["type"] for each in told["layers"]] == ["fill", "line"]
    for each in told["layers"]:
        assert (each["source"], each["source-layer"]) == ("sectors", "sectors")
        assert "#8a3d00" in json.dumps(each["paint"])
    # What decides the colour stands in the tile.
    assert "kind" in {key for each in read(client, "sectors", ALL) for key in each["properties"]}


@pytest.mark.parametrize("zoom", [9, 12, 14])
def test_a_tile_holds_what_meets_it_where_it_is(client, zoom):
    place, step = over(GAP, zoom), 360 / 2**zoom / 4096
    areas = {sector.pk: shape(json.loads(sector.area.geojson)) for sector in Sector.objects.all()}
    tile = window(place)
    found = {each["id"]: each["geometry"] for each in read(client, "sectors", place)}
    # What only touches the margin may stand there too.
    assert found.keys() >= {key for key, area in areas.items() if area.intersection(tile).area > step**2}
    for key, told in found.items():
        expected = areas[key].intersection(tile)
        # A step of the grid, and nothing beyond the margin.
        assert told.intersection(tile).symmetric_difference(expected).area <= 4 * step * (expected.length + step)
        assert tile.buffer(65 * step, join_style="mitre").covers(told)


def test_no_sector_is_lost_between_the_tiles(client):
    """Every sector stands in the tiles that it meets, and in no other."""
    zoom = 11
    for sector in Sector.objects.all():
        middle = sector.area.point_on_surface
        there = {each["id"] for each in read(client, "sectors", over(middle.coords, zoom))}
        assert sector.pk in there
    assert {each["id"] for each in read(client, "sectors", ALL)} == set(Sector.objects.values_list("pk", flat=True))


def test_a_tile_without_anything_is_nothing(client):
    response = client.get(address("sectors", 12, 0, 0))
    assert (response.status_code, response.content) == (204, b"")
    assert response["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (("23", "0", "0"), "tileMatrix"), (("-1", "0", "0"), "tileMatrix"), (("x", "0", "0"), "tileMatrix"),
        (("00", "0", "0"), "tileMatrix"), (("1.0", "0", "0"), "tileMatrix"), (("9" * 5000, "0", "0"), "tileMatrix"),
        (("\u0664", "0", "0"), "tileMatrix"), (("0", "1", "0"), "tileRow"), (("0", "0", "1"), "tileCol"),
        (("12", "4096", "0"), "tileRow"), (("12", "0", "4096"), "tileCol"), (("22", "4194304", "0"), "tileRow"),
        (("12", "", "0"), ""), (("12", "0", "%00"), "tileCol"), (("12", "0", "1e3"), "tileCol"),
    ],
    ids=lambda each: str(each)[:40],
)  # fmt: skip
def test_a_tile_that_the_grid_does_not_have_is_refused(client, place, field):
    response = client.get(f"/ogc/collections/sectors/{GRID}/{'/'.join(place)}")
    assert response["Content-Type"] == "application/problem+json"
    if field:
        assert response.status_code == 400
        assert [each["field"] for each in response.json()["errors"]] == [field]
    else:
        assert response.status_code == 404


def test_the_last_tiles_of_the_deepest_zoom_are_there(client):
    last = 2**22 - 1
    for row, column in ((0, 0), (0, last), (last, 0), (last, last)):
        assert client.get(address("communes", 22, row, column)).status_code == 204


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "5"}, "limit"), ({"bbox": "6,44,7,45"}, "bbox"), ({"crs": "x"}, "crs"),
        ({"sortby": "code"}, "sortby"), ({"cursor": "1"}, "cursor"), ({"f": "json"}, "f"), ({"f": "pbf"}, "f"),
        ({"datetime": "x"}, "datetime"),
        ({"properties": "area"}, "properties"), ({"nothing": "1"}, "nothing"), ({"code": "a\0b"}, "code"),
    ],
    ids=str,
)  # fmt: skip
def test_a_tile_takes_what_says_which_features_and_nothing_else(client, query, field):
    for where in (address("sectors", 0, 0, 0), f"/ogc/collections/sectors/{GRID}", "/ogc/collections/sectors/style"):
        if where == address("sectors", 0, 0, 0) or query.get("f") != "json":
            status, fields = refused(client, where.removeprefix("/ogc"), **query)
            assert (status, fields) == (400, [field])


def test_filters_properties_and_times_are_those_of_the_items(client):
    model = Sector.objects.earliest("pk")
    old = Edition.objects.create(
        territory=model.edition.territory, code="old", validity=("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z")
    )
    draft = Edition.objects.create(territory=model.edition.territory, code="draft", validity=None)
    for edition in (old, draft):
        model.pk, model.edition, model._state.adding = None, edition, True
        model.save()
    for query in (
        {}, {"commune": "05061"}, {"datetime": "2020-06-01"}, {"datetime": "2020-06-01/.."}, {"code": "x'; drop table"},
        {"datetime": "1999-01-01", "commune": "05061"},
    ):  # fmt: skip
        listed = {each["id"] for each in got(client, "/collections/sectors/items", **query)["features"]}
        assert {each["id"] for each in read(client, "sectors", ALL, **query)} == listed, query
    bare = read(client, "sectors", ALL, properties="")
    assert [each["properties"] for each in bare] == [{}] * 6
    (past,) = read(client, "sectors", ALL, datetime="2020-06-01", properties="valid_from,edition")
    assert past["properties"] == {"valid_from": "2020-01-01T00:00:00Z", "edition": "old"}


def test_what_reaches_beyond_the_projection_is_cut_and_not_an_error(client):
    class Worldwide(Collection):
        id, title, description, fields = "world", "World", "", ()
        geometry, geometry_kind = "world", "geometry-polygon"

    whole = Value(Polygon.from_bbox((-180, -90, 180, 90)), output_field=GeometryField(srid=4326))
    rows = Sector.objects.annotate(world=whole)[:1]
    asked = Asked(CRS84, "mvt", None)
    for place in (Place(0, 0, 0), Place(3, 0, 0), Place(3, 7, 7), Place(22, 0, 0), Place(22, 2**22 - 1, 2**22 - 1)):
        found = drawn(Worldwide(), Sector.objects.filter(pk__in=rows.values("pk")).annotate(world=whole), asked, place)
        (feature,) = mapbox_vector_tile.decode(found.body)["world"]["features"]
        edges = [each for ring in feature["geometry"]["coordinates"] for corner in ring for each in corner]
        assert -64 <= min(edges) <= 0
        assert 4096 <= max(edges) <= 4096 + 64


def test_a_tile_not_changed_is_not_sent_again(client):
    where = address("sectors", *ALL)
    first = client.get(where)
    assert first["Cache-Control"] == "no-cache"
    assert {"Accept", "Authorization"} <= {each.strip() for each in first["Vary"].split(",")}
    again = client.get(where, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Sector.objects.filter(pk=Sector.objects.earliest("pk").pk).update(name="Autre nom")
    assert client.get(where)["ETag"] != first["ETag"]


def test_a_tile_is_one_question(client, django_assert_num_queries):
    standing.state()
    for place, query in (((0, 0, 0), {}), (over(GAP, 14), {"commune": "05061"}), ((12, 0, 0), {})):
        with django_assert_num_queries(2):  # which map, the tile
            client.get(address("sectors", *place), query)
    with django_assert_num_queries(1):
        client.get(address("sectors", 23, 0, 0))


def test_an_edition_covers_in_a_tile_what_its_sectors_cover(client):
    for place in (ALL, over(GAP, 12), over(GAP, 16)):
        sectors = unary_union([each["geometry"] for each in read(client, "sectors", place)])
        (edition,) = read(client, "editions", place)
        assert edition["properties"]["code"] == "05-2026-01"
        assert edition["geometry"].symmetric_difference(sectors).area < sectors.area / 100
    assert read(client, "editions", (12, 0, 0)) == []


def test_collections_without_tiles_have_no_address_of_them(client):
    for tail in ("tiles", GRID, f"{GRID}/0/0/0", "style"):
        for name in ("incidents", "none"):
            response = client.get(f"/ogc/collections/{name}/{tail}")
            assert response.status_code == 404
            assert response.content == client.get("/ogc/collections/none-at-all").content


def test_the_openapi_document_names_them(client):
    paths = got(client, "/api")["paths"]
    tile = paths[f"/collections/sectors/{GRID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"]["get"]
    assert {"tileMatrix", "tileRow", "tileCol", "commune"} <= {each.get("name") for each in tile["parameters"]}
    assert "application/vnd.mapbox-vector-tile" in tile["responses"]["200"]["content"]
    assert "204" in tile["responses"]
    assert not [path for path in paths if "incidents/tiles" in path]
    assert "/tileMatrixSets/WebMercatorQuad" in paths


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(client, method):
    response = getattr(client, method)(address("sectors", 0, 0, 0))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
