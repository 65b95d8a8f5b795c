from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sectors.models import (
    Category,
    Commune,
    Competence,
    Edition,
    Membership,
    Post,
    PublicPlace,
    Sector,
    Territory,
    Unit,
)
from tests.conftest import TERRITORY
from tests.sectors import tiny

pytestmark = pytest.mark.django_db


def written(captured: CaptureQueriesContext) -> list[str]:
    """The statements that write something."""
    verbs = ("INSERT", "UPDATE", "DELETE")
    return [query["sql"][:80] for query in captured.captured_queries if query["sql"].lstrip().startswith(verbs)]


def test_the_embedded_territory_is_loaded():
    territory = Territory.objects.get(code="05")
    sectors = Sector.objects.in_force(datetime(2026, 11, 23, tzinfo=UTC)).filter(edition__territory=territory)
    held = Competence.objects.filter(commune__territory=territory)

    assert territory.triage_post == Post.objects.get(code="triage-05")
    columns = ("kind", "commune__code", "post__code", "priority")
    assert {code: tuple(values) for code, *values in sectors.values_list("code", *columns)} == {
        "gap-hyper-centre": ("city_centre", "05061", "gap-hyper-centre", 10),
        "gap-habitat-dense": ("dense_housing", "05061", "gap-habitat-dense", 20),
        "gap-economique": ("economic", "05061", "gap-economique", 30),
        "briancon-hyper-centre": ("city_centre", "05023", "briancon-hyper-centre", 10),
        "briancon-habitat-dense": ("dense_housing", "05023", "briancon-habitat-dense", 20),
        "briancon-economique": ("economic", "05023", "briancon-economique", 30),
    }
    assert territory.communes.count() == held.count() == 162
    assert {(c.commune.code, c.unit.code, c.post.code) for c in held.filter(force="PN")} == {
        ("05061", "csp-gap", "desk-gap"),
        ("05023", "csp-briancon", "desk-briancon"),
    }
    assert set(held.filter(force="GN").values_list("unit__code", "post__code")) == {("ggd-05", "gendarmerie-05")}
    assert set(territory.categories.filter(is_frequent=True).values_list("is_active", flat=True)) == {True}
    assert territory.categories.count() == 34
    assert {(m.group.post.code, m.partner.code) for m in Membership.objects.filter(group__territory=territory)} == {
        ("gap-hyper-centre", "bailleur"),
        ("gap-habitat-dense", "bailleur"),
        ("briancon-hyper-centre", "bus"),
    }


def test_every_commune_of_the_embedded_territory_has_its_town_halls_contact():
    gap = Commune.objects.get(code="05061")

    assert (gap.name, gap.town_hall_phone, gap.town_hall_email) == ("Gap", "04 92 53 24 24", "mairie@ville-gap.fr")
    assert (gap.population or 0) > 40_000
    assert not Commune.objects.filter(territory__code="05", town_hall_phone="").exists()


def test_each_public_place_of_the_embedded_territory_lies_in_its_commune():
    for place in PublicPlace.objects.filter(territory__code="05"):
        code = {"gap": "05061", "briancon": "05023"}[place.code.split("-", maxsplit=1)[0]]
        assert Commune.objects.get(area__covers=place.location).code == code, place.code


def test_a_second_run_writes_no_row():
    with CaptureQueriesContext(connection) as captured:
        said = tiny.run("load_territory", TERRITORY, commit=True)

    assert said.splitlines()[-1] == "nothing to change"
    assert written(captured) == []


def test_a_small_territory_is_loaded_with_what_it_names(tmp_path):
    said = tiny.run("load_territory", tiny.write(tmp_path))

    assert "2 sectors" in said
    assert Competence.objects.get(commune__code="90001").post.code == "tiny-desk"
    assert Competence.objects.get(commune__code="90002").post.code == "tiny-gn"
    assert Sector.objects.get(code="tiny-a").area.geom_type == "MultiPolygon"
    assert Edition.objects.get(code="tiny-1").validity.lower == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert "nothing to change" in tiny.run("load_territory", tmp_path / "tiny.toml")


