from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError

from sectors.models import Competence, Post, Unit
from tests.conftest import TERRITORY
from tests.sectors import tiny
from tests.sectors.test_load_communes import shared

pytestmark = pytest.mark.django_db
HEADER = "code_commune,libelle_commune,institution,id_service,service,codes_postaux"
START = datetime(2025, 12, 31, 23, tzinfo=UTC)


@pytest.fixture
def territory(tmp_path):
    path = tiny.write(tmp_path)
    tiny.run("load_territory", path)
    return path


def official(folder, *lines: str, delimiter: str = ","):
    path = folder / "official.csv"
    path.write_text("\n".join([HEADER, *lines]).replace(",", delimiter) + "\n", encoding="utf-8")
    return path


def held(code: str) -> list[tuple[str, str, str]]:
    rows = Competence.objects.filter(commune__code=code).order_by("validity")
    return [(row.force, row.unit.code, row.post.code) for row in rows]


def test_the_official_file_gives_each_gendarmerie_commune_its_brigade():
    path = shared("zones-police-gendarmerie-05-90.csv")

    said = tiny.run("load_competence", path)

    assert "101 communes of the file lie in no territory" in said
    assert "20 added, 160 changed, 0 removed" in said
    assert held("05001") == [("GN", "gn-1010129", "gendarmerie-05")]
    assert Unit.objects.get(code="gn-1010129").name == "Gendarmerie - Brigade de Château-Ville-Vieille"
    assert held("05061") == [("PN", "csp-gap", "desk-gap")]
    assert "nothing to change" in tiny.run("load_competence", path)
    assert "nothing to change" in tiny.run("load_territory", TERRITORY, commit=True)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_brigade_is_corrected_in_place(tmp_path, territory, delimiter):
    said = tiny.run("load_competence", official(tmp_path, "90002,Est,GN,42,Brigade,90000", delimiter=delimiter))

    assert held("90002") == [("GN", "gn-42", "tiny-gn")]
    assert Competence.objects.get(commune__code="90002").validity.lower == START
    assert "90001 (Ouest) is in the database and not in the file" in said


def test_from_a_day_on_the_old_one_ends_and_the_new_one_begins(tmp_path, territory):
    path = official(tmp_path, "90002,Est,GN,42,Brigade,90000")

    tiny.run("load_competence", path, "--from", "2026-09-01")

    assert held("90002") == [("GN", "tiny-ggd", "tiny-gn"), ("GN", "gn-42", "tiny-gn")]
    first, second = Competence.objects.filter(commune__code="90002").order_by("validity")
    assert first.validity.upper == second.validity.lower == datetime(2026, 8, 31, 22, tzinfo=UTC)


def test_a_commune_that_went_to_the_gendarmerie_gets_the_gendarmeries_post(tmp_path, territory):
    tiny.run("load_competence", official(tmp_path, "90001,Ouest,GN,42,Brigade,90000"), "--from", "2026-09-01")

    assert held("90001") == [("PN", "tiny-csp", "tiny-desk"), ("GN", "gn-42", "tiny-gn")]


def test_a_commune_that_went_to_the_police_gets_the_desk_of_its_station(tmp_path, territory):
    path = official(tmp_path, "90002,Est,PN,,Commissariat de police de Belfort,90000")

    said = tiny.run("load_competence", path)

    unit = "pn-commissariat-de-police-de-belfort"
    assert held("90002") == [("PN", unit, f"desk-{unit}")]
    assert Post.objects.get(code=f"desk-{unit}").label_fr == "Accueil – Commissariat de police de Belfort"
    assert f"added: post desk-{unit}" in said
    assert "nothing to change" in tiny.run("load_competence", path)
    # The territory file knows neither the unit nor the post, and leaves both.
    assert "nothing to change" in tiny.run("load_territory", territory, commit=True)


def test_unknown_codes_are_told_and_harm_nothing(tmp_path, territory):
    said = tiny.run("load_competence", official(tmp_path, "90999,Nulle part,GN,42,Brigade,90000"))

    assert "line 2: 90999 (Nulle part) is in the file and not in the database" in said
    assert "nothing to change" in said


def test_a_day_before_what_holds_is_refused(tmp_path, territory):
    path = official(tmp_path, "90002,Est,GN,42,Brigade,90000")

    with pytest.raises(CommandError, match=r"another one holds from 2026-01-01 on, which is later \[too_early\]"):
        tiny.run("load_competence", path, "--from", "2025-01-01")

    assert held("90002") == [("GN", "tiny-ggd", "tiny-gn")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("9,Est,GN,42,Brigade,90000", None),  # 00009 is no département's code, and harmless
        ("90002,Est,XX,42,Brigade,90000", "line 2 (90002), institution: 'XX' [wrong_value]"),
        ("ABCDE,Est,GN,42,Brigade,90000", "line 2 (ABCDE), code_commune: 'ABCDE' [wrong_value]"),
        ("90002,Est,GN,42,,90000", "line 2 (90002), service: '' [wrong_value]"),
        ("90002,Est,GN,4;2,Brigade,90000", "line 2 (90002), id_service: '4;2' [wrong_value]"),
    ],
)
def test_a_bad_line_is_refused_with_its_place(tmp_path, territory, line, expected):
    path = official(tmp_path, line)
    if expected is None:
        assert "1 communes of the file lie in no territory" in tiny.run("load_competence", path)
        return

    with pytest.raises(CommandError) as caught:
        tiny.run("load_competence", path)

    assert f"official.csv: {expected}" in str(caught.value)


def test_a_file_with_other_columns_or_encodings_is_refused(tmp_path, territory):
    path = tmp_path / "official.csv"
    path.write_text("code;nom\n1;a\n")
    with pytest.raises(CommandError, match="these columns are missing"):
        tiny.run("load_competence", path)

    path.write_bytes(f"{HEADER}\n90002,\xe9,GN,4,B,9\n".encode("latin-1"))
    with pytest.raises(CommandError, match="not_utf8"):
        tiny.run("load_competence", path)

    with pytest.raises(CommandError, match="unreadable"):
        tiny.run("load_competence", tmp_path / "missing.csv")
