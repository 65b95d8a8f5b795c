"""Addresses that only take what a form sends: who signs in again on the way there goes on at the form, not at a 405."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve, reverse

from accounts.models import User
from frontend.form_pages import STANDS, page_of
from tests.authorisation.addresses import is_for_programs, path
from tests.authorisation.stage import set_scene, stage
from tests.authorisation.table import rows

__all__ = ["set_scene", "stage"]
pytestmark = pytest.mark.django_db
PASSWORD = "Demonstration-05"
# Those with a row for POST and none for GET; the forms of a concern's page have one, for they lead back to it.
SENT_ALONE = sorted(
    each for each, by in rows().items() if "POST" in by and "GET" not in by and not is_for_programs(each)
)
# Whom the table lets send it.
WHO = ("own", "hol", "dir", "adm", "aud")


def sender(address: str) -> str:
    answers = rows()[address]["POST"]
    return next(who for who in WHO if answers[who] not in {"403"})


@pytest.mark.parametrize("address", SENT_ALONE)
def test_after_the_sign_in_one_is_at_the_form(stage: Any, address: str) -> None:
    where, who = path(address, stage), sender(address)
    assert resolve(where).view_name in STANDS, f"{address}: say in frontend/form_pages.py where its form stands"
    stranger = stage.client("ano", program=False)
    answer = stranger.post(where)
    known = stage.client(who, program=False)
    if "/connexion/" in answer["Location"]:
        asked = answer["Location"].partition("?next=")[2]
        assert asked == page_of(where)
    # Typed by hand, or kept from before.
    assert stranger.get(f"{reverse('login')}?next={where}").status_code == 200
    again = known.get(f"{reverse('login')}?next={where}")
    assert (again.status_code, again["Location"]) == (302, page_of(where))
    assert known.get(page_of(where)).status_code == 200
    # Not the one that the scene shares with the next test.
    user = User.objects.get(pk=stage.users[who].pk)
    user.set_password(PASSWORD)
    user.save()
    signed = stranger.post(reverse("login"), {"username": user.email, "password": PASSWORD, "next": where})
    assert (signed.status_code, signed["Location"]) == (302, page_of(where))


def test_the_table_names_no_address_that_opens() -> None:
    """`page_of` leaves alone whatever can be opened."""
    opened = {each for each, by in rows().items() if "GET" in by and not each.startswith("admin/")}
    assert not opened & {str(route) for route in SENT_ALONE}
    assert page_of("/bureau/?x=1") == "/bureau/?x=1"
    assert page_of("/nulle-part/") == "/nulle-part/"
    assert page_of("/admin/logout/") == "/admin/"


@pytest.mark.parametrize(
    ("name", "given", "page"),
    [
        ("desk_batch", {"query": "desk=1&due=late"}, "/preoccupations/?due=late&desk=1"),
        ("concerns_saved", {"query": "status=open", "name": "Ouvertes"}, "/preoccupations/?status=open"),
        ("concerns_motive", {"back": "/bureau/?after=3F2A-0001"}, "/bureau/?after=3F2A-0001"),
        ("concerns_motive", {"back": "//ailleurs.example/"}, "/preoccupations/"),
    ],
)
def test_the_list_is_the_one_that_was_looked_at(
    seen_by: Any, person: Any, name: str, given: dict[str, str], page: str
) -> None:
    client = seen_by("")
    asked = client.post(reverse(name), given)["Location"]
    sign_in = client.get(asked)
    given = {"username": person("referent_a").email, "password": PASSWORD, "next": sign_in.context["next"]}
    answer = client.post(reverse("login"), given, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert answer.status_code == 200
