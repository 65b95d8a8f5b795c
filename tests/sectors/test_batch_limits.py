"""What a batch may ask for: discs that are few and small, moments gone by, tables that are not too wide."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sectors import bulk
from sectors.table_heads import MOST_COLUMNS
from sectors.views import batch
from tests.factories import LONG_AGO, corner, land, since, square

pytestmark = pytest.mark.django_db
GAP = [6.0786, 44.5594]


@pytest.fixture
def client(db, settings) -> Client:
    settings.THROTTLES = False
    return Client(SERVER_NAME="localhost")


def post(client: Client, body: Any, kind: str = "application/json") -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.generic("POST", "/api/locate/batch/", data, content_type=kind)


@pytest.mark.parametrize(("accuracy", "status"), [(0, 200), (1000, 200), (1000.1, 400), (100_000, 400), (-0.1, 400)])
def test_a_disc_of_a_batch_is_a_kilometre_at_most(client: Client, accuracy, status):
    response = post(client, {"points": [GAP], "accuracy": accuracy})
    assert response.status_code == status
    if status == 400:
        assert [(each["field"], each["code"]) for each in json.loads(response.content)["errors"]] == [
            ("accuracy", "out_of_range")
        ]


def test_so_many_discs_may_cross_a_border(client: Client, monkeypatch):
    """Each is cut with every sector about: what one request may ask for ends somewhere, and says so."""
    made = land()
    made.sector("a", square(0, 0))
    made.sector("b", square(1, 0))
    crossing, clear = list(corner(1, 0.5)), list(corner(0.5, 0.5))
    monkeypatch.setattr(bulk, "MOST_DISCS", 3)
    assert post(client, {"points": [crossing] * 3 + [clear] * 50, "accuracy": 30}).status_code == 200
    refused = post(client, {"points": [crossing] * 4, "accuracy": 30})
    assert (refused.status_code, json.loads(refused.content)["code"]) == (413, "too_many_points")
    assert json.loads(refused.content)["errors"][0]["field"] == "accuracy"
    # Without a disc there is none to cut.
    assert post(client, {"points": [crossing] * 4}).status_code == 200


@pytest.mark.parametrize("few", [0, 2000], ids=["from an image of that day", "from PostGIS alone"])
def test_a_batch_of_another_day_is_answered_as_that_day_would(client: Client, monkeypatch, few):
    monkeypatch.setattr(batch, "FEW_POINTS", few)
    made = land()
    made.sector("before", square(0, 0))
    change = LONG_AGO + timedelta(days=400)
    type(made.edition).objects.filter(pk=made.edition.pk).update(validity=since(LONG_AGO, change))
    point = list(corner(0.5, 0.5))
    body = {"points": [point] * 3, "at": (change - timedelta(seconds=1)).isoformat()}
    assert [each["sector"] for each in json.loads(post(client, body).content)["results"]] == ["before"] * 3
    body["at"] = change.isoformat()
    assert [each["sector"] for each in json.loads(post(client, body).content)["results"]] == [None] * 3


@pytest.mark.parametrize(("columns", "status"), [(MOST_COLUMNS, 200), (MOST_COLUMNS + 1, 413), (100_000, 413)])
def test_a_table_is_so_wide_at_most(client: Client, columns, status):
    """A short row is filled up to the width of the head: a wide head and many short rows would be a bomb."""
    head = ",".join(["lon", "lat", *(f"c{n}" for n in range(columns - 2))])
    response = post(client, (head + "\n" + "6,44\n" * 200).encode(), "text/csv")
    assert response.status_code == status
    if status == 413:
        assert json.loads(response.content)["code"] == "too_many_columns"
