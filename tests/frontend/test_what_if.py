"""Points under a draft: typed or uploaded, answered by a real process of its own, as a table and as a file."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from frontend import trying
from sectors import trials
from sectors.changes import drafts, drawing
from sectors.models import Edition, MapVersion
from sectors.trials import Fate, TrialError
from tests.conftest import CAST, allow_flush, load_embedded_territory

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
    text = trying.table([(6.0, 44.0)], [Fate("=1+1", "a", "b", "c", moves=True)])
    assert "=1+1" not in text.replace("'=1+1", "")


def test_one_trial_at_a_time_and_none_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trials._ONE.acquire(blocking=False)
    try:
        with pytest.raises(TrialError) as caught:
            trials.tried("05", [CENTRE])
        assert caught.value.code == "busy"
    finally:
        trials._ONE.release()

    def slow(*_given: Any, **options: Any) -> None:
        assert options["timeout"] == 30
        raise subprocess.TimeoutExpired("what_if", 30)

    monkeypatch.setattr(subprocess, "run", slow)
    with pytest.raises(TrialError) as caught:
        trials.tried("05", [CENTRE])
    assert caught.value.code == "too_slow"
    assert trials._ONE.acquire(blocking=False)
    trials._ONE.release()


@pytest.mark.django_db(transaction=True)
def test_points_are_tried_by_a_process_of_its_own(settings: Any) -> None:
    """Committed, so that the other process sees it: the page, the file, what is refused, and that nothing stays."""
    settings.THROTTLES = False
    allow_flush()
    load_embedded_territory()
    director = User.objects.get(email=f"{CAST['director']}@psq.example")
    model = Edition.objects.get(territory__code="05")
    draft = drafts.begin(by=director, territory=model.territory_id, at=timezone.now(), code="05-essai", model=model.pk)
    row = draft.sectors.get(code="gap-habitat-dense")
    wanted = drawing.Drawn(row.code, row.name, row.kind, "gap-economique", bytes(row.area.wkb))
    drawing.redraw(by=director, edition=draft.pk, drawn=[wanted], seen=0, at=timezone.now())
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
    with pytest.raises(TrialError) as caught:
        trials.tried("05-essai", [CENTRE])
    assert caught.value.code == "failed"
