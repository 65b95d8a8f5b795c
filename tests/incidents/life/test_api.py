"""`/api/incidents/{reference}/status/` and `…/transfers/` as programs call them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from incidents.models import Incident
from tests.incidents.life.living import ANSWER, brought
from tests.incidents.sending import ADDRESS, errors_of

pytestmark = pytest.mark.django_db
OFFER = {"decision": "offer", "to": "gap-economique", "reason": "Zone commerciale"}
TOLD = {"decision": "hand_over", "to": "mairie", "recipient": "Service propreté", "reason": "Dépôt"}


def post(client: Client, row: Incident, name: str, document: Any) -> Any:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.generic("POST", f"{ADDRESS}{row.reference}/{name}/", body, content_type="application/json")


def test_the_whole_life(client_of, row):
    desk, partner = client_of("referent_a"), client_of("partner_a")
    said = {"repondue": {"answer": ANSWER}, "suspendue": {"reason": "travaux_en_cours", "until": "2026-11-30"}}
    for to in ("qualifiee", "suspendue", "prise_en_charge", "repondue", "close"):
        response = post(desk, row, "status", {"status": to, **said.get(to, {})})
        assert (response.status_code, response["Content-Type"]) == (200, "application/geo+json")
        told = json.loads(response.content)["properties"]
        assert (told["status"], told["suspended_until"]) == (to, "2026-11-30" if to == "suspendue" else None)
        again = post(desk, row, "status", {"status": to, **said.get(to, {})})
        assert (again.status_code, errors_of(again)) == (409, [("status", "status_unchanged")])
    response = post(partner, row, "status", {"status": "rouverte", "reason": "Le bruit continue"})
    assert json.loads(response.content)["properties"]["status"] == "rouverte"

    inside = desk.get(f"{ADDRESS}{row.reference}/status/").json()
    assert [each["to"] for each in inside["changes"]] == [
        "rouverte", "close", "repondue", "prise_en_charge", "suspendue", "qualifiee", "signalee",
    ]  # fmt: skip
    assert inside["changes"][2]["answer"] == ANSWER
    assert inside["changes"][2]["author"]
    assert [each["until"] for each in inside["suspensions"]] == ["2026-11-30"]
    shown = partner.get(f"{ADDRESS}{row.reference}/status/").json()["changes"]
    # Qualifying is internal; who in the police did it is too.
    assert "qualifiee" not in [each["to"] for each in shown]
    assert {each["author"] for each in shown} == {None}
    assert next(each["answer"] for each in shown if each["to"] == "repondue") == ANSWER


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        ({}, 400, "status", "required"),
        ({"status": 3}, 400, "status", "wrong_type"),
        ({"status": "nowhere"}, 400, "status", "status_unknown"),
        ({"status": "qualifiee", "due_on": "2030-01-01"}, 400, "due_on", "unknown_member"),
        ({"status": "qualifiee", "reason": 3}, 400, "reason", "wrong_type"),
        ({"status": "non_retenue", "reason": "x" * 501}, 400, "reason", "too_long"),
        ({"status": "qualifiee", "answer": "x" * 4001}, 400, "answer", "too_long"),
        ({"status": "suspendue", "until": "demain"}, 400, "until", "not_a_date"),
        ({"status": "suspendue", "until": "2026-02-31"}, 400, "until", "not_a_date"),
        ({"status": "suspendue", "until": "2026-W48-1"}, 400, "until", "not_a_date"),
        ({"status": "close"}, 409, "status", "move_not_allowed"),
        ({"status": "non_retenue"}, 422, "reason", "reason_required"),
        ({"status": "non_retenue", "reason": None}, 422, "reason", "reason_required"),
        ({"status": "non_retenue", "reason": "Vu AB-123-CD"}, 422, "reason", "personal_data"),
        ({"status": "non_retenue", "reason": "{{motif}}"}, 422, "reason", "placeholder_left"),
    ],
)
def test_a_refused_move_names_the_member_and_changes_nothing(client_of, row, body, status, field, code):
    client = client_of("referent_a")
    logged = AccessLog.objects.count()
    response = post(client, row, "status", body)
    assert response.status_code == status
    assert (field, code) in errors_of(response)
    assert (Incident.objects.get().status, row.status_changes.count()) == ("signalee", 1)
    assert AccessLog.objects.count() == logged


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 401), ("partner_b", 404), ("referent_b", 404), ("mayor_gap", 404), ("auditor", 404)],
)
def test_others(client_of, row, who, status):
    client = client_of(who)
    for name, body in (("status", {"status": "qualifiee"}), ("transfers", OFFER)):
        assert post(client, row, name, body).status_code == status
        assert client.get(f"{ADDRESS}{row.reference}/{name}/").status_code == status


def test_a_reporter_makes_none_of_the_moves_of_the_desk(client_of, row):
    assert post(client_of("partner_a"), row, "status", {"status": "qualifiee"}).status_code == 403
    assert post(client_of("partner_a"), row, "transfers", OFFER).status_code == 403
    assert client_of("partner_a").get(f"{ADDRESS}{row.reference}/transfers/").status_code == 403
    assert Incident.objects.get().status == "signalee"


def test_a_co_reader_reads_and_moves_nothing(client_of, person, row):
    Incident.objects.update(co_reader_posts=[person("referent_b").holdings.get().post_id])
    assert post(client_of("referent_b"), row, "status", {"status": "qualifiee"}).status_code == 403
    assert post(client_of("referent_b"), row, "transfers", OFFER).status_code == 403
    assert client_of("referent_b").get(f"{ADDRESS}{row.reference}/transfers/").status_code == 200


def test_offered_and_refused(client_of, row):
    made = post(client_of("referent_a"), row, "transfers", OFFER)
    assert (made.status_code, made["Content-Type"]) == (201, "application/json")
    receiver = client_of("referent_b")
    (waiting,) = receiver.get(f"{ADDRESS}{row.reference}/transfers/").json()["transfers"]
    assert [waiting[name] for name in ("state", "from", "to", "reason", "answered_at")] == [
        "offered", "gap-hyper-centre", "gap-economique", "Zone commerciale", None,
    ]  # fmt: skip
    body = {"decision": "refuse", "reason": "Hors de mon secteur", "out_of_sector": True}
    answered = post(receiver, row, "transfers", body)
    assert answered.status_code == 200
    (refused,) = answered.json()["transfers"]
    assert (refused["state"], refused["answer"], refused["out_of_sector"]) == ("refused", "Hors de mon secteur", True)
    assert post(receiver, row, "transfers", {"decision": "accept"}).status_code == 404


def test_offered_accepted_and_withdrawn_too_late(client_of, row):
    post(client_of("referent_a"), row, "transfers", OFFER)
    answered = post(client_of("referent_b"), row, "transfers", {"decision": "accept"})
    assert (answered.status_code, answered.json()["transfers"][0]["state"]) == (200, "accepted")
    late = post(client_of("director"), row, "transfers", {"decision": "withdraw"})
    assert (late.status_code, errors_of(late)) == (409, [("decision", "nothing_offered")])
    assigned = post(client_of("director"), row, "transfers", {**OFFER, "decision": "assign", "to": "gap-habitat-dense"})
    assert (assigned.status_code, assigned.json()["transfers"][0]["state"]) == (201, "assigned")


def test_handed_over_and_acknowledged(client_of, row):
    client = client_of("referent_a")
    assert post(client, row, "transfers", TOLD).status_code == 201
    answered = post(client, row, "transfers", {"decision": "acknowledge", "to": "mairie", "reason": "Reçu"})
    assert answered.status_code == 200
    (kept,) = answered.json()["handovers"]
    assert (kept["to"], kept["recipient"], kept["acknowledgement"]) == ("mairie", "Service propreté", "Reçu")
    assert kept["acknowledged_at"] == "2026-11-23T09:00:00+01:00"


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        ({}, 400, "decision", "required"),
        ({"decision": 1}, 400, "decision", "wrong_type"),
        ({"decision": "keep"}, 400, "decision", "unknown_decision"),
        ({"decision": "accept", "reason": "r"}, 400, "reason", "unknown_member"),
        ({"decision": "offer", "to": "gap-economique"}, 400, "reason", "required"),
        ({"decision": "offer", "reason": "r"}, 400, "to", "required"),
        ({**OFFER, "reason": " "}, 400, "reason", "required"),
        ({**OFFER, "reason": "x" * 501}, 400, "reason", "too_long"),
        ({**OFFER, "to": 5}, 400, "to", "wrong_type"),
        ({"decision": "refuse", "reason": "r", "out_of_sector": "yes"}, 400, "out_of_sector", "wrong_type"),
        ({**OFFER, "to": "nowhere"}, 422, "to", "unknown_post"),
        ({**TOLD, "to": "parquet"}, 422, "to", "unknown_recipient"),
        ({"decision": "acknowledge", "to": "mairie"}, 409, "to", "nothing_handed_over"),
    ],
)
def test_a_refused_decision_names_the_member(client_of, row, body, status, field, code):
    response = post(client_of("referent_a"), row, "transfers", body)
    assert response.status_code == status
    assert (field, code) in errors_of(response)


@pytest.mark.parametrize("name", ["status", "transfers"])
def test_methods_parameters_and_bodies(client_of, row, name):
    client = client_of("referent_a")
    address = f"{ADDRESS}{row.reference}/{name}/"
    assert client.delete(address)["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert client.get(f"{address}?page=1").status_code == 400
    assert post(client, row, name, b"{").status_code == 400
    assert client.generic("POST", address, b"{}", content_type="text/plain").status_code == 415


def test_how_many_questions(client_of, person, row):
    client = client_of("referent_a")
    brought(row, person("referent_a"), "repondue")
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"{ADDRESS}{row.reference}/status/").status_code == 200
    # The token with its account; its scope; the concern; its moves with their authors; suspensions; the access log.
    assert len([each for each in caught if "mapversion" not in each["sql"]]) <= 7, [e["sql"][:80] for e in caught]
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"{ADDRESS}{row.reference}/transfers/").status_code == 200
    assert len([each for each in caught if "mapversion" not in each["sql"]]) <= 7, [e["sql"][:80] for e in caught]
    with CaptureQueriesContext(connection) as caught:
        assert post(client, row, "status", {"status": "close"}).status_code == 200
    # Token, scope, concern; SAVEPOINT, concern FOR UPDATE, INSERT the change, the offer that ends, UPDATE the concern,
    # its reporter and members, INSERT message and access log, RELEASE; the concern as it is answered.
    assert len([each for each in caught if "mapversion" not in each["sql"]]) <= 15, [e["sql"][:80] for e in caught]
