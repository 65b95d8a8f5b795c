"""OGC API Features, Part 4: concerns are added by the rules of a report, and never replaced nor deleted."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts import throttles
from incidents.adding import Reporting
from incidents.models import Incident
from sectors.collections import Reader
from sectors.scope import Scope
from tests.incidents.sending import reported
from tests.ogcapi.changing import ADDED, PLACE, READ, concern, send


def test_who_directs_and_answers_for_nothing_reads_concerns_and_adds_none(person):
    assert not Reporting().methods(Reader(person("director"), Scope(directed=(3,), home=3)))


@pytest.mark.parametrize("name", ["administrator", "auditor", "anonymous"])
def test_for_whoever_lists_no_concerns_none_is_added(client_of, name):
    before = Incident.objects.count()
    assert send(client_of(name), "POST", ADDED, concern()).status_code == 404
    assert Incident.objects.count() == before


def test_a_concern_is_added_by_the_rules_of_a_report(client_of):
    client = client_of("partner_a")
    made = send(client, "POST", ADDED, concern(accuracy_m=12))
    assert made.status_code == 201, made.content
    stored = Incident.objects.get(reference=made.json()["id"])
    assert made["Location"] == f"http://localhost{ADDED}/{stored.reference}"
    assert (stored.location.x, stored.location.y, stored.received_via) == (*PLACE, "api")
    assert made.json()["properties"]["status"] == "signalee"
    assert stored.routings.count() == 1
    assert client.get(made["Location"]).status_code == 200


def test_qgis_sends_the_whole_row_with_what_it_leaves_out_as_null(client_of, person):
    reported(person("partner_a"), timezone.now())
    client = client_of("partner_a")
    row = client.get(ADDED).json()["features"][0]["properties"]
    sent = concern(**dict.fromkeys(set(row) - {"category", "description"}))
    assert send(client, "POST", ADDED, sent).status_code == 201
    answered = send(client, "POST", ADDED, concern(status="close"))
    assert (answered.status_code, answered.json()["errors"][0]["field"]) == (400, "properties.status")


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"category": "nothing"}, 400, "unknown_category"),
        ({"description": "Appelez le 06 12 34 56 78."}, 422, "personal_data"),
        ({"description": ""}, 400, "required"),
        ({"partner": "cci"}, 422, "unknown_partner"),
    ],
)
def test_a_concern_is_refused_as_by_the_api(client_of, more, status, code):
    client = client_of("partner_a")
    answers = [send(client, "POST", address, concern(**more)) for address in (ADDED, "/api/incidents/")]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(status, code)] * 2


def test_a_concern_sent_twice_with_its_key_is_one(client_of):
    client = client_of("partner_a")
    first, again = (send(client, "POST", ADDED, concern(), idempotency_key="k-1") for _ in range(2))
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert (again.content, again["Location"]) == (first.content, first["Location"])
    other = send(client, "POST", ADDED, concern(description="Autre chose."), idempotency_key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


def test_a_concern_is_never_replaced_nor_deleted(client_of, person):
    incident = reported(person("partner_a"), timezone.now())
    for name in ("partner_a", "referent_a", "director"):
        for method in ("PUT", "DELETE"):
            answer = send(client_of(name), method, f"{ADDED}/{incident.reference}", concern(), if_match="*")
            assert (answer.status_code, answer["Allow"]) == (405, READ)
    assert Incident.objects.filter(pk=incident.pk).exists()


def test_reports_are_counted_whichever_way_they_come(client_of, settings, monkeypatch):
    settings.THROTTLES = True
    monkeypatch.setattr(throttles, "LIMITS", {**throttles.LIMITS, "report": throttles.Rate(2, 3600)})
    client = client_of("partner_a")
    answers = [send(client, "POST", address, concern()) for address in (ADDED, "/api/incidents/", ADDED)]
    assert [each.status_code for each in answers] == [201, 201, 429]
