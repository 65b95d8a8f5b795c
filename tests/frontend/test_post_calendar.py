"""The calendar of the posts: who holds which when, the gaps, giving a post on dates, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog, User
from frontend.post_calendar import Month
from frontend.sealed import hidden
from sectors import atlas
from sectors.mandates import empty_posts
from sectors.models import Holding, Mandate, Post, Territory
from sectors.moments import paris_midnight
from tests.factories import land, since

pytestmark = pytest.mark.django_db
Cast = Callable[[str], User]
CALENDAR = "/postes/"
CENTRE = "/postes/gap-hyper-centre/confier/"


@pytest.fixture
def admin(monday: datetime, seen_by: Callable[[str], Client]) -> Client:
    return seen_by("administrator")


def end(code: str, day: date) -> Holding:
    """The holder of this post leaves when this day begins."""
    held = Holding.objects.get(post__code=code, stand_in=False)
    held.validity = DateTimeTZRange(held.validity.lower, paris_midnight(day))
    held.save()
    atlas.forget()
    return held


def page_of(client: Client, **asked: str) -> str:
    answer = client.get(CALENDAR, asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_three_months_stand_side_by_side_and_others_are_a_step_away(admin: Client) -> None:
    page = page_of(admin)
    assert [month in page for month in ("Novembre 2026", "Décembre 2026", "Janvier 2027", "Février 2027")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert 'href="?month=2027-02"' in page
    assert 'href="?month=2026-08"' in page
    assert "Mars 2027" in page_of(admin, month="2027-01")


@pytest.mark.parametrize("month", ["", "hier", "2026-13", "0001-01", "9999-12", "2026-11-01"])
def test_a_month_that_is_none_is_the_running_one(admin: Client, month: str) -> None:
    assert "Novembre 2026" in page_of(admin, month=month)


@pytest.mark.parametrize(
    ("start", "months", "code"), [("2026-11", 1, "2026-12"), ("2026-12", 1, "2027-01"), ("2027-01", -1, "2026-12")]
)
def test_months_go_over_the_year(start: str, months: int, code: str) -> None:
    month = Month.read(start, date(2026, 1, 1)).after(months)
    assert (month.code, month.last) == (code, month.after(1).first.replace(day=1) - (date(2, 1, 2) - date(2, 1, 1)))


def test_a_gap_is_told_with_its_days_and_with_who_answers_meanwhile(admin: Client) -> None:
    end("gap-hyper-centre", date(2026, 12, 10))
    page = page_of(admin)
    # Besides the triage, which nobody holds in the demonstration.
    assert "Référent Gap hyper-centre</a> : à partir du 10 décembre 2026" in page
    assert "Ce qui est signalé pendant ce temps va à : Accueil CSP Gap." in page
    row = page.split('id="post-gap-hyper-centre"')[1].split("</tr>")[0]
    cells = row.split("<td")[1:]
    assert ["personne" in cell for cell in cells] == [False, True, True]
    assert "du 1er au 9 décembre" in cells[1]
    assert "du 10 au 31 décembre" in cells[1]
    # A desk answers at its own address, and is no gap.
    desk = page.split('id="post-desk-gap"')[1].split("</tr>")[0]
    assert "à l’adresse de l’accueil" in desk
    assert "personne" not in desk


def test_a_stand_in_is_shown_on_the_days_of_the_absence(admin: Client, person: Cast) -> None:
    dates = DateTimeTZRange(paris_midnight(date(2026, 12, 21)), paris_midnight(date(2027, 1, 4)))
    post = Post.objects.get(code="gap-hyper-centre")
    Holding.objects.create(post=post, user=person("referent_b"), validity=dates, stand_in=True)
    row = page_of(admin).split('id="post-gap-hyper-centre"')[1].split("</tr>")[0]
    december, january = row.split("<td")[2:4]
    assert "21 au 31 décembre" in december
    assert "du 1er au 3 janvier" in january
    assert [cell.count("suppléance") for cell in (december, january)] == [1, 1]
    assert str(person("referent_b")) in december


def test_a_suspended_account_holds_nothing(admin: Client, person: Cast) -> None:
    User.objects.filter(pk=person("referent_a").pk).update(is_active=False)
    assert "Référent Gap hyper-centre</a> : à partir du 1er novembre 2026" in page_of(admin)


def test_the_posts_of_one_service_alone(admin: Client) -> None:
    page = page_of(admin, unit="csp-briancon")
    assert 'id="post-briancon-hyper-centre"' in page
    assert 'id="post-gap-hyper-centre"' not in page
    assert admin.get(CALENDAR, {"unit": "ailleurs"}).status_code == 404


def test_a_territory_of_others_is_not_there(admin: Client) -> None:
    there = land("bzh")
    there.post("far")
    assert admin.get(CALENDAR, {"territory": "bzh"}).status_code == 404
    assert admin.get("/postes/far/confier/").status_code == 404
    assert "Poste far" not in page_of(admin)


def test_who_has_two_territories_chooses(admin: Client, person: Cast) -> None:
    there = land("bzh")
    there.post("far")
    Mandate.objects.create(user=person("administrator"), role="director", territory=there.territory, validity=since())
    assert 'id="post-far"' in page_of(admin, territory="bzh")
    # The direction reads it, and gives no post.
    assert "/postes/far/confier/" not in page_of(admin, territory="bzh")
    assert admin.get("/postes/far/confier/").status_code == 404


def test_the_direction_reads_and_gives_nothing(seen_by: Callable[[str], Client], monday: datetime) -> None:
    director = seen_by("director")
    assert "confier/" not in page_of(director)
    assert director.get(CENTRE).status_code == 403
    assert seen_by("referent_a").get(CALENDAR).status_code == 403


def test_the_calendar_is_read_in_as_many_questions_however_many_posts(
    admin: Client, django_assert_max_num_queries: Any
) -> None:
    page_of(admin)
    there = Territory.objects.get(code="05")
    unit = Post.objects.get(code="gap-hyper-centre").unit
    for number in range(20):
        Post.objects.create(
            territory=there, unit=unit, code=f"p{number}", kind="sector", label_fr=f"P {number}", label_en=f"P {number}"
        )
    atlas.forget()
    page_of(admin)
    with django_assert_max_num_queries(14):
        page_of(admin)


def test_a_post_is_given_on_whole_days_and_logged(admin: Client, person: Cast) -> None:
    end("gap-hyper-centre", date(2026, 12, 10))
    sent = {"person": hidden(person("referent_b").pk), "start": "2026-12-10", "end": "20/12/2026"}
    answer = admin.post(CENTRE, sent)
    assert (answer.status_code, answer["Location"]) == (302, "/postes/?territory=05")
    held = Holding.objects.get(post__code="gap-hyper-centre", user=person("referent_b"))
    assert (held.validity.lower, held.validity.upper, held.stand_in) == (
        paris_midnight(date(2026, 12, 10)), paris_midnight(date(2026, 12, 21)), False,
    )  # fmt: skip
    assert AccessLog.objects.filter(operation="role.give", user=person("administrator")).count() == 1
    assert "10 au 20 décembre" in page_of(admin)


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"person": ""}, "person", "Choisissez une personne."),
        ({"person": "0" * 32}, "person", ""),
        ({"start": "2026-11-22"}, "start", "Le passé ne se réécrit pas"),
        ({"start": "2026-12-10", "end": "2026-12-09"}, "end", "Le dernier jour précède le premier."),
        ({"stand_in": "1"}, "end", "Jusqu’à quand ? Choisissez le dernier jour de l’absence."),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    admin: Client, person: Cast, changed: dict[str, str], field: str, words: str
) -> None:
    before = Holding.objects.count()
    answer = admin.post(CENTRE, {"person": hidden(person("referent_b").pk), **changed})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert words in answer.context["form"].errors[field][0]
    assert f'href="#id_{field}"' in answer.content.decode()
    assert Holding.objects.count() == before


def test_an_overlap_is_refused_with_whose_days_they_are(admin: Client, person: Cast) -> None:
    """For a post that is held for good, then until a day, and for a stand-in."""
    sent = {"person": hidden(person("referent_b").pk), "start": "2026-12-01", "end": "2026-12-31"}
    page = admin.post(CENTRE, sent).content.decode()
    assert f"{person('referent_a')} l’a à partir du 1er janvier 2026, sans fin." in page
    end("gap-hyper-centre", date(2026, 12, 10))
    page = admin.post(CENTRE, sent).content.decode()
    assert f"{person('referent_a')} l’a du 1er janvier 2026 au 9 décembre 2026." in page
    assert admin.post(CENTRE, {**sent, "stand_in": "1"}).status_code == 302
    page = admin.post(CENTRE, {**sent, "stand_in": "1"}).content.decode()
    assert f"{person('referent_b')} l’a du 1er décembre 2026 au 31 décembre 2026." in page


def test_nobody_is_offered_themselves_or_a_suspended_account(admin: Client, person: Cast) -> None:
    page = admin.get(CENTRE).content.decode()
    assert str(person("referent_b")) in page
    for name in ("administrator", "suspended"):
        assert hidden(person(name).pk) not in page


def test_a_time_ended_from_the_calendar_leads_back_to_it(admin: Client) -> None:
    held = Holding.objects.get(post__code="gap-hyper-centre")
    address = reverse("administration_holding", args=[held.pk]) + "?calendar=1"
    assert address in page_of(admin)
    answer = admin.post(address, {"end": "2026-12-09"})
    assert answer["Location"] == "/postes/?territory=05"
    assert "à partir du 10 décembre 2026" in page_of(admin)


def test_empty_posts_are_told_at_the_first_page_of_who_can_mend_it(
    seen_by: Callable[[str], Client], monday: datetime
) -> None:
    """Not before one is empty, nor to who can do nothing about it."""
    territory = Territory.objects.get(code="05")
    assert empty_posts([territory.pk], monday) == []
    warning = 'id="empty-posts"'
    for name, path in (("administrator", "/administration/"), ("director", "/bureau/")):
        assert warning not in seen_by(name).get(path).content.decode()
    end("gap-hyper-centre", date(2026, 12, 10))
    for name, path in (("administrator", "/administration/"), ("director", "/bureau/"), ("director", "/")):
        page = seen_by(name).get(path).content.decode()
        assert warning in page
        assert "Ce qui est signalé pendant ce temps va à : Accueil CSP Gap." in page
        assert "1 poste est sans titulaire, maintenant ou à partir d’un jour" in page
        assert "à partir du 10 décembre 2026" in page
        assert 'href="/postes/"' in page
    assert warning not in seen_by("referent_b").get("/bureau/").content.decode()
    assert warning not in seen_by("referent_b").get("/").content.decode()
    assert warning not in seen_by("").get("/").content.decode()
