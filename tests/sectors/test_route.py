"""`manage.py route`: every row of a file comes back, with the answer beside it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.gdal import DataSource
from django.core.management import CommandError, call_command
from django.utils import translation

from sectors import tables
from sectors.management.commands import route
from sectors.tables import ADDED

pytestmark = pytest.mark.django_db
GAP, PARIS = (6.0786, 44.5594), (2.35, 48.85)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., list[dict[str, str]]]:
    """Routes a file and reads the answer, which must hold as many rows as were given."""

    def routed(file: Path, delimiter: str = ",", **options: Any) -> list[dict[str, str]]:
        output = tmp_path / "answer.csv"
        call_command("route", str(file), output=output, stderr=io.StringIO(), **options)
        assert not list(tmp_path.glob("*.part"))
        with output.open(encoding="utf-8", newline="") as text:
            return list(csv.DictReader(text, delimiter=delimiter))

    return routed


def written(tmp_path: Path, text: str | bytes, name: str = "points.csv") -> Path:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def collection(tmp_path: Path, features: list[dict[str, Any]], name: str = "points.geojson", **more: Any) -> Path:
    return written(tmp_path, json.dumps({"type": "FeatureCollection", **more, "features": features}), name)


def feature(point: tuple[float, ...] | None, **properties: Any) -> dict[str, Any]:
    geometry = None if point is None else {"type": "Point", "coordinates": point}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_a_table(run, tmp_path):
    rows = run(written(tmp_path, "id,lon,lat\n1,6.0786,44.5594\n2,x,44\n3,2.35,48.85\n"))
    assert list(rows[0]) == ["id", "lon", "lat", *ADDED]
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert [row["outcome"] for row in rows] == ["inside", "", "outside"]
    assert [bool(row["error"]) for row in rows] == [False, True, False]


def test_the_columns_are_the_batch_s(run, tmp_path, client, settings):
    settings.THROTTLES = False
    body = "id;lon;lat\n1;6,0786;44,5594\n2;;44\n3;180;90\n"
    rows = run(written(tmp_path, body), ";")
    answer = client.generic(
        "POST", "/api/locate/batch/", body.encode(), content_type="text/csv", headers={"Host": "localhost"}
    )
    assert rows == list(csv.DictReader(io.StringIO(answer.content.decode()), delimiter=";"))


def test_a_table_larger_than_a_chunk_loses_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setattr(route, "CHUNK", 7)
    lines = [f"{n},{6.07 + n * 0.0002:.4f},{'44.5594' if n % 5 else 'bad'}" for n in range(100)]
    rows = run(written(tmp_path, "\n".join(["id,lon,lat", *lines]) + "\n"))
    assert [row["id"] for row in rows] == [str(n) for n in range(100)]
    assert [n for n, row in enumerate(rows) if row["error"]] == list(range(0, 100, 5))
    whole = {row["id"]: row for row in rows}
    monkeypatch.setattr(route, "CHUNK", 50_000)
    assert {row["id"]: row for row in run(written(tmp_path, "\n".join(["id,lon,lat", *lines])))} == whole


def test_a_long_file_is_read_as_it_is_routed(tmp_path, monkeypatch):
    """Never more than a chunk of rows in memory at once."""
    monkeypatch.setattr(route, "CHUNK", 10)
    sizes = []
    answered = tables.answered

    def spying(rows, *given, **more):
        sizes.append(len(rows))
        return answered(rows, *given, **more)

    monkeypatch.setattr(route, "answered", spying)
    file = written(tmp_path, "lon,lat\n" + "6.0786,44.5594\n" * 25)
    call_command("route", str(file), output=tmp_path / "out.csv", stderr=io.StringIO())
    assert sizes == [10, 10, 5]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_quotes_and_blank_lines(run, tmp_path, end):
    text = end.join(["\ufeffname,lat,lon", '"a, ""b"""' + ",44.5594,6.0786", "", "c,44.5594,6.0786"])
    rows = run(written(tmp_path, text))
    assert [(row["name"], row["outcome"]) for row in rows] == [('a, "b"', "inside"), ("c", "inside")]


def test_a_null_character_costs_its_row_only(run, tmp_path):
    rows = run(written(tmp_path, b"lon,lat\n6.0786,44.5594\n6.0\x00786,44.5594\n6.0786,44.5594\n"))
    assert [row["outcome"] for row in rows] == ["inside", "", "inside"]


def test_named_columns_and_a_category(run, tmp_path):
    file = written(tmp_path, "Est,Nord,lon,lat\n6.0786,44.5594,0,0\n")
    (row,) = run(file, lon="Est", lat="nord", category="abords_scolaires")
    assert (row["outcome"], row["post"]) == ("category_rule", "gap-habitat-dense")


