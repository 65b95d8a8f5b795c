"""Concerns at `/ogc`: of each reader those they may see, as they may see them, in every representation."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessLog
from accounts.throttles import LIMITS, Rate
from incidents.models import Incident
from tests.incidents.sending import SEEN, reported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]
ITEMS = "/ogc/collections/incidents/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def got(client: Client, **query: str) -> list[dict[str, Any]]:
    response = client.get(ITEMS, query)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = json.loads(response.content)["features"]
    return found


def names(client: Client, three: dict[str, Incident], **query: str) -> set[str]:
    known = {incident.reference: name for name, incident in three.items()}
    return {known[each["id"]] for each in got(client, **query)}


@pytest.mark.parametrize(("who", "seen"), SEEN)
def test_each_sees_their_own(client_of, three, who, seen):
    client = client_of(who)
    assert names(client, three) == set(seen.split())
    assert json.loads(client.get(ITEMS).content)["numberMatched"] == len(seen.split())
    table = b"".join(client.get(ITEMS, {"f": "csv"})).decode()
    sequence = b"".join(client.get(ITEMS, {"f": "geojsonseq"})).decode()
    for name, incident in three.items():
        there = name in seen.split()
        assert (incident.reference in table, incident.reference in sequence) == (there, there)
        assert (client.get(f"{ITEMS}/{incident.reference}").status_code == 200) == there


def test_a_reader_in_part_is_told_the_street_and_can_ask_for_nothing_more(client_of, three):
    mayor, own = client_of("mayor_gap"), client_of("partner_a")
    (told,) = got(mayor, category="tapage")
    (whole,) = got(own, category="tapage")
    assert (told["properties"]["position"], whole["properties"]["position"]) == ("street", "exact")
    assert told["geometry"] != whole["geometry"]
    assert told["properties"]["description"] is None
    assert told["properties"]["reported_at"] is None
    incident = three["gap"]
    lon, lat = incident.location.coords
    hidden = {
        "sector": "gap-hyper-centre",
        "post": incident.post.code,
        "datetime": "2020-01-01/..",
        "due_on": str(incident.due_on),
    }
    for name, value in hidden.items():
        assert names(mayor, three, **{name: value}) == set(), name
        assert "gap" in names(own, three, **{name: value}), name
    for crs in ("4326", "3857"):
        place = (
            whole["geometry"]["coordinates"] if crs == "4326" else incident.location.transform(3857, clone=True).coords
        )
        x, y = place if crs == "3857" else (lat, lon)
        step = 1e-6 if crs == "4326" else 0.2
        query = {"bbox": f"{x - step},{y - step},{x + step},{y + step}", "bbox-crs": f"{EPSG}{crs}"}
        assert names(mayor, three, **query) == set()
        assert names(own, three, **query) == {"gap"}
    assert mayor.get(ITEMS, {"sortby": "due_on"}).status_code == 400


def test_the_direction_reads_no_words_without_a_motive(client_of, three):
    assert {each["properties"]["description"] for each in got(client_of("director"))} == {None}


@pytest.mark.parametrize("form", ["csv", "geojsonseq"])
def test_what_is_carried_away_goes_without_words_and_is_counted(client_of, three, settings, monkeypatch, form):
    client = client_of("partner_a")
    (whole,) = got(client, category="tapage")
    assert whole["properties"]["description"]
    taken = b"".join(client.get(ITEMS, {"f": form})).decode()
    assert three["gap"].reference in taken
    assert whole["properties"]["description"] not in taken
    settings.THROTTLES = True
    monkeypatch.setitem(LIMITS, "export", Rate(1, 3600))
    assert [client.get(ITEMS, {"f": form}).status_code for _ in range(2)] == [200, 429]
    assert client_of("anonymous").get("/ogc/collections/sectors/items", {"f": form}).status_code == 200


def test_extent_and_time_tell_of_no_concern(client_of, three):
    described = client_of("partner_b").get("/ogc/collections/incidents").json()["extent"]
    assert described["temporal"]["interval"] == [[None, None]]
    assert described == client_of("partner_a").get("/ogc/collections/incidents").json()["extent"]
    # Of all communes that are served, and not of Briançon, where the one concern seen lies.
    assert described["spatial"] == client_of("anonymous").get("/ogc/collections/communes").json()["extent"]["spatial"]


def test_filters_find(client_of, three):
    client = client_of("partner_a")
    assert names(client, three, category="rodeo") == {"housing"}
    assert names(client, three, status="signalee") == {"gap", "housing"}
    assert names(client, three, datetime="2026-11-23/..") == {"gap"}
    assert names(client, three, bbox="6.07,44.55,6.09,44.57") == {"gap"}


@pytest.mark.parametrize("query", [{}, {"f": "csv"}, {"f": "geojsonseq"}])
def test_what_is_read_is_logged(client_of, person, three, query):
    client = client_of("partner_a")
    response = client.get(ITEMS, query)
    if response.streaming:
        list(response)
    entry = AccessLog.objects.get(operation="incident.ogc")
    assert entry.user == person("partner_a")
    assert set(entry.references) == {f"incident:{three[name].reference}" for name in ("gap", "housing")}


def test_a_place_beyond_a_system_has_no_geometry_in_it(client_of, person, monday):
    far = reported(person("partner_a"), monday, (170.0, -80.0))
    client = client_of("partner_a")
    for code, there in (("2154", False), ("3857", True), ("4326", True)):
        told = client.get(f"{ITEMS}/{far.reference}", {"crs": f"{EPSG}{code}"}).json()
        assert (told["geometry"] is not None) == there


def test_a_page_asks_little(client_of, three, django_assert_num_queries):
    client = client_of("partner_a")
    client.get(ITEMS)
    # the token with what it covers, the page (a first one that holds everything is not counted), which territories they
    # lie in, the access log
    with django_assert_num_queries(4):
        client.get(ITEMS)