def test_what_differs_is_changed_and_named(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))

    said = tiny.run("load_territory", tiny.write(tmp_path, ('label_fr = "Triage"', 'label_fr = "Tri"')))

    assert "changed: post tiny-triage (label_fr)" in said
    assert "0 added, 1 changed, 0 removed" in said
    assert Post.objects.get(code="tiny-triage").label_fr == "Tri"


def test_a_removal_is_dry_until_committed(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))
    place = tiny.TOML[tiny.TOML.index("[[places]]") :]
    less = tiny.write(tmp_path, (place, ""), ('label_fr = "Triage"', 'label_fr = "Tri"'))

    with pytest.raises(CommandError) as caught:
        tiny.run("load_territory", less)

    assert caught.value.returncode == 3
    assert PublicPlace.objects.filter(code="square").exists()
    assert Post.objects.get(code="tiny-triage").label_fr == "Triage"
    assert "removed: place square" in tiny.run("load_territory", less, commit=True)
    assert not PublicPlace.objects.filter(code="square").exists()


def test_posts_units_partners_and_groups_that_nothing_names_go(tmp_path):
    extra = """
[[units]]
code = "tiny-bac"
name = "Une unité"
force = "PN"

[[posts]]
code = "tiny-c"
kind = "sector"
unit = "tiny-bac"
label_fr = "Référent C"
label_en = "Référent C"

[[groups]]
code = "tiny-gpo-c"
name = "GPO C"
post = "tiny-c"
members = ["tiny-landlord"]
"""
    tiny.run("load_territory", tiny.write(tmp_path, ("[[places]]", f"{extra}\n[[places]]")))

    said = tiny.run("load_territory", tiny.write(tmp_path), commit=True)

    assert {line for line in said.splitlines() if "removed:" in line} == {
        "  removed: group of tiny-c",
        "  removed: member tiny-c / tiny-landlord",
        "  removed: post tiny-c",
        "  removed: unit tiny-bac",
    }
    assert not Post.objects.filter(code="tiny-c").exists()
    assert not Unit.objects.filter(code="tiny-bac").exists()


def test_a_category_taken_out_is_kept_and_no_longer_offered(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))
    rule = tiny.TOML[tiny.TOML.index("[[category_rules]]") : tiny.TOML.index("[[partners]]")]
    category = '[[families.categories]]\ncode = "moteurs"\nfr = "Moteurs"\nen = "Engines"\n'

    tiny.run("load_territory", tiny.write(tmp_path, (rule, ""), (category, "")), commit=True)

    assert not Category.objects.get(territory__code="tiny", code="moteurs").is_active
    tiny.run("load_territory", tiny.write(tmp_path), commit=True)
    assert Category.objects.get(territory__code="tiny", code="moteurs").is_active


def test_an_edition_in_force_is_not_rewritten(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))
    before = bytes(Sector.objects.get(code="tiny-a").area.wkb)
    tiny.write_sectors(tmp_path, tiny_a=tiny.square(7.004, 47.605, 7.010, 47.610))

    said = tiny.defects_of(tiny.write(tmp_path))

    assert "sectors.geojson: sector tiny-a: area differ from the database; an edition in force is not rewritten" in said
    assert bytes(Sector.objects.get(code="tiny-a").area.wkb) == before


def test_a_sectors_name_is_put_right_in_place(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))
    path = tmp_path / "sectors.geojson"
    path.write_text(path.read_text().replace("Secteur A", "Secteur Alpha"))

    assert "changed: sector tiny-a (name)" in tiny.run("load_territory", tiny.write(tmp_path))


def test_a_new_edition_ends_the_old_one_on_a_day_to_come(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))
    tiny.write_sectors(tmp_path, tiny_a=tiny.square(7.004, 47.605, 7.010, 47.610))
    newer = [('code = "tiny-1"\nfrom_on = 2026-01-01', 'code = "tiny-2"\nfrom_on = 2099-07-01')]

    tiny.run("load_territory", tiny.write(tmp_path, *newer))

    change = datetime(2099, 6, 30, 22, tzinfo=UTC)  # 00:00 in Paris, summer time
    assert Edition.objects.get(code="tiny-1").validity.upper == change
    assert Edition.objects.get(code="tiny-2").validity.lower == change
    at = {moment: Sector.objects.in_force(moment).get(code="tiny-a").area.extent[0] for moment in (
        datetime(2099, 6, 30, 21, 59, 59, tzinfo=UTC), change)}  # fmt: skip
    assert list(at.values()) == [7.005, 7.004]
    assert "nothing to change" in tiny.run("load_territory", tmp_path / "tiny.toml")

    # As long as it is not in force it may still be drawn again.
    tiny.write_sectors(tmp_path, tiny_a=tiny.square(7.003, 47.605, 7.010, 47.610))
    assert "changed: sector tiny-a (area)" in tiny.run("load_territory", tmp_path / "tiny.toml")