def test_geojson(run, tmp_path):
    features = [
        feature(GAP, name="mairie", number=3),
        feature(None, name="nowhere"),
        feature(PARIS, name='é;,"', number=None),
        {
            "type": "Feature",
            "properties": {"name": "line"},
            "geometry": {"type": "LineString", "coordinates": [GAP, PARIS]},
        },
        feature((*GAP, 730.0), name="height"),
    ]
    rows = run(collection(tmp_path, features))
    assert list(rows[0]) == ["name", "number", "lon", "lat", *ADDED]
    assert [row["name"] for row in rows] == ["mairie", "nowhere", 'é;,"', "line", "height"]
    assert [row["outcome"] for row in rows] == ["inside", "", "outside", "", "inside"]
    assert [bool(row["error"]) for row in rows] == [False, True, False, True, False]
    assert (float(rows[0]["lon"]), float(rows[0]["lat"])) == GAP
    assert rows[0]["number"] == "3"


def geopackage(source: Path, target: Path, srs: int = 4326) -> Path:
    """The GeoJSON file as a GeoPackage in another reference system, by GDAL's own tool."""
    subprocess.run(["ogr2ogr", "-t_srs", f"EPSG:{srs}", str(target), str(source)], check=True)
    return target


@pytest.mark.parametrize("srs", [4326, 2154, 3857])
def test_a_geopackage_in_degrees_or_metres(run, tmp_path, srs, monkeypatch):
    monkeypatch.setattr(route, "CHUNK", 2)
    source = collection(tmp_path, [feature(GAP, n=k) for k in range(5)] + [feature(PARIS, n=5)])
    file = geopackage(source, tmp_path / "points.gpkg", srs)
    assert len(DataSource(str(file))[0]) == 6
    rows = run(file)
    assert [row["n"] for row in rows] == [str(k) for k in range(6)]
    assert [row["outcome"] for row in rows] == ["inside"] * 5 + ["outside"]
    assert float(rows[0]["lon"]) == pytest.approx(GAP[0], abs=1e-8)


def test_a_csv_to_the_terminal(tmp_path, capsys):
    call_command("route", str(written(tmp_path, "lon,lat\n6.0786,44.5594\n")), stderr=io.StringIO())
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "lon,lat,outcome,sector,post,unit,commune,border,error"
    assert out[1].startswith("6.0786,44.5594,inside,gap-hyper-centre,")


def test_the_file_may_be_written_over_itself(tmp_path):
    file = written(tmp_path, "lon,lat\n" + "6.0786,44.5594\n" * 3)
    call_command("route", str(file), output=file, stderr=io.StringIO())
    assert file.read_text().count("inside") == 3


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_told_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(route, "CHUNK", 10)
    file = written(tmp_path, "lon,lat\n" + "6.0786,44.5594\n" * 30)
    shown, plain = Terminal(), io.StringIO()
    for stream in (shown, plain):
        call_command("route", str(file), output=tmp_path / "out.csv", stderr=stream)
    assert shown.getvalue().count("\r[") == 3
    assert "[##############################] 30 rows" in shown.getvalue()
    assert "\r" not in plain.getvalue()
    assert plain.getvalue().startswith("30 rows in ")


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        (None, "", {}, "There is no file"),
        ("points.csv", "east,north\n1,2\n", {}, "lon (and|et) lat"),
        ("points.csv", "", {}, "lon (and|et) lat"),
        ("points.csv", b"\xff\xfe\x00", {}, "points.csv"),
        ("points.geojson", "this is no GeoJSON", {}, "points.geojson"),
        ("points.gpkg", b"\0" * 100, {}, "points.gpkg"),
        ("points.shp", b"", {}, "points.shp"),
        ("points.csv", "lon,lat\n1,2\n", {"lon": "lon"}, "--lat"),
        ("points.csv", "lon,lat\n1,2\n", {"category": "nope"}, "nope"),
        ("points.csv", "lon,lat\n1,2\n", {"lon": "est", "lat": "nord"}, "points.csv"),
    ],
)
def test_a_file_that_cannot_be_routed(tmp_path, name, content, options, message):
    file = written(tmp_path, content, name) if name else tmp_path / "missing.csv"
    output = tmp_path / "out.csv"
    with pytest.raises(CommandError, match=message):
        call_command("route", str(file), output=output, stderr=io.StringIO(), **options)
    assert not output.exists()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("defect", ["encoding", "csv"])
