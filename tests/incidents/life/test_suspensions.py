"""The clock stands still for a listed reason and a limited time, and the reporter sees it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
import time_machine

from accounts.models import AccessLog
from incidents import changes, tasks
from incidents.deadlines import PARIS, put_off
from incidents.models import Incident, StatusChange
from incidents.workflow import SUSPENSION_REASONS
from messaging.models import Message
from ogcapi.geojson import Refused
from tests.incidents.life.living import brought, moved
from tests.incidents.sending import ADDRESS

pytestmark = pytest.mark.django_db


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), tzinfo=PARIS)


@pytest.mark.parametrize(
    ("due_on", "days", "expected"),
    [
        ("2026-12-11", 0, "2026-12-11"),  # Friday
        ("2026-12-11", 3, "2026-12-14"),  # Monday
        ("2026-12-11", 1, "2026-12-11"),  # Saturday: back to Friday
        ("2026-12-11", 9, "2026-12-18"),  # Sunday: back to Friday
        ("2026-12-11", 14, "2026-12-24"),  # Christmas, a Friday: back to Thursday
        ("2026-12-11", 30, "2027-01-08"),  # Sunday 10 January: back to Friday
    ],
)
def test_put_off(due_on, days, expected):
    due = put_off(date.fromisoformat(due_on), days)
    assert due.on == date.fromisoformat(expected)
    assert due.at == datetime.combine(due.on, time(23, 59, 59), tzinfo=PARIS)


@pytest.mark.parametrize("reason", SUSPENSION_REASONS)
def test_suspended_for_as_long_as_it_may_be(person, row, reason):
    brought(row, person("referent_a"), "prise_en_charge")
    after = moved(row, person("referent_a"), "suspendue", noon("2026-11-23"), reason=reason)
    (stopped,) = row.suspensions.all()
    assert (stopped.reason, stopped.since, stopped.until) == (reason, noon("2026-11-23"), date(2026, 12, 23))
    assert (stopped.resumes_as, stopped.ended_at) == ("prise_en_charge", None)
    # Friday 11 December and 30 days: Sunday 10 January, so the Friday before.
    assert (after.due_on, Incident.objects.get().due_on) == (date(2027, 1, 8), date(2027, 1, 8))


def test_resumed_earlier_only_the_days_that_passed_count(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    moved(row, person("referent_a"), "suspendue", noon("2026-11-23"))
    after = moved(row, person("referent_a"), "prise_en_charge", noon("2026-11-26"))
    assert (after.status, after.due_on) == ("prise_en_charge", date(2026, 12, 14))
    assert after.due_at == datetime(2026, 12, 14, 23, 59, 59, tzinfo=PARIS)
    (stopped,) = row.suspensions.all()
    assert stopped.ended_at == noon("2026-11-26")


def test_the_same_day_costs_nothing(person, row):
    brought(row, person("referent_a"), "qualifiee")
    moved(row, person("referent_a"), "suspendue", noon("2026-11-23"))
    after = moved(row, person("referent_a"), "qualifiee", noon("2026-11-23") + timedelta(hours=3))
    assert after.due_on == date(2026, 12, 11)


def test_days_off_are_not_taken_twice(person, row):
    """Three times one day, counted from the first due day: Friday and three days are Monday, not Friday again."""
    brought(row, person("referent_a"), "qualifiee")
    dues = []
    for day in ("2026-11-23", "2026-11-25", "2026-11-27"):
        moved(row, person("referent_a"), "suspendue", noon(day))
        dues.append(moved(row, person("referent_a"), "qualifiee", noon(day) + timedelta(days=1)).due_on)
    assert dues == [date(2026, 12, 11), date(2026, 12, 11), date(2026, 12, 14)]


def test_thirty_days_in_all(person, row):
    referent = person("referent_a")
    brought(row, referent, "prise_en_charge")
    moved(row, referent, "suspendue", noon("2026-11-23"))
    moved(row, referent, "prise_en_charge", noon("2026-12-13"))  # 20 days
    moved(row, referent, "suspendue", noon("2026-12-14"))
    assert row.suspensions.last().until == date(2026, 12, 24)  # the 10 that are left
    assert changes.end_suspensions(at=noon("2026-12-24")) == 1
    with pytest.raises(Refused) as refused:
        moved(row, referent, "suspendue", noon("2027-01-04"))
    assert (refused.value.status, refused.value.code) == (409, "suspension_exhausted")
    # 11 December and 30 days.
    assert Incident.objects.get().due_on == date(2027, 1, 8)


@pytest.mark.parametrize(("until", "allowed"), [(-1, False), (0, False), (1, True), (30, True), (31, False)])
def test_a_shorter_one_is_asked_for(person, row, until, allowed):
    brought(row, person("referent_a"), "qualifiee")
    last = date(2026, 11, 23) + timedelta(days=until)
    if allowed:
        moved(row, person("referent_a"), "suspendue", noon("2026-11-23"), until=last)
        assert row.suspensions.get().until == last
        return
    with pytest.raises(Refused) as refused:
        moved(row, person("referent_a"), "suspendue", noon("2026-11-23"), until=last)
    assert (refused.value.status, refused.value.code) == (422, "until_out_of_range")
    assert (Incident.objects.get().status, row.suspensions.count()) == ("qualifiee", 0)


def test_what_is_late_stays_late(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    late = noon("2026-12-14")
    after = moved(row, person("referent_a"), "suspendue", late)
    assert after.due_on == date(2026, 12, 11)
    assert Incident.objects.overdue(late).count() == 1
    resumed = moved(row, person("referent_a"), "prise_en_charge", noon("2026-12-20"))
    assert resumed.due_on == date(2026, 12, 11)


def test_a_suspended_concern_is_not_late_while_its_clock_stands_still(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    moved(row, person("referent_a"), "suspendue", noon("2026-11-23"))
    assert Incident.objects.overdue(noon("2026-12-22")).count() == 0


def test_the_worker_ends_it_on_its_last_day(person, row):
    brought(row, person("referent_a"), "qualifiee")
    moved(row, person("referent_a"), "suspendue", noon("2026-11-23"), until=date(2026, 12, 1))
    assert changes.end_suspensions(at=noon("2026-11-30")) == 0
    assert Incident.objects.get().status == "suspendue"
    owed = Message.objects.count()
    with time_machine.travel(noon("2026-12-01"), tick=False):
        assert tasks.end_suspensions() == 1
        assert tasks.end_suspensions() == 0
    assert Incident.objects.values_list("status", "due_on").get() == ("qualifiee", date(2026, 12, 18))  # a Saturday
    change = StatusChange.objects.order_by("-pk")[0]
    assert (change.status_from, change.status_to, change.author) == ("suspendue", "qualifiee", None)
    assert Message.objects.count() == owed + 1
    logged = AccessLog.objects.order_by("-pk")[0]
    assert (logged.operation, logged.user) == ("incident.status", None)


def test_a_worker_that_comes_late_makes_it_no_longer(person, row):
    brought(row, person("referent_a"), "qualifiee")
    moved(row, person("referent_a"), "suspendue", noon("2026-11-23"), until=date(2026, 11, 26))
    changes.end_suspensions(at=noon("2026-12-05"))
    assert Incident.objects.get().due_on == date(2026, 12, 14)


@pytest.mark.parametrize("to", ["non_retenue", "prise_en_charge"])
def test_whatever_ends_it_starts_the_clock(person, row, to):
    brought(row, person("referent_a"), "suspendue")
    moved(row, person("referent_a"), to)
    assert not row.suspensions.filter(ended_at__isnull=True).exists()
    assert changes.end_suspensions(at=noon("2027-03-01")) == 0


@pytest.mark.parametrize("who", ["partner_a", "referent_a", "director"])
def test_the_reporter_sees_until_when_and_why(client_of, person, row, who):
    client = client_of(who)
    told = client.get(f"{ADDRESS}{row.reference}/").json()["properties"]
    assert (told["suspended_until"], told["suspension_reason"]) == (None, None)
    brought(row, person("referent_a"), "suspendue")
    told = client.get(f"{ADDRESS}{row.reference}/").json()["properties"]
    assert (told["suspended_until"], told["suspension_reason"]) == ("2026-12-23", "partenaire_attendu")
    (listed,) = client.get(ADDRESS).json()["features"]
    assert listed["properties"]["suspended_until"] == "2026-12-23"
    moved(row, person("referent_a"), "prise_en_charge")
    told = client.get(f"{ADDRESS}{row.reference}/").json()["properties"]
    assert (told["suspended_until"], told["suspension_reason"]) == (None, None)


def test_the_mayor_is_told_neither(client_of, person, row):
    brought(row, person("referent_a"), "suspendue")
    told = client_of("mayor_gap").get(f"{ADDRESS}{row.reference}/").json()["properties"]
    assert (told["status"], told["suspended_until"], told["suspension_reason"]) == ("suspendue", None, None)
