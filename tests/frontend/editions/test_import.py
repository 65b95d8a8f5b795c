"""Sectors brought as a file: what is drawn, what is refused and in which words, and that nothing is drawn by halves."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sectors.models import Edition

pytestmark = pytest.mark.django_db
SQUARE = [[[6.2, 44.6], [6.21, 44.6], [6.21, 44.61], [6.2, 44.61], [6.2, 44.6]]]


@pytest.fixture
def exported(draft: Edition) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": {"code": each.code}, "geometry": json.loads(each.area.json)}
        for each in draft.sectors.order_by("code")
    ]
    return {"type": "FeatureCollection", "features": features}


@pytest.fixture
def bring(seen_by: Callable[[str], Any], draft: Edition) -> Callable[..., Any]:
    """Sends a file to the draft as the direction."""

    def send(content: Any, name: str = "secteurs.geojson", **more: str) -> Any:
        sent = content if isinstance(content, bytes) else json.dumps(content).encode()
        form = {"version": "1", "file": SimpleUploadedFile(name, sent), **more}
        return seen_by("director").post(reverse("edition_import", args=[draft.code]), form)

    return send


def wrong(answer: Any) -> str:
    assert answer.status_code == 422
    page = " ".join(answer.content.decode().split())
    assert "Rien n’a été dessiné" in page
    return page.split('id="errors"')[1].split("<h1>")[0]


def test_a_geojson_is_drawn_and_one_goes_on_to_the_check(bring, draft, exported):
    exported["features"].append(
        {
            "type": "Feature",
            "properties": {"code": "gap-nord", "name": "Nord", "kind": "economic", "post": "gap-economique"},
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
        }
    )
    answer = bring(exported)
    assert answer["Location"] == reverse("edition_check", args=[draft.code])
    draft.refresh_from_db()
    assert (draft.number, draft.sectors.count()) == (2, 8)
    assert draft.sectors.get(code="gap-est").name == "Gap – Est"


@pytest.mark.parametrize("kind", ["gpkg", "zip"])
def test_a_geopackage_and_a_zipped_shapefile_are_read_in_lambert_93(bring, draft, exported, tmp_path: Path, kind):
    source, target = tmp_path / "source.geojson", tmp_path / ("secteurs.gpkg" if kind == "gpkg" else "secteurs.shp")
    source.write_text(json.dumps(exported))
    subprocess.run(["ogr2ogr", "-t_srs", "EPSG:2154", str(target), str(source)], check=True, capture_output=True)
    content = target.read_bytes()
    if kind == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for part in (".shp", ".shx", ".dbf"):
                archive.writestr(f"secteurs{part}", target.with_suffix(part).read_bytes())
        content = out.getvalue()
        # Without its .prj it does not say where it is: one says it, and not before.
        assert "choisissez-le dans la liste" in wrong(bring(content, "secteurs.zip"))
        assert bring(content, "secteurs.zip", epsg="2154").status_code == 302
    else:
        assert bring(content, "secteurs.gpkg").status_code == 302
    draft.refresh_from_db()
    assert (draft.number, draft.sectors.count()) == (2, 7)


def test_what_the_file_does_not_name_goes_or_is_kept(bring, draft, exported):
    exported["features"] = exported["features"][:1]
    assert bring(exported, keep="on").status_code == 302
    assert draft.sectors.count() == 7
    bring(exported, version="2")
    assert draft.sectors.count() == 1


def test_columns_of_other_names_are_mapped(bring, draft, exported):
    for each in exported["features"]:
        each["properties"] = {"SECTEUR": each["properties"]["code"], "LIBELLE": f"Secteur {each['properties']['code']}"}
    told = wrong(bring(exported))
    assert "Objet 1 – code – Indiquez le code de chaque secteur." in told
    assert "Les colonnes du fichier sont : LIBELLE, SECTEUR." in told
    assert bring(exported, column_code="secteur", column_name="LIBELLE").status_code == 302
    assert draft.sectors.get(code="gap-est").name == "Secteur gap-est"


def test_each_feature_that_is_wrong_is_named_and_nothing_is_drawn(bring, draft, exported):
    first, second = exported["features"][:2]
    first["properties"]["post"] = "personne"
    second["properties"]["commune"] = "75056"
    told = wrong(bring(exported))
    assert f"Objet 1 ({first['properties']['code']}) – poste – " in told
    assert f"Objet 2 ({second['properties']['code']}) – commune – " in told
    exported["features"][2]["geometry"] = {"type": "Point", "coordinates": [6.2, 44.6]}
    assert "Objet 3 – un polygone est attendu" in wrong(bring(exported))
    draft.refresh_from_db()
    assert (draft.number, draft.sectors.count()) == (1, 7)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello", "Ce n’est ni un GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', "ne contient aucun objet"),
        (b"PK\x03\x04 broken", "n’a pas pu être lu"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(bring, content, said):
    assert said in wrong(bring(content))


def test_no_file_and_a_draft_changed_meanwhile(bring, seen_by, draft, exported):
    address = reverse("edition_import", args=[draft.code])
    page = seen_by("director").post(address, {"version": "1"}).content.decode()
    assert 'href="#id_file"' in page
    assert bring(exported).status_code == 302
    assert "entre-temps" in wrong(bring(exported))


def test_no_file_is_taken_for_an_edition_with_dates_nor_from_others(seen_by, draft):
    assert seen_by("director").get(reverse("edition_import", args=["05-2026-01"])).status_code == 404
    assert seen_by("referent_a").post(reverse("edition_import", args=[draft.code])).status_code == 403
