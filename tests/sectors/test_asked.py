"""What the addresses of the map are asked: all that is wrong is named at once."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def client(db, settings) -> Client:
    settings.THROTTLES = False
    return Client(SERVER_NAME="localhost")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", ["lon", "lat"]),
        ("lat=44", ["lon"]),
        ("lon=6", ["lat"]),
        ("lon=&lat=", ["lon", "lat"]),
        ("accuracy=3", ["lon", "lat"]),
        ("lon=6&lon=7", ["lon", "lat"]),
        ("lng=6&lat=44", ["lng", "lon"]),
    ],
)
def test_all_that_lacks_is_named(client: Client, query, named):
    response = client.get(f"/api/locate/?{query}")
    assert response.status_code == 400
    assert [each["field"] for each in response.json()["errors"]] == named
