"""`POST /api/incidents/`: a concern comes in, is answered in full, and leaves every trace that it owes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from incidents.models import IdempotencyKey, Incident, Routing, StatusChange
from messaging.models import Message
from sectors.models import Holding, Mandate, Territory
from tests.factories import since
from tests.incidents.sending import (
    ADDRESS,
    BRIANCON,
    GAP,
    GAP_DESK,
    PARIS,
    VALLEY,
    feature,
    properties_of,
    send,
)

pytestmark = pytest.mark.django_db
PARIS_TIME = ZoneInfo("Europe/Paris")


def test_the_whole_answer(client_of, monday):
    client = client_of("partner_a")
    sent = feature(accuracy_m=12, occurred_at="2026-11-20T23:10:00+01:00", external_reference="B-17")
    response = send(client, sent, **{"Accept-Language": "en"})
    assert (response.status_code, response["Content-Type"]) == (201, "application/geo+json")
    answer = json.loads(response.content)
    reference = answer["id"]
    assert response["Location"] == f"http://localhost/api/incidents/{reference}/"
    assert "Idempotency-Replayed" not in response
    assert (answer["type"], answer["geometry"]) == ("Feature", {"type": "Point", "coordinates": list(GAP)})
    referent = answer.pop("referent")
    asked = client.get(f"/api/locate/?lon={GAP[0]}&lat={GAP[1]}").json()["referent"]
    assert referent == asked
    assert referent["name"]
    assert referent["phone"]
    reason = answer["properties"].pop("reason")
    assert reason.startswith("The point is in the sector Gap – Hyper-centre, 319")
    assert answer["properties"] == {
        "reference": reference,
        "status": "signalee",
        "category": "tapage",
        "description": "Bruit chaque soir au pied de l'immeuble",
        "outcome": "inside",
        "sector": "gap-hyper-centre",
        "post": "gap-hyper-centre",
        "unit": "csp-gap",
        "co_readers": [],
        "border": False,
        "month": "2026-11",
        "reported_at": "2026-11-23T09:00:00+01:00",
        "occurred_at": "2026-11-20T23:10:00+01:00",
        "due_on": "2026-12-23",
        "due_at": "2026-12-23T23:59:59+01:00",
        "triage_due_at": None,
        "overdue": False,
        "accuracy_m": 12.0,
        "partner": "bailleur",
        "received_via": "api",
        "external_reference": "B-17",
        "updated_at": "2026-11-23T09:00:00+01:00",
        "supports": 0,
        "merged": False,
        "merged_into": None,
        "suspended_until": None,
        "suspension_reason": None,
        "motive_required": False,
        "position": "exact",
    }
    read = client.get(response["Location"], headers={"Accept-Language": "en"})
    assert json.loads(read.content)["properties"].pop("reason") == reason
    assert {**json.loads(read.content), "properties": {}} == {**answer, "properties": {}}
    again = properties_of(read)
    again.pop("reason")
    assert again == answer["properties"]


@pytest.mark.parametrize(
    ("reported", "due"),
    [
        ("2026-11-23T09:00:00+01:00", "2026-12-23"),  # Monday -> Wednesday
        ("2026-11-25T23:59:59.999999+01:00", "2026-12-24"),  # 25 December is a holiday -> Thursday
        ("2026-11-26T00:00:00+01:00", "2026-12-24"),  # a Saturday -> Friday, Christmas -> Thursday
        ("2026-11-25T22:59:59Z", "2026-12-24"),  # 23:59:59 in Paris
        ("2026-11-27T23:00:00Z", "2026-12-28"),  # 28 November 00:00 in Paris -> Monday
        ("2026-11-27T22:59:59Z", "2026-12-24"),  # still the 27th: Sunday 27 December -> Thursday
        ("2026-04-01T00:30:00+02:00", "2026-04-30"),  # 1 May -> Thursday
        ("2026-10-24T23:30:00Z", "2026-11-24"),  # 25 October 01:30, the night the clocks go back -> Tuesday
    ],
)
def test_the_due_date_counts_days_of_paris(client_of, reported, due):
    with time_machine.travel(datetime.fromisoformat(reported), tick=False):
        answer = properties_of(send(client_of("partner_a"), feature()))
    assert answer["due_on"] == due
    assert datetime.fromisoformat(answer["due_at"]) == datetime.combine(
        date.fromisoformat(due), datetime.max.time().replace(microsecond=0), PARIS_TIME
    )
    row = Incident.objects.get(reference=answer["reference"])
    assert (row.policy_version, row.due_on.isoformat()) == ("2026-1", due)


def test_another_policy_of_the_territory_another_date(client_of, monday):
    Territory.objects.update(days=7, policy_version="2026-2")
    answer = properties_of(send(client_of("partner_a"), feature()))
    assert answer["due_on"] == "2026-11-30"
    assert Incident.objects.get().policy_version == "2026-2"


@pytest.mark.parametrize(
    ("point", "category", "outcome", "post", "unit", "sector"),
    [
        (GAP, "tapage", "inside", "gap-hyper-centre", "csp-gap", "gap-hyper-centre"),
        (GAP, "abords_scolaires", "category_rule", "gap-habitat-dense", "csp-gap", "gap-hyper-centre"),
        (GAP_DESK, "tapage", "commune_desk", "desk-gap", "csp-gap", None),
        (BRIANCON, "abords_scolaires", "inside", "briancon-hyper-centre", "csp-briancon", "briancon-hyper-centre"),
        (VALLEY, "tapage", "gendarmerie", "gendarmerie-05", "ggd-05", None),
        (PARIS, "tapage", "outside", "triage-05", "ddpn-05", None),
        ((-180, 90), "tapage", "outside", "triage-05", "ddpn-05", None),
    ],
)
def test_wherever_it_is_somebody_takes_it(client_of, point, category, outcome, post, unit, sector):
    answer = properties_of(send(client_of("partner_a"), feature(point, category=category)))
    assert [answer[name] for name in ("outcome", "post", "unit", "sector")] == [outcome, post, unit, sector]


def test_what_is_stored(client_of, person, monday):
    response = send(client_of("partner_a"), feature((6.07860000000001, 44.5594), accuracy_m=12.5))
    row = Incident.objects.get()
    assert row.reference == json.loads(response.content)["id"]
    assert (row.location.x, row.location.y, row.location.srid) == (6.07860000000001, 44.5594, 4326)
    assert row.location != row.street_location
    assert row.partner is not None
    assert (row.author, row.partner.code, row.received_via, row.status) == (
        person("partner_a"), "bailleur", "api", "signalee",
    )  # fmt: skip
    assert (row.reported_at, row.updated_at, row.accuracy_m) == (monday, monday, 12.5)
    change = StatusChange.objects.get()
    assert (change.incident, change.status_from, change.status_to, change.author, change.at) == (
        row, "", "signalee", person("partner_a"), monday,
    )  # fmt: skip


def test_the_messages_owed(client_of, person, monday):
    author, holder = person("partner_a"), person("referent_a")
    author.language = "en"
    author.save(update_fields=["language"])
    reference = json.loads(send(client_of("partner_a"), feature(description="Un secret bien gardé")).content)["id"]
    owed = {each.dedupe_key: each for each in Message.objects.all()}
    assert set(owed) == {f"report:{reference}:post", f"report:{reference}:author"}
    to_post, to_author = owed[f"report:{reference}:post"], owed[f"report:{reference}:author"]
    assert (to_post.channel, to_post.recipient) == ("email", holder.email)
    assert (to_author.channel, to_author.recipient) == ("email", author.email)
    assert "Tapage, nuisances sonores" in to_post.body
    assert "23 décembre 2026" in to_post.body
    assert "Noise" in to_author.body
    assert "Gap city-centre référent" in to_author.body
    assert "call 17" in to_author.body
    for each in owed.values():
        assert reference in each.subject
        assert "secret" not in each.subject + each.body
        assert "%(" not in each.subject + each.body
        assert each.state == "owed"


def test_a_post_that_nobody_holds_is_written_to_at_its_own_address(client_of):
    send(client_of("partner_a"), feature(GAP_DESK))
    assert set(Message.objects.values_list("recipient", flat=True)) == {
        "accueil-gap@psq.example", "partenaire.bailleur@psq.example",
    }  # fmt: skip


def test_a_stand_in_is_written_to_instead_and_is_recorded(client_of, person):
    held = Holding.objects.get(post__code="gap-hyper-centre")
    guest = person("referent_b")
    Holding.objects.create(post=held.post, user=guest, validity=held.validity, stand_in=True)
    send(client_of("partner_a"), feature())
    assert Message.objects.filter(recipient=guest.email).exists()
    assert Routing.objects.get().holder == guest


def test_the_access_log(client_of, person):
    reference = json.loads(send(client_of("partner_a"), feature()).content)["id"]
    row = AccessLog.objects.get()
    assert (row.user, row.operation, row.reference, row.territory) == (
        person("partner_a"), "incident.report", f"incident:{reference}", "05",
    )  # fmt: skip


TRACES = (Incident, Routing, StatusChange, Message, AccessLog, IdempotencyKey)


@pytest.mark.parametrize(
    "broken",
    [
        "incidents_routing",
        "incidents_statuschange",
        "messaging_message",
        "accounts_accesslog",
        "incidents_idempotencykey",
    ],
)
@pytest.mark.django_db(transaction=False)
def test_a_write_that_fails_takes_all_of_it_back(client_of, broken):
    client = client_of("partner_a")
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {broken} ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    response = send(client, feature(), **{"Idempotency-Key": "k-1"})
    assert response.status_code == 500
    assert [model.objects.count() for model in TRACES] == [0] * len(TRACES)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {broken} DROP CONSTRAINT nothing_more")
    assert send(client, feature(), **{"Idempotency-Key": "k-1"}).status_code == 201


def test_queries_of_a_warm_report(client_of, settings):
    settings.THROTTLES = False
    client = client_of("partner_a")
    send(client, feature())
    with CaptureQueriesContext(connection) as caught:
        send(client, feature())
    told = [each["sql"] for each in caught.captured_queries if "mapversion" not in each["sql"]]
    # The savepoint is there because a test is a transaction: see the next one.
    expected = ["EXECUTE psq_token", "EXECUTE psq_survey", "SAVEPOINT", "EXECUTE psq_rows_", "RELEASE SAVEPOINT"]
    assert [sql[: len(begins)] for sql, begins in zip(told, expected, strict=True)] == expected
    assert [model.objects.count() for model in (Incident, Routing, StatusChange, Message, AccessLog)] == [2, 2, 2, 4, 2]


@pytest.mark.parametrize("prepared", [True, False])
def test_all_is_stored_with_and_without_prepared_statements(client_of, settings, prepared):
    settings.PREPARED = prepared
    assert send(client_of("partner_a"), feature()).status_code == 201
    row = Incident.objects.get()
    assert (row.routings.count(), row.status_changes.count(), Message.objects.count()) == (1, 1, 2)
    assert row.routings.get().post_id == row.post_id


def test_a_reference_drawn_twice_is_drawn_again(client_of, monkeypatch):
    client = client_of("partner_a")
    taken = json.loads(send(client, feature()).content)["id"]
    drawn = iter([taken, taken, "0000-0001"])
    monkeypatch.setattr("incidents.changes.reporting.new_reference", lambda: next(drawn))
    response = send(client, feature())
    assert (response.status_code, json.loads(response.content)["id"]) == (201, "0000-0001")


def test_a_report_is_decided_at_its_own_moment(client_of):
    """On the first day of the edition, and the day before it, when the commune alone was known."""
    for day, outcome in ((1, "inside"), (31, "commune_desk")):
        moment = datetime(2026 if day == 1 else 2025, 1 if day == 1 else 12, day, 8, tzinfo=UTC)
        with time_machine.travel(moment, tick=False):
            Mandate.objects.update(validity=since())
            assert properties_of(send(client_of("partner_a"), feature()))["outcome"] == outcome


def test_json_and_geojson_are_taken_and_nothing_else(client_of):
    client = client_of("partner_a")
    body = json.dumps(feature()).encode()
    taken = {
        kind: client.generic("POST", ADDRESS, body, content_type=kind).status_code
        for kind in (
            "application/json",
            "application/geo+json; charset=utf-8",
            "application/x-www-form-urlencoded",
            "text/plain",
            "",
        )
    }
    assert list(taken.values()) == [201, 201, 415, 415, 415]


def test_a_session_proves_itself(person, settings):
    browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    browser.force_login(person("partner_a"))
    assert send(browser, feature()).status_code == 403
    browser.get("/connexion/")
    settings.CSRF_COOKIE_NAME = "csrftoken"
    plain = Client(SERVER_NAME="localhost")
    plain.force_login(person("partner_a"))
    assert send(plain, feature()).status_code == 201
