"""Data and API: what it lists is what the service offers this reader, and its addresses answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.throttles import LIMITS
from frontend import maps
from frontend.recipes import QGIS_AUTHENTICATION, RECIPES
from frontend.views.data import COUNTED
from ogcapi.asked import MOST
from ogcapi.crs import SYSTEMS
from ogcapi.media import DOWNLOADS
from psq_geo.ogc import API

pytestmark = pytest.mark.django_db
Seen = Callable[[str], Client]
PUBLIC = {"sectors", "communes", "editions", "border-agreements", "citizen-watch"}


def shown(client: Client, **headers: Any) -> str:
    return client.get(reverse("data"), **headers).content.decode()


def copied(page: str) -> dict[str, str]:
    """What each button copies, by its key."""
    found = re.findall(r'<code id="copied-([\w-]+)">(.*?)</code>', page, re.DOTALL)
    return {key: unescape(text) for key, text in found}


def listed(page: str) -> set[str]:
    return set(re.findall(r'<h3 id="of-([\w-]+)">', page))


@pytest.mark.parametrize(
    ("who", "has_concerns"),
    [
        ("", False),
        ("partner_a", True),
        ("referent_a", True),
        ("mayor_gap", True),
        ("director", True),
        ("administrator", False),
        ("auditor", False),
    ],
)
def test_what_the_service_offers_is_listed_with_every_field(seen_by: Seen, who: str, has_concerns: bool) -> None:
    client = seen_by(who)
    page = shown(client)
    offered = {each["id"]: each for each in client.get("/ogc/collections").json()["collections"]}
    drawn = {"draft-sectors"} if who in {"director", "administrator"} else set()
    assert listed(page) == set(offered) == PUBLIC | ({"incidents", "problems"} if has_concerns else set()) | drawn
    # How to write is told to those who may.
    assert ('id="writing"' in page) == (has_concerns or bool(drawn))
    for each in API.collections:
        if each.id in offered:
            missing = [field.name for field in each.fields if f"<code>{field.name}</code>" not in page]
            assert missing == [], each.id
    # Where there are no concerns, nothing names them as what could be asked for.
    assert ("collections/incidents" in page) == has_concerns
    assert (QGIS_AUTHENTICATION in page) == has_concerns


def test_it_asks_nothing_of_the_database_without_an_account(seen_by: Seen, django_assert_num_queries: Any) -> None:
    client = seen_by("")
    maps.current()  # drawn once by a process
    with django_assert_num_queries(0):
        shown(client)


def test_a_reader_costs_what_the_head_of_every_page_costs(seen_by: Seen, django_assert_max_num_queries: Any) -> None:
    client = seen_by("partner_a")
    maps.current()
    with django_assert_max_num_queries(8):  # the session, the account, what it covers, its bell
        shown(client)


def test_it_is_there_in_english(seen_by: Seen) -> None:
    page = shown(seen_by("partner_a"), headers={"Accept-Language": "en"})
    assert "<h1>Data and API</h1>" in page
    for words in (
        "Who is told what",
        "Your concerns as a GeoPackage",
        "INSEE code of the commune",
        "kept for 60 minutes",
    ):
        assert words in page


def test_the_addresses_are_of_the_host_that_was_asked(seen_by: Seen, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["carte.example"]
    texts = copied(shown(seen_by(""), headers={"Host": "carte.example:8080"}))
    assert texts["ogc"] == "http://carte.example:8080/ogc"
    assert texts["of-sectors"] == "http://carte.example:8080/ogc/collections/sectors/items"
    addresses = [found for text in texts.values() for found in re.findall(r"http://[^/\s\"']+/", text)]
    assert {each for each in addresses if "opengis.net" not in each} == {"http://carte.example:8080/"}


@pytest.mark.parametrize("who", ["", "partner_a"])
def test_every_address_on_it_answers(seen_by: Seen, who: str) -> None:
    client = seen_by(who)
    page = shown(client)
    links = {unescape(each) for each in re.findall(r'href="(/[^"]*)"', page.split("<h1>")[1].split("<footer")[0])}
    assert {f"/ogc/collections/communes/communes.{form}" for form in DOWNLOADS} <= links
    addresses = [
        each.partition("localhost")[2]
        for text in copied(page).values()
        for each in re.findall(r"http://localhost[^\"\s]*", text)
    ]
    assert len(addresses) > 15
    for address in sorted({*links, *addresses}):
        answer = client.get(address or "/", follow=address in {"/wfs", reverse("tokens")})
        # A WFS says what is asked of it by a parameter; nothing else is refused.
        assert answer.status_code == (400 if urlsplit(address).path == "/wfs" else 200), address
        b"".join(answer) if answer.streaming else answer.content


def test_limits_rights_and_systems_are_those_that_hold(seen_by: Seen) -> None:
    page = re.sub(r"\s", " ", unescape(shown(seen_by("")))).replace("\u202f", " ").replace("\xa0", " ")
    for name, _what in COUNTED:
        assert re.search(rf"{LIMITS[name].tokens:,}".replace(",", "[  ]?"), page), name
    assert re.search(f"{MOST:,}".replace(",", "[  ]?"), page)
    assert all(uri in page for uri in SYSTEMS)
    for words in ("n’existe pas", "gardé 60 minutes", "journal des accès", "Authorization: Token $TOKEN"):
        assert words in page


def test_each_program_has_its_steps(seen_by: Seen) -> None:
    page = shown(seen_by("partner_a"))
    for recipe in RECIPES:
        assert f'<h3 id="{recipe.code}">{recipe.name}</h3>' in page
    assert {each.code for each in RECIPES} == {
        "qgis", "arcgis", "ogr2ogr", "geopandas", "r", "curl", "maplibre",
    }  # fmt: skip
    texts = copied(page)
    assert {each.code for recipe in RECIPES for each in recipe.snippets} <= set(texts)
    assert not any("{" in text and "root}" in text for text in texts.values())
    assert f'href="{reverse("tokens")}"' in page


@pytest.mark.parametrize("place", ["home", "legal", "sitemap"])
def test_the_foot_of_every_page_leads_here(seen_by: Seen, place: str) -> None:
    page = seen_by("").get(reverse(place)).content.decode()
    assert f'href="{reverse("data")}"' in page.split("<footer")[1]
