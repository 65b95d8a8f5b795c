"""A table of concerns: what its reader may see, no formula, a motive, and a trace in the log."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog
from frontend.views import exports

pytestmark = pytest.mark.django_db
MOTIVE = "Réunion du groupe du 12 décembre"


def taken(client: Client, query: str = "", **posted: str) -> Any:
    return client.post(reverse("concerns_export") + query, {"motive": MOTIVE, **posted})


def rows_of(answer: Any) -> list[list[str]]:
    assert answer["Content-Type"] == "text/csv; charset=utf-8", answer.content.decode()
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_who_sees_in_full_takes_away_what_the_screen_shows(seen_by, reported):
    incident = reported(description='Bruit; chaque "soir"\nau pied de l\'immeuble')
    answer = taken(seen_by("referent_a"), recipient="Mairie de Gap")
    head, row = rows_of(answer)
    assert head[:3] == ["Référence", "Statut", "Nature"]
    cells = dict(zip(head, row, strict=True))
    assert cells["Référence"] == incident.reference
    assert cells["Texte"] == 'Bruit; chaque "soir"\nau pied de l\'immeuble'
    assert cells["Secteur"] == "Gap – Hyper-centre"
    assert cells["Réponse due"] == incident.due_on.isoformat()
    assert (cells["Longitude"], cells["Latitude"], cells["Position"]) == ("6.0786", "44.5594", "exacte")
    assert answer["Content-Disposition"].startswith('attachment; filename="preoccupations-')
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2+3", "@SUM(A1)", "|cmd", "＝1+1", "  =1+1", "\t=1+1"])
def test_no_cell_is_a_formula(seen_by, reported, text):
    reported(description=f"{text} ici", external_reference="=cmd|' /C calc'!A0")
    _, row = rows_of(taken(seen_by("referent_a")))
    assert f"'{text} ici".strip() in [cell.strip() for cell in row] or f"'{text.strip()} ici" in row
    assert not [cell for cell in row if cell.lstrip()[:1] in set("=+@|＝")]


def test_who_sees_in_part_takes_away_in_part(seen_by, reported):
    incident = reported()
    head, row = rows_of(taken(seen_by("mayor_gap")))
    cells = dict(zip(head, row, strict=True))
    told = {name for name, cell in cells.items() if cell}
    assert told == {"Référence", "Statut", "Nature", "Commune", "Longitude", "Latitude", "Position"}
    assert cells["Position"] == "rue"
    assert (float(cells["Longitude"]), float(cells["Latitude"])) == pytest.approx(
        (incident.street_location.x, incident.street_location.y), abs=1e-7
    )


@pytest.mark.parametrize("name", ["partner_b", "referent_b", "mayor_briancon"])
def test_a_foreign_concern_is_in_nobody_elses_table(seen_by, reported, name):
    reported()
    assert len(rows_of(taken(seen_by(name)))) == 1
    assert "0 préoccupation" in seen_by(name).get(reverse("concerns_export")).content.decode()


def test_the_filters_of_the_list_apply(seen_by, reported):
    reported(category="tapage")
    tag = reported(category="tag")
    _, row = rows_of(taken(seen_by("referent_a"), "?category=tag"))
    assert row[0] == tag.reference


def test_the_log_keeps_why_for_whom_and_which(seen_by, reported, person):
    incident = reported()
    taken(seen_by("referent_a"), "?category=tapage", recipient="Mairie de Gap")
    entry = AccessLog.objects.get(operation="incident.export")
    assert (entry.user, entry.motive, entry.recipient) == (person("referent_a"), MOTIVE, "Mairie de Gap")
    assert (entry.reference, entry.references) == ("category=tapage", [f"incident:{incident.reference}"])
    assert (entry.count, entry.territory) == (1, "05")


def test_the_log_names_every_concern_of_a_long_table(seen_by, reported):
    for _ in range(101):
        reported()
    _head, *rows = rows_of(taken(seen_by("referent_a")))
    entry = AccessLog.objects.get(operation="incident.export")
    assert set(entry.references) == {f"incident:{row[0]}" for row in rows}
    assert len(rows) == entry.count == 101


@pytest.mark.parametrize("motive", ["", "   ", "abc", "x" * 201])
def test_without_a_motive_nothing_leaves(seen_by, reported, motive):
    reported()
    answer = seen_by("referent_a").post(reverse("concerns_export"), {"motive": motive})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    assert 'href="#id_motive"' in page
    assert not AccessLog.objects.filter(operation="incident.export").exists()


def test_too_many_rows_are_refused_and_too_many_tables_wait(seen_by, reported, monkeypatch, settings):
    reported()
    monkeypatch.setattr(exports, "MOST_ROWS", 0)
    assert "10 000" in taken(seen_by("referent_a")).content.decode().replace("\u202f", " ").replace("\xa0", " ")
    monkeypatch.undo()
    client = seen_by("referent_a")
    settings.THROTTLES = True
    answers = [taken(client).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


@pytest.mark.parametrize("number", [1, 8])
def test_the_number_of_questions_does_not_grow_with_the_rows(seen_by, reported, django_assert_max_num_queries, number):
    for _ in range(number):
        reported()
    client = seen_by("referent_a")
    taken(client)
    # session, account, scope, count, rows, log
    with django_assert_max_num_queries(8):
        assert len(rows_of(taken(client))) == number + 1


def test_lists_and_details_say_where_they_were_read(seen_by, reported):
    incident = reported()
    client = seen_by("referent_a")
    client.get(reverse("concerns"), {"category": "tapage"})
    client.get(reverse("concern", args=[incident.reference]))
    client.get(reverse("desk"))
    found = AccessLog.objects.filter(operation__in=["incident.list", "incident.read", "incident.desk"])
    assert {(entry.operation, entry.territory, entry.motive) for entry in found} == {
        ("incident.list", "05", ""),
        ("incident.read", "05", ""),
        ("incident.desk", "05", ""),
    }
    assert found.get(operation="incident.list").reference == "category=tapage"
