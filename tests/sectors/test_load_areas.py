"""Areas as `load_territory` takes them: refused with their place, repaired and told, stored as neighbours."""

from __future__ import annotations

import pytest
import shapely
from shapely.geometry import Polygon

from sectors.changes.geometry import checked
from sectors.models import Sector, Territory
from tests.sectors import tiny

pytestmark = pytest.mark.django_db
BOW_TIE = [[[7.005, 47.605], [7.010, 47.610], [7.010, 47.605], [7.005, 47.610], [7.005, 47.605]]]


def test_defects_of_the_toml_and_of_the_sectors_file_come_together(tmp_path):
    features = [tiny.feature(tiny.square(7.005, 47.605, 7.01, 47.61), code="tiny-z", name="Z", kind="harbour")]
    tiny.write_features(tmp_path / "sectors.geojson", features)

    said = tiny.defects_of(tiny.write(tmp_path, ("lat = 47.61", "lat = 91")))

    assert said.startswith("3 defects, nothing is written:")
    assert "tiny.toml: places[1] (square), lat:" in said
    assert "sectors.geojson: feature 1 (tiny-z), post: no [[posts]]" in said
    assert "sectors.geojson: feature 1 (tiny-z), kind: 'harbour' has no priority" in said
    assert not Territory.objects.filter(code="tiny").exists()


def test_a_bow_tie_is_refused_with_its_place(tmp_path):
    tiny.write_sectors(tmp_path, tiny_a=BOW_TIE)

    said = tiny.defects_of(tiny.write(tmp_path))

    assert "sectors.geojson: feature 1 (tiny-a), geometry: Self-intersection" in said
    assert "[invalid_area]" in said
    assert not Territory.objects.filter(code="tiny").exists()


def test_a_flaw_without_an_area_is_repaired_and_told(tmp_path):
    spike = tiny.square(7.005, 47.605, 7.010, 47.610)
    spike[0].insert(1, [7.0049, 47.6049])
    spike[0].insert(2, [7.005, 47.605])
    tiny.write_sectors(tmp_path, tiny_a=spike)

    said = tiny.run("load_territory", tiny.write(tmp_path))

    assert "note: sectors.geojson: feature 1 (tiny-a): repaired (" in said
    assert Sector.objects.get(code="tiny-a").area.valid


@pytest.mark.parametrize(
    ("rings", "code"),
    [
        (tiny.square(160, 47, 161, 48), "out_of_bounds"),
        ([[[7.005, 47.605], [7.006, 47.605], [7.007, 47.605], [7.005, 47.605]]], "invalid_area"),
        ([], "no_geometry"),
    ],
)
def test_an_area_that_cannot_be_measured_is_refused(tmp_path, rings, code):
    tiny.write_sectors(tmp_path, tiny_a=rings)

    assert f"[{code}]" in tiny.defects_of(tiny.write(tmp_path))


def test_a_point_is_no_area(tmp_path):
    point = tiny.feature([], code="tiny-a", name="A", kind="city_centre")
    point["geometry"] = {"type": "Point", "coordinates": [7.01, 47.61]}
    tiny.write_features(tmp_path / "sectors.geojson", [point])

    assert "feature 1 (tiny-a), geometry: a polygon that is not empty is expected" in tiny.defects_of(
        tiny.write(tmp_path)
    )


def test_overlaps_and_parts_beyond_the_commune_are_told(tmp_path):
    tiny.write_sectors(tmp_path, tiny_a=tiny.square(6.999, 47.605, 7.011, 47.610))

    said = tiny.run("load_territory", tiny.write(tmp_path))

    assert "note: sectors tiny-a and tiny-b overlap on " in said
    assert "note: sector tiny-a leaves its commune by " in said


def test_areas_are_stored_counter_clockwise_and_neighbours_share_their_vertices(tmp_path):
    clockwise = [list(reversed(tiny.SECTORS["tiny-a"][1][0]))]
    tiny.write_sectors(tmp_path, tiny_a=clockwise)
    tiny.run("load_territory", tiny.write(tmp_path))

    a, b = (Sector.objects.get(code=code).area for code in ("tiny-a", "tiny-b"))

    assert a[0][0].is_counterclockwise
    assert set(a[0][0].coords) & set(b[0][0].coords) == {(7.010, 47.605), (7.010, 47.610)}


# Its tip stands a hundred-thousandth of a micrometre off the base: in degrees beside it, in metres across it.
NEARLY_TOUCHING = [
    [
        [7.0, 47.6], [7.001576228008246, 47.60000210605335], [7.001576228008246, 47.602002106053355],
        [7.000853681110387, 47.602002106053355], [7.000753681110387, 47.600001007019685],
        [7.000653681110387, 47.602002106053355], [7.0, 47.602002106053355], [7.0, 47.6],
    ]
]  # fmt: skip


def test_an_area_that_only_the_projection_breaks_is_rounded_to_a_centimetre():
    wkb = Polygon(NEARLY_TOUCHING[0]).wkb
    assert shapely.from_wkb(wkb).is_valid

    (verdict,) = checked([wkb])

    assert verdict.refusal is None
    assert verdict.repair == "rounded to 1e-7 degrees, to be valid in metres"
    assert verdict.area is not None
    assert verdict.area.valid
    assert verdict.area.transform(2154, clone=True).valid
    assert verdict.area.area == pytest.approx(shapely.from_wkb(wkb).area, rel=1e-4)


def test_such_an_area_is_loaded_and_told(tmp_path):
    tiny.write_sectors(tmp_path, tiny_a=NEARLY_TOUCHING)

    said = tiny.run("load_territory", tiny.write(tmp_path))

    assert "feature 1 (tiny-a): rounded to 1e-7 degrees" in said
    assert Sector.objects.get(code="tiny-a").area.valid
