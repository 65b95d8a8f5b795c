"""What pages of other sites may read: what anybody is told; with a token, where the installation names their origin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts import changes as accounts
from psq_geo.environment import env_origins

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]
ELSEWHERE = "https://maps.example"
TILE = "/ogc/collections/sectors/tiles/WebMercatorQuad/9/185/264"
ALLOWED = "Access-Control-Allow-Origin"
PUBLIC = [
    "/ogc", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/collections/sectors/items?limit=1",
    "/ogc/collections/sectors/style", "/ogc/collections/communes/tiles/WebMercatorQuad?f=tilejson", TILE,
    "/ogc/collections/sectors/sectors.fgb", "/ogc/collections/sectors/sectors.csv",
    "/wfs?service=WFS&request=GetCapabilities", "/api/sectors/", "/api/communes/05061/",
    "/api/locate/?lon=6.0786&lat=44.5594", "/api/statistics/",
]  # fmt: skip


def client(**headers: str) -> Client:
    return Client(SERVER_NAME="localhost", headers=headers)


def said(response: Any) -> dict[str, str]:
    return {name: text for name, text in response.headers.items() if name.startswith("Access-Control-")}


@pytest.fixture
def token(person: Callable[[str], Any]) -> str:
    return accounts.create_token(user=person("partner_a"), name="map", ttl=timedelta(days=1))


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_anybody_is_told_any_page_may_read(settings, tmp_path, address, method):
    settings.DOWNLOADS_ROOT = tmp_path
    for asking in (client(Origin=ELSEWHERE), client(Origin="null"), client()):
        response = asking.generic(method, address)
        assert response.status_code == 200
        assert response[ALLOWED] == "*"
        told = response["Access-Control-Expose-Headers"].split(", ")
        assert {"ETag", "Content-Crs", "Content-Range", "OGC-NumberReturned"} <= set(told)
        # The same to every origin, so that a cache need not know which it was.
        assert "Origin" not in response.get("Vary", "").split(", ")
        assert "Access-Control-Allow-Credentials" not in response.headers
        if response.streaming:
            # Taken to its end: it leaves no question open.
            assert response.getvalue() or method == "HEAD"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/ogc/collections/incidents/items", 404),
        ("/ogc/collections/sectors/items?limit=none", 400),
        ("/api/locate/?lon=6", 400),
    ],
)
def test_a_refusal_is_read_as_well(address, status):
    response = client(Origin=ELSEWHERE).get(address)
    assert (response.status_code, response[ALLOWED]) == (status, "*")


@pytest.mark.parametrize(
    "address",
    ["/", "/bureau/", "/api/incidents/", "/api/schema/", "/donnees/psq_geo.qlr", "/healthz", "/admin/",
     "/ogc/collections/sectors?f=html", "/ogc/api.html", "/open311/v2/services.json"],
)  # fmt: skip
def test_pages_and_the_rest_are_read_where_they_are(address):
    assert said(client(Origin=ELSEWHERE).get(address)) == {}
    if not address.startswith("/ogc"):
        assert said(client(Origin=ELSEWHERE).options(address)) == {}


def test_a_session_reaches_no_other_site(person, settings):
    settings.MAP_ORIGINS = [ELSEWHERE]
    signed_in = Client(SERVER_NAME="localhost")
    signed_in.force_login(person("referent_a"))
    for address in [*PUBLIC[:8], "/ogc/collections/incidents/items"]:
        response = signed_in.get(address, headers={"Origin": ELSEWHERE})
        assert response.status_code == 200
        assert said(response) == {}
    # Nor does a session that is none any more.
    stale = client(Origin=ELSEWHERE)
    stale.cookies[configured.SESSION_COOKIE_NAME] = "nobody-s"
    assert said(stale.get("/ogc")) == {}


@pytest.mark.parametrize("scheme", ["Token {}", "Token wrong{}"])
def test_a_token_reaches_the_named_origins_alone(settings, token, scheme):
    settings.MAP_ORIGINS = [ELSEWHERE]
    shown = scheme.format(token)
    for address in ("/ogc/collections/incidents/items", TILE, "/wfs?service=WFS&request=GetCapabilities"):
        for origin in ("https://maps.example.evil", "http://maps.example", "https://maps.example:444", "null", ""):
            response = client(Origin=origin, Authorization=shown).get(address)
            assert said(response) == {}
            assert "Origin" in response["Vary"].split(", ")
        response = client(Origin=ELSEWHERE, Authorization=shown).get(address)
        assert response.status_code == (401 if "wrong" in scheme else 200)
        assert response[ALLOWED] == ELSEWHERE
        assert "Origin" in response["Vary"].split(", ")
        assert "Access-Control-Allow-Credentials" not in response.headers
    # Concerns are read at /ogc; the API in which they are reported and changed is for pages of this host.
    assert said(client(Origin=ELSEWHERE, Authorization=shown).get("/api/incidents/")) == {}


def test_asked_beforehand_it_allows_reading_and_to_named_origins_the_header_of_the_token(settings):
    settings.MAP_ORIGINS = [ELSEWHERE]
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    for origin, allowed in ((ELSEWHERE, True), ("https://evil.example", False)):
        for address in ("/ogc/collections/incidents/items", TILE, "/api/sectors/", "/wfs"):
            response = client(Origin=origin, **asked).options(address)
            assert response.status_code == 204
            assert response[ALLOWED] == "*"
            assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
            names = response["Access-Control-Allow-Headers"].split(", ")
            assert "Range" in names
            assert ("Authorization" in names) is allowed


def test_what_is_written_is_written_from_here():
    body = {"points": [[6.0786, 44.5594]]}
    response = client(Origin=ELSEWHERE).post("/api/locate/batch/", body, content_type="application/json")
    assert response.status_code == 200
    assert said(response) == {}


@pytest.mark.parametrize(
    "text", ["*", "null", "maps.example", "https://maps.example/", "https://maps.example/a", "https://a@b.example"]
)
def test_what_is_no_origin_is_refused_at_the_start(monkeypatch, text):
    monkeypatch.setenv("PSQ_MAP_ORIGINS", f"https://good.example, {text}")
    with pytest.raises(ImproperlyConfigured, match="PSQ_MAP_ORIGINS"):
        env_origins("PSQ_MAP_ORIGINS")


def test_origins_are_read_as_browsers_name_them(monkeypatch):
    monkeypatch.setenv("PSQ_MAP_ORIGINS", "https://maps.example, http://localhost:8080,http://[::1]:81")
    assert env_origins("PSQ_MAP_ORIGINS") == ["https://maps.example", "http://localhost:8080", "http://[::1]:81"]
