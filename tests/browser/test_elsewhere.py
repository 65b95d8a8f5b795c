"""A page of another origin, in a browser: it reads the public map, and nothing of whoever has signed in here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from accounts.changes import create_token
from tests.browser.conftest import Visits

READ = """async ([address, options]) => {
  try {
    const answer = await fetch(address, options);
    const body = await answer.arrayBuffer();
    return [answer.status, body.byteLength > 0, answer.headers.get("Content-Crs"), answer.headers.get("ETag") !== null];
  } catch (error) {
    return error.name;
  }
}"""
CRS84 = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
REFUSED = "TypeError"


class Blank(BaseHTTPRequestHandler):
    """A page with nothing on it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Elsewhere</title>")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Blank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_elsewhere_reads_the_map_and_nobody_s_concerns(
    visits: Visits, site: str, elsewhere: str, settings: Any, person: Any
) -> None:
    # Somebody has signed in here, and looks at a page of another site in the same browser.
    page = visits.page("partner_a").context.new_page()
    page.goto(elsewhere)
    items, incidents = (f"{site}/ogc/collections/{name}/items" for name in ("sectors", "incidents"))
    tile = f"{site}/ogc/collections/communes/tiles/WebMercatorQuad/9/185/264"
    token = create_token(user=person("partner_a"), name="map", ttl=timedelta(days=1))
    shown = {"headers": {"Authorization": f"Token {token}"}}

    def read(address: str, **options: object) -> Any:
        return page.evaluate(READ, [address, options])

    assert read(items) == [200, True, CRS84, True]
    assert read(f"{items}?f=nothing")[0] == 400
    assert read(tile)[:2] == [200, True]
    assert read(f"{site}/ogc/collections/sectors/sectors.fgb", headers={"Range": "bytes=0-7"})[:2] == [206, True]
    assert read(f"{site}/api/sectors/")[0] == 200
    # Of concerns, what anybody is told: that there is no such collection.
    assert read(incidents)[0] == 404
    for address in (items, incidents, tile):
        assert read(address, credentials="include") == REFUSED
    assert read(incidents, **shown) == REFUSED
    assert read(f"{site}/") == REFUSED
    assert read(f"{site}/api/incidents/", **shown) == REFUSED

    settings.MAP_ORIGINS = [elsewhere]
    assert read(incidents, **shown)[0] == 200
    assert read(incidents, credentials="include") == REFUSED
    assert read(f"{site}/api/incidents/", **shown) == REFUSED
