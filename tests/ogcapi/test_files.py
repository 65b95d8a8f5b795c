"""Files of a collection: what GDAL reads in them is what the page tells, for whoever asks and whatever is asked."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.test import Client
from django.utils import timezone

from accounts.models import AccessLog
from ogcapi import files
from sectors.models import Edition, Mandate, Sector
from tests.incidents.sending import BRIANCON, GAP, reported
from tests.ogcapi.serving import LINE, agreed, ran

pytestmark = pytest.mark.django_db
FORMS = ("fgb", "gpkg")
PUBLIC = ("sectors", "communes", "editions", "border-agreements")
L93 = "http://www.opengis.net/def/crs/EPSG/0/2154"


@pytest.fixture
def folder(settings):
    return settings.DOWNLOADS_ROOT


def whole(response: Any) -> bytes:
    assert response.status_code == 200, response.content
    found = b"".join(response)
    assert len(found) == int(response["Content-Length"])
    return found


def read(client: Client, name: str, form: str, place: Path, **query: str) -> list[dict[str, Any]]:
    """The features that GDAL finds in the file."""
    path = place / f"{name}.{form}"
    path.write_bytes(whole(client.get(f"/ogc/collections/{name}/{name}.{form}", query)))
    words = ("-f", "GeoJSON", "/vsistdout/", str(path), "-t_srs", "EPSG:4326", "-lco", "COORDINATE_PRECISION=7")
    found: list[dict[str, Any]] = json.loads(ran("ogr2ogr", *words))["features"]
    return found


def paged(client: Client, name: str, **query: str) -> list[dict[str, Any]]:
    response = client.get(f"/ogc/collections/{name}/items", query | {"limit": "10000"})
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["features"]
    return found


def by_id(features: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(each["properties"].pop("id")): each for each in features}


def ids(features: list[dict[str, Any]]) -> set[str]:
    return {str(each["id"]) for each in features}


def part(client: Client, address: str, words: str) -> Any:
    """The answer to a question for some bytes, read to its end."""
    response: Any = client.get(f"/ogc/collections/{address}", headers={"Range": f"bytes={words}"})
    response.read = b"".join(response) if response.streaming else response.content
    return response


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", PUBLIC)
def test_a_file_holds_what_the_pages_tell(client, tmp_path, name, form):
    agreed("avenue", LineString(*LINE), reach_m=15)
    told = paged(client, name)
    found = by_id(read(client, name, form, tmp_path))
    assert len(told) == len(found) > 0
    for each in told:
        feature = found[str(each["id"])]
        for key, value in each["properties"].items():
            # A table of GDAL's GeoJSON leaves out what is nothing.
            given = feature["properties"].get(key)
            if key.startswith("valid_"):
                given = given and given.replace("/", "-").replace(" ", "T")[:16]
            assert given == (value[:16] if key.startswith("valid_") and value else value), key
        # The rings may begin elsewhere: it is the same place all the same.
        assert feature["geometry"]["type"] == each["geometry"]["type"]
        corners = [json.dumps(point) for part in feature["geometry"]["coordinates"] for ring in part for point in ring]
        known = [json.dumps(point) for part in each["geometry"]["coordinates"] for ring in part for point in ring]
        assert set(corners) == set(known)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "query",
    [{"bbox": "6,44.5,6.2,44.6"}, {"commune": "05061"}, {"datetime": "2026-03-01"}, {"limit": "2"}, {"offset": "4"},
     {"sortby": "-code", "limit": "1"}, {"bbox": "-80,-5,-70,5"}, {"crs": L93, "commune": "05061"}],
    ids=str,
)  # fmt: skip
def test_it_is_asked_for_as_the_pages_are(client, tmp_path, form, query):
    streamed = client.get("/ogc/collections/sectors/items", query | {"f": "geojson"})
    assert set(by_id(read(client, "sectors", form, tmp_path, **query))) == ids(
        json.loads(b"".join(streamed))["features"]
    )


@pytest.mark.parametrize(
    ("form", "kind"), [("fgb", "application/flatgeobuf"), ("gpkg", "application/geopackage+sqlite3")]
)
def test_it_says_what_it_is_at_either_address(client, tmp_path, form, kind):
    for address in (f"/ogc/collections/sectors/items?f={form}", f"/ogc/collections/sectors/sectors.{form}"):
        response = client.get(address)
        whole(response)
        assert response["Content-Type"] == kind
        assert response["Content-Disposition"] == f'attachment; filename="sectors.{form}"'
        assert response["Accept-Ranges"] == "bytes"
        assert response["Cache-Control"] == "no-cache"
        head = client.head(address)
        assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", response["Content-Length"])
        some = part(client, address.removeprefix("/ogc/collections/"), "0-6")
        assert (some.status_code, len(some.read)) == (206, 7)


def test_a_system_and_properties_are_those_asked_for(client, tmp_path):
    for form in FORMS:
        path = tmp_path / f"l93.{form}"
        path.write_bytes(whole(client.get(f"/ogc/collections/sectors/sectors.{form}?crs={L93}&properties=code")))
        told = ran("ogrinfo", "-ro", "-so", "-al", str(path))
        assert "Lambert-93" in told
        assert "code: String" in told
        assert "commune" not in told


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", PUBLIC)
def test_a_file_of_nothing_has_all_its_columns(client, tmp_path, name, form):
    path = tmp_path / f"{name}.{form}"
    path.write_bytes(whole(client.get(f"/ogc/collections/{name}/{name}.{form}?code=none")))
    told = ran("ogrinfo", "-ro", "-so", "-al", str(path))
    assert "Feature Count: 0" in told
    assert "Multi Polygon" in told
    for each in client.get(f"/ogc/collections/{name}/schema").json()["properties"]:
        assert each == "geometry" or f"{each}: " in told


@pytest.mark.parametrize("form", FORMS)
def test_long_texts_other_scripts_old_days_and_nothing_at_all(client, tmp_path, form):
    model = Sector.objects.earliest("pk")
    old = Edition.objects.create(
        territory=model.edition.territory, code="old", validity=("1848-02-24T00:00:00Z", "1851-12-02T00:00:00Z")
    )
    words = "l'Élan \"d'or\"; 🚓 \\ \t\n" + "é" * 200
    model.pk, model.edition, model.commune, model.name, model._state.adding = None, old, None, words[:160], True
    model.save()
    # An edition that covers nothing has no place.
    Edition.objects.create(
        territory=old.territory, code="bare", validity=("1840-01-01T00:00:00Z", "1841-01-01T00:00:00Z")
    )
    (found,) = read(client, "sectors", form, tmp_path, datetime="1850-01-01")
    assert found["properties"]["name"] == words[:160]
    assert found["properties"].get("commune") is None
    assert found["properties"]["valid_from"].startswith("1848")
    editions = {each["properties"]["code"]: each for each in read(client, "editions", form, tmp_path)}
    if form == "gpkg":
        assert editions.pop("bare")["geometry"] is None
    # FlatGeobuf holds what lies somewhere.
    assert set(editions) == {"old", "05-2026-01"}
    assert editions["05-2026-01"]["geometry"]["coordinates"]
    assert editions["05-2026-01"]["properties"].get("valid_to") is None


@pytest.mark.parametrize("form", FORMS)
def test_each_is_given_their_own_and_nobody_anothers(client_of, person, tmp_path, form):
    theirs = {
        name: reported(person(name), timezone.now(), point, description="Ce que l'un a écrit").reference
        for name, point in (("partner_a", GAP), ("partner_b", BRIANCON))
    }
    for name, own in theirs.items():
        client = client_of(name)
        found = by_id(read(client, "incidents", form, tmp_path))
        assert set(found) == ids(paged(client, "incidents"))
        assert own in found
        # What leaves as a whole leaves without anybody's words.
        assert {each["properties"].get("description") for each in found.values()} == {None}
        assert client.head(f"/ogc/collections/incidents/items?f={form}")["Cache-Control"] == "private, no-cache"
    everything = {name: set(by_id(read(client_of(name), "incidents", form, tmp_path))) for name in theirs}
    assert theirs["partner_a"] not in everything["partner_b"]
    assert theirs["partner_b"] not in everything["partner_a"]
    nobody = Client(SERVER_NAME="localhost")
    for address in (f"incidents/items?f={form}", f"incidents/incidents.{form}"):
        for asked in (nobody.get, nobody.head):
            assert asked(f"/ogc/collections/{address}").status_code == 404


def test_a_file_written_for_a_mandate_is_not_given_after_it(client_of, person, tmp_path):
    own = reported(person("partner_a"), timezone.now(), GAP).reference
    client = client_of("partner_a")
    assert own in by_id(read(client, "incidents", "fgb", tmp_path))
    assert part(client, "incidents/incidents.fgb", "0-9").status_code == 206
    Mandate.objects.filter(user=person("partner_a")).delete()
    assert part(client, "incidents/incidents.fgb", "0-9").status_code == 404


def test_what_is_public_is_written_once_and_one_person_is_told_of_now(client, client_of, person, folder, tmp_path):
    first = client.get("/ogc/collections/sectors/sectors.fgb")
    again = Client(SERVER_NAME="localhost").get("/ogc/collections/sectors/items?f=fgb")
    assert first["ETag"] == again["ETag"]
    whole(first), whole(again)
    assert len(list(folder.glob("*.fgb"))) == 1
    # Somebody's own is young when taken whole, and stays the same while it is read in parts.
    mine = client_of("partner_a")
    before = mine.head("/ogc/collections/incidents/incidents.fgb")["ETag"]
    for path in folder.glob("*.fgb"):
        moment = path.stat().st_mtime - files.FRESH_S - 1
        os.utime(path, (moment, moment))
    own = reported(person("partner_a"), timezone.now(), GAP).reference
    parts = {part(mine, "incidents/incidents.fgb", f"{n}-9")["ETag"] for n in (0, 1)}
    assert len(parts) == 1
    assert own in by_id(read(mine, "incidents", "fgb", tmp_path))
    assert mine.head("/ogc/collections/incidents/incidents.fgb")["ETag"] not in parts | {before}


def test_it_is_counted_and_logged_once_it_is_written(client_of, person, settings, tmp_path):
    own = reported(person("partner_a"), timezone.now(), GAP).reference
    client = client_of("partner_a")
    before = AccessLog.objects.count()
    read(client, "incidents", "gpkg", tmp_path)
    (entry,) = AccessLog.objects.order_by("-pk")[: AccessLog.objects.count() - before]
    assert (entry.operation, entry.user) == ("incident.ogc", person("partner_a"))
    assert f"incident:{own}" in entry.references
    # Its parts are of what was told already.
    assert part(client, "incidents/incidents.gpkg", "0-99").status_code == 206
    assert AccessLog.objects.count() == before + 1
    settings.THROTTLES = True
    answers = [client.head("/ogc/collections/incidents/items", {"f": "fgb", "limit": str(n)}) for n in range(1, 30)]
    assert 429 in {each.status_code for each in answers}


@pytest.mark.parametrize(
    "address", ["sectors.xyz", "communes.fgb", "sectors.json", "sectors.geojsonseq", "Sectors.fgb"]
)
def test_there_is_no_other_address(client, address):
    assert client.get(f"/ogc/collections/sectors/{address}").status_code == 404


def test_questions_are_read_as_strictly_as_everywhere(client):
    for query in ("x=1", "f=fgb", "bbox=1,2,3", "crs=x", "limit=0"):
        response = client.get(f"/ogc/collections/sectors/sectors.fgb?{query}")
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_the_language_of_a_reader_has_a_file_of_its_own(client):
    asked = [
        client.head("/ogc/collections/sectors/sectors.fgb", headers={"Accept-Language": each}) for each in ("fr", "en")
    ]
    assert len({each["ETag"] for each in asked}) == 2


def test_tomorrow_another_file(client, folder):
    first = client.head("/ogc/collections/sectors/sectors.fgb")["ETag"]
    (path,) = folder.glob("*.fgb")
    old = path.stat().st_mtime - timedelta(hours=1, seconds=1).total_seconds()
    os.utime(path, (old, old))
    assert client.head("/ogc/collections/sectors/sectors.fgb")["ETag"] != first
