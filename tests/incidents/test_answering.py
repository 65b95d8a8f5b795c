"""On time = answered by the due day ÷ (answered + open and overdue)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.answering import published_rates, quarters, rates, sides, standing, worst_posts
from incidents.deadlines import PARIS, paris_date
from incidents.figures import Rate
from incidents.models import Incident
from sectors.models import Post
from tests.incidents.life.living import brought, moved
from tests.incidents.sending import BRIANCON, reported

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), tzinfo=PARIS)


def made(
    person: Any, day: str, to: str = "signalee", on: str = "", reporter: str = "partner_a", **more: Any
) -> Incident:
    """A concern reported at noon of this day, brought to a status on another."""
    referent = person("referent_briancon" if more.get("point") == BRIANCON else "referent_a")
    return brought(reported(person(reporter), noon(day), **more), referent, to, noon(on or day))


def october(at: str) -> Rate:
    return Rate(FIRST, LAST, **standing(Incident.objects.all(), FIRST, LAST, noon(at)).aggregate(**sides(noon(at))))


def test_what_counts_where(person, monday):
    """Reported on 7 September, due on 7 October."""
    made(person, "2026-09-07", "repondue", "2026-10-07")
    made(person, "2026-09-07", "close", "2026-09-10")
    made(person, "2026-09-07", "non_retenue", "2026-10-01")
    made(person, "2026-09-07", "repondue", "2026-10-08")
    made(person, "2026-09-07", "non_retenue", "2026-11-02")
    made(person, "2026-09-07", "prise_en_charge")
    # Of another month, and of this one but answered before it.
    made(person, "2026-09-30")
    found = october("2026-11-20")
    assert found == Rate(FIRST, LAST, on_time=3, late=2, overdue=2)
    assert (found.counted, found.share) == (7, 3 / 7)
    assert october("2026-10-07") == Rate(FIRST, LAST, on_time=3, late=0, overdue=0)
    # On 9 October one of them was open still.
    assert october("2026-10-09") == Rate(FIRST, LAST, on_time=3, late=1, overdue=2)


def test_nothing_due_has_no_share(monday):
    assert october("2026-11-20") == Rate(FIRST, LAST, 0, 0, 0)
    assert october("2026-11-20").share is None


def test_the_last_second_of_the_due_day_is_in_time(person, monday):
    row = made(person, "2026-09-07", "prise_en_charge")
    other = made(person, "2026-09-07", "prise_en_charge")
    end = row.due_at.astimezone(PARIS)
    moved(row, person("referent_a"), "repondue", end + timedelta(milliseconds=999))
    moved(other, person("referent_a"), "repondue", end + timedelta(seconds=1))
    assert october("2026-11-20") == Rate(FIRST, LAST, on_time=1, late=1, overdue=0)


def test_reopened_it_is_open_and_then_the_new_answer_counts(person, monday):
    row = made(person, "2026-09-07", "repondue", "2026-09-10")
    referent = person("referent_a")
    moved(row, person("partner_a"), "rouverte", noon("2026-10-20"))
    assert october("2026-10-21") == Rate(FIRST, LAST, on_time=0, late=0, overdue=1)
    for to in ("prise_en_charge", "repondue"):
        moved(row, referent, to, noon("2026-10-22"))
    assert october("2026-10-23") == Rate(FIRST, LAST, on_time=0, late=1, overdue=0)
    # What had been said of an earlier moment stays so.
    assert october("2026-10-19") == Rate(FIRST, LAST, on_time=1, late=0, overdue=0)


def test_a_clock_that_stood_still_moves_the_day(person, monday):
    row = made(person, "2026-09-07", "prise_en_charge")
    referent = person("referent_a")
    moved(row, referent, "suspendue", noon("2026-09-10"))
    moved(row, referent, "prise_en_charge", noon("2026-09-15"))
    moved(row, referent, "repondue", noon("2026-10-12"))
    assert october("2026-11-20") == Rate(FIRST, LAST, on_time=1, late=0, overdue=0)


def test_by_post_in_one_query(person, monday):
    made(person, "2026-09-07", "repondue", "2026-10-07")
    made(person, "2026-09-07")
    made(person, "2026-09-07", "repondue", "2026-10-08", point=BRIANCON)
    with CaptureQueriesContext(connection) as captured:
        found = dict(worst_posts(Incident.objects.all(), FIRST, LAST, noon("2026-11-20"), 50))
    assert len(captured) == 1
    codes = {code: found[key] for key, code in Post.objects.values_list("pk", "code") if key in found}
    assert codes == {
        "gap-hyper-centre": Rate(FIRST, LAST, on_time=1, late=0, overdue=1),
        "briancon-hyper-centre": Rate(FIRST, LAST, on_time=0, late=1, overdue=0),
    }


def test_as_they_stand_now_they_are_counted_as_of_any_moment(person, monday, settings):
    """The quick way tells what the slow one does, of every period and post of a large installation."""
    call_command("seed_bulk", concerns=3000, sectors=40, verbosity=0)
    at = timezone.now()
    held = Incident.objects.all()
    running = (quarters(at)[0][1] + timedelta(days=1), paris_date(at))
    periods = [running, *quarters(at)]
    with CaptureQueriesContext(connection) as captured:
        found = rates(held, periods, at)
    assert len(captured) == 1
    slow = [standing(held, first, last, at) for first, last in periods]
    assert found == [Rate(*period, **rows.aggregate(**sides(at))) for period, rows in zip(periods, slow, strict=True)]
    assert all(each.on_time and each.late for each in found)
    assert found[0].overdue
    by_post = {
        row.pop("post_id"): Rate(*running, **row)
        for row in slow[0].values("post_id").annotate(**sides(at)).order_by("post_id")
    }
    worst = sorted(
        ((post, each) for post, each in by_post.items() if each.counted),
        key=lambda each: (-each[1].overdue, -each[1].late, each[0]),
    )
    assert worst_posts(held, *running, at, 1000) == worst
    assert worst_posts(held, *running, at, 7) == worst[:7]


def test_the_last_four_quarters_that_are_over():
    assert quarters(noon("2026-11-23")) == [
        (date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2025, 10, 1), date(2025, 12, 31)),
    ]
    assert quarters(noon("2027-01-01"))[0] == (date(2026, 10, 1), date(2026, 12, 31))


@pytest.fixture
def summer(person: Any, monday: datetime) -> None:
    """Due from July to September: ten in time and ten late, half of each by each of two organisations."""
    for reporter in ("partner_a", "partner_b"):
        for _ in range(5):
            made(person, "2026-07-06", "repondue", "2026-07-10", reporter=reporter)
            made(person, "2026-07-06", "repondue", "2026-09-10", reporter=reporter)


def told(client: Client) -> list[dict[str, Any]]:
    cache.clear()
    answers: list[dict[str, Any]] = client.get("/api/statistics/").json()["answers"]
    return answers


def test_everybody_is_told_of_a_quarter_that_is_over(summer, settings, person):
    settings.THROTTLES = False
    client = Client(SERVER_NAME="localhost")
    expected = {"territory": "05", "from": "2026-07-01", "to": "2026-09-30", "on_time": 10, "counted": 20}
    assert told(client) == [expected]
    # What becomes of a concern later moves nothing, nor what is due in the quarter that runs.
    made(person, "2026-09-14", "repondue", "2026-09-15")
    moved(Incident.objects.order_by("pk")[0], person("partner_a"), "rouverte", noon("2026-10-02"))
    assert told(client) == [expected]
    with CaptureQueriesContext(connection) as captured:
        published_rates(noon("2026-11-23"))
    assert len(captured) == 0


@pytest.mark.parametrize(
    ("in_time", "late", "published"),
    [((5, 5), (5, 5), True), ((5, 5), (4, 9), False), ((9, 4), (5, 5), False), ((9, 9), (0, 0), False)],
)
def test_few_on_either_side_are_not_told(person, monday, settings, in_time, late, published):
    settings.THROTTLES = False
    for number, reporter in enumerate(("partner_a", "partner_b")):
        for _ in range(in_time[number]):
            made(person, "2026-07-06", "repondue", "2026-07-10", reporter=reporter)
        for _ in range(late[number]):
            made(person, "2026-07-06", reporter=reporter)
    assert bool(told(Client(SERVER_NAME="localhost"))) is published
