"""Lists of places: read strictly, told by line, loaded whole, and each left alone by the others."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError

from frontend import places
from sectors import atlas
from sectors.changes.places import MOST_OWN, load_own_places, load_places
from sectors.models import OwnPlace, Partner, PublicPlace, Territory
from sectors.place_lists import PlaceRow, WrongList, read_places
from tests.conftest import TERRITORY
from tests.sectors import tiny

pytestmark = pytest.mark.django_db
HEAD = "name,lon,lat,commune\n"
STOPS = HEAD + "Arrêt Desmichels,6.0790,44.5590,Gap\nArrêt Carnot,6.0800,44.5600,05061\n"


def listed(folder, text, name="arrets.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def codes(source):
    return set(PublicPlace.objects.filter(source=source).values_list("code", flat=True))


def wrong(text, most=100):
    with pytest.raises(WrongList) as refused:
        read_places(text if isinstance(text, bytes) else text.encode(), most=most)
    return refused.value.lines()


def test_a_list_is_loaded_found_by_name_and_not_loaded_twice(tmp_path):
    path = listed(tmp_path, STOPS)

    assert "2 added, 0 changed, 0 removed" in tiny.run("load_places", path)

    assert codes("arrets") == {"arret-desmichels-gap", "arret-carnot-05061"}
    atlas.forget()
    assert [place.name for place in places.search("desmichels")] == ["Arrêt Desmichels"]
    assert "nothing to change" in tiny.run("load_places", path)


def test_what_changes_is_told_and_what_goes_needs_the_word(tmp_path):
    tiny.run("load_places", listed(tmp_path, STOPS))
    path = listed(tmp_path, HEAD + "Arrêt Desmichels,6.0791,44.5590,Gap\nArrêt Neuf,6.0810,44.5610,Gap\n")

    with pytest.raises(CommandError, match="nothing was written") as refused:
        tiny.run("load_places", path)

    assert refused.value.returncode == 3
    assert codes("arrets") == {"arret-desmichels-gap", "arret-carnot-05061"}
    assert "1 added, 1 changed, 1 removed" in tiny.run("load_places", path, commit=True)
    assert codes("arrets") == {"arret-desmichels-gap", "arret-neuf-gap"}
    assert PublicPlace.objects.get(code="arret-desmichels-gap").location.x == 6.0791


def test_the_territorys_own_places_and_other_lists_stay(tmp_path):
    own = codes("")
    tiny.run("load_places", listed(tmp_path, STOPS))
    tiny.run("load_places", listed(tmp_path, HEAD + "École Pasteur,6.0795,44.5595,\n", "ecoles.csv"))
    tiny.run("load_places", listed(tmp_path, HEAD, "ecoles.csv"), commit=True)

    assert "nothing to change" in tiny.run("load_territory", TERRITORY, commit=True)
    assert (codes("") == own, len(codes("arrets")), codes("ecoles")) == (True, 2, set())


def test_two_lists_may_use_one_code(tmp_path):
    text = "code,name,lon,lat\ngap-mairie,Mairie,6.0786,44.5594\n"
    tiny.run("load_places", listed(tmp_path, text), source="Mairies 2026")
    assert codes("Mairies 2026") == {"gap-mairie"}
    assert "gap-mairie" in codes("")


def test_a_place_outside_the_territory_is_left_out_and_told(tmp_path):
    said = tiny.run("load_places", listed(tmp_path, STOPS + "Paris,2.3522,48.8566,\nLoin,6.1,44.57,Briançon\n"))
    assert "line 4: Paris lies outside the territory and is left out" in said
    assert "line 5: Loin is said to be in Briançon and lies in" in said
    assert "3 added" in said
    assert not PublicPlace.objects.filter(name="Paris").exists()


def test_exchanged_coordinates_are_no_list(tmp_path):
    with pytest.raises(CommandError, match="are longitude and latitude exchanged"):
        tiny.run("load_places", listed(tmp_path, HEAD + "Gap,44.5594,6.0786,\n"))


def test_every_line_that_is_wrong_is_told_and_nothing_is_written(tmp_path):
    text = HEAD + "A,six,44.55,\n,6.07,44.55,\nB,940000,6380000,\nC,6.07\nD,6.07,44.55,x,y\nE,6.1,44.5,\nE,6.2,44.6,\n"

    with pytest.raises(CommandError) as refused:
        tiny.run("load_places", listed(tmp_path, text))

    told = str(refused.value)
    for line, words in {2: "lon is not a number", 3: "the name is empty", 4: "Lambert-93", 5: "cells are missing",
                        6: "more cells than columns", 8: "“E” is on line 7 already"}.items():  # fmt: skip
        assert any(f"line {line}: " in each and words in each for each in told.splitlines()), (line, told)
    assert codes("arrets") == set()


def test_the_names_of_gtfs_semicolons_and_decimal_commas_are_read():
    gtfs = "stop_id,stop_code,stop_name,stop_lat,stop_lon\nS:1,1,Gare,44.5,6.1\nS:2,2,Gare,44.5,6.1001\n"
    assert [(row.code, row.name, row.lon) for row in read_places(gtfs.encode(), most=9)] == [
        ("S:1", "Gare", 6.1),
        ("S:2", "Gare", 6.1001),
    ]
    french = "\ufeffNom;Longitude;Latitude;Type\nÉcole;6,1;44,5;école\n"
    assert read_places(french.encode(), most=9) == [PlaceRow(2, "ecole", "École", "école", "", 6.1, 44.5)]


def test_a_feature_collection_of_points_is_read():
    def feature(kind, coordinates, **properties):
        return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}

    sound = [feature("Point", [6.1, 44.5], nom="Hall A", id=7), feature("Point", [6.1, 44.6, 700], name="Hall B")]
    text = json.dumps({"type": "FeatureCollection", "features": sound}).encode()
    assert [(row.code, row.name, row.lat) for row in read_places(text, most=9)] == [
        ("7", "Hall A", 44.5),
        ("hall-b", "Hall B", 44.6),
    ]
    broken = [*sound, feature("LineString", [[6, 44], [7, 45]], name="Rue"), 4, feature("Point", ["a", 4], name="x")]
    told = wrong(json.dumps({"type": "FeatureCollection", "features": broken}))
    assert [each.split(":")[0].split()[-1] for each in told] == ["3", "4", "5"]


@pytest.mark.parametrize(
    "text",
    [b"", b"  \n", b"{}", b'{"type": "FeatureCollection"}', b"{", b"a,b\n1,2\n", b"lon,lat\n1,2\n", b"\xff\xfe\0",
     b'name,lon,lat\n"A,1,2\nB,1,2\n', b"name,lon,lat\n\0,1,2\n", b"[" * 5000, b'{"a":' * 5000],
)  # fmt: skip
def test_what_is_no_list_is_told_and_never_a_crash(text):
    assert wrong(text)


def test_too_many_are_refused_before_they_are_looked_at():
    assert len(wrong("name,lon,lat\n" + "A,1,2\n" * 4, most=3)) == 1


def test_a_long_list_of_faults_is_cut():
    assert len(wrong("name,lon,lat\n" + "A,x,2\n" * 80, most=100)) == 51


def test_many_places_take_few_statements(django_assert_max_num_queries):
    territory = Territory.objects.get(code="05")
    rows = [PlaceRow(i, f"s{i}", f"Arrêt {i}", "", "", 6.0 + i / 1e5, 44.55) for i in range(3_000)]
    atlas.current()
    # Five hundred a statement, the lock, the comparison and the savepoints.
    with django_assert_max_num_queries(20):
        assert len(load_places(territory=territory, source="arrets", rows=rows, commit=False).added) == 3_000
    with django_assert_max_num_queries(8):
        assert len(load_places(territory=territory, source="arrets", rows=rows[:1], commit=True).removed) == 2_999


def test_an_organisations_places_are_its_own(tmp_path):
    landlord, bus = Partner.objects.get(code="bailleur"), Partner.objects.exclude(code="bailleur").first()
    tiny.run("load_places", listed(tmp_path, STOPS), partner="bailleur")
    assert OwnPlace.objects.filter(partner=landlord).count() == 2
    assert not OwnPlace.objects.filter(partner=bus).exists()
    assert not PublicPlace.objects.filter(name="Arrêt Carnot").exists()
    with pytest.raises(CommandError, match="No organisation has the code"):
        tiny.run("load_places", listed(tmp_path, STOPS), partner="nobody")
    with pytest.raises(CommandError, match="without --territory"):
        tiny.run("load_places", listed(tmp_path, STOPS), partner="bailleur", territory="05")


def test_an_organisation_has_only_so_many():
    landlord = Partner.objects.get(code="bailleur")
    rows = [PlaceRow(i, f"s{i}", f"Hall {i}", "", "", 6.0786, 44.5594) for i in range(MOST_OWN + 1)]
    load_own_places(partner=landlord, rows=rows[:-1], commit=False)
    with pytest.raises(WrongList, match="2000"):
        load_own_places(partner=landlord, rows=rows[-1:], commit=False, keep=True)
    assert OwnPlace.objects.filter(partner=landlord).count() == MOST_OWN


@pytest.mark.parametrize(
    ("given", "told"),
    [({"territory": "99"}, "No territory has the code"), ({"source": "a/b"}, "The source is named")],
)
def test_what_is_asked_wrongly_is_told(tmp_path, given, told):
    with pytest.raises(CommandError, match=told):
        tiny.run("load_places", listed(tmp_path, STOPS), **given)


def test_no_such_file_is_told(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        tiny.run("load_places", tmp_path / "none.csv")
