"""Data leaves compressed where the client takes it, and is the same when it is unpacked."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.test import Client

from ogcapi.packed import takes_gzip

pytestmark = pytest.mark.django_db
SECTORS = "/ogc/collections/sectors/items"


def got(query: str, accepted: str | None = "gzip", **headers: str) -> tuple[Any, bytes]:
    given = headers if accepted is None else {"Accept-Encoding": accepted, **headers}
    response = Client(SERVER_NAME="localhost").get(query, headers=given)
    return response, b"".join(response) if response.streaming else response.content


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True), ("gzip, deflate, br", True), ("GZIP", True), ("*", True), ("gzip;q=0.1", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True), ("*;q=0, gzip", True), ("gzip ; q=1", True), ("x-gzip", True),
        ("", False), ("identity", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.000", False),
        ("*;q=0", False), ("*, gzip;q=0", False), ("gzip;q=x", False), ("gzip;q=.", False), ("gzipped", False),
    ],
)  # fmt: skip
def test_what_a_client_takes(accepted, taken):
    assert takes_gzip(accepted) is taken


@pytest.mark.parametrize(
    "address",
    ["/ogc/collections", "/ogc/api", SECTORS, f"{SECTORS}?f=geojson", f"{SECTORS}?f=geojsonseq", f"{SECTORS}?f=csv",
     "/ogc/collections/communes/communes.geojson"],
)  # fmt: skip
def test_data_is_compressed_and_the_same(address):
    plain, expected = got(address, None)
    response, body = got(address)
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    assert "Accept-Encoding" in plain["Vary"]
    assert "Content-Encoding" not in plain
    unpacked = gzip.decompress(body)
    if address == SECTORS:
        told = [{**json.loads(each), "timeStamp": ""} for each in (unpacked, expected)]
        assert told[0] == told[1]
    else:
        assert unpacked == expected
    assert response.get("Content-Length", str(len(body))) == str(len(body))


def test_what_is_weighed_with_nothing_is_not_sent():
    assert "Content-Encoding" not in got(SECTORS, "gzip;q=0, identity")[0]


def test_the_tag_of_what_is_compressed_is_weak_and_known_again():
    strong, weak = got(SECTORS, None)[0]["ETag"], got(SECTORS)[0]["ETag"]
    assert weak == f"W/{strong}"
    for known in (strong, weak):
        for accepted, tag in (("gzip", weak), (None, strong)):
            again, body = got(SECTORS, accepted, **{"If-None-Match": known})
            assert (again.status_code, body, again["ETag"]) == (304, b"", tag)
            assert "Accept-Encoding" in again["Vary"]
            assert "Content-Encoding" not in again


def test_the_length_tells_less_of_what_stands_in_it():
    assert len({len(got("/ogc/api")[1]) for _each in range(20)}) > 1


def test_what_is_short_or_no_data_stays_as_it_is():
    for address in (
        "/ogc/collections/communes/queryables",
        "/ogc/collections/none",
        "/ogc/collections/sectors/sectors.fgb",
    ):
        response, body = got(address)
        assert "Content-Encoding" not in response, address
        assert body[:2] != b"\x1f\x8b"
