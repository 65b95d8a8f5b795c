"""The ladder is climbed by day, on the working days of the territory; what is due stays due on its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from incidents import changes
from incidents.deadlines import PARIS
from incidents.escalation import is_humane
from incidents.models import Escalation, Incident
from tests.incidents.life.living import brought
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=PARIS)


@pytest.fixture
def row(person: Any, monday: datetime) -> Incident:
    """Taken in charge; due on Friday 11 December."""
    return brought(reported(person("partner_a"), noon("2026-11-13")), person("referent_a"), "prise_en_charge")


@pytest.mark.parametrize(
    ("reached", "leaves"),
    [
        ("2026-12-01T00:00", "2026-12-01T07:00"),  # Tuesday: by day
        ("2026-12-06T12:00", "2026-12-07T07:00"),  # Sunday: on Monday
        ("2026-12-01T20:00", "2026-12-02T07:00"),  # its evening: the next morning
    ],
)
def test_people_are_reminded_by_day_on_working_days(row, reached, leaves):
    first, moment = (datetime.fromisoformat(each).replace(tzinfo=PARIS) for each in (reached, leaves))
    owed = []
    while first <= moment:
        if changes.escalate(at=first):
            owed.append(first)
        assert changes.escalate(at=first) == 0
        first += timedelta(minutes=15)
    assert owed == [moment]
    # The day that was promised stays, and it is the day told.
    assert Incident.objects.get().due_on == Escalation.objects.get().day == date(2026, 12, 11)


def test_the_calendar_is_the_territorys(row):
    """Saint Stephen's Day, a Monday off in 2022 for Alsace and Moselle alone; New Year's Day is everybody's."""
    assert not is_humane(noon("2022-12-26"), "67")
    assert is_humane(noon("2022-12-26"), "05")
    assert not is_humane(noon("2027-01-01"), None)
    Incident.objects.update(due_on=date(2026, 12, 28))
    assert changes.escalate(at=noon("2026-12-25")) == 0  # Christmas
    assert changes.escalate(at=noon("2026-12-28")) == 1
    # Whoever asks for it all the same has it.
    Incident.objects.update(due_on=date(2026, 12, 24))
    assert changes.escalate(at=noon("2026-12-27")) == 0
    assert changes.escalate(at=noon("2026-12-27"), at_any_hour=True) == 1
