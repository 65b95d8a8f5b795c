from __future__ import annotations

from pathlib import Path

import pytest

from sectors.models import PartnerKind
from sectors.territory_file import read
from sectors.territory_tables import TerritoryFile
from tests.sectors import tiny


def look(path: Path):
    return read(path, partner_kinds=PartnerKind.values)


def test_a_sound_file_is_read_into_its_dataclasses(tmp_path):
    file, defects = look(tiny.write(tmp_path))

    assert defects == []
    assert isinstance(file, TerritoryFile)
    assert (file.territory.code, file.territory.tolerance_m, file.territory.reminders) == ("tiny", 25.0, (10, 5, 1))
    assert [(family.code, category.code, category.frequent) for family, category in file.categories] == [
        ("noise", "tapage", True),
        ("noise", "moteurs", False),
    ]
    assert [rule.communes for rule in file.competences] == [("90001",), ()]
    assert file.groups[0].members == ("tiny-landlord",)


CRITERION = """
[[criteria]]
code = "fewer"
indicator = "wishes"
target = 0.7
fr = "Moins"
en = "Fewer"

"""
# What is written in the file, what instead, and where the defect is said to be: table, key, code.
DEFECTS = [
    ('policy_version = "1"', "", "territory", "policy_version", "missing"),
    ('policy_version = "1"', "policy_version = 1", "territory", "policy_version", "wrong_type"),
    ('policy_version = "1"', 'policy_version = " "', "territory", "policy_version", "empty"),
    ('policy_version = "1"', 'policy_version = "1"\ndayz = 3', "territory", "dayz", "unknown_key"),
    ('policy_version = "1"', 'policy_version = "1"\ndays = true', "territory", "days", "wrong_type"),
    ('policy_version = "1"', 'policy_version = "1"\ntolerance_m = nan', "territory", "tolerance_m", "not_finite"),
    ('policy_version = "1"', 'policy_version = "1"\ntolerance_m = 501', "territory", "tolerance_m", "too_large"),
    ('policy_version = "1"', 'policy_version = "1"\ndays = 0', "territory", "days", "too_small"),
    ('policy_version = "1"', 'policy_version = "1"\nreminders = [1, 5]', "territory", "reminders", "wrong_order"),
    ('policy_version = "1"', 'policy_version = "1"\nreminders = [5, 5]', "territory", "reminders", "repeated"),
    ('departments = ["90"]', "departments = []", "territory", "departments", "empty"),
    ('departments = ["90"]', 'departments = ["9"]', "territory", "departments[0]", "wrong_form"),
    ('triage_post = "tiny-triage"', 'triage_post = "tiny-a"', "territory", "triage_post", "unknown_code"),
    ("from_on = 2026-01-01\nfile", "from_on = 2026-01-01T00:00:00Z\nfile", "edition", "from_on", "wrong_type"),
    ("city_centre = 10", 'city_centre = "10"', "priorities", "city_centre", "wrong_type"),
    ('name = "GGD"\nforce = "GN"', 'name = "GGD"\nforce = "XX"', "units[2] (tiny-ggd)", "force", "unknown_choice"),
    ('label_fr = "Triage"', f'label_fr = "{"x" * 161}"', "posts[5] (tiny-triage)", "label_fr", "too_long"),
    ('label_fr = "Triage"', 'label_fr = "a\\u0000b"', "posts[5] (tiny-triage)", "label_fr", "null_byte"),
    ('code = "tiny-b"\nkind', 'code = "tiny-a"\nkind', "posts", "code", "repeated"),
    ('kind = "triage"\nunit = "tiny-csp"', 'kind = "triage"\nunit = "?"',
     "posts[5] (tiny-triage)", "unit", "wrong_form"),
    ('kind = "triage"\nunit = "tiny-csp"', 'kind = "triage"\nunit = "no"',
     "posts[5] (tiny-triage)", "unit", "unknown_code"),
    ('code = "moteurs"\n', 'code = "tapage"\n', "categories", "code", "repeated"),
    ('category = "moteurs"', 'category = "none"', "category_rules[1]", "category", "unknown_code"),
    ('force = "PN"\nunit = "tiny-csp"\npost = "tiny-desk"', 'force = "GN"\nunit = "tiny-csp"\npost = "tiny-desk"',
     "competence.rules[1]", "unit", "wrong_force"),
    ('post = "tiny-desk"', 'post = "tiny-triage"', "competence.rules[1]", "post", "wrong_kind"),
    ('[[competence.rules]]\nforce', '[[competence.rules]]\ncommunes = ["90001"]\nforce',
     "competence.rules[2]", "communes", "repeated"),
    ('kind = "bailleur_social"', 'kind = "landlord"', "partners[1] (tiny-landlord)", "kind", "unknown_choice"),
    ('members = ["tiny-landlord"]', 'members = ["nobody"]', "groups[1] (tiny-gpo-a)", "members", "unknown_code"),
    ("lat = 47.61", "lat = 470.61", "places[1] (square)", "lat", "too_large"),
    ("[[places]]", "[[playces]]", "playces", "", "unknown_table"),
    ("[[places]]", "[places]", "places", "", "not_an_array"),
    ("[[places]]", CRITERION + "[[places]]", "criteria[1] (fewer)", "indicator", "unknown_choice"),
    ("[[places]]", CRITERION.replace("wishes", "concerns").replace("0.7", "-1") + "[[places]]",
     "criteria[1] (fewer)", "target", "too_small"),
    ("[[places]]", 2 * CRITERION + "[[places]]", "criteria", "code", "repeated"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "table", "key", "code"), DEFECTS)
def test_each_defect_says_its_place(tmp_path, old, new, table, key, code):
    _, defects = look(tiny.write(tmp_path, (old, new)))

    assert ("tiny.toml", table, key, code) in {(d.file, d.table, d.key, d.code) for d in defects}


def test_a_criterion_is_read_with_its_target(tmp_path):
    file, defects = look(tiny.write(tmp_path, ("[[places]]", CRITERION.replace("wishes", "concerns") + "[[places]]")))

    assert defects == []
    assert [(each.code, each.indicator, each.target) for each in file.criteria] == [("fewer", "concerns", 0.7)]


def test_one_wrong_entry_does_not_make_its_code_unknown_to_others(tmp_path):
    _, defects = look(tiny.write(tmp_path, ('name = "CSP"\n', "")))

    assert [(d.table, d.key, d.code) for d in defects] == [("units[1] (tiny-csp)", "name", "missing")]


def test_all_defects_come_at_once(tmp_path):
    _, defects = look(
        tiny.write(tmp_path, ('name_en = "Tiny"', ""), ("lat = 47.61", 'lat = "north"'), ('name = "GPO A"', "name = 1"))
    )

    assert {(d.table, d.key) for d in defects} == {
        ("territory", "name_en"),
        ("places[1] (square)", "lat"),
        ("groups[1] (tiny-gpo-a)", "name"),
    }


@pytest.mark.parametrize(
    ("content", "code"), [(b"[territory", "not_toml"), (b"\xff\xfe", "not_utf8"), (None, "unreadable")]
)
def test_a_file_that_cannot_be_read_is_one_defect(tmp_path, content, code):
    path = tmp_path / "tiny.toml"
    if content is not None:
        path.write_bytes(content)

    file, defects = look(path)

    assert file is None
    assert [d.code for d in defects] == [code]


def test_a_defect_reads_as_one_line():
    _, defects = look(Path("/nowhere/x.toml"))

    assert str(defects[0]) == "x.toml: No such file or directory [unreadable]"
