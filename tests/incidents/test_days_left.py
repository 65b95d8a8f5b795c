"""The shorter clocks in working days, what is left of a deadline, and policies that cannot be applied."""

from datetime import UTC, date, datetime

import pytest

from incidents.deadlines import (
    PARIS,
    Due,
    NaiveMoment,
    Policy,
    PolicyInvalid,
    days_left,
    due,
    overdue,
    overdue_bound,
    paris_date,
    triage_due,
    working_days_after,
)
from tests.incidents.wall_calendar import THIRTY_DAYS, at_ten, day


@pytest.mark.parametrize(
    ("reported", "triage_days", "expected", "why"),
    [
        ("Mon 2026-11-02", 2, "Wed 2026-11-04", "two working days"),
        ("Fri 2026-11-13", 2, "Tue 2026-11-17", "over a week-end"),
        ("Sat 2026-11-21", 2, "Tue 2026-11-24", "from a Saturday"),
        ("Tue 2026-11-10", 1, "Thu 2026-11-12", "over 11 November"),
        ("Thu 2026-12-24", 2, "Tue 2026-12-29", "over Christmas and its week-end"),
        ("Mon 2026-11-02", 40, "Wed 2026-12-02", "never after the answer itself"),
    ],
)
def test_triage_has_a_shorter_clock_in_working_days(reported, triage_days, expected, why):
    policy = Policy(version="test-triage", days=30, triage_days=triage_days)
    answer = triage_due(at_ten(day(reported)), policy)
    assert answer.on == day(expected), why
    assert answer == Due(
        on=answer.on, at=datetime(answer.on.year, answer.on.month, answer.on.day, 23, 59, 59, 0, PARIS)
    )


def test_working_days_are_counted_after_the_day():
    friday = day("Fri 2026-11-13")
    assert [working_days_after(friday, count) for count in range(4)] == [
        friday,
        day("Mon 2026-11-16"),
        day("Tue 2026-11-17"),
        day("Wed 2026-11-18"),
    ]
    assert working_days_after(day("Sun 2026-11-15"), 0) == day("Sun 2026-11-15")
    assert working_days_after(day("Thu 2026-04-02"), 1, "57") == day("Tue 2026-04-07")


@pytest.mark.parametrize(
    ("at", "left", "late"),
    [
        ("2026-11-02T10:00:00+01:00", 30, False),
        ("2026-11-22T00:00:00+01:00", 10, False),  # J-10
        ("2026-12-01T23:59:59+01:00", 1, False),
        ("2026-12-01T23:30:00+00:00", 0, False),  # already the day itself in Paris
        ("2026-12-02T23:59:59+01:00", 0, False),
        ("2026-12-02T23:59:59.999999+01:00", 0, False),  # a day lasts until midnight
        ("2026-12-03T00:00:00+01:00", -1, True),
        ("2026-12-02T23:00:00+00:00", -1, True),  # the same moment
        ("2026-12-12T08:00:00+01:00", -10, True),
    ],
)
def test_days_left_and_overdue(at, left, late):
    answer = due(at_ten(day("Mon 2026-11-02")), THIRTY_DAYS)  # Wed 2026-12-02
    moment = datetime.fromisoformat(at)
    assert days_left(moment, answer.on) == left
    assert overdue(moment, answer.at) is late
    assert overdue(moment, answer.at.astimezone(UTC)) is late


def test_overdue_holds_within_a_change_of_the_clocks():
    """03:00 in summer time, minus a second on the wall, would be a time that does not exist."""
    assert overdue_bound(datetime(2026, 3, 29, 3, tzinfo=PARIS)) == datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)


def test_a_moment_without_an_offset_is_refused():
    naive = datetime(2026, 11, 2, 10)
    for ask in (
        lambda: paris_date(naive),
        lambda: due(naive, THIRTY_DAYS),
        lambda: triage_due(naive, THIRTY_DAYS),
        lambda: days_left(naive, date(2026, 12, 2)),
        lambda: overdue(naive, datetime(2026, 12, 2, tzinfo=PARIS)),
    ):
        with pytest.raises(NaiveMoment):
            ask()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"version": " "}, "version_missing"),
        ({"days": -1}, "days_out_of_range"),
        ({"days": 3651}, "days_out_of_range"),
        ({"roll": "next"}, "roll_unknown"),
        ({"holiday_zone": ""}, "holiday_zone_unknown"),
        ({"holiday_zone": "Zone A"}, "holiday_zone_unknown"),  # a zone of school holidays
        ({"holiday_zone": "971"}, "holiday_zone_unknown"),  # other clocks than the one of Paris
        ({"holiday_zone": "20"}, "holiday_zone_unknown"),
        ({"reminders": (1, 5, 10)}, "reminders_not_descending"),
        ({"reminders": (10, 5, 5)}, "reminders_not_descending"),
        ({"reminders": (10, 0)}, "reminders_not_descending"),
        ({"triage_days": 0}, "triage_days_out_of_range"),
        ({"taken_days": 0}, "taken_days_out_of_range"),
        ({"offer_days": 0}, "offer_days_out_of_range"),
    ],
)
def test_a_policy_that_cannot_be_applied_is_refused(wrong, code):
    with pytest.raises(PolicyInvalid) as refused:
        Policy(**{"version": "test-1", "days": 30, **wrong})
    assert refused.value.code == code
