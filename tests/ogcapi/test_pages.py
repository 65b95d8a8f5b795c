"""`/ogc` for a person: the same documents as pages, by what a browser accepts or by `f=html`."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.utils import timezone

from sectors.models import Edition
from tests.incidents.sending import GAP, reported
from tests.ogcapi.test_service import got, links, refused

pytestmark = pytest.mark.django_db
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGES = (
    "", "/conformance", "/collections", "/collections/communes", "/collections/communes/queryables",
    "/collections/communes/schema", "/collections/communes/items", "/collections/communes/items/05061", "/api.html",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_browser_is_given_a_page_and_a_program_what_it_was_given_before(client, address):
    page = client.get(f"/ogc{address}", HTTP_ACCEPT=BROWSER)
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    if address != "/api.html":
        assert "Accept" in page["Vary"]
        assert b'id="content"' in page.content, "in the look of the product"
        assert client.get(f"/ogc{address}", {"f": "html"}).content[:15] == page.content[:15]
        for accepted in ({}, {"HTTP_ACCEPT": "*/*"}, {"HTTP_ACCEPT": "application/json"}):
            assert "json" in client.get(f"/ogc{address}", **accepted)["Content-Type"]
        assert "json" in client.get(f"/ogc{address}", {"f": "json"}, HTTP_ACCEPT=BROWSER)["Content-Type"]


def test_every_link_of_the_pages_leads_somewhere(client):
    for address in PAGES[:-1]:
        text = client.get(f"/ogc{address}", {"f": "html"}).content.decode()
        for href in set(re.findall(r'href="(?:http://localhost)?(/ogc[^"]*)"', text)):
            answer = client.get(href.replace("&amp;", "&"))
            assert answer.status_code == 200, (address, href)
            assert b"".join(answer)


def one(pattern: str, text: str) -> str:
    """The one group of the one place where a pattern is found."""
    (found,) = re.findall(pattern, text)
    return str(found)


def test_a_page_of_features_is_a_table_with_its_map(client):
    text = client.get("/ogc/collections/communes/items", {"f": "html", "limit": "3"}).content.decode()
    assert text.count("data-fid=") == 3
    carried = json.loads(one(r'<script type="application/geo\+json" id="features">(.*?)</script>', text))
    assert len(carried["features"]) == 3
    assert 'rel="next"' in text
    following = one(r'rel="next" href="([^"]*)"', text).replace("&amp;", "&")
    assert "f=html" in following
    assert client.get(following, HTTP_ACCEPT=BROWSER).content.decode().count("data-fid=") == 3


def test_a_collection_says_its_days_on_the_clocks_of_the_service(client):
    since = min(edition.validity.lower for edition in Edition.objects.filter(validity__isnull=False))
    text = client.get("/ogc/collections/sectors", {"f": "html"}).content.decode()
    assert one(r'<time datetime="([^"]*)">', text) == timezone.localtime(since).isoformat(timespec="seconds")
    assert f"{since:%Y-%m-%dT%H:%M}" not in text.replace(timezone.localtime(since).isoformat(timespec="seconds"), "")
    assert "<time" not in client.get("/ogc/collections/communes", {"f": "html"}).content.decode()


def test_a_page_is_drawn_in_degrees_and_is_short(client):
    crs = "http://www.opengis.net/def/crs/EPSG/0/3857"
    text = client.get("/ogc/collections/communes/items", {"f": "html", "crs": crs}).content.decode()
    assert text.count("data-fid=") == 50
    carried = json.loads(one(r'id="features">(.*?)</script>', text))
    assert 5 < carried["features"][0]["geometry"]["coordinates"][0][0][0][0] < 8


def test_a_form_left_empty_asks_for_everything_and_filled_for_some(client):
    address = "/ogc/collections/communes/items"
    empty = {"f": "html", "name": "", "code": "", "competence": ""}
    assert client.get(address, empty).content.decode().count("data-fid=") == 50
    text = client.get(address, empty | {"name": "Gap"}).content.decode()
    assert text.count("data-fid=") == 1
    assert 'value="Gap"' in text
    nothing = client.get(address, empty | {"name": "Nowhere"}).content.decode()
    assert "data-fid=" not in nothing
    assert 'class="empty"' in nothing


def test_what_is_written_in_a_concern_ends_no_script(client_of, person, monday):
    said = "</script><script>alert(1)</script> & <b>"
    reported(person("partner_a"), monday, GAP, description=said)
    text = client_of("partner_a").get("/ogc/collections/incidents/items", {"f": "html"}).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    carried = json.loads(one(r'id="features">(.*?)</script>', text))
    assert carried["features"][0]["properties"]["description"] == said


def test_pages_of_one_person_are_kept_by_no_cache_and_strangers_have_none(client, client_of, person, monday):
    reported(person("partner_a"), monday, GAP)
    page = client_of("partner_a").get("/ogc/collections/incidents/items", HTTP_ACCEPT=BROWSER)
    assert page["Cache-Control"].startswith("private")
    assert client.get("/ogc/collections/incidents/items", HTTP_ACCEPT=BROWSER).status_code == 404
    assert b"incidents" not in client.get("/ogc/collections", HTTP_ACCEPT=BROWSER).content


def test_a_format_that_is_none_is_refused(client):
    for address in PAGES[:-1]:
        assert refused(client, address, f="xml") == (400, ["f"])


def test_each_document_names_its_page(client):
    for address in ("", "/collections", "/collections/sectors", "/collections/sectors/items"):
        page = next(
            each for each in got(client, address)["links"] if each["rel"] == "alternate" and each["type"] == "text/html"
        )
        assert client.get(page["href"].removeprefix("http://localhost")).status_code == 200
    assert links(got(client, ""))["service-doc"]["href"].endswith("/ogc/api.html")


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/collections/incidents", 404, ""),
        ("/collections/incidents/items", 404, ""),
        ("/collections/nothing/items/3", 404, ""),
        ("/collections/communes/items?colour=red", 400, "colour"),
        ("/collections/sectors/items?datetime=yesterday", 400, "datetime"),
        ("/collections/citizen-watch/items?years=three", 400, "years"),
        ("/collections/communes/items?filter=name%20%3D", 400, "filter"),
        ("/nothing", 404, ""),
    ],
)
def test_a_person_is_refused_by_a_page_that_says_what_was_wrong(client, address, status, told):
    program = client.get(f"/ogc{address}")
    assert (program.status_code, program["Content-Type"]) == (status, "application/problem+json")
    person = client.get(f"/ogc{address}", HTTP_ACCEPT=BROWSER)
    assert (person.status_code, person["Content-Type"]) == (status, "text/html; charset=utf-8")
    text = person.content.decode()
    assert "<h1" in text
    assert "/static/" in text, "in the look of the product"
    if told:
        (error,) = program.json()["errors"]
        assert f"<code>{told}</code>" in text
        assert str(error["message"]) in text.replace("&#x27;", "'")
        assert '<a href="?f=html">' in text
        assert "no-store" in person["Cache-Control"]
        for answer in (program, person):
            assert "Accept" in answer["Vary"].split(", ")


def lasting(page: Any, *names: str) -> str:
    """A page without its token, and without these names in the address to which the choice of a language leads."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page.content.decode())
    return re.sub("|".join(names), "", text)


def test_what_is_hidden_and_what_is_missing_are_one_page(client, client_of, person, monday):
    reference = reported(person("partner_a"), monday, GAP).reference
    for reader in (client, client_of("partner_b")):
        pages = [
            reader.get(f"/ogc/collections/incidents/items/{each}", HTTP_ACCEPT=BROWSER)
            for each in (reference, "AAAA-0000")
        ]
        assert [each.status_code for each in pages] == [404, 404]
        assert len({lasting(each, reference, "AAAA-0000") for each in pages}) == 1


def test_a_token_that_is_none_is_a_401_to_a_person_too(client):
    answer = client.get("/ogc", HTTP_ACCEPT=BROWSER, HTTP_AUTHORIZATION="Basic eDp5")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic ")
