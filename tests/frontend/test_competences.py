"""The page of who is competent in a commune: seen first, planned then, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import AccessLog, User
from incidents.models import Incident
from sectors import atlas
from sectors.models import CompetenceChange, Mandate
from tests.factories import land, since, square

pytestmark = pytest.mark.django_db
PAGE = "/competences/"
ASKED = {"commune": "05061", "post": "gendarmerie-05", "start_on": "2026-12-01"}


@pytest.fixture
def open_concern(monday: datetime, reported: Callable[..., Incident]) -> Incident:
    return reported(at=monday - timedelta(days=4))


def test_what_would_pass_is_seen_before_it_is_planned(seen_by: Callable[[str], Client], open_concern: Incident) -> None:
    seen = seen_by("director")
    assert "Le prévoir" not in seen.get(PAGE).content.decode()
    page = seen.post(PAGE, ASKED).content.decode()
    assert "1 préoccupation ouverte passerait, avec son échéance." in page
    assert open_concern.reference in page
    assert "Référent Gap hyper-centre : 1" in page
    assert "Le prévoir" in page
    assert not CompetenceChange.objects.exists()
    assert AccessLog.objects.filter(operation="incident.preview").count() == 1
    assert seen.post(PAGE, {**ASKED, "plan": "1"})["Location"] == PAGE
    assert CompetenceChange.objects.get().commune.code == "05061"
    assert "Reprendre" in seen.get(PAGE).content.decode()


def test_who_administers_is_told_how_many_and_not_which(
    seen_by: Callable[[str], Client], open_concern: Incident
) -> None:
    page = seen_by("administrator").post(PAGE, ASKED).content.decode()
    assert "1 préoccupation ouverte passerait" in page
    assert open_concern.reference not in page
    assert "Lesquelles : c’est à la direction de le lire." in page


def test_a_plan_is_taken_back(seen_by: Callable[[str], Client], monday: datetime) -> None:
    seen = seen_by("director")
    seen.post(PAGE, {**ASKED, "plan": "1"})
    address = re.search(r'action="(/competences/[^"]+/reprendre/)"', seen.get(PAGE).content.decode())
    assert address is not None
    assert seen.post(address[1])["Location"] == PAGE
    assert CompetenceChange.objects.get().withdrawn_at == monday
    page = seen.get(PAGE).content.decode()
    assert "/reprendre/" not in page
    assert "repris" in page
    assert "C’est déjà retiré." in seen.post(address[1], follow=True).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"commune": ""}, "commune"),
        ({"commune": "75056"}, "commune"),
        ({"post": "gap-hyper-centre"}, "post"),
        ({"start_on": ""}, "start_on"),
        ({"start_on": "hier"}, "start_on"),
        ({"start_on": "2026-11-23"}, "start_on"),
        ({"post": "desk-gap"}, "post"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    seen_by: Callable[[str], Client], monday: datetime, changed: dict[str, str], field: str
) -> None:
    answer = seen_by("director").post(PAGE, {**ASKED, **changed})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert f'href="#id_{field}"' in answer.content.decode()
    assert not CompetenceChange.objects.exists()


def test_what_is_of_another_territory_is_not_offered(seen_by: Callable[[str], Client], monday: datetime) -> None:
    made = land()
    made.commune("22001", square(0, 0))
    director = seen_by("director")
    page = director.get(PAGE).content.decode()
    assert "Commune 22001" not in page
    assert "triage-05" not in page
    assert director.get(PAGE, {"territory": made.territory.code}).status_code == 404


def test_who_draws_two_maps_chooses_the_territory_and_stays_in_it(
    seen_by: Callable[[str], Client], person: Callable[[str], User], monday: datetime
) -> None:
    made = land()
    made.commune("22001", square(0, 0))
    made.post("other-far", kind="desk")
    Mandate.objects.create(user=person("director"), role="director", territory=made.territory, validity=since())
    atlas.forget()
    director, there = seen_by("director"), f"?territory={made.territory.code}"
    here = director.get(PAGE).content.decode()
    assert "Commune 22001" not in here
    assert f'href="{there}"' in here
    page = director.get(PAGE + there).content.decode()
    assert "Commune 22001" in page
    assert "Gap (05061)" not in page
    asked = {"commune": "22001", "post": "other-far", "start_on": "2026-12-01"}
    assert director.post(PAGE, asked).context["form"].errors
    assert director.post(PAGE + there, {**asked, "plan": "1"})["Location"] == PAGE + there
    change = CompetenceChange.objects.get()
    assert "Commune 22001" not in director.get(PAGE).content.decode()
    page = director.get(PAGE + there).content.decode()
    back = re.search(r'action="(/competences/[^"]+/reprendre/[^"]*)"', page)
    assert back is not None
    assert director.post(back[1])["Location"] == PAGE + there
    change.refresh_from_db()
    assert change.withdrawn_at == monday
