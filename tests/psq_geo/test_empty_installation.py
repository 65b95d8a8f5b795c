"""Before a territory is loaded nothing can be decided: programs hear 503 `no_territory`, people read it on a page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from sectors import atlas
from sectors.models import Territory
from tests.incidents.sending import feature, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(settings) -> Client:
    """A client of an installation of which only the schema was made."""
    settings.THROTTLES = False
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE sectors_territory, sectors_commune, sectors_unit CASCADE")
    atlas.forget()
    return Client(SERVER_NAME="localhost", raise_request_exception=False)


def refused(response: Any) -> None:
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert json.loads(response.content)["code"] == "no_territory"
    assert int(response["Retry-After"]) > 0


@pytest.mark.parametrize(
    "query", ["lon=6&lat=44", "lon=0&lat=0", "lon=6&lat=44&at=2020-01-01", "lon=6&lat=44&accuracy=9"]
)
def test_a_place_cannot_be_decided(empty: Client, query):
    refused(empty.get(f"/api/locate/?{query}"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"points": [[6, 44]]}', "application/json"),
        (b'{"points": [[6, 44]], "at": "2020-01-01"}', "application/json"),
        (b"lon,lat\n6,44\n", "text/csv"),
    ],
)
def test_a_batch_cannot_be_decided(empty: Client, body, kind):
    refused(empty.generic("POST", "/api/locate/batch/", body, content_type=kind))


def test_a_report_is_not_taken_and_not_half_stored(client_of, settings):
    """An account is there before its territory's desk is."""
    from incidents.models import Incident
    from messaging.models import Message

    settings.THROTTLES = False
    client = client_of("partner_a", raise_request_exception=False)
    Territory.objects.update(triage_post=None)
    atlas.forget()
    refused(send(client, feature()))
    assert (Incident.objects.count(), Message.objects.count()) == (0, 0)


def test_lists_are_empty_and_no_fault(empty: Client):
    for address in ("/api/sectors/", "/api/communes/"):
        assert empty.get(address).json()["features"] == []


@pytest.mark.parametrize(
    "path", ["/", "/qui-repond/", "/qui-repond/?lat=44&lon=6", "/qui-repond/?q=gap", "/connexion/"]
)
def test_a_page_says_so(empty: Client, path):
    response = empty.get(path)
    assert response.status_code in {200, 503}, response.status_code
    assert response["Content-Type"].startswith("text/html")
    if path == "/":
        assert "Aucun territoire" in response.content.decode()


def test_it_is_not_ready(empty: Client):
    response = empty.get("/readyz")
    assert response.status_code == 503
    assert "territory" in response.content.decode()
