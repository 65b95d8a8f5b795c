"""Points under a draft: typed or uploaded, answered beside the map of today, as a table and as a file."""

from __future__ import annotations

import csv
import io
import json
from random import Random
from typing import Any

import numpy as np
import pytest
import shapely
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from frontend import trying
from sectors import atlas
from sectors.changes import drafts, drawing, what_if
from sectors.changes.what_if import Fate, TrialError
from sectors.models import Edition, MapVersion

CENTRE, HOUSING, DESK = (6.0786, 44.5594), (6.0631, 44.547), (6.11, 44.57)


def sent(text: str, name: str = "points.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "lon,lat\n6.0786,44.5594\n6.11,44.57\n",
        "nom;lat;lon\nMairie;44,5594;6,0786\n;44,57;6,11\n",
        json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": at}}
            for at in ([6.0786, 44.5594], [6.11, 44.57, 700])
        ]}),
    ],
)  # fmt: skip
def test_tables_and_geojson_are_read(text: str) -> None:
    assert trying.read(sent(text)) == [CENTRE, DESK]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nhere\n", "columns lon and lat"),
        ("lon,lat\n6.0,44\nhere,44\n", "Row 3: lon is not a number"),
        ("lon,lat\n944000,6400000\n", "Row 2: these are metres"),
        ('lon,lat\n"6.0,44\n', "quotation marks"),
        ('{"type": "FeatureCollection", "features": [{}]}', "Feature 1 is no point"),
        ('{"type": "FeatureCollection", "features": 7}', "points is expected"),
        ('{"type": "Feature", "geometry": {"type": "Point", "coordinates": [44.5, 606]}}', "out of range"),
        ('{"type": "Feature", "geometry": {"type": "Point", "coordinates": [true, 6]}}', "Feature 1 is no point"),
        ("{", "JSON"),
        ("lon,lat\n" + "6,44\n" * 600_000, "larger than 2 MB"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, said: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        trying.read(sent(text))
    with translation.override("en"):
        assert said in " ".join(caught.value.messages)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"points": ""}, "points"),
        ({"points": "here"}, "points"),
        ({"points": "6 44\n" * 10_001}, "points"),
    ],
)
def test_the_form_says_what_is_wrong_at_its_field(given: dict[str, str], field: str) -> None:
    assert list(trying.TrialForm(given).errors) == [field]


def test_a_cell_of_the_file_is_no_formula() -> None:
    text = trying.table([(6.0, 44.0)], [Fate("=1+1", "a", "b", "c")])
    assert "=1+1" not in text.replace("'=1+1", "")


def refused(draft: Edition, *points: tuple[float, float]) -> str:
    with pytest.raises(TrialError) as caught:
        what_if.tried(draft, *np.array(points).T, at=timezone.now())
    return caught.value.code


@pytest.fixture
def director(person: Any, settings: Any) -> Any:
    settings.THROTTLES = False
    return person("director")


@pytest.fixture
def draft(director: Any) -> Edition:
    """A draft in which the housing sector of Gap is the business sector's, and the centre is as it was."""
    model = Edition.objects.get(territory__code="05")
    made = drafts.begin(by=director, territory=model.territory_id, at=timezone.now(), code="05-essai", model=model.pk)
    row = made.sectors.get(code="gap-habitat-dense")
    wanted = drawing.Drawn(row.code, row.name, row.kind, "gap-economique", bytes(row.area.wkb))
    drawing.redraw(by=director, edition=made.pk, drawn=[wanted], seen=0, at=timezone.now())
    return Edition.objects.get(pk=made.pk)


@pytest.mark.django_db
def test_one_trial_at_a_time_and_none_for_long(draft: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    assert what_if._ONE.acquire(blocking=False)
    try:
        assert refused(draft, CENTRE) == "busy"
    finally:
        what_if._ONE.release()
    monkeypatch.setattr(what_if, "MOST_SECONDS", -1.0)
    border = shapely.from_wkb(bytes(draft.sectors.get(code="gap-habitat-dense").area.wkb)).boundary
    assert (
        refused(draft, border.coords[0] if border.geom_type == "LineString" else border.geoms[0].coords[0])
        == "too_slow"
    )
    assert what_if._ONE.acquire(blocking=False)
    what_if._ONE.release()


@pytest.mark.django_db
def test_points_are_answered_as_the_draft_would_answer_them(draft: Edition) -> None:
    """Of a thousand points about Gap, quickly: what both images of the whole map say of each."""
    at, random = timezone.now(), Random(5)
    lon, lat = (np.array([random.uniform(*span) for _ in range(1000)]) for span in ((6.03, 6.12), (44.52, 44.58)))
    fates = what_if.tried(draft, lon, lat, at=at)
    today, under = what_if.what_if(draft, lon, lat, at=at)
    assert [(each.sector_today, each.post_today) for each in fates] == [(a.sector or "", a.post) for a in today]
    assert [(each.sector_then, each.post_then) for each in fates] == [(a.sector or "", a.post) for a in under]
    assert 50 < sum(each.moves for each in fates) < 900


@pytest.mark.django_db
def test_the_map_in_memory_stays_that_of_everybody(draft: Edition) -> None:
    image = atlas.current()
    (fate,) = what_if.tried(draft, *np.array([HOUSING]).T, at=timezone.now())
    assert (fate.post_today, fate.post_then, fate.moves) == ("gap-habitat-dense", "gap-economique", True)
    assert image.facts(*HOUSING).candidates[0].code == "gap-habitat-dense"
    (again,) = what_if.tried(draft, *np.array([HOUSING]).T, at=timezone.now())
    assert again == fate


@pytest.mark.django_db
def test_points_are_tried_on_the_page(draft: Edition, director: Any) -> None:
    """The page, the file, what is refused, and that nothing stays."""
    version = MapVersion.objects.get().number
    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    client.force_login(director)
    page = "/editions/05-essai/essai/"
    assert client.get(page).status_code == 200
    typed = "\n".join(f"{lon} {lat}" for lon, lat in (CENTRE, HOUSING, DESK))
    answer = client.post(page, {"points": typed})
    text = answer.content.decode()
    assert (answer.status_code, "1 of 3 points would change hands" in text) == (200, True)
    assert text.count("the same") == 2
    assert "tried--moves" in text
    # By a file, and as a file.
    table = "lon,lat\n" + "".join(f"{lon},{lat}\n" for lon, lat in (CENTRE, HOUSING, DESK))
    assert "1 of 3 points" in client.post(page, {"file": sent(table)}).content.decode()
    answer = client.post(page, {"points": typed, "format": "csv"})
    assert answer["Content-Disposition"] == 'attachment; filename="05-essai-points.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["post_today"], row["post_then"], row["moves"]) for row in rows] == [
        ("gap-hyper-centre", "gap-hyper-centre", "0"),
        ("gap-habitat-dense", "gap-economique", "1"),
        ("desk-gap", "desk-gap", "0"),
    ]
    answer = client.post(page, {"file": sent("lon,lat\nhere,44\n")})
    assert 'href="#id_file"' in answer.content.decode()
    assert MapVersion.objects.get().number == version
    assert Edition.objects.get(pk=draft.pk).validity is None
    drafts.abandon(by=director, edition=draft.pk, seen=1, at=timezone.now())
    assert client.get(page).status_code == 404
