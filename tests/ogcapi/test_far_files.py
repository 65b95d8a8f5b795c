"""Files at their addresses, of the real server: GDAL and geopandas read far away what they need and no more."""

from __future__ import annotations

import http.client
import importlib.util
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts import changes as accounts
from tests.bench.servers import Server, product
from tests.conftest import load_embedded_territory
from tests.incidents.sending import GAP, reported
from tests.ogcapi.serving import ran

pytestmark = pytest.mark.django_db(transaction=True)
READ = """
import sys, pyogrio
found = pyogrio.read_dataframe(sys.argv[1], columns=["code"], bbox=(6.0, 44.5, 6.2, 44.6))
print(sorted(found["code"]), found.crs.to_epsg())
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    load_embedded_territory()
    made = product(str(connection.settings_dict["NAME"]))
    made.environment["PSQ_DOWNLOADS_ROOT"] = str(tmp_path / "downloads")
    with made:
        yield made


def asked(server: Server, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as own:
        own.request(method, path, headers=headers)
        answer = own.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def test_files_are_read_in_parts(server, person, tmp_path):
    base = "/ogc/collections/communes/communes"
    for form in ("fgb", "gpkg"):
        status, headers, body = asked(server, "HEAD", f"{base}.{form}")
        length = int(named(headers)["content-length"])
        assert (status, body) == (200, b"")
        assert length > 10_000
        status, headers, body = asked(server, "GET", f"{base}.{form}")
        assert (status, len(body)) == (200, length)
        assert "transfer-encoding" not in named(headers)
        status, headers, part = asked(server, "GET", f"{base}.{form}", Range="bytes=100-299")
        assert (status, part) == (206, body[100:300])
        assert named(headers)["content-range"] == f"bytes 100-299/{length}"
        assert asked(server, "GET", f"{base}.{form}", Range=f"bytes={length}-")[0] == 416
        kept = named(headers)["etag"]
        assert asked(server, "GET", f"{base}.{form}", **{"If-None-Match": kept})[::2] == (304, b"")

    far = f"/vsicurl/{server.address}/ogc/collections"
    for form in ("fgb", "gpkg"):
        told = ran("ogrinfo", "-ro", "-so", f"{far}/sectors/sectors.{form}", "sectors")
        assert "Feature Count: 6" in told
        assert "(6.048000, 44.524500) - (6.648000, 44.905700)" in told
        near = ran("ogrinfo", "-ro", "-q", "-geom=NO", "-spat", "6.62", "44.88", "6.66", "44.91",
                   f"{far}/sectors/sectors.{form}", "sectors")  # fmt: skip
        assert near.count("OGRFeature(") == near.count("commune (String) = 05023") > 0
    # A question goes with the address.
    assert "Feature Count: 3" in ran("ogrinfo", "-ro", "-so", "-al", f"{far}/sectors/items?f=fgb&commune=05061")

    author = person("partner_a")
    token = accounts.create_token(user=author, name="QGIS", ttl=timedelta(days=1))
    own = reported(author, timezone.now(), GAP).reference
    path = f"{far}/incidents/incidents.fgb"
    told = ran("ogrinfo", "-ro", "-al", path, "--config", "GDAL_HTTP_HEADERS", f"Authorization: Token {token}")
    assert own in told
    with pytest.raises(AssertionError):
        ran("ogrinfo", "-ro", "-al", path)


def test_a_geopackage_is_one_to_the_letter(server, tmp_path):
    path = tmp_path / "communes.gpkg"
    path.write_bytes(asked(server, "GET", "/ogc/collections/communes/communes.gpkg")[2])
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        assert ("communes", "features") in base.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
        systems = {row[0] for row in base.execute("SELECT srs_id FROM gpkg_spatial_ref_sys")}
        assert {-1, 0, 4326} <= systems
        assert ("communes", "gpkg_rtree_index") in base.execute(
            "SELECT table_name, extension_name FROM gpkg_extensions"
        ).fetchall()


@pytest.mark.skipif(importlib.util.find_spec("pyogrio") is None, reason="geopandas and pyogrio are not installed")
def test_geopandas_reads_a_part_of_it(server):
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    for form in ("fgb", "gpkg"):
        # In a process of its own: its GDAL is another than the one that Django has loaded.
        words = [sys.executable, "-c", READ, f"/vsicurl/{server.address}/ogc/collections/sectors/sectors.{form}"]
        run = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120, env=plain)
        assert run.returncode == 0, run.stderr
        assert run.stdout.count("gap-") >= 3
        assert run.stdout.strip().endswith("4326")
