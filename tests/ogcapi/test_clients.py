"""GDAL's own OGC API driver reads the service over HTTP: all features, their place, what a token opens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts import changes as accounts
from tests.conftest import load_embedded_territory
from tests.incidents.sending import GAP, reported

pytestmark = pytest.mark.django_db(transaction=True)


def ran(*words: str, **settings: str) -> str:
    """What a program of GDAL says; it asks no proxy."""
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | settings
    run = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120, env=plain)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_gdal_opens_every_collection_and_with_a_token_ones_own_concerns(live_server, person, tmp_path: Path):
    load_embedded_territory()
    author = person("partner_a")
    token = accounts.create_token(user=author, name="QGIS", ttl=timedelta(days=1))
    references = {reported(author, timezone.now(), GAP).reference for _ in range(13)}
    service = f"OAPIF:{live_server.url}/ogc"

    listed = ran("ogrinfo", "-ro", service)
    assert "sectors" in listed
    assert "communes" in listed
    assert "incidents" not in listed

    told = ran("ogrinfo", "-ro", "-so", service, "sectors")
    assert "Feature Count: 6" in told
    assert "(6.048000, 44.524500) - (6.648000, 44.905700)" in told
    assert "code: String" in told

    ran("ogr2ogr", "-f", "GeoJSON", str(tmp_path / "gap.geojson"), service, "sectors", "-where", "commune = '05061'",
        "-spat", "6", "44.5", "6.2", "44.6")  # fmt: skip
    found = json.loads((tmp_path / "gap.geojson").read_text())["features"]
    assert {each["properties"]["commune"] for each in found} == {"05061"}
    assert len(found) == 3

    # In pages of ten, as GDAL before 3.8 asks.
    ran("ogr2ogr", "-f", "GPKG", str(tmp_path / "own.gpkg"), service, "incidents",
        "-oo", f"USERPWD=anybody:{token}")  # fmt: skip
    rows = ran("ogrinfo", "-ro", "-al", "-geom=NO", str(tmp_path / "own.gpkg"))
    assert {each for each in references if each in rows} == references

    # The same over WFS, for programs that know no other.
    older = f"WFS:{live_server.url}/wfs"
    assert "psq:sectors" in ran("ogrinfo", "-ro", older)
    assert "Feature Count: 3" in ran("ogrinfo", "-ro", "-so", older, "psq:sectors", "-where", "commune = '05061'")
    signed_in = ("--config", "GDAL_HTTP_AUTH", "BASIC", "--config", "GDAL_HTTP_USERPWD", f"anybody:{token}")
    with_token = ran("ogrinfo", "-ro", "-al", older, "psq:incidents", *signed_in)
    assert {each for each in references if each in with_token} == references


# What pyogrio brings: the GDAL of the system reads no description of tiles that is as the standard has it since 2022.
READ = """
import json, sys, pyogrio.raw
meta, _, places, columns = pyogrio.raw.read(sys.argv[1], layer="Zoom level 2", API="TILES")
print(json.dumps([meta["crs"], dict(zip(meta["fields"], map(list, columns))), len(places)], default=str))
"""


def test_gdal_reads_the_tiles_by_their_description(live_server, person):
    load_embedded_territory()
    author = person("partner_a")
    token = accounts.create_token(user=author, name="QGIS", ttl=timedelta(days=1))
    references = {reported(author, timezone.now(), GAP).reference for _ in range(3)}
    service = f"OGCAPI:{live_server.url}/ogc/collections"
    crs, told, count = json.loads(ran(sys.executable, "-c", READ, f"{service}/communes"))
    assert (crs, count) == ("EPSG:3857", len(told["code"]))
    assert "05061" in told["code"]
    opened = {"GDAL_HTTP_AUTH": "BASIC", "GDAL_HTTP_USERPWD": f"anybody:{token}"}
    _crs, told, _count = json.loads(ran(sys.executable, "-c", READ, f"{service}/incidents", **opened))
    assert set(told["reference"]) == references
