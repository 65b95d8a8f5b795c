"""The corpus of hostile requests against the real addresses: never a 500, always a problem document, nothing stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AccessLog
from incidents.models import IdempotencyKey, Incident, Routing, StatusChange
from messaging.models import Message
from tests.incidents.sending import reported
from tests.ogcapi.hostile import Hostile, bodies, queries

pytestmark = pytest.mark.django_db
STORED = (Incident, Routing, StatusChange, Message, IdempotencyKey, AccessLog)
MEMBERS = {"type", "title", "status", "detail", "code", "errors"}


@pytest.fixture
def client(client_of, settings) -> Client:
    """The partner's: what is refused is refused for what it is, and not for who sends it."""
    settings.THROTTLES = False
    made: Client = client_of("partner_a", raise_request_exception=False)
    return made


def check(response: Any, case: str) -> dict[str, Any]:
    assert 400 <= response.status_code < 500, f"{case}: {response.status_code}"
    assert response["Content-Type"] == "application/problem+json", case
    document: dict[str, Any] = json.loads(response.content)
    assert set(document) == MEMBERS, case
    assert document["status"] == response.status_code, case
    assert all(set(each) == {"field", "code", "message"} for each in document["errors"]), case
    assert len(response.content) < 20_000, case
    return document


def send(client: Client, address: str, case: Hostile, kind: str = "", **headers: str) -> Any:
    # Of an empty body the client would not tell the type.
    return client.generic("POST", address, case.body, headers=headers or None, CONTENT_TYPE=kind or case.content_type)


def test_hostile_reports(client: Client):
    for case in bodies("feature"):
        document = check(send(client, "/api/incidents/", case), case.name)
        assert document["status"] == case.status, (case.name, document)
    assert [model.objects.count() for model in STORED] == [0] * len(STORED)


def test_hostile_reports_with_a_key(client: Client):
    for case in bodies("feature")[::7]:
        check(send(client, "/api/incidents/", case, **{"Idempotency-Key": "k"}), case.name)
    assert [model.objects.count() for model in STORED] == [0] * len(STORED)


def test_hostile_batches(client: Client):
    for case in bodies("points"):
        document = check(send(client, "/api/locate/batch/", case), case.name)
        assert document["status"] == case.status, (case.name, document)


def test_hostile_tables(client: Client):
    """The same bytes as a table: read as one, or refused."""
    for case in bodies("points", "feature"):
        response = send(client, "/api/locate/batch/", case, "text/csv")
        assert response.status_code in {200, 400, 413}, case.name
        if response.status_code != 200:
            check(response, case.name)


def test_hostile_moves(client: Client, person):
    row = reported(person("partner_a"), timezone.now())
    before = [model.objects.count() for model in STORED]
    for case in bodies("feature", "points"):
        check(send(client, f"/api/incidents/{row.reference}/move/", case), case.name)
    assert [model.objects.count() for model in STORED] == before
    assert Incident.objects.get().location == row.location


@pytest.mark.parametrize("address", ["/api/locate/", "/api/sectors/", "/api/incidents/", "/api/communes/"])
def test_hostile_queries(client: Client, address):
    for query, _status, _code, field in queries():
        response = client.get(f"{address}?{query}")
        if address == "/api/locate/":
            document = check(response, query)
            assert document["errors"][0]["field"] == field, query
        elif response.status_code != 200:
            check(response, query)


ODD = [
    "%00", "%FF", "%C3%28", "%ED%A0%80", "%F0%9F%98%80", "%E2%80%AE", "'", '"', "\\", "%25", "%2500", "-1", "1e309",
    "9" * 400, "a" * 4000, "..%2F..%2Fetc%2Fpasswd", "%3Cscript%3E", "%7B%7B7*7%7D%7D", "${jndi:ldap://x}", "%0d%0aX:1",
    "NaN", "Infinity", "true", "null", "[]", "{}", "POINT(6%2044)", "SRID=2154;POINT(6%2044)",
    "%7B%22crs%22:%7B%22type%22:%22link%22%7D%7D", "0101000000000000000000F03F000000000000F03F",
]  # fmt: skip
PARAMETERS = {
    "/api/locate/": ["lon", "lat", "accuracy", "category", "at", "odd"],
    "/api/sectors/": ["at", "limit", "odd"],
    "/api/communes/": ["at", "limit", "odd"],
    "/api/incidents/": ["status", "sector", "category", "overdue", "bbox", "since", "limit", "cursor", "odd"],
}


@pytest.mark.parametrize(("address", "name"), [(a, n) for a, names in PARAMETERS.items() for n in names])
def test_odd_values_of_every_parameter(client: Client, address, name):
    rest = (
        "" if address != "/api/locate/" else "&".join(f"{n}={v}" for n, v in (("lon", "6"), ("lat", "44")) if n != name)
    )
    for value in ODD:
        for text in (f"{name}={value}", f"{name}[]={value}", f"{value}={name}"):
            response = client.get(f"{address}?{text}&{rest}")
            assert response.status_code in {200, 400}, (text, response.status_code)
            if response.status_code == 400:
                check(response, text)


@pytest.mark.parametrize("address", ["/api/sectors/", "/api/communes/", "/api/incidents/"])
def test_odd_addresses(client: Client, address):
    for value in ODD:
        for tail in ("/", "/routing/", "/move/"):
            response = client.get(f"{address}{value}{tail}")
            assert response.status_code in {404, 405}, (value, tail, response.status_code)
            assert response["Content-Type"] == "application/problem+json", (value, tail)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Accept", "application/xml"),
        ("Accept", "\xff"),
        ("Accept-Language", "x" * 5000),
        ("Accept-Language", "../../etc"),
        ("Content-Encoding", "gzip"),
        ("If-None-Match", "\x00"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("Cookie", "sessionid=\xff; csrftoken=" + "a" * 3000),
        ("X-Forwarded-For", "not an address, " * 50),
        ("X-Forwarded-Host", "evil.example"),
        ("Range", "bytes=0-"),
    ],
)
def test_odd_headers(client: Client, header, value):
    for path in ("/api/locate/?lon=6.07&lat=44.55", "/api/incidents/", "/api/sectors/"):
        response = client.get(path, headers={header: value})
        assert response.status_code == 200, (path, header, response.content[:200])
        assert b"evil" not in response.content


def test_hypothetical_bodies_of_a_report(client: Client):
    """Whatever JSON there is, it is refused or it is a report."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    values = st.recursive(
        leaves, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=8), x, max_size=3), max_leaves=8
    )
    positions = st.lists(st.floats(-200, 200), max_size=3)
    members = st.fixed_dictionaries(
        {},
        optional={
            "type": st.just("Feature") | values,
            "geometry": st.fixed_dictionaries(
                {}, optional={"type": st.just("Point") | values, "coordinates": positions | values}
            )
            | values,
            "properties": st.fixed_dictionaries(
                {},
                optional={
                    "category": st.just("tapage") | values, "description": st.text() | values, "accuracy_m": values,
                    "occurred_at": st.text(max_size=30) | values, "external_reference": values, "partner": values,
                },
            )
            | values,
        },
    )  # fmt: skip

    @given(members)
    def sent(document):
        body = json.dumps(document).encode("utf-8", "surrogatepass")
        response = client.generic("POST", "/api/incidents/", body, content_type="application/json")
        assert response.status_code in {201, 400, 422}, response.content
        if response.status_code != 201:
            check(response, str(document))

    sent()
