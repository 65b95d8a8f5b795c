"""The short way of the API protects its answers as the whole way does."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

GUARDS = (
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Content-Security-Policy",
    "Content-Language",
    "Vary",
)
ADDRESSES = ("/api/locate/?lon=6.0786&lat=44.5594", "/api/sectors/", "/api/incidents/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_ways_set_the_same_guards(db, address):
    short = Client(SERVER_NAME="localhost")
    whole = Client(SERVER_NAME="localhost")
    whole.cookies[settings.SESSION_COOKIE_NAME] = "nobody-s"
    for client in (short, whole):
        response = client.get(address, headers={"Accept-Language": "fr"})
        assert [name for name in GUARDS if name not in response.headers] == []
        assert response.headers["Content-Language"] == "fr"
        assert "Accept-Language" in response.headers["Vary"]
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_wrong_host_is_refused_on_the_short_way_too(db):
    assert Client(SERVER_NAME="elsewhere.example").get(ADDRESSES[0]).status_code == 400


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_probe_calls_by_address(db, address):
    assert Client(SERVER_NAME="10.0.0.7").get(address).status_code == 200
