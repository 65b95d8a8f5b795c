"""Files of areas as people send them: what is read, what is refused and why, and that a hostile one does no harm."""

from __future__ import annotations

import io
import sqlite3
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
import shapely

from sectors import map_files, map_opening
from sectors.changes.geometry import checked
from sectors.file_tables import Defects
from sectors.map_files import read_map_file
from tests.sectors.sent_files import SQUARE, converted, defects, geojson, near, polygon, shapefile, zipped


def test_a_geojson_is_read_to_the_last_digit():
    found = read_map_file(geojson(polygon(), {"type": "MultiPolygon", "coordinates": [SQUARE]}), name="x.geojson")
    assert found.epsg == 4326
    assert [area.properties["code"] for area in found.areas] == ["s1", "s2"]
    assert found.areas[0].properties["name"] == "Secteur é"
    assert shapely.get_coordinates(shapely.from_wkb(found.areas[0].wkb)).tolist() == SQUARE[0]


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"])
def test_the_old_member_of_a_crs_is_heard(crs):
    found = read_map_file(geojson(polygon(), crs={"type": "name", "properties": {"name": crs}}), name="x")
    assert near(found.areas[0].wkb)


@pytest.mark.parametrize("epsg", [2154, 3857, 3945, 32632, 4326])
def test_a_geopackage_in_each_system(tmp_path, epsg):
    out = converted(tmp_path, geojson(polygon()), "x.gpkg", "-t_srs", f"EPSG:{epsg}")
    found = read_map_file(out.read_bytes(), name="x.gpkg")
    assert found.epsg == epsg
    assert near(found.areas[0].wkb)


@pytest.mark.parametrize("epsg", [2154, 4326])
def test_a_shapefile_in_a_zip_says_its_system(tmp_path, epsg):
    found = read_map_file(zipped(shapefile(tmp_path, "-t_srs", f"EPSG:{epsg}")), name="x.zip")
    assert (found.epsg, found.areas[0].properties["name"]) == (epsg, "Secteur é")
    assert near(found.areas[0].wkb)


def test_a_folder_in_the_zip_and_what_programs_add_do_no_harm(tmp_path):
    files = {f"dossier/{name}": content for name, content in shapefile(tmp_path).items()}
    more = {"dossier/secteurs.qmd": b"<x/>", "__MACOSX/dossier/._secteurs.shp": b"junk", "lisez-moi.txt": b"x"}
    assert len(read_map_file(zipped(files | more), name="x.zip").areas) == 1


def test_a_system_is_chosen_where_the_file_says_none(tmp_path):
    bare = zipped(shapefile(tmp_path, "-t_srs", "EPSG:2154", without=".prj"))
    assert defects(bare) == {"no_crs"}
    assert near(read_map_file(bare, name="x.zip", epsg=2154).areas[0].wkb)
    assert defects(bare, epsg=2056) == {"unknown_crs"}


def test_another_system_than_the_file_says_is_refused(tmp_path):
    assert defects(zipped(shapefile(tmp_path, "-t_srs", "EPSG:2154")), epsg=3857) == {"other_crs"}
    swiss = converted(tmp_path, geojson(polygon()), "swiss.gpkg", "-t_srs", "EPSG:2056")
    assert defects(swiss.read_bytes()) == {"unknown_crs"}


def test_a_geojson_that_says_no_system_is_read_in_the_chosen_one():
    east, north = 945_000, 6_380_000
    ring = [[east, north], [east + 900, north], [east + 900, north + 900], [east, north + 900], [east, north]]
    found = read_map_file(geojson(polygon([ring])), name="x.geojson", epsg=2154)
    west, south, _e, _n = shapely.from_wkb(found.areas[0].wkb).bounds
    assert (found.epsg, round(west, 3), round(south, 3)) == (2154, 6.081, 44.476)
    said = geojson(polygon(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}})
    assert defects(said, epsg=2154) == {"other_crs"}


