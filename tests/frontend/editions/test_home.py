"""The list of the editions, one of them, and a draft begun, renamed and given up."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from incidents import changes
from sectors.changes import drafts
from sectors.models import Edition, Territory
from tests.factories import land

pytestmark = pytest.mark.django_db
IN_FORCE = "05-2026-01"


def page(client: Any, name: str, *args: str, **asked: str) -> str:
    answer = client.get(reverse(name, args=args), asked)
    assert answer.status_code == 200, (name, answer.status_code)
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("who", ["director", "administrator"])
def test_the_list_says_where_each_edition_stands(seen_by, person, draft, monday, who):
    gone = drafts.begin(by=person("director"), territory=draft.territory_id, at=monday, code="05-perdu")
    drafts.abandon(by=person("director"), edition=gone.pk, seen=0, at=monday)
    told = page(seen_by(who), "editions")
    places = [told.index(word) for word in ("En vigueur aujourd’hui", IN_FORCE, "Brouillons", "05-essai", "05-perdu")]
    assert places == sorted(places)
    assert "en cours de dessin" in told


def test_an_edition_to_come_and_one_gone_by_are_told_apart(seen_by, person, draft, monday):
    director = person("director")
    drafts.mark_checked(by=director, edition=draft.pk, seen=1, at=monday)
    facts = {"by": director, "edition": draft.pk, "seen": 1, "start_on": (monday + timedelta(days=3)).date()}
    changes.preview(**facts, at=monday)
    changes.approve(**facts, at=monday)
    told = page(seen_by("director"), "editions")
    assert "Approuvées pour un jour à venir" in told
    assert "à partir du 26 novembre 2026" in told
    assert "au 25 novembre 2026" in told  # the last day of the one in force, and not the first of the next


@pytest.mark.parametrize("who", ["director", "administrator"])
def test_the_way_there_is_in_the_menu_of_those_who_draw_and_of_nobody_else(seen_by, who):
    link = f'href="{reverse("editions")}"'
    assert link in seen_by(who).get("/").content.decode()
    for other in ("", "referent_a", "partner_a", "mayor_gap", "auditor", "gendarme"):
        assert link not in seen_by(other).get("/").content.decode()
        answer = seen_by(other).get(reverse("editions"))
        assert answer.status_code == (403 if other else 302)
        if other:
            assert "La carte des secteurs est dessinée par la direction" in answer.content.decode()


def test_nobody_sees_the_editions_of_elsewhere(seen_by, person, monday):
    there = land("bzh")
    assert (
        seen_by("director")
        .get(reverse("edition", args=[Edition.objects.get(territory=there.territory).code]))
        .status_code
        == 404
    )
    assert seen_by("director").get(reverse("editions") + "?territory=bzh").status_code == 404


def test_an_edition_tells_its_sectors_in_words_and_on_a_map(seen_by, draft, django_assert_max_num_queries):
    client = seen_by("director")
    page(client, "edition", draft.code)  # caches of the process
    with django_assert_max_num_queries(16):
        told = page(client, "edition", draft.code)
    assert "7 secteurs" in told
    assert "Gap – Est" in told
    (carried,) = [json.loads(each) for each in re.findall(r'id="shapes">(.*?)</script>', told)]
    assert [each["id"] for each in carried["features"]] == sorted(draft.sectors.values_list("code", flat=True))
    assert all(each["geometry"]["type"] == "MultiPolygon" for each in carried["features"])
    assert {each["properties"]["number"] for each in carried["features"]} == set(range(1, 8))
    assert 'aria-current="step"' in told


def test_the_files_of_an_edition_hold_its_sectors_and_no_others(seen_by, draft):
    client = seen_by("director")
    for code, sectors in ((draft.code, 7), (IN_FORCE, 6)):
        links = re.findall(r'href="(/ogc/collections/[^"]+)"', page(client, "edition", code))
        assert {each.split("?")[0].rsplit(".")[1] for each in links} == {"fgb", "gpkg", "geojson", "csv"}
        geojson = next(each for each in links if ".geojson?" in each).replace("&amp;", "&")
        answer = client.get(geojson)
        found = json.loads(b"".join(answer) if answer.streaming else answer.content)["features"]
        assert {each["properties"]["edition"] for each in found} == {code}
        assert len(found) == sectors


def test_a_draft_is_begun_from_the_edition_in_force(seen_by, monday):
    client = seen_by("administrator")
    form = page(client, "edition_begin")
    assert f'<option value="{IN_FORCE}" selected' in form
    answer = client.post(reverse("edition_begin"), {"model": IN_FORCE, "code": "", "note": "Nouveau quartier."})
    made = Edition.objects.drafts().get()
    assert answer["Location"] == reverse("edition", args=[made.code])
    assert (made.code, made.note, made.sectors.count()) == ("05-2026-02", "Nouveau quartier.", 6)
    client.post(reverse("edition_begin"), {"model": "", "code": "05-vide"})
    assert Edition.objects.get(code="05-vide").sectors.count() == 0
    refused = client.post(reverse("edition_begin"), {"model": "", "code": "05-vide"}).content.decode()
    assert "Une autre édition a ce code." in refused
    assert 'href="#id_code"' in refused


def test_a_text_that_designates_a_person_is_asked_about(seen_by):
    sent = {"model": "", "code": "05-x", "note": "Demandé par M. Durand"}
    assert "désigne peut-être une personne" in seen_by("director").post(reverse("edition_begin"), sent).content.decode()
    sent["note"] = "Appeler le 06 12 34 56 78"
    assert "un numéro de téléphone" in seen_by("director").post(reverse("edition_begin"), sent).content.decode()
    assert not Edition.objects.filter(code="05-x").exists()


def test_a_draft_is_renamed_and_an_edition_with_dates_is_not(seen_by, draft):
    client = seen_by("director")
    answer = client.post(reverse("edition_rename", args=[draft.code]), {"code": "05-quais", "note": "Les quais."})
    assert answer["Location"] == reverse("edition", args=["05-quais"])
    draft.refresh_from_db()
    assert (draft.code, draft.note, draft.number) == ("05-quais", "Les quais.", 1)
    assert AccessLog.objects.filter(operation="edition.rename", reference="edition:05-quais").count() == 1
    taken = client.post(reverse("edition_rename", args=["05-quais"]), {"code": IN_FORCE, "note": ""}).content.decode()
    assert "Une autre édition a ce code." in taken
    for name in ("edition_rename", "edition_abandon"):
        assert client.get(reverse(name, args=[IN_FORCE])).status_code == 404


def test_a_draft_is_given_up_as_it_was_seen(seen_by, draft):
    client, address = seen_by("director"), reverse("edition_abandon", args=[draft.code])
    assert 'name="version" value="1"' in page(client, "edition_abandon", draft.code)
    late = client.post(address, {"version": "0"})
    assert late.status_code == 409
    assert "Le brouillon a changé entre-temps" in late.content.decode()
    assert client.post(address, {"version": "1"})["Location"] == reverse("editions")
    draft.refresh_from_db()
    assert draft.abandoned_at is not None
    assert client.get(address).status_code == 404
    told = page(client, "edition", draft.code)
    assert "abandonné" in told
    assert "/ogc/collections/draft-sectors" not in told


def test_an_empty_territory_is_told_what_to_do(seen_by, monday: datetime):
    Edition.objects.update(sealed_at=None)
    Edition.objects.all().delete()
    told = page(seen_by("director"), "editions")
    assert "Aucune édition n’est en vigueur" in told
    assert "Aucun brouillon" in told
    assert Territory.objects.exists()
