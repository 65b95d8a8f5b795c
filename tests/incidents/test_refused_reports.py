"""Who may report and for whom, and what is refused, by the name of the member at fault; a refusal leaves nothing."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccessLog
from incidents.models import Incident, Routing, StatusChange
from messaging.models import Message
from sectors.models import Mandate, Partner, Role
from tests.factories import since
from tests.incidents.sending import GAP, PARIS, errors_of, feature, properties_of, reported, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]


def nothing_stored() -> bool:
    return not any(model.objects.exists() for model in (Incident, Routing, StatusChange, Message, AccessLog))


@pytest.mark.parametrize(
    ("who", "status", "partner"),
    [
        ("anonymous", 401, None),
        ("suspended", 401, None),
        ("auditor", 403, None),
        ("administrator", 403, None),
        ("partner_a", 201, "bailleur"),
        ("partner_b", 201, "bus"),
        ("referent_a", 201, None),
        ("referent_briancon", 201, None),
        ("gendarme", 201, None),
        ("mayor_gap", 201, None),
        ("director", 201, None),  # who holds the triage post
    ],
)
def test_who_may_report(client_of, who, status, partner):
    response = send(client_of(who), feature())
    assert response.status_code == status
    if status == 201:
        assert properties_of(response)["partner"] == partner
    else:
        assert response["Content-Type"] == "application/problem+json"
        assert ("WWW-Authenticate" in response) is (status == 401)
        assert nothing_stored()


@pytest.mark.parametrize(
    ("who", "partner", "status"),
    [
        ("partner_a", "bailleur", 201),
        ("partner_a", "bus", 422),
        ("partner_a", "nobody", 422),
        ("partner_a", "", 422),
        ("referent_a", "bailleur", 201),
        ("referent_a", "bus", 201),
        ("referent_a", "nobody", 422),
        ("mayor_briancon", "bus", 201),
        ("gendarme", "bailleur", 201),
    ],
)
def test_on_whose_behalf(client_of, who, partner, status):
    response = send(client_of(who), feature(partner=partner))
    assert response.status_code == status
    if status == 201:
        assert properties_of(response)["partner"] == partner
    else:
        assert errors_of(response) == [("properties.partner", "unknown_partner")]


def test_an_organisation_one_cannot_report_for_looks_like_one_that_is_not(client_of):
    first, second = (send(client_of("partner_a"), feature(partner=code)) for code in ("bus", "nobody"))
    assert first.content == second.content


def test_a_member_of_two_organisations_says_which(client_of, person):
    Mandate.objects.create(
        user=person("partner_a"), role=Role.PARTNER, partner=Partner.objects.get(code="bus"), validity=since()
    )
    client = client_of("partner_a")
    assert errors_of(send(client, feature())) == [("properties.partner", "partner_required")]
    assert properties_of(send(client, feature(partner="bus")))["partner"] == "bus"


# What is no report: 400, each defect by the name of its member.
ABSENT = {"absent": True}
SHAPES = [
    ({"category": None}, "properties.category", "required"),
    ({"description": None}, "properties.description", "required"),
    ({"description": ""}, "properties.description", "required"),
    ({"description": " \n\t "}, "properties.description", "required"),
    ({"description": "x" * 1001}, "properties.description", "too_long"),
    ({"description": 7}, "properties.description", "wrong_type"),
    ({"category": "nope"}, "properties.category", "unknown_category"),
    ({"category": "TAPAGE"}, "properties.category", "unknown_category"),
    ({"category": ["tapage"]}, "properties.category", "wrong_type"),
    ({"accuracy_m": -0.1}, "properties.accuracy_m", "out_of_range"),
    ({"accuracy_m": 100_001}, "properties.accuracy_m", "out_of_range"),
    ({"accuracy_m": "12"}, "properties.accuracy_m", "wrong_type"),
    ({"accuracy_m": True}, "properties.accuracy_m", "wrong_type"),
    ({"occurred_at": "yesterday"}, "properties.occurred_at", "invalid_moment"),
    ({"occurred_at": "2026-11-20T23:10:00"}, "properties.occurred_at", "invalid_moment"),
    ({"occurred_at": 1_700_000_000}, "properties.occurred_at", "wrong_type"),
    ({"occurred_at": "1850-01-01T00:00:00Z"}, "properties.occurred_at", "out_of_range"),
    ({"external_reference": "x" * 101}, "properties.external_reference", "too_long"),
    ({"external_reference": 9}, "properties.external_reference", "wrong_type"),
    ({"partner": 3}, "properties.partner", "wrong_type"),
    # members that the server alone sets
    ({"status": "close"}, "properties.status", "unknown_member"),
    ({"sector": "gap-economique"}, "properties.sector", "unknown_member"),
    ({"post": "gap-economique"}, "properties.post", "unknown_member"),
    ({"reference": "AAAA-AAAA"}, "properties.reference", "unknown_member"),
    ({"due_at": "2030-01-01"}, "properties.due_at", "unknown_member"),
    ({"due_on": "2030-01-01"}, "properties.due_on", "unknown_member"),
    ({"reported_at": "2020-01-01"}, "properties.reported_at", "unknown_member"),
    ({"received_via": "web"}, "properties.received_via", "unknown_member"),
    ({"author": 1}, "properties.author", "unknown_member"),
    ({"territory": "05"}, "properties.territory", "unknown_member"),
    ({"position": "exact"}, "properties.position", "unknown_member"),
]


@pytest.mark.parametrize(("properties", "field", "code"), SHAPES)
def test_a_member_at_fault_is_named(client_of, properties, field, code):
    response = send(client_of("partner_a"), feature(**properties))
    assert response.status_code == 400
    assert (field, code) in errors_of(response)
    assert nothing_stored()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "AAAA-AAAA"}, "id"),
        ({"crs": {"type": "name"}}, "crs"),
        ({"type": "FeatureCollection"}, "type"),
        ({"bbox": [1, 2, 3, 4]}, "bbox"),
        ({"geometry": None}, "geometry"),
        ({"geometry": {"type": "Point", "coordinates": [6.07, 44.55, 730]}}, "geometry.coordinates"),
        ({"geometry": {"type": "Point", "coordinates": [181, 44.55]}}, "geometry.coordinates[0]"),
        ({"geometry": {"type": "Point", "coordinates": [6.07, -90.01]}}, "geometry.coordinates[1]"),
        ({"geometry": {"type": "LineString", "coordinates": [[6, 44], [7, 45]]}}, "geometry"),
        ({"properties": None}, "properties"),
    ],
)
def test_a_feature_at_fault(client_of, change, field):
    response = send(client_of("partner_a"), feature() | change)
    assert response.status_code == 400
    assert errors_of(response)[0][0].startswith(field)
    assert nothing_stored()


def test_every_defect_is_told_at_once(client_of):
    response = send(client_of("partner_a"), feature(description="", accuracy_m=-1, status="close"))
    assert {field for field, _ in errors_of(response)} >= {"properties.status"}
    response = send(client_of("partner_a"), feature(description="", accuracy_m=-1))
    assert errors_of(response) == [
        ("properties.accuracy_m", "out_of_range"), ("properties.description", "required"),
    ]  # fmt: skip


def test_the_longest_texts_are_taken(client_of):
    answer = properties_of(send(client_of("partner_a"), feature(description="é" * 1000, external_reference="x" * 100)))
    assert (len(answer["description"]), len(answer["external_reference"])) == (1000, 100)


def test_blanks_around_a_text_are_cut_and_those_within_kept(client_of):
    answer = properties_of(send(client_of("partner_a"), feature(description=" \n a\n\n b \t")))
    assert answer["description"] == "a\n\n b"


def test_null_members_are_as_absent(client_of):
    document = feature()
    document["properties"] |= dict.fromkeys(("accuracy_m", "occurred_at", "external_reference", "partner"))
    answer = properties_of(send(client_of("partner_a"), document))
    assert [answer[n] for n in ("accuracy_m", "occurred_at", "external_reference", "partner")] == [
        None,
        None,
        None,
        "bailleur",
    ]


# latitude and longitude exchanged: refused where it is plain, and only there
@pytest.mark.parametrize(
    ("point", "refused"),
    [
        ((44.5594, 6.0786), True),  # Gap, exchanged
        ((44.9, 6.64), True),  # Briançon
        ((44.7, 6.2), True),  # the gendarmerie zone is served too
        ((6.0786, 44.5594), False),
        ((48.85, 2.35), False),  # Paris exchanged is served by nobody
        ((2.35, 48.85), False),
        ((0.0, 0.0), False),
        ((100.0, 6.0), False),
        ((-44.5594, 6.0786), False),
    ],
)
def test_exchanged_coordinates(client_of, point, refused):
    response = send(client_of("partner_a"), feature(point))
    if refused:
        assert (response.status_code, json.loads(response.content)["code"]) == (422, "looks_swapped")
        assert errors_of(response) == [("geometry.coordinates", "looks_swapped")]
        assert nothing_stored()
    else:
        assert response.status_code == 201


def test_a_person_in_the_text_is_refused_with_the_place(client_of):
    text = "Bruit. Appelez le 06 12 34 56 78 ou voisin@example.org"
    response = send(client_of("partner_a"), feature(description=text), **{"Accept-Language": "en"})
    assert (response.status_code, json.loads(response.content)["code"]) == (422, "personal_data")
    assert set(errors_of(response)) == {("properties.description", "personal_data")}
    messages = [each["message"] for each in json.loads(response.content)["errors"]]
    start = text.index("06 12")
    assert f"Characters {start + 1} to {start + 14} are a phone number" in messages[0]
    # The place is told, and the words are not repeated.
    assert "06 12" not in response.content.decode()
    assert "voisin@" not in response.content.decode()
    assert nothing_stored()


@pytest.mark.parametrize(
    ("occurred", "status"),
    [
        ("2026-11-23T09:00:00+01:00", 201),
        ("2026-11-23T09:05:00+01:00", 201),  # a client's clock may run five minutes fast
        ("2026-11-23T09:05:01+01:00", 422),
        ("2026-11-24T00:00:00+01:00", 422),
        ("2026-11-23T00:00:00+01:00", 201),
        ("1900-01-01T00:00:00Z", 201),
    ],
)
def test_what_is_still_to_come_has_not_happened(client_of, monday, occurred, status):
    response = send(client_of("partner_a"), feature(occurred_at=occurred))
    assert response.status_code == status
    if status == 422:
        assert errors_of(response) == [("properties.occurred_at", "in_future")]


def test_several_reasons_of_content_at_once(client_of, monday):
    response = send(
        client_of("partner_a"), feature(description="le 06 12 34 56 78", occurred_at="2027-01-01T00:00:00Z")
    )
    assert errors_of(response) == [("properties.description", "personal_data"), ("properties.occurred_at", "in_future")]
    assert json.loads(response.content)["code"] == "invalid"


def test_a_query_string_or_a_wrong_method_is_told(client_of):
    client = client_of("partner_a")
    for method in ("PUT", "PATCH", "DELETE"):
        response = client.generic(method, "/api/incidents/")
        assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")


def test_too_many_reports_an_hour_are_told_to_wait(client_of, settings):
    settings.THROTTLES = True
    client = client_of("partner_a")
    statuses = [send(client, {}).status_code for _ in range(61)]
    assert statuses == [400] * 60 + [429]
    wait = send(client, feature())
    assert int(wait["Retry-After"]) >= 1
    assert send(client_of("partner_b"), feature()).status_code == 201


def test_anonymous_learns_nothing_of_the_shape(db):
    nobody = Client(SERVER_NAME="localhost")
    assert {send(nobody, body).status_code for body in (feature(), {}, b"\xff", feature(PARIS), feature(GAP))} == {401}


@pytest.mark.parametrize("address", ["/api/incidents/", "/api/incidents/{}/move/"])
def test_a_parameter_that_means_nothing_is_refused(client_of, person, address):
    row = reported(person("partner_a"), timezone.now())
    before = Routing.objects.count()
    response = client_of("referent_a").post(
        f"{address.format(row.reference)}?x=1",
        json.dumps(feature() if address.endswith("incidents/") else {"coordinates": GAP, "reason": "Plus près."}),
        content_type="application/json",
    )
    assert (response.status_code, errors_of(response)) == (400, [("x", "unknown_parameter")])
    assert (Incident.objects.count(), Routing.objects.count()) == (1, before)


@pytest.mark.parametrize("moment", ["2026-11-01", "20261101T101500Z", "2026-11-01T10:15:00", "20261101"])
def test_a_time_is_written_in_full(client_of, moment):
    response = send(client_of("partner_a"), feature(occurred_at=moment))
    assert (response.status_code, errors_of(response)) == (400, [("properties.occurred_at", "invalid_moment")])
    assert nothing_stored()
