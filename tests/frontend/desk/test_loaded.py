"""A list never loads what it does not show: no column of a concern, and no text that its reader is not told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontend import readers
from incidents.models import Incident
from incidents.models.visibility import RELATIONS
from sectors.models import Category, Commune, Partner, Post, Sector
from sectors.scope import scope_of

LIST, POINTS, TABLE = "/preoccupations/", "/preoccupations/points/", "/preoccupations/exporter/"
TEXT = "Bruit le soir dans le hall. " * 12
DESK, OTHERS = {"referent_a", "director"}, {"partner_a", "partner_b", "mayor_gap"}
# Beside what is shown: the key, the place as it is told, the concern that it is dealt with in, and what rights hang on.
OF_THE_RIGHTS = {way.path.split("__")[0] for ways in RELATIONS.values() for way in ways}
AT_WORK = {"id", "location", "street_location", "merged_into", *OF_THE_RIGHTS}
# By what the desk's counters and the order count, and show no row of.
COUNTED = {"taken_due_at"}


def columns_of(model: Any) -> set[str]:
    return {field.column for field in model._meta.concrete_fields}


def shown(names: tuple[str, ...], model: Any, prefix: str = "") -> set[str]:
    """The columns of the model that these names ask for."""
    asked = {name.removeprefix(prefix).partition("__")[0] for name in names if name.startswith(prefix)}
    return {field.column for field in model._meta.concrete_fields if {field.name, field.attname} & asked}


def named(sql: str, model: Any) -> set[str]:
    return set(re.findall(rf'"{model._meta.db_table}"\."(\w+)"', sql)) & columns_of(model)


def asked_of(client: Client, path: str, **sent: str) -> list[str]:
    """The statements about concerns that the page asks, after those that fill the memory."""
    client.get(LIST)
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(path, sent) if sent else client.get(path)
    assert answer.status_code == 200
    return [each["sql"] for each in captured if 'FROM "incidents_incident"' in each["sql"]]


@pytest.mark.parametrize(
    ("people", "path", "columns", "text"),
    [
        (DESK | OTHERS, LIST, readers.OF_A_ROW, "LEFT"),
        (DESK | OTHERS, f"{LIST}?status=open&q=bruit", readers.OF_A_ROW, "LEFT"),
        (DESK, "/bureau/", readers.OF_A_ROW, "LEFT"),
        ({"director"}, "/bureau/triage/", (*readers.OF_A_ROW, "reason", "triage_due_at"), "LEFT"),
        (OTHERS, "/accueil/", readers.OF_A_ROW, "LEFT"),
        (DESK, "/bureau/secteur/gap-hyper-centre/", readers.OF_A_ROW, ""),
        (DESK | OTHERS, POINTS, readers.OF_A_POINT, ""),
        (DESK | OTHERS, TABLE, readers.OF_A_ROW, "whole"),
    ],
)
def test_no_statement_names_a_column_that_is_not_shown(
    seen_by: Callable[[str], Client],
    reported: Callable[..., Incident],
    people: set[str],
    path: str,
    columns: Any,
    text: str,
) -> None:
    reported(description=TEXT)
    sent = {"motive": "Réunion"} if path == TABLE else {}
    asked = [sql for who in sorted(people) for sql in asked_of(seen_by(who), path, **sent)]
    assert asked
    allowed = shown(columns, Incident) | {f"{name}_id" for name in AT_WORK} | AT_WORK | COUNTED
    relations = ((Category, "category__"), (Sector, "sector__"), (Commune, "commune__"), (Partner, "partner__"))
    for sql in asked:
        # What is looked for in a text stands in the conditions, and is not loaded.
        loaded = sql.partition(" WHERE ")[0]
        besides = re.sub(r'LEFT\("incidents_incident"\."description", \d+\)', "", loaded)
        assert named(besides, Incident) <= allowed | ({"description"} if text == "whole" else set()), path
        assert ('LEFT("incidents_incident"."description"' in loaded) <= (text == "LEFT")
        assert "reportercontact" not in sql.lower()
        for model, prefix in (*relations, (Post, "post__")):
            assert named(loaded, model) <= shown(columns, model, prefix) | {"id", "code", "post_id"}, (model, path)


@pytest.mark.parametrize(
    ("who", "told"), [("partner_a", True), ("referent_a", True), ("mayor_gap", False), ("director", False)]
)
def test_a_text_that_is_not_told_does_not_leave_the_database(
    seen_by: Callable[[str], Client], reported: Callable[..., Incident], person: Any, who: str, told: bool
) -> None:
    incident = reported(description=TEXT)
    scope = scope_of(person(who), incident.reported_at)
    plain: Any = readers.listed(scope).get(pk=incident.pk)
    reasoned: Any = readers.listed(scope, "Réunion").get(pk=incident.pk)
    start = TEXT[: readers.EXCERPT]
    assert plain.beginning == (start if told else "")
    assert reasoned.beginning == (start if told or who == "director" else "")
    page = seen_by(who).get(LIST).content.decode()
    assert ("Bruit le soir" in page) is told
