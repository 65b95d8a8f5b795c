"""MapLibre itself, on a page of another origin: it loads our style and our TileJSON, and what it draws is the map."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Error, Page

from accounts.changes import create_token
from frontend.recipes import RECIPES
from sectors.models import Commune, Sector
from tests.incidents.sending import BRIANCON, GAP, reported

INSTALLED: Final = Path(__file__).resolve().parent.parent.parent / "frontend" / "node_modules" / "maplibre-gl" / "dist"
PAGE: Final = b"""<!doctype html><title>Elsewhere</title><link rel="stylesheet" href="/maplibre-gl.css">
<div id="map" style="width: 900px; height: 700px"></div>
<script type="module">import * as maplibregl from "/maplibre-gl.mjs"; window.maplibregl = maplibregl;</script>"""
KINDS: Final = {".css": "text/css", ".mjs": "text/javascript"}
# The map of the recipe, once it has come to rest; what went wrong in it fails.
DRAWN: Final = """([recipe, token]) => new Promise((done, failed) => {
  const map = new Function("maplibregl", "token", `${recipe}; return map;`)(window.maplibregl, token);
  map.on("error", (event) => failed(event.error ?? event));
  map.once("idle", () => { window.map = map; done(map.getStyle().layers.map((each) => each.id)); });
})"""
FOUND: Final = """([layers, name]) => [...new Set(
  window.map.queryRenderedFeatures({ layers }).map((each) => each.properties[name]))].sort()"""
ADDED: Final = """([id, url, layer]) => new Promise((done, failed) => {
  window.map.on("error", (event) => failed(event.error ?? event));
  window.map.addSource(id, { type: "vector", url });
  window.map.addLayer({ id: "more", type: "fill", source: id, "source-layer": id, paint: { "fill-color": "#ff0000" } });
  window.map.once("idle", done);
})"""
SNIPPETS: Final = {each.code: each for recipe in RECIPES for each in recipe.snippets}


class Site(BaseHTTPRequestHandler):
    """A page with a map on it, and MapLibre as npm has it."""

    def do_GET(self) -> None:
        path = INSTALLED / self.path.partition("?")[0].lstrip("/")
        body = PAGE if self.path == "/" else path.read_bytes() if path.parent == INSTALLED and path.is_file() else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", KINDS.get(path.suffix, "text/html"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def drawing(launch_browser: Callable[..., Browser], browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A Chromium that draws in three dimensions without a card for it."""
    plain = [each for each in browser_type_launch_args["args"] if each != "--disable-gpu"]
    browser = launch_browser(args=[*plain, "--use-angle=swiftshader", "--enable-unsafe-swiftshader"])
    yield browser
    browser.close()


@pytest.fixture
def page(drawing: Browser, elsewhere: str, site: str) -> Iterator[Page]:
    opened = drawing.new_page(viewport={"width": 900, "height": 700})
    opened.set_default_timeout(60_000)
    opened.goto(elsewhere)
    opened.wait_for_function("window.maplibregl !== undefined")
    yield opened
    opened.close()


def recipe(code: str, site: str) -> str:
    """What the page of the data gives to be copied."""
    return SNIPPETS[code].at(f"{site}/ogc", site, (0.0, 0.0))


def test_it_draws_the_sectors_by_the_style_and_the_communes_by_the_tilejson(page: Page, site: str) -> None:
    assert page.evaluate(DRAWN, [recipe("maplibre-sectors", site), ""]) == ["sectors-fill", "sectors-line"]
    sectors = sorted(Sector.objects.filter(edition__validity__isnull=False).values_list("code", flat=True))
    for layer in ("sectors-fill", "sectors-line"):
        assert page.evaluate(FOUND, [[layer], "code"]) == sectors
    kept = page.evaluate("window.map.queryRenderedFeatures({ layers: ['sectors-fill'] })[0].properties")
    assert kept.keys() == {"code", "name", "kind", "commune", "post", "unit"}
    page.evaluate(ADDED, ["communes", f"{site}/ogc/collections/communes/tiles/WebMercatorQuad?f=tilejson"])
    drawn = set(page.evaluate(FOUND, [["more"], "code"]))
    assert {"05061", "05023"} < drawn <= set(Commune.objects.values_list("code", flat=True))


@pytest.mark.parametrize("who", ["partner_a", "partner_b"])
def test_with_a_token_it_draws_ones_own_concerns_on_a_site_that_is_named(
    page: Page, site: str, elsewhere: str, settings: Any, person: Any, monday: Any, who: str
) -> None:
    settings.MAP_ORIGINS = [elsewhere]
    made = {"partner_a": GAP, "partner_b": BRIANCON}
    own = {name: reported(person(name), monday, place).reference for name, place in made.items()}
    token = create_token(user=person(who), name="map", ttl=timedelta(days=1))
    assert page.evaluate(DRAWN, [recipe("maplibre-own", site), token]) == ["incidents-circle"]
    assert page.evaluate(FOUND, [["incidents-circle"], "reference"]) == [own[who]]


def test_without_the_token_or_on_any_other_site_it_draws_none(page: Page, site: str, person: Any, monday: Any) -> None:
    reported(person("partner_a"), monday, GAP)
    token = create_token(user=person("partner_a"), name="map", ttl=timedelta(days=1))
    # The browser asks whether it may send a token from there, and may not; without one there is no such collection.
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate(DRAWN, [recipe("maplibre-own", site), token])
    with pytest.raises(Error, match="404"):
        page.evaluate(DRAWN, [recipe("maplibre-sectors", site).replace("sectors", "incidents"), ""])