@pytest.mark.parametrize(
    ("day", "code"), [("2025-06-01", "too_early"), ("2026-01-01", "too_early"), ("2026-03-01", "in_the_past")]
)
def test_a_new_edition_cannot_begin_on_a_day_gone_by(tmp_path, day, code):
    tiny.run("load_territory", tiny.write(tmp_path))
    newer = ('code = "tiny-1"\nfrom_on = 2026-01-01', f'code = "tiny-2"\nfrom_on = {day}')

    assert f"[{code}]" in tiny.defects_of(tiny.write(tmp_path, newer))


def test_a_competence_changes_on_its_day_and_the_past_stays(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))
    later = [("[competence]\nfrom_on = 2026-01-01", "[competence]\nfrom_on = 2026-06-01"), ('["90001"]', '["90002"]')]

    tiny.run("load_territory", tiny.write(tmp_path, *later))

    rows = Competence.objects.filter(commune__code="90002").order_by("validity")
    assert [row.force for row in rows] == ["GN", "PN"]
    assert rows[0].validity.upper == rows[1].validity.lower == datetime(2026, 5, 31, 22, tzinfo=UTC)
    assert "nothing to change" in tiny.run("load_territory", tmp_path / "tiny.toml")


def test_competence_may_be_stated_for_earlier_days_where_nothing_was_known(tmp_path):
    tiny.run("load_territory", tiny.write(tmp_path))
    earlier = ("[competence]\nfrom_on = 2026-01-01", "[competence]\nfrom_on = 2020-01-01")

    tiny.run("load_territory", tiny.write(tmp_path, earlier))

    begun = set(
        Competence.objects.filter(commune__territory__code="tiny").values_list("validity__startswith", flat=True)
    )
    assert begun == {datetime(2019, 12, 31, 23, tzinfo=UTC)}


def test_a_code_of_another_territory_is_refused(tmp_path):
    said = tiny.defects_of(tiny.write(tmp_path, ("tiny-gpo-a", "gpo-gap-economique"), ("tiny-landlord", "bailleur")))

    assert said.count("[taken]") == 2
    assert "(bailleur), code: another territory has this code" in said


def test_a_commune_of_another_territory_is_refused(tmp_path):
    path = tiny.write(tmp_path)
    Commune.objects.create(
        code="90001",
        name="Ouest",
        department="90",
        territory=Territory.objects.get(code="05"),
        area=MultiPolygon(Polygon.from_bbox((7, 47.6, 7.02, 47.62)), srid=4326),
    )

    assert "commune 90001: it belongs to another territory [taken]" in tiny.defects_of(path)


def test_communes_that_rules_name_must_exist(tmp_path):
    said = tiny.defects_of(tiny.write(tmp_path, ('communes = ["90001"]', 'communes = ["90001", "90009"]')))

    assert "competence.rules, commune: no commune of the territory has the code '90009'" in said


def test_the_competence_file_of_a_territory_refines_it(tmp_path):
    lines = "code_commune;libelle_commune;institution;id_service;service;codes_postaux\n90002;Est;GN;7;Brigade;90000\n"
    (tmp_path / "official.csv").write_text(lines)
    path = tiny.write(tmp_path, ("[competence]", '[competence]\nfile = "official.csv"'))

    tiny.run("load_territory", path)

    assert Competence.objects.get(commune__code="90002").unit.code == "gn-7"
    assert "changed" not in tiny.run("load_territory", path)


def test_verbosity_zero_says_nothing(tmp_path):
    assert tiny.run("load_territory", tiny.write(tmp_path), verbosity=0) == ""
