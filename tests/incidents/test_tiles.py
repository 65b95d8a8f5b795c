"""Concerns in vector tiles: of each reader those they may see, where and as far as they may see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccessLog
from accounts.throttles import LEASES, LIMITS, Rate
from incidents import collections
from incidents.collections import Incidents
from incidents.models import Incident
from ogcapi import tiles
from ogcapi.asked import Asked
from ogcapi.crs import CRS84
from sectors.collections import Reader
from sectors.models import Territory
from sectors.scope import scope_of
from tests.conftest import CAST
from tests.incidents.sending import GAP, PARIS, SEEN, reported
from tests.ogcapi.tiles import GRID, address, over, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]
EVERYWHERE = (0, 0, 0)
NEAR = over(GAP, 16)
TAILS = ("tiles", GRID, f"{GRID}/0/0/0", "style")


def names(client: Client, three: dict[str, Incident], place=EVERYWHERE, **query: str) -> set[str]:
    known = {incident.reference: name for name, incident in three.items()}
    return {known[each["properties"]["reference"]] for each in read(client, "incidents", place, **query)}


def alone(client: Client, place: tuple[int, int, int], **query: str) -> dict[str, Any]:
    (found,) = read(client, "incidents", place, **query)
    return found


@pytest.mark.parametrize(("who", "seen"), SEEN)
def test_each_sees_their_own(client_of, three, who, seen):
    client = client_of(who)
    assert names(client, three) == set(seen.split())
    for name, incident in three.items():
        there = names(client, three, over(incident.location.coords, 14))
        assert (name in there) == (name in seen.split())
    assert client.get(address("incidents", *EVERYWHERE))["Cache-Control"] == "private, no-cache"


def test_for_a_stranger_there_are_none(client_of, three):
    client = client_of("anonymous")
    for tail in TAILS:
        response = client.get(f"/ogc/collections/incidents/{tail}")
        assert response.status_code == 404
        assert response.content == client.get("/ogc/collections/none-at-all").content
    assert b"incidents/tiles" not in client.get("/ogc/api").content
    assert not AccessLog.objects.filter(operation="incident.tile").exists()


def test_a_reader_in_part_is_told_the_street_however_deep_they_look(client_of, three):
    mayor, own = client_of("mayor_gap"), client_of("partner_a")
    incident = three["gap"]
    exact, street = incident.location.coords, incident.street_location.coords
    for zoom in (10, 16, 22):
        step = 360 / 2**zoom / 4096
        told = alone(mayor, over(street, zoom), category="tapage")
        whole = alone(own, over(exact, zoom), category="tapage")
        assert told["geometry"].coords[0] == pytest.approx(street, abs=2 * step)
        assert whole["geometry"].coords[0] == pytest.approx(exact, abs=2 * step)
        assert (told["properties"]["position"], whole["properties"]["position"]) == ("street", "exact")
    # Where it really lies there is nothing for them, and where the street is nothing for those who know better.
    assert over(exact, 22) != over(street, 22)
    assert read(mayor, "incidents", over(exact, 22)) == []
    assert read(own, "incidents", over(street, 22)) == []


def test_a_reader_in_part_is_told_no_more_and_can_ask_for_nothing_more(client_of, three):
    mayor, own = client_of("mayor_gap"), client_of("partner_a")
    every = "reference,status,category,sector,post,unit,partner,month,reported_at,due_on,overdue,updated_at,supports"
    told = alone(mayor, EVERYWHERE, category="tapage", properties=f"{every},position")["properties"]
    assert set(told) == {"reference", "status", "category", "position"}
    whole = alone(own, EVERYWHERE, category="tapage", properties=f"{every},position")["properties"]
    assert set(whole) == {*every.split(","), "position"}
    incident = three["gap"]
    hidden = {
        "sector": "gap-hyper-centre",
        "post": incident.post.code,
        "datetime": "2020-01-01/..",
        "due_on": str(incident.due_on),
        "filter": "sector = 'gap-hyper-centre'",
    }
    for name, value in hidden.items():
        assert names(mayor, three, **{name: value}) == set(), name
        assert "gap" in names(own, three, **{name: value}), name


def test_what_a_tile_says_is_what_the_items_say(client_of, three):
    Incident.objects.filter(pk=three["housing"].pk).update(due_at=timezone.now() - timedelta(days=1))
    client = client_of("partner_a")
    names_ = [field.name for field in Incidents.fields if Incidents().drawn(field) is not None]
    items = client.get("/ogc/collections/incidents/items").json()["features"]
    tile = read(client, "incidents", EVERYWHERE, properties=",".join(names_))
    said = {each["properties"]["reference"]: each["properties"] for each in tile}
    assert {each["properties"]["overdue"] for each in items} == {True, False}
    for each in items:
        expected = {name: each["properties"][name] for name in names_ if each["properties"][name] is not None}
        found = said[each["id"]]
        # A tile writes moments in UTC, to the second.
        for name in ("reported_at", "updated_at"):
            assert found.pop(name).endswith("Z")
            expected.pop(name)
        assert found == expected


@pytest.mark.parametrize("name", ["description", "outcome", "reason"])
def test_nobodys_words_are_in_a_tile(client_of, three, name):
    client = client_of("partner_a")
    response = client.get(address("incidents", *EVERYWHERE), {"properties": name})
    assert response.status_code == 400
    assert three["gap"].description.encode() not in client.get(address("incidents", *EVERYWHERE)).content
    described = client.get(f"/ogc/collections/incidents/{GRID}", {"f": "tilejson"}).json()
    assert name not in described["vector_layers"][0]["fields"]


def test_the_order_in_a_tile_is_not_the_order_of_reporting(client_of, person, monday):
    made = [reported(person("partner_a"), monday, GAP).reference for _ in range(12)]
    assert made != sorted(made)
    told = [each["properties"]["reference"] for each in read(client_of("mayor_gap"), "incidents", EVERYWHERE)]
    assert told == sorted(made)
    # The key counts what is reported.
    assert not [each for each in read(client_of("partner_a"), "incidents", EVERYWHERE) if each.get("id")]


def test_descriptions_tell_of_no_concern(client_of, three):
    for tail in (GRID, "style"):
        told = [client_of(who).get(f"/ogc/collections/incidents/{tail}").json() for who in ("partner_a", "partner_b")]
        assert told[0] == told[1]


def test_a_map_asks_for_tiles_beyond_the_territories_too(client_of, person, monday):
    """Somebody may report from anywhere: what is told of the tiles bounds them nowhere."""
    reported(person("partner_a"), monday, PARIS)
    client = client_of("partner_a")
    base = "/ogc/collections/incidents"
    sources = (client.get(f"{base}/{GRID}", {"f": "tilejson"}).json(), client.get(f"{base}/style").json()["sources"])
    for told in (sources[0], sources[1]["incidents"]):
        assert told["bounds"] == [-180, -90, 180, 90]
    limits = client.get(f"{base}/{GRID}").json()["tileMatrixSetLimits"][12]
    assert (limits["minTileCol"], limits["maxTileCol"], limits["maxTileRow"]) == (0, 4095, 4095)
    assert alone(client, over(PARIS, 12))


def test_a_place_beyond_the_projection_is_in_no_tile(client_of, person, monday):
    for place in ((170.0, -89.999999), (0.0, 90.0), (180.0, 86.0)):
        reported(person("partner_a"), monday, place)
    client = client_of("partner_a")
    assert read(client, "incidents", EVERYWHERE) == []
    for row in (0, 2**22 - 1):
        assert read(client, "incidents", (22, row, 2**22 - 1)) == []


def test_more_than_a_tile_holds_is_a_sample_of_it(client_of, person, monday, monkeypatch):
    made = sorted(reported(person("partner_a"), monday, GAP).reference for _ in range(7))
    monkeypatch.setattr(tiles, "MOST", 4)
    response = client_of("partner_a").get(address("incidents", *EVERYWHERE))
    assert response["OGC-NumberReturned"] == "4"
    told = [each["properties"]["reference"] for each in read(client_of("partner_a"), "incidents", EVERYWHERE)]
    assert told == made[:4]


def test_the_log_keeps_which_tile_was_drawn_and_not_each_time(client_of, three):
    client = client_of("partner_a")
    for _ in range(3):
        read(client, "incidents", NEAR)
    read(client, "incidents", NEAR, status="signalee")
    # Nothing was told of a tile that is empty.
    read(client, "incidents", over((0.0, 0.0), 12))
    at = "/".join(map(str, NEAR))
    assert kept() == [(at, 1, "05"), (f"{at}?status=signalee", 1, "05")]
    # Another reader's look is another's.
    read(client_of("director"), "incidents", NEAR)
    assert kept("director") == [(at, 1, "05")]
    # Each territory keeps that something of its own was shown.
    read(client, "incidents", EVERYWHERE)
    assert {each[2] for each in kept()[2:]} == {
        territory.code for territory in Territory.objects.filter(incidents__partner__code="bailleur")
    }


def kept(who: str = "partner_a") -> list[tuple[str, int | None, str]]:
    """What the log has of tiles: the reference, how many concerns, the territory."""
    entries = AccessLog.objects.filter(operation="incident.tile", user__email=f"{CAST[who]}@psq.example")
    return list(entries.order_by("at", "pk").values_list("reference", "count", "territory"))


def test_a_look_an_hour_later_is_another(client_of, three, monkeypatch):
    client = client_of("partner_a")
    monkeypatch.setattr(collections, "TILE_KEPT", timedelta())
    for _ in range(2):
        read(client, "incidents", NEAR)
    assert len(kept()) == 2


def test_tiles_are_counted_apart(client_of, three, settings, monkeypatch):
    settings.THROTTLES = True
    monkeypatch.setitem(LIMITS, "read", Rate(1, 3600))
    monkeypatch.setitem(LIMITS, "areas", Rate(1, 3600))
    client = client_of("partner_a")
    assert [client.get(address("incidents", *NEAR)).status_code for _ in range(3)] == [200] * 3
    assert client.get("/ogc/collections/incidents/items").status_code == 200
    nobody = client_of("anonymous")
    assert [nobody.get(address("sectors", *NEAR)).status_code for _ in range(3)] == [200] * 3
    LEASES.clear()
    monkeypatch.setitem(LIMITS, "tiles", Rate(1, 3600))
    assert client.get(address("incidents", *NEAR)).status_code == 200
    assert client.get(address("incidents", *NEAR)).status_code == 429


def test_a_tile_asks_little(client_of, three, django_assert_num_queries):
    client = client_of("partner_a")
    client.get(address("incidents", *EVERYWHERE))
    # the token with what it covers, the tile, was it drawn already, the access log
    with django_assert_num_queries(4):
        client.get(address("incidents", *NEAR))
    with django_assert_num_queries(3):
        client.get(address("incidents", *NEAR))
    with django_assert_num_queries(2):
        client.get(address("incidents", *over((0.0, 0.0), 12)))


def test_a_tile_is_found_by_the_index_of_places(person, three):
    """However many concerns there are, a tile reads those of its own corner."""
    user = person("director")
    collection = Incidents()
    rows = collection.rows(Reader(user, scope_of(user, timezone.now())))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert rows is not None
    with CaptureQueriesContext(connection) as asked:
        tiles.drawn(collection, rows, Asked(CRS84, "mvt", None), tiles.Place(*NEAR))
    (query,) = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {query['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "incidents_incident_location" in plan, plan
    assert "incident_reference" not in plan, plan