def test_a_file_that_is_bad_far_inside_leaves_no_half_answer(tmp_path, defect):
    before = csv.field_size_limit(131_072)
    bad = b"6,44\x81\n" if defect == "encoding" else b'6,"' + b"x" * 200_000 + b'"\n'
    file = written(tmp_path, b"lon,lat\n" + b"6.0786,44.5594\n" * 2000 + bad)
    output = written(tmp_path, "the answer of yesterday", "out.csv")
    try:
        with pytest.raises(CommandError, match=r"points\.csv"):
            call_command("route", str(file), output=output, stderr=io.StringIO())
    finally:
        csv.field_size_limit(before)
    assert output.read_text() == "the answer of yesterday"
    assert not list(tmp_path.glob("*.part"))


def test_a_table_as_a_french_excel_saves_it(tmp_path):
    file = written(tmp_path, "nom;lon;lat\r\nÉcole;6,0786;44,5594\r\n".encode("cp1252"))
    told, output = io.StringIO(), tmp_path / "out.csv"
    call_command("route", str(file), output=output, stderr=told)
    assert "Windows-1252" in told.getvalue()
    assert "École;6,0786;44,5594;inside;gap-hyper-centre;" in output.read_text(encoding="utf-8")


def told(file: Path, output: Path, **options: Any) -> str:
    """What the command says on its side channel."""
    words = io.StringIO()
    call_command("route", str(file), output=output, stderr=words, **options)
    return words.getvalue()


def test_rows_with_an_error_are_not_told_as_done(tmp_path):
    file = written(tmp_path, "lon,lat\n6.0786,44.5594\nx,44\n,\n")
    assert "3 rows in " in told(file, tmp_path / "out.csv")
    assert told(file, tmp_path / "out.csv").rstrip().endswith(", 2 of them with an error and no answer")
    clean = written(tmp_path, "lon,lat\n6.0786,44.5594\n")
    assert "error" not in told(clean, tmp_path / "out.csv")


def test_columns_of_the_same_name_are_told(tmp_path):
    file = written(tmp_path, "lon,lat,commune,note,note\n6.0786,44.5594,Gap,a,b\n")
    assert "stands twice in the answer, whose own columns come last: commune, note" in told(file, tmp_path / "out.csv")
    assert "6.0786,44.5594,Gap,a,b,inside," in (tmp_path / "out.csv").read_text()


def test_two_columns_of_longitudes_are_one_too_many(tmp_path):
    with pytest.raises(CommandError, match=r"points\.csv: "):
        told(written(tmp_path, "lon,lat,lon\n6.0786,44.5594,6\n"), tmp_path / "out.csv")


def test_a_head_with_a_line_break_in_a_name(run, tmp_path):
    rows = run(written(tmp_path, '"the name,\nas painted",lon,lat\nhall,6.0786,44.5594\n'))
    assert list(rows[0])[:3] == ["the name,\nas painted", "lon", "lat"]
    assert rows[0]["outcome"] == "inside"


@pytest.mark.parametrize(("lines", "line"), [(4000, 2003), (1, 2003)], ids=["later quotes", "the end"])
def test_a_stray_quotation_mark_is_told_with_its_line(tmp_path, lines, line):
    text = "lon,lat,n\n" + "6.0786,44.5594,a\n" * 2001 + '6.0786,44.5594,"a\n' + '6.0786,44.5594,"a"\n' * lines
    with pytest.raises(CommandError, match=rf"points\.csv: look at the quotation marks from line {line} on"):
        told(written(tmp_path, text), tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_file_of_areas_is_no_file_of_points(tmp_path):
    ring = [[6, 44], [7, 44], [7, 45], [6, 44]]
    area = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    with pytest.raises(CommandError, match="Polygon features, and points are expected"):
        told(collection(tmp_path, [area]), tmp_path / "out.csv")


def test_features_that_are_no_points_are_told_as_such(run, tmp_path):
    line = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [GAP, PARIS]}}
    one = {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPoint", "coordinates": [GAP]}}
    two = {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPoint", "coordinates": [GAP, PARIS]}}
    with translation.override("en"):
        rows = run(collection(tmp_path, [line, one, two, feature(None)]))
    assert [row["outcome"] for row in rows] == ["", "inside", "", ""]
    assert [row["error"] for row in rows][::2] == ["this feature is not a point"] * 2


def test_an_output_in_no_folder(tmp_path):
    file = written(tmp_path, "lon,lat\n6.0786,44.5594\n")
    with pytest.raises(CommandError):
        call_command("route", str(file), output=tmp_path / "nowhere" / "out.csv", stderr=io.StringIO())