@pytest.mark.parametrize(("encoding", "told"), [("cp1252", ""), ("cp1252", "UTF-8"), ("utf-8", ""), ("latin-1", "?")])
def test_texts_are_read_whatever_the_shapefile_says_of_them(tmp_path, encoding, told):
    """Old programs write no .cpg, and some copy a wrong one."""
    files = shapefile(tmp_path)
    # As wide in each encoding, so that the table stays one.
    wide = len("Secteur é".encode())
    files["secteurs.dbf"] = files["secteurs.dbf"].replace(
        "Secteur é".encode(), "Secteur é".encode(encoding).ljust(wide)
    )
    del files["secteurs.cpg"]
    if told:
        files["secteurs.cpg"] = told.encode()
    (area,) = read_map_file(zipped(files), name="x.zip").areas
    assert area.properties["name"] == "Secteur é"


@pytest.mark.parametrize("without", [".shx", ".dbf"])
def test_a_part_that_is_missing_is_told(tmp_path, without):
    assert defects(zipped(shapefile(tmp_path, without=without))) == {"part_missing"}


def test_texts_of_a_geojson_are_utf_8():
    assert defects(geojson(polygon()).replace(b"Secteur \\u00e9", b"Secteur \xe9")) <= {"encoding", "unreadable"}


def test_tables_beside_the_layer_are_left_alone(tmp_path):
    """QGIS keeps its styles in one."""
    out = converted(tmp_path, geojson(polygon()), "x.gpkg", "-nln", "sectors")
    (tmp_path / "styles.csv").write_text("name,style\nx,y\n")
    subprocess.run(["ogr2ogr", "-append", str(out), str(tmp_path / "styles.csv"), "-nln", "layer_styles"], check=True)
    assert near(read_map_file(out.read_bytes(), name="x.gpkg").areas[0].wkb)
    tables = tmp_path / "tables.gpkg"
    subprocess.run(["ogr2ogr", str(tables), str(tmp_path / "styles.csv")], check=True)
    assert defects(tables.read_bytes()) == {"no_layer"}


def test_heights_are_left_out():
    high = [[[*position, 735.5] for position in ring] for ring in SQUARE]
    found = read_map_file(geojson(polygon(high)), name="x")
    assert not shapely.has_z(shapely.from_wkb(found.areas[0].wkb))
    assert near(found.areas[0].wkb)


def test_what_is_no_area_is_told_by_feature():
    given = geojson(polygon(), None, {"type": "Point", "coordinates": [6, 44]}, {"type": "Polygon", "coordinates": []})
    with pytest.raises(Defects) as refused:
        read_map_file(given, name="x.geojson")
    assert [(defect.table, defect.code) for defect in refused.value.found] == [
        ("feature 2", "no_geometry"),
        ("feature 3", "no_area"),
        ("feature 4", "no_geometry"),
    ]


def test_curves_are_told(tmp_path):
    out = converted(tmp_path, geojson(polygon()), "x.gpkg", "-nlt", "CURVEPOLYGON")
    assert defects(out.read_bytes()) == {"curves"}


def test_two_layers_none_and_no_feature(tmp_path):
    out = converted(tmp_path, geojson(polygon()), "x.gpkg", "-nln", "one")
    subprocess.run(["ogr2ogr", "-append", str(out), str(tmp_path / "source.geojson"), "-nln", "two"], check=True)
    assert defects(out.read_bytes()) == {"several_layers"}
    files = shapefile(tmp_path)
    second = {name.replace("secteurs", "autres"): content for name, content in files.items()}
    assert defects(zipped(files | second)) == {"several_layers"}
    assert defects(zipped({"secteurs.dbf": files["secteurs.dbf"]})) == {"no_layer"}
    assert defects(geojson()) <= {"empty", "no_layer"}


@pytest.mark.parametrize(
    "name", ["../secteurs.shp", "/etc/secteurs.shp", "a/../../secteurs.shp", "a\\..\\secteurs.shp", "c:secteurs.shp"]
)
def test_a_path_that_leads_out_of_the_zip(tmp_path, name):
    assert defects(zipped({**shapefile(tmp_path), name: b"x"})) == {"path"}


