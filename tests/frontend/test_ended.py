"""A sign-in that ends in the middle of a report: what was written is there again after the next one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sessions import ENDED
from incidents.models import KeptDraft
from tests.conftest import MONDAY

pytestmark = pytest.mark.django_db
PASSWORD = "Demonstration-05"
Seen = Callable[[str], Client]
Person = Callable[[str], User]
PLACE = {"lat": "44,5594", "lon": "6,0786", "accuracy": "12", "place": "Place aux Herbes"}
WORDS = {"category": "tapage", "description": "Bruit le soir dans le hall."}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=False) as moved:
        yield moved


def signed_in_again(client: Client, who: User) -> Any:
    """The sign-in page that says why, and the page that was asked for."""
    answer = client.post(client.asked, {"username": who.email, "password": PASSWORD, "next": client.next}, follow=True)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    return answer


def sent(client: Client, step: str, given: dict[str, str]) -> None:
    """Sends a step whose session is over: one is led to the sign-in page, which says so."""
    answer = client.post(reverse(step), given)
    assert answer["Location"] == f"{reverse('login')}?next={reverse(step)}"
    client.asked, client.next = reverse("login"), reverse(step)  # type: ignore[attr-defined]
    assert "Votre session a pris fin" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(("who", "later"), [("referent_a", 31), ("partner_a", 8 * 60 - 4)])
def test_the_words_come_back_with_the_place(seen_by: Seen, person: Person, clock: Any, who: str, later: int) -> None:
    client = seen_by(who)
    clock.shift(timedelta(minutes=5))
    client.post(reverse("report_where"), PLACE)
    clock.shift(timedelta(minutes=later))
    sent(client, "report_what", WORDS)
    page = signed_in_again(client, person(who))
    assert page.redirect_chain[-1][0] == reverse("report_what"), "back at the step"
    draft = page.context["draft"]
    assert (draft.lat, draft.place, draft.description) == (44.5594, "Place aux Herbes", WORDS["description"])
    assert WORDS["description"] in page.content.decode()
    assert client.post(reverse("report_what"), WORDS).status_code == 302
    assert client.get(reverse("report_check")).status_code == 200


def test_a_place_alone_comes_back(seen_by: Seen, person: Person, clock: Any) -> None:
    client = seen_by("referent_a")
    client.get(reverse("report_where"))
    clock.shift(timedelta(minutes=31))
    sent(client, "report_where", PLACE)
    assert signed_in_again(client, person("referent_a")).context["draft"].place == "Place aux Herbes"


def test_nobody_else_sees_it(seen_by: Seen, person: Person, clock: Any) -> None:
    client = seen_by("referent_a")
    client.post(reverse("report_where"), PLACE)
    client.post(reverse("report_what"), WORDS)
    clock.shift(timedelta(minutes=31))
    assert client.get(reverse("report_check")).status_code == 302
    client.post(reverse("login"), {"username": person("partner_b").email, "password": PASSWORD})
    page = client.get(reverse("report_where"))
    assert page.context["draft"].place == ""
    assert "Place aux Herbes" not in page.content.decode()
    assert client.get(reverse("report_check"))["Location"] == reverse("report_where")


def test_a_text_that_names_a_person_is_not_kept(seen_by: Seen, person: Person, clock: Any) -> None:
    client = seen_by("referent_a")
    client.post(reverse("report_where"), PLACE)
    clock.shift(timedelta(minutes=31))
    sent(client, "report_what", {**WORDS, "description": "Appeler le 06 12 34 56 78."})
    kept = KeptDraft.objects.get(user=person("referent_a"))
    assert "06 12 34" not in str(kept.content) + str(dict(client.session))
    assert kept.content["category"] == "tapage"


def test_a_stranger_leaves_nothing(seen_by: Seen) -> None:
    client = seen_by("")
    assert client.post(reverse("report_what"), WORDS).status_code == 302
    assert "sessionid" not in client.cookies


def test_an_account_that_was_closed_keeps_nothing_more(seen_by: Seen, person: Person, clock: Any) -> None:
    client = seen_by("referent_a")
    client.post(reverse("report_where"), PLACE)
    User.objects.filter(pk=person("referent_a").pk).update(is_active=False)
    assert client.post(reverse("report_what"), WORDS).status_code == 302
    assert KeptDraft.objects.get().content["description"] == ""


def test_the_notice_is_given_once(seen_by: Seen, clock: Any) -> None:
    client = seen_by("referent_a")
    client.get(reverse("home"))
    clock.shift(timedelta(minutes=31))
    client.get(reverse("home"))
    assert ENDED in client.session
    for said in (True, False):
        assert ("a pris fin" in client.get(reverse("login")).content.decode()) is said
