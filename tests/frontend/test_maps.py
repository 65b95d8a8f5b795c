"""The sector map's two halves: nothing remote, nothing unsafe, the same bytes for the same map."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import datetime

import pytest
import shapely
from django.test import Client
from django.urls import reverse

from accounts.models import User
from frontend import maps
from sectors import atlas
from sectors.models import CitizenWatch, CitizenWatchState, Commune, Mandate, MapVersion, Territory
from tests.factories import land, since, square

SQUARE = shapely.box(6, 44, 6.1, 44.1)
BOX = (6.0, 44.0, 6.1, 44.1)


@pytest.mark.parametrize(
    "payload", ["<img src=x onerror=alert(1)>", "${alert(1)}", "</script><script>alert(1)</script>"]
)
def test_only_plain_codes_are_drawn(payload: str) -> None:
    with pytest.raises(maps.UnsafeMapError):
        maps.write([], [(payload, "other", SQUARE)], SQUARE, BOX)
    with pytest.raises(maps.UnsafeMapError):
        maps.write([(payload, "police", SQUARE)], [], SQUARE, BOX)


def test_the_same_map_is_the_same_bytes() -> None:
    one = maps.write([], [("a", "economic", SQUARE)], SQUARE, BOX)
    assert one == maps.write([], [("a", "economic", SQUARE)], SQUARE, BOX)


def test_a_kind_of_a_territorys_own_is_drawn_as_other() -> None:
    assert maps.kind_class("city_centre") == "city-centre"
    assert maps.kind_class('x" onload="alert(1)') == "other"


@pytest.mark.django_db
def test_the_sheet_of_the_embedded_territory() -> None:
    sheet = maps.draw(atlas.current())
    assert sheet.body == '<div class="folium-map" id="map_sectors" ></div>'
    assert gzip.decompress(sheet.packed).decode() == sheet.script
    assert not re.search(r"https?:|\$\(|<", sheet.script)
    assert {town.name for town in sheet.towns} == {"Gap", "Briançon"}
    assert len(sheet.labels) == 6
    # Each number lies in the sector it numbers.
    ground = atlas.current().ground
    areas = dict(zip(ground.sectors.keys, ground.sectors.areas, strict=True))
    assert all(areas[key].covers(shapely.points(*label)) for key, label in sheet.labels.items())
    # Names stay in the page: none of them is in what folium wrote.
    names = {card.name for card in atlas.current().directory.sectors.values()}
    assert not any(name in sheet.script for name in names)


@pytest.mark.django_db
def test_each_territory_has_its_own_views_and_the_readers_come_first(
    seen_by: Callable[[str], Client], person: Callable[[str], User], monday: datetime
) -> None:
    """Two territories far from each other: one inset of both would be as good as empty."""
    made = land("far", rank=50)
    commune = made.commune("22001", square(0, 0))
    sector = made.sector("far-centre", square(0, 0))
    sector.commune = commune
    sector.save()
    Mandate.objects.create(user=person("partner_a"), role="director", territory=made.territory, validity=since())
    Mandate.objects.filter(user=person("partner_a")).exclude(role="director").delete()
    atlas.forget()
    here, there = maps.draw(atlas.current()).insets
    assert ([town.code for town in here.towns], [town.code for town in there.towns]) == (["05023", "05061"], ["22001"])
    assert here.box[0] > there.box[2]

    def shown(name: str) -> tuple[list[str], list[str]]:
        page = re.sub(r"\s+", " ", seen_by(name).get("/").content.decode())
        numbers = re.findall(
            r'<span class="sector__number[^>]*>(\d+)</span> <div class="sector__body"> <h4>([^<]+)', page
        )
        assert [number for number, _name in numbers] == [str(number + 1) for number in range(len(numbers))]
        views = re.findall(r'data-box="[^"]+" data-territory="\d">([^<]+)</button>', page)
        assert len(re.findall(r'data-inset="\d"', page)) == 2
        assert len(re.findall(r'data-inset="\d" hidden', page)) == 1
        assert "édition 05-2026-01" in page
        assert f"édition {made.edition.code}" in page
        return views, [name for _number, name in numbers]

    ours, far = ["Hautes-Alpes", "Briançon", "Gap"], [made.territory.name_fr, "Commune 22001"]
    views, names = shown("")
    assert (views, names[-1]) == (ours + far, "Secteur far-centre")
    views, names = shown("partner_a")
    assert (views, names[0]) == (far + ours, "Secteur far-centre")
    # The map of one edition is about its territory alone.
    page = seen_by("director").get("/editions/05-2026-01/").content.decode()
    assert "Tout le territoire" in page
    assert "Commune 22001" not in page


@pytest.mark.django_db
def test_the_script_is_kept_by_its_digest(seen_by: Callable[[str], Client]) -> None:
    sheet = maps.current()
    assert sheet
    client = seen_by("")
    answer = client.get(reverse("map_script", args=[sheet.digest]), headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert "immutable" in answer["Cache-Control"]
    assert gzip.decompress(answer.content).decode() == sheet.script
    old = client.get(reverse("map_script", args=["0" * 64]))
    assert (old.status_code, old["Location"]) == (302, reverse("map_script", args=[sheet.digest]))
    assert "no-store" in old["Cache-Control"]


@pytest.mark.django_db
def test_what_is_under_citizen_watch_is_on_the_map_and_leads_to_its_list(seen_by: Callable[[str], Client]) -> None:
    client, commune = seen_by(""), Commune.objects.get(code="05061")
    states = {
        "signed-here": CitizenWatchState.SIGNED,
        "not-yet": CitizenWatchState.PREPARED,
        "no-more": CitizenWatchState.CLOSED,
    }
    for code, state in states.items():
        CitizenWatch.objects.create(
            code=code, state=state, commune=commune, territory=Territory.objects.get(code="05"), source="x"
        )
    atlas.forget()
    sheet = maps.current()
    assert sheet is not None
    assert '"signed-here"' in sheet.script
    assert "not-yet" not in sheet.script
    assert "no-more" not in sheet.script
    assert 'href="/participation-citoyenne/"' in client.get("/").content.decode().split('id="legend"')[1]
    page = client.get("/ogc/collections/citizen-watch/items?f=html").content.decode()
    assert "Gap" in page
    assert "signed-here" in page
    CitizenWatch.objects.all().delete()
    atlas.forget()
    assert "participation-citoyenne" not in client.get("/").content.decode().split('id="legend"')[1].split("<footer")[0]


@pytest.mark.django_db
def test_a_change_of_a_protocol_gives_the_map_another_number() -> None:
    commune = Commune.objects.get(code="05061")
    before = MapVersion.objects.get().number
    CitizenWatch.objects.create(code="w", state="signe", commune=commune, territory=Territory.objects.get(code="05"))
    assert MapVersion.objects.get().number == before + 1
