"""Where features lie: boxes, reference systems, the order of axes, the turn of rings."""

from __future__ import annotations

import json

import pytest
from shapely.geometry import box, shape

from sectors.models import Sector
from tests.ogcapi.test_service import CRS84, EPSG, PUBLIC, got, links

pytestmark = pytest.mark.django_db


def test_a_box_finds_what_meets_it(client):
    for area in (
        (6.07, 44.55, 6.08, 44.56),
        (6, 44, 7, 45),
        (-180, -90, 180, 90),
        (177, 65, -177, 70),
        (6.6, 0, 3, 90),
    ):
        west, south, east, north = area
        parts = (
            [box(west, south, east, north)]
            if west <= east
            else [box(west, south, 180, north), box(-180, south, east, north)]
        )
        page = got(client, "/collections/sectors/items", bbox=",".join(map(str, area)))
        expected = {
            sector.pk
            for sector in Sector.objects.all()
            if any(shape(json.loads(sector.area.geojson)).intersects(p) for p in parts)
        }
        assert {each["id"] for each in page["features"]} == expected
    heights = got(client, "/collections/sectors/items", bbox="6,44,0,7,45,100")
    assert heights["numberReturned"] == 6


@pytest.mark.parametrize("code", ["4326", "3857", "2154"])
def test_a_box_in_another_system_finds_the_same(client, code):
    key = Sector.objects.earliest("pk").pk
    first = got(client, f"/collections/sectors/items/{key}", crs=f"{EPSG}{code}")
    bounds = shape(first["geometry"]).bounds
    query = {"bbox": ",".join(map(str, bounds)), "bbox-crs": f"{EPSG}{code}"}
    assert key in {each["id"] for each in got(client, "/collections/sectors/items", **query)["features"]}


def test_every_system_is_answered_in_its_own_order_of_axes(client):
    first = Sector.objects.order_by("pk").first()
    assert first is not None
    lon, lat = first.area.centroid.coords
    for uri, middle in {
        CRS84: (lon, lat),
        f"{EPSG}4326": (lat, lon),
        f"{EPSG}3857": first.area.transform(3857, clone=True).centroid.coords,
        f"{EPSG}2154": first.area.transform(2154, clone=True).centroid.coords,
    }.items():
        for address in ("/collections/sectors/items", f"/collections/sectors/items/{first.pk}"):
            response = client.get(f"/ogc{address}", {"crs": uri})
            assert response["Content-Crs"] == f"<{uri}>"
            document = json.loads(response.content)
            told = document["features"][0] if "features" in document else document
            assert shape(told["geometry"]).centroid.coords[0] == pytest.approx(middle, rel=1e-5)
    assert client.get("/ogc/collections/sectors/items")["Content-Crs"] == f"<{CRS84}>"


def test_features_are_as_rfc_7946_has_them(client):
    for name in PUBLIC:
        for each in got(client, f"/collections/{name}/items", limit="20")["features"]:
            area = shape(each["geometry"])
            assert all(part.exterior.is_ccw for part in area.geoms)
            assert max(len(str(number).partition(".")[2]) for number in area.geoms[0].exterior.coords[0]) <= 7
    one = got(client, f"/collections/sectors/items/{Sector.objects.earliest('pk').pk}")
    assert {"self", "collection"} <= set(links(one))
