"""Programs that bring a GDAL of their own: pyogrio with geopandas.

Each runs in a process of its own: its C code would hold the interpreter that the server needs to answer.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from tests.ogcapi.serving import READERS, Served, ran, served
from tests.ogcapi.test_clients import got

__all__ = ["served"]
pytestmark = pytest.mark.django_db
GEOPANDAS = """
import json, sys, pyogrio
service, layer, options = f"OAPIF:{sys.argv[1]}/ogc", sys.argv[2], json.loads(sys.argv[3])
options |= {"bbox": tuple(options["bbox"])} if "bbox" in options else {}
frame = pyogrio.read_dataframe(service, layer=layer, **options)
rows = json.loads(frame.drop(columns="geometry").to_json(orient="records", date_format="iso"))
print(json.dumps({"crs": str(frame.crs), "area": list(frame.total_bounds), "rows": rows}))
"""
# The GDAL of the distribution reads no description of tiles that is as the standard has it since 2022.
TILES = """
import json, sys, pyogrio.raw
meta, _, places, columns = pyogrio.raw.read(sys.argv[1], layer="Zoom level 2", API="TILES")
print(json.dumps([meta["crs"], dict(zip(meta["fields"], map(list, columns))), len(places)], default=str))
"""


def frame(served: Served, layer: str, **options: object) -> Any:
    """What geopandas makes of a layer: its system, its area, its rows."""
    return json.loads(ran(sys.executable, "-c", GEOPANDAS, served.url, layer, json.dumps(options)))


@pytest.mark.parametrize("name", ["sectors", "communes", "editions", "border-agreements", "citizen-watch"])
def test_geopandas_reads_every_feature_in_one_page(served, name):
    before = len(served.asked)
    found = frame(served, name)
    # Not the CRS84 of a `storageCrs`, which is unequal to what everybody else's layers are in.
    assert found["crs"] == "EPSG:4326"
    west, south, east, north = found["area"]
    # Longitude first, whatever the authority says of the axes.
    assert 5 < west < east < 8 < 44 < south < north < 46
    # The fields are known from twenty; the pages are as long as the document of the API says.
    pages = [f"/ogc/collections/{name}/items?limit={limit}" for limit in (20, 1000)]
    assert served.since(before, "/items?") == pages
    assert len(found["rows"]) == got(served, f"/ogc/collections/{name}/items")["numberMatched"]


def test_geopandas_has_the_server_choose_by_box_and_by_property(served):
    for options, asked in (
        ({"where": "commune = '05061'"}, "commune=05061"),
        ({"bbox": [6, 44.5, 6.2, 44.6]}, "bbox=6,44.5,6.2"),
    ):
        before = len(served.asked)
        assert {each["commune"] for each in frame(served, "sectors", **options)["rows"]} == {"05061"}
        assert served.since(before, "/items?", asked)
    # What it does not ask of a server it sees to itself.
    found = frame(served, "sectors", where="kind <> 'economic' AND commune LIKE '05%'")["rows"]
    assert {each["kind"] for each in found} == {"city_centre", "dense_housing"}


@pytest.mark.parametrize("who", READERS)
def test_geopandas_reads_with_a_token_the_concerns_of_its_reader(served, who):
    found = frame(served, "incidents", USERPWD=f"anybody:{served.tokens[who]}")
    assert {each["reference"] for each in found["rows"]} == served.readable[who]
    assert found["crs"] == "EPSG:4326"


def test_gdal_reads_the_tiles_by_their_description(served):
    service = f"OGCAPI:{served.url}/ogc/collections"
    crs, told, count = json.loads(ran(sys.executable, "-c", TILES, f"{service}/communes"))
    assert (crs, count) == ("EPSG:3857", len(told["code"]))
    assert "05061" in told["code"]
    opened = {"GDAL_HTTP_AUTH": "BASIC", "GDAL_HTTP_USERPWD": f"anybody:{served.tokens['partner_a']}"}
    _crs, told, _count = json.loads(ran(sys.executable, "-c", TILES, f"{service}/incidents", **opened))
    assert set(told["reference"]) == served.readable["partner_a"]
