"""`GET /api/incidents/`: filters, pages, and nothing that a reader in part is not told."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import Incident
from tests.incidents.sending import (
    ADDRESS,
    BRIANCON,
    GAP,
    GAP_DESK,
    GAP_HOUSING,
    PARIS,
    VALLEY,
    errors_of,
    reported,
)  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]


def found(client: Client, **query: Any) -> set[str]:
    response = client.get(ADDRESS, query)
    assert response.status_code == 200, response.content
    return {each["id"] for each in response.json()["features"]}


@pytest.fixture
def seven(person, monday: datetime) -> dict[str, str]:
    """Concerns of the partner, by name; a month and a half apart in age."""
    author = person("partner_a")
    made = {
        "gap": reported(author, monday - timedelta(days=1)),
        "old": reported(author, monday - timedelta(days=45)),
        "closed": reported(author, monday - timedelta(days=50)),
        "housing": reported(author, monday - timedelta(hours=2), GAP_HOUSING, category="rodeo"),
        "briancon": reported(author, monday, BRIANCON),
        "valley": reported(author, monday, VALLEY),
        "paris": reported(author, monday, PARIS),
    }
    Incident.objects.filter(pk=made["closed"].pk).update(status="close")
    return {name: row.reference for name, row in made.items()}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, "gap old closed housing briancon valley paris"),
        ({"status": "signalee"}, "gap old housing briancon valley paris"),
        ({"status": "close"}, "closed"),
        ({"status": "repondue"}, ""),
        ({"sector": "gap-hyper-centre"}, "gap old closed"),
        ({"sector": "no-such-sector"}, ""),
        ({"category": "rodeo"}, "housing"),
        ({"overdue": "true"}, "old"),
        ({"overdue": "false"}, "gap closed housing briancon valley paris"),
        ({"bbox": "6,44.5,6.1,44.6"}, "gap old closed housing"),
        ({"bbox": "6.0786,44.5594,6.0787,44.5595"}, "gap old closed"),  # its edges are in
        ({"bbox": "6.0785,44.5593,6.0786,44.5594"}, "gap old closed"),
        ({"bbox": "170,-90,-170,90"}, ""),
        ({"bbox": "6.6,-90,3,90"}, "briancon paris"),  # round the back of the globe
        ({"bbox": "-180,-90,180,90"}, "gap old closed housing briancon valley paris"),
        ({"since": "2026-11-23"}, "housing briancon valley paris"),
        ({"since": "2026-11-23T07:00:00+01:00"}, "housing briancon valley paris"),
        ({"since": "2026-11-23T07:00:01+01:00"}, "briancon valley paris"),
        ({"since": "2026-11-23T08:00:00Z"}, "briancon valley paris"),
        ({"since": "2027-01-01"}, ""),
        ({"status": "signalee", "sector": "gap-hyper-centre", "overdue": "true", "bbox": "6,44,7,45"}, "old"),
        ({"category": "tapage", "since": "2026-11-20", "bbox": "6,44,6.1,45"}, "gap"),
        ({"limit": "1000"}, "gap old closed housing briancon valley paris"),
    ],
    ids=str,
)
def test_filters(client_of, seven, query, names):
    assert found(client_of("partner_a"), **query) == {seven[name] for name in names.split()}


@pytest.mark.parametrize(
    "box",
    [
        "6.0786,44.5594,6.0786,44.5594",
        "6,44.5594,7,44.5594",
        "6.0786,44,6.0786,45",
    ],
)
def test_a_box_may_be_a_line_or_a_point(client_of, seven, box):
    assert found(client_of("partner_a"), bbox=box) >= {seven["gap"], seven["old"]}


def test_overdue_begins_when_the_last_second_is_over(client_of, person, monday):
    import time_machine

    row = reported(person("partner_a"), monday)
    for moment, late in (
        ("2026-12-23T23:59:59+01:00", False),
        ("2026-12-23T23:59:59.999999+01:00", False),
        ("2026-12-24T00:00:00+01:00", True),
    ):
        with time_machine.travel(datetime.fromisoformat(moment), tick=False):
            client = client_of("partner_a")
            assert found(client, overdue="true") == ({row.reference} if late else set())
            assert client.get(f"{ADDRESS}{row.reference}/").json()["properties"]["overdue"] is late


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("status=ouverte", "status", "unknown_status"),
        ("status=", "status", "unknown_status"),
        ("category=nope", "category", "unknown_category"),
        ("overdue=yes", "overdue", "not_a_boolean"),
        ("overdue=True", "overdue", "not_a_boolean"),
        ("bbox=1,2,3", "bbox", "wrong_bbox"),
        ("bbox=1,2,3,4,5,6", "bbox", "wrong_bbox"),
        ("bbox=1,3,2,2", "bbox", "wrong_bbox"),
        ("bbox=a,2,3,4", "bbox", "not_a_number"),
        ("bbox=nan,2,3,4", "bbox", "not_a_number"),
        ("bbox=1e999,2,3,4", "bbox", "not_finite"),
        ("since=2026", "since", "invalid_moment"),
        ("since=", "since", "invalid_moment"),
        ("limit=0", "limit", "out_of_range"),
        ("limit=1001", "limit", "out_of_range"),
        ("limit=99999999999999999999", "limit", "out_of_range"),
        ("limit=1.5", "limit", "not_an_integer"),
        ("limit=ten", "limit", "not_a_number"),
        ("cursor=0000-0000", "cursor", "unknown_cursor"),
        ("cursor=", "cursor", "unknown_cursor"),
        ("cursor=%27%20OR%201=1", "cursor", "unknown_cursor"),
        ("sector=%00", "sector", "null_character"),
        ("sector=a&sector=b", "sector", "repeated_parameter"),
        ("page=2", "page", "unknown_parameter"),
        ("offset=10", "offset", "unknown_parameter"),
        ("ordering=description", "ordering", "unknown_parameter"),
        ("description=x", "description", "unknown_parameter"),
        ("partner__name=x", "partner__name", "unknown_parameter"),
    ],
)
def test_a_bad_parameter_is_named(client_of, query, field, code):
    response = client_of("partner_a").get(f"{ADDRESS}?{query}")
    assert response.status_code == 400
    assert errors_of(response) == [(field, code)]


def pages(client: Client, address: str) -> list[list[str]]:
    """The references of each page, following `next` to the end."""
    gathered = []
    while address:
        answer = client.get(address).json()
        assert answer["numberReturned"] == len(answer["features"])
        gathered.append([each["id"] for each in answer["features"]])
        links = {each["rel"]: each["href"] for each in answer.get("links", [])}
        parts = urlsplit(links.get("next", ""))
        address = f"{parts.path}?{parts.query}" if parts.path else ""
        assert len(gathered) < 50
    return gathered


def test_pages_lose_and_repeat_nothing_while_new_ones_arrive(client_of, person):
    now = timezone.now()
    author = person("partner_a")
    old = [reported(author, now - timedelta(minutes=60 - n)).reference for n in range(23)]
    client = client_of("partner_a")
    address, seen = f"{ADDRESS}?limit=5&status=signalee&bbox=6,44,7,45", []
    while address:
        answer = client.get(address).json()
        seen += [each["id"] for each in answer["features"]]
        reported(author, timezone.now())
        parts = urlsplit({each["rel"]: each["href"] for each in answer["links"]}.get("next", ""))
        address = f"{parts.path}?{parts.query}" if parts.path else ""
    assert seen == old[::-1]


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1, 1, 1, 1]), (2, [2, 2]), (3, [3, 1]), (4, [4]), (5, [4])])
def test_the_last_page_has_no_next(client_of, person, limit, sizes):
    for _ in range(4):
        reported(person("partner_a"), timezone.now())
    assert [len(page) for page in pages(client_of("partner_a"), f"{ADDRESS}?limit={limit}")] == sizes


def test_pages_of_a_mayor_are_stable_too(client_of, person):
    expected = [reported(person("partner_b"), timezone.now()).reference for _ in range(7)][::-1]
    got = pages(client_of("mayor_gap"), f"{ADDRESS}?limit=2")
    assert [reference for page in got for reference in page] == expected


def test_a_cursor_on_a_foreign_concern_is_one_that_leads_nowhere(client_of, person):
    foreign = reported(person("partner_b"), timezone.now(), BRIANCON)
    client = client_of("partner_a")
    told = [client.get(ADDRESS, {"cursor": cursor}) for cursor in (foreign.reference, "0000-0000")]
    assert [each.status_code for each in told] == [400, 400]
    assert told[0].content == told[1].content


@pytest.fixture
def in_part(person, monday) -> tuple[Incident, Incident]:
    """Two concerns of other people in Gap, which its mayor sees in part: one fresh, one overdue."""
    author = person("referent_a")  # who reports for no organisation: its partner is null
    fresh = reported(author, monday - timedelta(hours=1), description="Un texte que le maire ne lit pas")
    return fresh, reported(author, monday - timedelta(days=60), GAP_DESK)


def test_a_reader_in_part_finds_them_by_what_they_show(client_of, in_part):
    client = client_of("mayor_gap")
    both = {each.reference for each in in_part}
    assert found(client) == both
    assert found(client, status="signalee", category="tapage") == both
    # The sector is that of the exact place: with the street it would tell on which side of a border the door is.
    assert found(client, sector="gap-hyper-centre") == set()
    street = in_part[0].street_location
    assert found(client, bbox=f"{street.x},{street.y},{street.x + 1e-6},{street.y + 1e-6}") == {in_part[0].reference}


def test_no_filter_tells_a_reader_in_part_where_or_when(client_of, in_part, monday):
    """Neither what is asked for nor its opposite finds them: there is nothing to compare."""
    client = client_of("mayor_gap")
    for overdue in ("true", "false"):
        assert found(client, overdue=overdue) == set()
    for since in ("2020-01-01", "2026-11-23", monday.isoformat().replace("+", "%2B")):
        assert client.get(f"{ADDRESS}?since={since}").json()["features"] == []
    place, tiny = in_part[0].location, 1e-6
    assert found(client, bbox=f"{place.x - tiny},{place.y - tiny},{place.x + tiny},{place.y + tiny}") == set()
    answer = client.get(ADDRESS).content.decode()
    for secret in ("Un texte", "44.5594]", "2026-11-23T", "2026-12", str(place.x), "referent.gap1", "gap1"):
        assert secret not in answer, secret


def test_queries_do_not_grow_with_the_page(client_of, person):
    client = client_of("partner_a")
    counts = []
    for some in (1, 40):
        for _ in range(some):
            reported(person("partner_a"), timezone.now())
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as caught:
            client.get(f"{ADDRESS}?limit=100&bbox=6,44,7,45&overdue=false")
        counts.append(len(caught.captured_queries))
    # SELECT the token with its account and what it covers; the page; INSERT the access log
    assert counts == [3, 3]


def test_the_collection(client_of, person):
    row = reported(person("partner_a"), timezone.now())
    response = client_of("partner_a").get(f"{ADDRESS}?status=signalee&limit=1")
    answer = json.loads(response.content)
    assert response["Content-Type"] == "application/geo+json"
    assert "private" in response["Cache-Control"]
    assert "Accept-Language" in response["Vary"]
    assert (answer["type"], answer["numberReturned"], answer["features"][0]["id"]) == (
        "FeatureCollection",
        1,
        row.reference,
    )
    assert answer["links"][0] == {
        "rel": "self", "type": "application/geo+json", "href": f"http://localhost{ADDRESS}?status=signalee&limit=1",
    }  # fmt: skip
    assert response.json()["features"][0]["geometry"]["coordinates"] == list(GAP)
