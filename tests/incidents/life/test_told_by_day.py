"""What the clock does by night is told by day; the clock itself goes on when it must."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine

from incidents import changes, tasks
from incidents.deadlines import PARIS
from incidents.escalation import humane_from, is_humane
from incidents.models import Incident, StatusChange
from messaging.models import Message
from tests.incidents.life.living import brought, moved

pytestmark = pytest.mark.django_db


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("moment", "zone", "told"),
    [
        ("2026-12-01T12:00", "05", "2026-12-01T12:00"),  # Tuesday, by day
        ("2026-12-01T07:00", "05", "2026-12-01T07:00"),
        ("2026-12-01T00:00", "05", "2026-12-01T07:00"),  # at midnight: in the morning
        ("2026-12-01T20:00", "05", "2026-12-02T07:00"),  # in the evening: the next morning
        ("2026-12-04T23:59", "05", "2026-12-07T07:00"),  # Friday night: on Monday
        ("2026-12-05T03:00", "05", "2026-12-07T07:00"),  # before dawn on Saturday
        ("2026-12-25T10:00", "05", "2026-12-28T07:00"),  # Christmas, a Friday
        ("2023-04-07T10:00", "57", "2023-04-11T07:00"),  # Good Friday in Moselle: after Easter Monday
        ("2023-04-07T10:00", "05", "2023-04-07T10:00"),  # and a working day elsewhere
    ],
)
def test_from_when_people_are_told(moment, zone, told):
    found = humane_from(at(moment), zone)
    assert found == at(told)
    assert is_humane(found, zone)


@pytest.fixture
def stopped(person, row) -> Incident:
    """Its clock stands still until Saturday 5 December."""
    brought(row, person("referent_a"), "qualifiee")
    found = moved(row, person("referent_a"), "suspendue", at("2026-11-23T12:00"), until=date(2026, 12, 5))
    Message.objects.all().delete()
    return found


def test_a_suspension_ends_on_its_day_and_is_told_on_the_next_working_one(stopped, person):
    midnight = at("2026-12-05T00:01")
    with time_machine.travel(midnight, tick=False):
        assert tasks.end_suspensions() == 1
    # The clock: twelve days more than Friday 11 December, and three working days until somebody takes it.
    stopped.refresh_from_db()
    assert (stopped.status, stopped.due_on) == ("qualifiee", date(2026, 12, 23))
    assert stopped.taken_due_at == at("2026-12-09T23:59:59")
    assert StatusChange.objects.latest("pk").at == midnight
    (owed,) = Message.objects.all()
    assert owed.next_try_at == at("2026-12-07T07:00")


@pytest.mark.parametrize(("moment", "later"), [("2036-12-08T07:00", False), ("2036-12-07T23:00", True)])
def test_by_day_it_is_told_at_once(stopped, moment, later):
    """Long after the database's own clock, which says when what waits for nothing was owed."""
    changes.end_suspensions(at=at(moment))
    (owed,) = Message.objects.all()
    assert (owed.next_try_at == at("2036-12-08T07:00")) is later


def test_what_a_person_does_by_night_is_told_at_once(stopped, person):
    """Somebody is at work: the quiet hours that their reader chose decide, and not the clock's."""
    moved(stopped, person("referent_a"), "prise_en_charge", at("2036-12-01T23:00"))
    (owed,) = Message.objects.all()
    assert owed.next_try_at < at("2036-12-01T23:00")
