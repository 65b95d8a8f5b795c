"""A pin put elsewhere: a new decision with its row, the same due date, and the new référent told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from incidents.models import Incident, Routing, StatusChange
from messaging.models import Message
from tests.incidents.sending import (
    ADDRESS,
    BRIANCON,
    GAP,
    GAP_DESK,
    GAP_HOUSING,
    PARIS,
    VALLEY,
    errors_of,
    feature,
    move,
    properties_of,
    reported,
    send,
)  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]


@pytest.fixture
def row(person, monday) -> Incident:
    """A concern of the hyper-centre of Gap, reported ten days ago with an accuracy."""
    return reported(person("partner_a"), monday - timedelta(days=10), accuracy_m=40.0)


def test_the_answer_and_what_is_stored(client_of, person, row, monday):
    response = move(client_of("partner_a"), row.reference, GAP_HOUSING, "C'était plus au sud")
    assert (response.status_code, response["Content-Type"]) == (200, "application/geo+json")
    answer = json.loads(response.content)
    assert answer["id"] == row.reference
    assert answer["geometry"]["coordinates"] == list(GAP_HOUSING)
    told = answer["properties"]
    assert [told[n] for n in ("outcome", "sector", "post")] == ["inside", "gap-habitat-dense", "gap-habitat-dense"]
    assert (told["due_on"], told["due_at"]) == (row.due_on.isoformat(), "2026-12-11T23:59:59+01:00")
    assert told["reported_at"] == "2026-11-13T09:00:00+01:00"
    assert told["updated_at"] == "2026-11-23T09:00:00+01:00"
    assert told["accuracy_m"] is None
    fresh = Incident.objects.get()
    assert (fresh.location.x, fresh.location.y) == GAP_HOUSING
    assert fresh.street_location != row.street_location
    assert fresh.street_location.distance(fresh.location) < 0.0004
    assert (fresh.due_at, fresh.due_on, fresh.policy_version, fresh.status) == (
        row.due_at, row.due_on, row.policy_version, "signalee",
    )  # fmt: skip
    assert StatusChange.objects.count() == 1


def test_its_row_in_the_history(client_of, person, row, monday):
    move(client_of("partner_a"), row.reference, GAP_HOUSING, "C'était plus au sud")
    first, second = Routing.objects.order_by("pk")
    assert (first.trigger, second.trigger) == ("report", "move")
    assert (second.at, second.author, second.comment) == (monday, person("partner_a"), "C'était plus au sud")
    assert second.sector is not None
    assert second.holder is not None
    assert (second.sector.code, second.accuracy_m, second.holder.email) == (
        "gap-habitat-dense", None, "referent.gap3@psq.example",
    )  # fmt: skip
    history = client_of("partner_a").get(f"{ADDRESS}{row.reference}/routing/").json()["routings"]
    assert [each["trigger"] for each in history] == ["move", "report"]
    assert [each["geometry"]["coordinates"] for each in history] == [list(GAP_HOUSING), list(GAP)]


def test_the_new_referent_is_told_once_and_the_text_is_not(client_of, row):
    before = set(Message.objects.values_list("pk", flat=True))
    client = client_of("partner_a")
    move(client, row.reference, GAP_HOUSING)
    move(client, row.reference, (GAP_HOUSING[0] + 0.0001, GAP_HOUSING[1]))  # stays in the same hands
    (notice,) = Message.objects.exclude(pk__in=before)
    assert notice.recipient == "referent.gap3@psq.example"
    assert row.reference in notice.subject
    assert row.description not in notice.body
    assert "11 décembre 2026" in notice.body
    move(client, row.reference, GAP)
    move(client, row.reference, GAP_HOUSING)  # back again: told again
    assert Message.objects.exclude(pk__in=before).filter(recipient="referent.gap3@psq.example").count() == 2


@pytest.mark.parametrize(
    ("point", "outcome", "post"),
    [
        (GAP_DESK, "commune_desk", "desk-gap"),
        (BRIANCON, "inside", "briancon-hyper-centre"),
        (VALLEY, "gendarmerie", "gendarmerie-05"),
        (PARIS, "outside", "triage-05"),
        ((180, -90), "outside", "triage-05"),
    ],
)
def test_anywhere(client_of, row, point, outcome, post):
    told = properties_of(move(client_of("partner_a"), row.reference, point))
    assert (told["outcome"], told["post"]) == (outcome, post)
    # What nobody's sector takes waits in a queue with a clock of its own.
    assert (told["triage_due_at"] is not None) == (outcome in {"commune_desk", "outside"})


def test_the_clock_of_the_triage_ends_where_a_sector_takes_it_and_is_not_set_again(client_of, person, monday):
    row = reported(person("partner_a"), monday, PARIS)
    began = row.triage_due_at
    assert began is not None
    with time_machine.travel(monday + timedelta(days=1), tick=False):
        assert properties_of(move(client_of("partner_a"), row.reference, GAP_DESK))["triage_due_at"] is not None
        row.refresh_from_db()
        assert row.triage_due_at == began
        assert properties_of(move(client_of("partner_a"), row.reference, GAP))["triage_due_at"] is None


def test_out_of_the_sight_of_its_referent(client_of, row):
    client = client_of("referent_a")
    response = move(client, row.reference, BRIANCON)
    assert (response.status_code, json.loads(response.content)["id"]) == (200, row.reference)
    assert client.get(f"{ADDRESS}{row.reference}/").status_code == 404
    assert client_of("referent_briancon").get(f"{ADDRESS}{row.reference}/").status_code == 200


def test_a_category_rule_holds_at_the_new_place(client_of, person, monday):
    row = reported(person("partner_a"), monday, BRIANCON, category="abords_scolaires")
    assert row.outcome == "inside"
    told = properties_of(move(client_of("partner_a"), row.reference, GAP))
    assert (told["outcome"], told["post"]) == ("category_rule", "gap-habitat-dense")


def test_a_due_date_gone_by_stays_gone_by(client_of, row):
    with time_machine.travel(row.due_at + timedelta(days=3), tick=False):
        told = properties_of(move(client_of("partner_a"), row.reference, GAP_HOUSING))
    assert (told["overdue"], told["due_on"]) == (True, "2026-12-11")


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        ({"reason": "r"}, 400, "coordinates", "required"),
        ({"coordinates": list(GAP)}, 400, "reason", "required"),
        ({"coordinates": list(GAP), "reason": ""}, 400, "reason", "required"),
        ({"coordinates": list(GAP), "reason": "  "}, 400, "reason", "required"),
        ({"coordinates": list(GAP), "reason": "x" * 501}, 400, "reason", "too_long"),
        ({"coordinates": list(GAP), "reason": 3}, 400, "reason", "wrong_type"),
        ({"coordinates": "6,44", "reason": "r"}, 400, "coordinates", "wrong_type"),
        ({"coordinates": [6], "reason": "r"}, 400, "coordinates", "wrong_length"),
        ({"coordinates": [181, 0], "reason": "r"}, 400, "coordinates[0]", "out_of_range"),
        ({"coordinates": [6, "44"], "reason": "r"}, 400, "coordinates[1]", "not_a_number"),
        ({"coordinates": list(GAP), "reason": "r", "sector": "gap-economique"}, 400, "sector", "unknown_member"),
        ({"coordinates": list(GAP), "reason": "r", "due_on": "2030-01-01"}, 400, "due_on", "unknown_member"),
        ({"coordinates": [44.5594, 6.0786], "reason": "r"}, 422, "coordinates", "looks_swapped"),
        ({"coordinates": list(GAP), "reason": "dit le 06 12 34 56 78"}, 422, "reason", "personal_data"),
    ],
)
def test_a_refusal_names_the_member_and_changes_nothing(client_of, row, body, status, field, code):
    client = client_of("partner_a")
    logged = AccessLog.objects.count()
    address = f"{ADDRESS}{row.reference}/move/"
    response = client.generic("POST", address, json.dumps(body).encode(), content_type="application/json")
    assert response.status_code == status
    assert (field, code) in errors_of(response)
    assert Incident.objects.values("location", "updated_at", "post").get() == (
        Incident.objects.filter(pk=row.pk).values("location", "updated_at", "post").get()
    )
    fresh = Incident.objects.get()
    assert (fresh.location, fresh.updated_at, Routing.objects.count(), AccessLog.objects.count()) == (
        row.location, row.updated_at, 1, logged,
    )  # fmt: skip


def test_a_write_that_fails_takes_the_move_back(client_of, row):
    client = client_of("partner_a")
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_accesslog ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    assert move(client, row.reference, GAP_HOUSING).status_code == 500
    fresh = Incident.objects.get()
    assert (fresh.location, fresh.post, Routing.objects.count()) == (row.location, row.post, 1)


def test_the_access_log(client_of, person, row):
    move(client_of("referent_a"), row.reference, GAP_HOUSING)
    logged = AccessLog.objects.order_by("-pk").first()
    assert logged is not None
    assert (logged.operation, logged.reference, logged.user) == (
        "incident.move", f"incident:{row.reference}", person("referent_a"),
    )  # fmt: skip


def test_methods_and_queries(client_of, row):
    client = client_of("partner_a")
    got = client.get(f"{ADDRESS}{row.reference}/move/")
    assert (got.status_code, got["Allow"]) == (405, "POST, OPTIONS")
    move(client, row.reference, GAP_HOUSING)
    with CaptureQueriesContext(connection) as caught:
        move(client, row.reference, BRIANCON)
    told = [each["sql"] for each in caught.captured_queries if "mapversion" not in each["sql"]]
    # SELECT the token with its account; what it covers; the concern; its sector; SAVEPOINT; the concern for update;
    # the survey; the holder; UPDATE the concern; INSERT its routing, the message, the access log; RELEASE; SELECT the
    # concern as it is answered.
    assert len(told) <= 14, "\n".join(sql[:90] for sql in told)
    assert sum("FOR UPDATE OF" in sql for sql in told) == 1


def test_a_report_after_a_move_is_another_concern(client_of, row):
    client = client_of("partner_a")
    move(client, row.reference, GAP_HOUSING)
    assert properties_of(send(client, feature()))["reference"] != row.reference
