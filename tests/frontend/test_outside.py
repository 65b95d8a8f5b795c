"""Places that no sector takes go through the wizard like any other; exchanged numbers are told at once."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def partner(person) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(person("partner_a"))
    return client


@pytest.mark.parametrize(
    ("lat", "lon", "said"),
    [
        ("48,85", "2,35", "Triage de la direction"),  # Paris
        ("44.5500", "5.7000", "Gendarme"),  # a commune of the gendarmerie
        ("44.6000", "6.0600", "Accueil CSP Gap"),  # Gap, outside its sectors
        ("-90", "0", "Triage de la direction"),
    ],
)
def test_every_place_leads_to_the_next_step(partner, lat, lon, said):
    answer = partner.post("/signaler/ou/", {"lat": lat, "lon": lon}, headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer["Location"]) == (302, "/signaler/quoi/")
    page = partner.get("/signaler/quoi/", headers={"Accept-Language": "fr"})
    assert page.status_code == 200
    assert said in page.content.decode()


def test_exchanged_numbers_are_told(partner):
    page = partner.post("/signaler/ou/", {"lat": "6,0786", "lon": "44,5594"}, headers={"Accept-Language": "fr"})
    assert page.status_code == 200
    assert "échangées" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "lands"), [("referent_a", "/bureau/"), ("partner_a", "/accueil/"), ("mayor_gap", "/accueil/")]
)
def test_a_day_begins_where_the_work_is(person, name, lands):
    password = "Demonstration-05"
    answer = Client(SERVER_NAME="localhost").post("/connexion/", {"username": person(name).email, "password": password})
    assert (answer.status_code, answer["Location"]) == (302, lands)
