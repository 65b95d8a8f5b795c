"""A post that nobody holds: its unit's desk answers in its place, from the very moment on, and says so."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from sectors import atlas, bulk
from sectors.locating import locate
from sectors.models import Holding, Unit
from sectors.moments import paris_midnight
from tests.factories import Land, corner, land, person, since, square

pytestmark = pytest.mark.django_db
MIDDLE = corner(0.5, 0.5)
MIDNIGHT = paris_midnight(date(2027, 3, 28))
"""The night on which the clocks of Paris go forward: the day begins at 00:00 all the same."""


@pytest.fixture
def made() -> Land:
    """A sector of a unit that has a desk, in a commune of the police."""
    found = land()
    found.commune("22001", square(0, 0))
    found.sector("a", square(0, 0))
    atlas.forget()
    return found


def answer(at: datetime | None = None) -> dict[str, Any]:
    return locate(*MIDDLE, at=at).payload()


def test_the_post_that_somebody_holds_answers_itself(made):
    assert answer()["post"]["code"] == "a"


def test_a_post_that_nobody_holds_is_answered_for_by_the_desk_of_its_unit(made):
    made.post("desk-22001").email = "accueil@bzh.example"
    made.posts["desk-22001"].save()
    made.vacate("a")
    atlas.forget()
    for found in (answer(), answer(timezone.now())):
        assert found["post"]["code"] == "desk-22001"
        # The rule and the sector stay those of the map.
        assert (found["outcome"], found["sector"]["code"]) == ("inside", "a")
        assert "Personne ne tient le poste « Poste a » en ce moment : Poste desk-22001" in found["reason"]


def test_without_a_desk_that_can_be_reached_the_triage_answers(made):
    """A desk without a holder and without an address is nobody."""
    made.vacate("a")
    atlas.forget()
    assert answer()["post"]["code"] == "triage-bzh"
    made.held("desk-22001", person("accueil@bzh.example"))
    atlas.forget()
    assert answer()["post"]["code"] == "desk-22001"


def test_a_gendarme_is_stood_in_for_by_the_triage_where_the_brigade_has_no_desk(made):
    made.commune("22002", square(2, 0), "GN")
    brigade = Unit.objects.create(territory=made.territory, code="brigade", name="Brigade", force="GN")
    post = made.vacate("desk-22002")
    post.unit = brigade
    post.save()
    atlas.forget()
    found = locate(*corner(2.5, 0.5)).payload()
    assert (found["outcome"], found["post"]["code"], found["unit"]["code"]) == ("gendarmerie", "triage-bzh", "unit-bzh")


def test_a_suspended_account_holds_nothing(made):
    User.objects.filter(email="somebody@bzh.example").update(is_active=False)
    atlas.forget()
    assert answer()["post"]["code"] == "triage-bzh"


@pytest.mark.parametrize(
    ("away", "post"),
    [(-timedelta(microseconds=1), "a"), (timedelta(), "triage-bzh"), (timedelta(days=3), "a")],
    ids=["the last moment", "midnight", "the stand-in"],
)
def test_a_gap_that_begins_at_midnight_begins_at_midnight(made, away, post):
    Holding.objects.filter(post=made.posts["a"]).update(validity=since(end=MIDNIGHT))
    made_up = Holding(post=made.posts["a"], user=person("suppleant@bzh.example"), stand_in=True)
    made_up.validity = since(MIDNIGHT + timedelta(days=3))
    made_up.save()
    at = MIDNIGHT + away
    assert answer(at)["post"]["code"] == post
    lon, lat = (np.array([value]) for value in MIDDLE)
    assert [each.post for each in bulk.settle_at([MIDDLE], at)] == [post]
    with time_machine.travel(at, tick=False):
        atlas.forget()
        assert answer()["post"]["code"] == post
        assert [each.post for each in bulk.settle(atlas.current(), lon, lat)] == [post]


def test_an_image_of_before_midnight_does_not_outlive_it(made):
    Holding.objects.filter(post=made.posts["a"]).update(validity=since(end=MIDNIGHT))
    with time_machine.travel(MIDNIGHT - timedelta(milliseconds=1), tick=False) as clock:
        atlas.forget()
        assert answer()["post"]["code"] == "a"
        clock.move_to(MIDNIGHT)
        assert answer()["post"]["code"] == "triage-bzh"


def test_the_address_tells_it_too(made):
    made.vacate("a")
    atlas.forget()
    asked: dict[str, Any] = {"lon": MIDDLE[0], "lat": MIDDLE[1]}
    found = Client(SERVER_NAME="localhost").get("/api/locate/", asked, headers={"Accept-Language": "en"}).json()
    assert found["post"]["code"] == "triage-bzh"
    assert "Nobody holds the post “Post a” at the moment: Post triage-bzh answers in its place." in found["reason"]