def test_a_link_in_the_zip(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("secteurs.shp")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert defects(out.getvalue()) == {"link"}


@pytest.mark.parametrize("name", ["secteurs.vrt", "secteurs.gpkg", "secteurs.exe", "secteurs"])
def test_nothing_but_the_parts_of_a_shapefile(tmp_path, name):
    assert defects(zipped({**shapefile(tmp_path), name: b"x"})) == {"unknown_entry"}


def test_a_bomb_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(map_files, "_UNZIPPED", 1 << 20)
    bomb = zipped({**shapefile(tmp_path), "secteurs.dbf": b"\0" * (30 << 20)})
    assert len(bomb) < 100_000
    assert defects(bomb) == {"too_large"}
    assert defects(zipped({f"x{n}.shp": b"" for n in range(40)})) == {"too_many_entries"}


def test_a_zip_with_a_password(tmp_path):
    content = bytearray(zipped(shapefile(tmp_path)))
    # The flag in each entry's head, and in the list at the end.
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 1)
    assert defects(bytes(content)) == {"encrypted"}


def vrt(source: str) -> bytes:
    layer = f'<OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>".encode()


def test_a_virtual_file_is_none_of_the_kinds(tmp_path):
    secret = converted(tmp_path, geojson(polygon()), "secret.gpkg")
    assert defects(vrt(str(secret))) == {"unknown_kind"}
    # Nor under the name of another part.
    files = {f"secteurs{part}": b"" for part in (".shx", ".dbf")}
    assert defects(zipped({"secteurs.shp": vrt(str(secret)), **files})) == {"unreadable"}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"type": "FeatureCollection", "features": 1}',
        b'{"type": "Topology", "objects": {}, "arcs": []}',
        b'{"a": ' * 5_000,
        b"SQLite format 3\x00" + b"\x00" * 500,
        b"PK\x03\x04" + b"\xff" * 500,
    ],
    ids=["cut", "wrong", "topojson", "deep", "sqlite", "zip"],
)
def test_what_is_broken_is_told_and_nothing_falls(content):
    assert defects(content) <= {"unreadable", "empty", "no_layer", "no_geometry"}


@pytest.mark.parametrize(
    "content", [b"", b"lon,lat\n1,2", b"<kml/>", b"%PDF-1.7", b"/vsicurl/http://127.0.0.1/x.geojson"]
)
def test_other_kinds_are_told(content):
    assert defects(content) == {"unknown_kind"}


def test_a_database_of_another_kind_under_a_geopackages_mark(tmp_path):
    file = tmp_path / "x.gpkg"
    with sqlite3.connect(file) as base:
        base.execute("CREATE TABLE t (x)")
    assert defects(file.read_bytes()) <= {"unreadable", "no_layer"}


def test_too_many_bytes_and_features(monkeypatch):
    monkeypatch.setattr(map_files, "MOST_FEATURES", 2)
    assert defects(geojson(polygon(), polygon(), polygon())) == {"too_many_features"}
    monkeypatch.setattr(map_files, "MOST_BYTES", 100)
    assert defects(geojson(polygon())) == {"too_large"}


@pytest.mark.django_db
def test_numbers_that_are_none_are_refused_before_they_are_stored():
    bad = geojson(polygon([[[6.07, 44.55], [1e999, 44.55], [6.08, 44.56], [6.07, 44.55]]]))
    try:
        areas = read_map_file(bad, name="x").areas
    except Defects:
        return
    assert [verdict.area for verdict in checked([area.wkb for area in areas])] == [None]


def test_an_area_of_a_million_numbers_is_read_or_given_up(monkeypatch):
    monkeypatch.setattr(map_files, "_MEMORY", 400 << 20)
    ring = [[6 + n / 1e7, 44 + (n % 7) / 1e7] for n in range(500_000)]
    try:
        found = read_map_file(geojson(polygon([[*ring, ring[0]]])), name="x")
    except Defects as refused:
        codes = {defect.code for defect in refused.found}
    else:
        codes = {"unreadable"} if len(found.areas) == 1 else set()
    assert codes == {"unreadable"}


def test_a_program_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(map_files, "_SECONDS", 1)
    monkeypatch.setattr(map_opening, "__file__", str(Path(__file__).parent.parent / "data" / "sleeping.py"))
    assert defects(geojson(polygon())) == {"unreadable"}


def test_nothing_of_it_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    read_map_file(geojson(polygon()), name="x")
    assert list(tmp_path.iterdir()) == []


def test_the_program_knows_no_database():
    source = Path(map_opening.__file__).read_text()
    assert "django.db" not in source
    assert "settings" not in [word for line in source.splitlines() if "import" in line for word in line.split()]
