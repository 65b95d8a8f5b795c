"""Points under a draft: answered by the very rules of the map in force, and nothing stays of the question."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sectors import atlas
from sectors.changes import drafts, drawing
from sectors.changes.what_if import what_if
from sectors.models import Edition, MapVersion

pytestmark = pytest.mark.django_db
# The middle of each of two neighbours in Gap, the commune without a sector, the gendarmerie's valley, and Paris.
POINTS = {"centre": (6.0786, 44.5594), "housing": (6.0631, 44.547), "desk": (6.11, 44.57), "valley": (6.2, 44.7)}


@pytest.fixture
def draft(person: Any) -> Edition:
    """A draft in which the housing sector of Gap is the business sector's, and the centre is as it was."""
    at, director = timezone.now(), person("director")
    model = Edition.objects.get(territory__code="05", validity__isnull=False)
    made = drafts.begin(by=director, territory=model.territory_id, at=at, code="05-essai", model=model.pk)
    row = made.sectors.get(code="gap-habitat-dense")
    given = drawing.Drawn(
        code=row.code, name=row.name, kind=row.kind, post="gap-economique", area=bytes(row.area.wkb), commune="05061"
    )
    return drawing.redraw(by=director, edition=made.pk, drawn=[given], seen=made.number, at=at)


def asked(draft: Edition) -> tuple[list[str], list[str]]:
    places = np.array(list(POINTS.values()))
    today, under = what_if(draft, places[:, 0], places[:, 1], at=timezone.now())
    return [answer.post for answer in today], [answer.post for answer in under]


def test_the_answers_of_today_and_under_the_draft(draft: Edition) -> None:
    today, under = asked(draft)
    assert today == ["gap-hyper-centre", "gap-habitat-dense", "desk-gap", "gendarmerie-05"]
    assert under == ["gap-hyper-centre", "gap-economique", "desk-gap", "gendarmerie-05"]


def test_nothing_stays_of_the_question(draft: Edition) -> None:
    before = list(Edition.objects.order_by("pk").values_list("pk", "validity", "number"))
    version = MapVersion.objects.get().number
    first = asked(draft)
    assert list(Edition.objects.order_by("pk").values_list("pk", "validity", "number")) == before
    assert MapVersion.objects.get().number == version
    assert asked(draft) == first
    assert atlas.current().facts(*POINTS["housing"]).candidates[0].code == "gap-habitat-dense"


def test_an_edition_with_dates_is_asked_about_by_its_own_moment(draft: Edition) -> None:
    with pytest.raises(ValueError, match="has dates"):
        asked(Edition.objects.get(code="05-2026-01"))


def test_by_command(draft: Edition, tmp_path: Path) -> None:
    file, output = tmp_path / "points.csv", tmp_path / "answers.csv"
    file.write_text("name,lon,lat\n" + "".join(f"{name},{lon},{lat}\n" for name, (lon, lat) in POINTS.items()))
    call_command("what_if", str(file), edition="05-essai", output=output, verbosity=0)
    with output.open(encoding="utf-8", newline="") as text:
        rows = {row["name"]: row for row in csv.DictReader(text)}
    assert {name: row["moves"] for name, row in rows.items()} == {
        "centre": "0",
        "housing": "1",
        "desk": "0",
        "valley": "0",
    }
    assert (rows["housing"]["post_today"], rows["housing"]["post_then"]) == ("gap-habitat-dense", "gap-economique")


@pytest.mark.parametrize(
    "text", ["", "lon,lat\n", "a,b\n1,2\n", "lon,lat\nx,44\n", "lon,lat\n6,nan\n", "lon,lat\n6,44,1\n"]
)
def test_the_command_says_what_is_wrong(draft: Edition, tmp_path: Path, text: str) -> None:
    file = tmp_path / "points.csv"
    file.write_text(text)
    with pytest.raises(CommandError):
        call_command("what_if", str(file), edition="05-essai", output=tmp_path / "out.csv", verbosity=0)
    with pytest.raises(CommandError, match="No draft"):
        call_command("what_if", str(file), edition="05-2026-01", output=tmp_path / "out.csv", verbosity=0)
