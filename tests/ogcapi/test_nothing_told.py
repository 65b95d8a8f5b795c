"""Every address that somebody with a token finds concerns at is, to anybody, an address where there is nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.incidents.sending import GAP, reported
from tests.ogcapi.test_pages import lasting

pytestmark = pytest.mark.django_db
HREF = re.compile(r'"(?:http://localhost)(/(?:ogc|wfs)[^"]*)"')
# The tile that holds the world, whatever the template calls its numbers.
PLACE = re.compile(r"\{(?:tileMatrix|tileRow|tileCol|z|y|x)\}")
WHOLE = re.compile(r"f=(?:geojson|geojsonseq|csv|fgb|gpkg)\b|incidents\.[a-z]+$")


def found_by(client: Client) -> set[str]:
    """The addresses with concerns that following every link leads to."""
    known: set[str] = set()
    ahead = ["/ogc", "/ogc/collections", "/ogc/collections/incidents"]
    while ahead:
        address = ahead.pop()
        if address in known:
            continue
        known.add(address)
        # Of a file the head is enough, and of a table.
        response = client.head(address) if WHOLE.search(address) else client.get(address)
        assert response.status_code in {200, 204}, (address, response.status_code)
        if "json" in response.headers.get("Content-Type", "") and not response.streaming:
            links = (PLACE.sub("0", link) for link in HREF.findall(response.content.decode()))
            ahead += [link for link in links if "/incidents" in link]
    return {address for address in known if "/incidents" in address}


def test_no_representation_of_concerns_is_there_for_anybody(client_of, person, monday, settings):
    settings.THROTTLES = False
    reference = reported(person("partner_a"), monday, GAP).reference
    anybody = client_of("anonymous")
    addresses = found_by(client_of("partner_a")) | {f"/ogc/collections/incidents/items/{reference}"}
    here = "/ogc/collections/incidents"
    assert addresses >= {
        here, f"{here}/items", f"{here}/queryables", f"{here}/schema", f"{here}/style", f"{here}/tiles",
        f"{here}/tiles/WebMercatorQuad", f"{here}/tiles/WebMercatorQuad/0/0/0", f"{here}/incidents.fgb",
        f"{here}/incidents.gpkg", f"{here}/incidents.csv", f"{here}/incidents.geojson",
        *(f"{here}/items?f={form}" for form in ("html", "geojson", "geojsonseq", "csv", "fgb", "gpkg")),
    }  # fmt: skip
    nothing = {accept: anybody.get(f"{here[:-9]}none", HTTP_ACCEPT=accept).content for accept in ("*/*", "text/html")}
    for address in sorted(addresses):
        for accept, content in nothing.items():
            response = anybody.get(address, HTTP_ACCEPT=accept)
            assert response.status_code == 404, address
            if "f=html" in address:
                other = anybody.get(address.replace("incidents", "none"), HTTP_ACCEPT=accept)
                assert lasting(response, "incidents", "none") == lasting(other, "incidents", "none"), address
            elif accept == "*/*":
                assert response.content == content, address


@pytest.mark.parametrize(
    "address",
    ["/ogc", "/ogc/api", "/ogc/api.html", "/ogc/collections", "/ogc/conformance", "/ogc?f=html",
     "/ogc/collections?f=html", "/wfs?SERVICE=WFS&REQUEST=GetCapabilities",
     "/wfs?SERVICE=WFS&REQUEST=DescribeFeatureType&VERSION=2.0.0",
     "/wfs?SERVICE=WFS&REQUEST=ListStoredQueries&VERSION=2.0.0"],
)  # fmt: skip
def test_no_description_names_them_to_anybody(client_of, person, monday, address):
    reference = reported(person("partner_a"), monday, GAP).reference
    response = client_of("anonymous").get(address)
    assert response.status_code == 200
    text = (b"".join(response) if response.streaming else response.content).decode()
    assert reference not in text
    assert "collections/incidents" not in text
    assert "psq:incidents" not in text
