"""The places of an organisation: brought as a file, told wrong by line, offered to its people and to nobody else."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AccessLog
from frontend import places
from sectors.changes import mandate
from sectors.changes.places import load_own_places
from sectors.models import OwnPlace, Partner, Role
from sectors.place_lists import PlaceRow
from tests.factories import LONG_AGO

pytestmark = pytest.mark.django_db
PAGE, REMOVE, WHERE = "/compte/lieux/", "/compte/lieux/retirer/", "/signaler/ou/"
LIST = "nom;lon;lat;type\nRésidence du Lac;6,0786;44,5594;résidence\nRésidence Été;6,0790;44,5600;résidence\n"


def bring(client, text=LIST, **given):
    body = text.encode() if isinstance(text, str) else text
    return client.post(PAGE, {"places": SimpleUploadedFile("lieux.csv", body, "text/csv"), **given}, follow=True)


def names(code="bailleur"):
    return list(OwnPlace.objects.filter(partner__code=code).order_by("name").values_list("name", flat=True))


def stored(code, number):
    rows = [PlaceRow(i, f"p{i}", f"Hall {i:03}", "hall", "", 6.0786, 44.5594) for i in range(number)]
    load_own_places(partner=Partner.objects.get(code=code), rows=rows, commit=False)


def test_a_list_is_brought_and_its_places_are_chosen_from(seen_by):
    client = seen_by("partner_a")
    assert "Aucun lieu à vous" in client.get(PAGE).content.decode()
    page = bring(client)
    assert page.redirect_chain[-1][0] == f"{PAGE}?organisme=bailleur"
    assert "Lieux ajoutés : 2, modifiés : 0, retirés : 0." in page.content.decode()
    assert names() == ["Résidence du Lac", "Résidence Été"]
    step = client.get(WHERE).content.decode()
    assert "Mes lieux" in step
    assert "?lat=44.559400&amp;lon=6.078600&amp;place=R%C3%A9sidence%20du%20Lac" in step
    proposed = client.get(f"{WHERE}?lat=44.559400&lon=6.078600&place=R%C3%A9sidence%20du%20Lac").content.decode()
    assert 'value="44.559400"' in proposed
    assert "Résidence du Lac" in proposed


def test_they_are_found_by_the_beginnings_of_their_words_without_script_and_with(seen_by):
    client = seen_by("partner_a")
    bring(client)
    assert "Résidence Été" in client.get(WHERE, {"q": "ete"}).content.decode()
    (found,) = client.get("/lieux/", {"q": "resid ete"}).json()["places"]
    assert (found["name"], found["kind"], found["detail"]) == ("Résidence Été", "mon lieu", "résidence")


@pytest.mark.parametrize("other", ["partner_b", "referent_a", "mayor_gap", "director", ""])
def test_nobody_else_sees_them(seen_by, other):
    bring(seen_by("partner_a"))
    client = seen_by(other)
    assert client.get("/lieux/", {"q": "residence"}).json()["places"] == []
    assert "Résidence du Lac" not in client.get(f"{WHERE}?q=residence", follow=True).content.decode()
    for code in ("bailleur", ""):
        client.post(REMOVE, {"partner": code, "all": "1"})
    assert len(names()) == 2
    answer = client.post(PAGE, {"partner": "bailleur"})
    assert answer.status_code == {"": 302, "partner_b": 404}.get(other, 403)


def test_what_is_wrong_is_told_by_line_and_nothing_is_written(seen_by):
    page = bring(seen_by("partner_a"), LIST + "Sans lieu;;\nAppeler le 06 12 34 56 78;6,1;44,5;\n")
    text = page.content.decode()
    assert "<title>Erreur" in text.replace("\n", "")
    assert '<a href="#id_places">ligne 4 : ' in text
    assert names() == []
    text = bring(seen_by("partner_a"), LIST + "Appeler le 06 12 34 56 78;6,1;44,5;\n").content.decode()
    assert "ligne 4 : le nom désigne une personne" in text
    assert names() == []


@pytest.mark.parametrize("body", [b"", b"x" * (1024 * 1024 + 1), b"\xff\xfe", b"{}", b"PK\x03\x04", b"<svg/>"])
def test_what_is_no_list_is_refused_in_words(seen_by, body):
    page = bring(seen_by("partner_a"), body)
    assert page.status_code == 200
    assert 'href="#id_places"' in page.content.decode()


def test_no_file_is_told(seen_by):
    assert "Choisissez un fichier" in seen_by("partner_a").post(PAGE, {"partner": "bailleur"}).content.decode()


def test_a_second_list_adds_and_only_asked_removes(seen_by):
    client = seen_by("partner_a")
    bring(client)
    second = "nom;lon;lat\nRésidence Neuve;6,0800;44,5600\n"
    bring(client, second)
    assert len(names()) == 3
    bring(client, second, equal="on")
    assert names() == ["Résidence Neuve"]


def test_what_lies_elsewhere_is_left_out_and_told(seen_by):
    page = bring(seen_by("partner_a"), LIST + "Tour Eiffel;2,2945;48,8584;\n")
    assert "ligne 4 : Tour Eiffel est hors du territoire" in page.content.decode()
    assert len(names()) == 2


def test_one_or_all_are_removed_and_it_is_logged(seen_by, person):
    client = seen_by("partner_a")
    bring(client)
    client.post(REMOVE, {"partner": "bailleur", "place": "residence-du-lac"})
    assert names() == ["Résidence Été"]
    client.post(REMOVE, {"partner": "bailleur", "place": "a\0b"})
    client.post(REMOVE, {"partner": "bailleur"})
    assert len(names()) == 1
    client.post(REMOVE, {"partner": "bailleur", "all": "1"})
    assert names() == []
    log = AccessLog.objects.filter(reference="partner:bailleur").order_by("pk")
    assert [(each.operation, each.count) for each in log][:2] == [("place.load", 2), ("place.remove", 1)]
    assert log[0].user == person("partner_a")


def test_many_are_paged_searched_and_found_by_name(seen_by, django_assert_max_num_queries):
    stored("bailleur", 120)
    client = seen_by("partner_a")
    page = client.get(PAGE).content.decode()
    assert "Page 1 sur 3" in page
    assert page.count('name="place"') == 50
    assert client.get(PAGE, {"page": "3"}).content.decode().count('name="place"') == 20
    assert client.get(PAGE, {"q": "hall 11"}).content.decode().count('name="place"') == 10
    assert "Rien à ce nom" in client.get(PAGE, {"q": "zz\0z"}).content.decode()
    step = client.get(WHERE).content.decode()
    assert step.count("&amp;place=Hall") == places.MOST_OFFERED
    assert "Les autres se trouvent par leur nom" in step
    with django_assert_max_num_queries(8):
        client.get(PAGE)


def test_who_belongs_to_two_organisations_keeps_two_lists(seen_by, person):
    mandate(user=person("partner_a"), role=Role.PARTNER, over=Partner.objects.get(code="bus"), start=LONG_AGO)
    client = seen_by("partner_a")
    bring(client, partner="bus")
    assert (names("bus"), names()) == (["Résidence du Lac", "Résidence Été"], [])
    page = client.get(PAGE, {"organisme": "bus"}).content.decode()
    assert 'href="?organisme=bailleur"' in page
    assert client.get(PAGE, {"organisme": "nobody"}).status_code == 404
    assert "Résidence du Lac" in client.get(WHERE).content.decode()


def test_the_account_leads_there_and_the_step_says_how_to_begin(seen_by):
    assert PAGE in seen_by("partner_a").get("/compte/").content.decode()
    assert PAGE not in seen_by("referent_a").get("/compte/").content.decode()
    assert "Apportez la liste" in seen_by("partner_a").get(WHERE).content.decode()
    assert "Apportez la liste" not in seen_by("mayor_gap").get(WHERE).content.decode()
