"""When an answer is due, in tables that can be checked against a calendar on the wall."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.deadlines import PARIS, Policy, due, paris_date
from tests.incidents.wall_calendar import THIRTY_DAYS, at_ten, day

REPORTED_AT_TEN = [
    # reported           +30 days           due                  what stands in the way
    ("Mon 2026-11-02", "Wed 2026-12-02", "Wed 2026-12-02", "nothing"),
    ("Thu 2026-10-15", "Sat 2026-11-14", "Fri 2026-11-13", "a Saturday"),
    ("Fri 2026-10-16", "Sun 2026-11-15", "Fri 2026-11-13", "a Sunday"),
    ("Wed 2026-12-02", "Fri 2027-01-01", "Thu 2026-12-31", "New Year's Day"),
    ("Fri 2026-12-04", "Sun 2027-01-03", "Thu 2026-12-31", "New Year's Day and its week-end"),
    ("Sat 2026-03-07", "Mon 2026-04-06", "Fri 2026-04-03", "Easter Monday"),
    ("Wed 2026-04-01", "Fri 2026-05-01", "Thu 2026-04-30", "1 May"),
    ("Thu 2026-04-02", "Sat 2026-05-02", "Thu 2026-04-30", "the Saturday after 1 May"),
    ("Wed 2026-04-08", "Fri 2026-05-08", "Thu 2026-05-07", "8 May"),
    ("Tue 2026-04-14", "Thu 2026-05-14", "Wed 2026-05-13", "Ascension"),
    ("Wed 2026-04-15", "Fri 2026-05-15", "Fri 2026-05-15", "nothing: the bridge of Ascension is worked"),
    ("Sat 2026-04-25", "Mon 2026-05-25", "Fri 2026-05-22", "Whit Monday"),
    ("Sun 2026-06-14", "Tue 2026-07-14", "Mon 2026-07-13", "14 July"),
    ("Thu 2026-07-16", "Sat 2026-08-15", "Fri 2026-08-14", "Assumption on a Saturday"),
    ("Fri 2026-10-02", "Sun 2026-11-01", "Fri 2026-10-30", "All Saints on a Sunday"),
    ("Sat 2026-10-03", "Mon 2026-11-02", "Mon 2026-11-02", "nothing: a holiday on a Sunday is not given back"),
    ("Mon 2026-10-12", "Wed 2026-11-11", "Tue 2026-11-10", "11 November"),
    ("Tue 2026-11-24", "Thu 2026-12-24", "Thu 2026-12-24", "nothing: Christmas Eve is worked"),
    ("Wed 2026-11-25", "Fri 2026-12-25", "Thu 2026-12-24", "Christmas"),
    ("Fri 2026-11-27", "Sun 2026-12-27", "Thu 2026-12-24", "Christmas and its week-end"),
    ("Sun 2028-01-30", "Tue 2028-02-29", "Tue 2028-02-29", "nothing: a leap day"),
    ("Tue 2028-02-29", "Thu 2028-03-30", "Thu 2028-03-30", "nothing: reported on a leap day"),
    ("Sat 2099-03-14", "Mon 2099-04-13", "Fri 2099-04-10", "Easter Monday, far away"),
    ("Wed 2099-11-25", "Fri 2099-12-25", "Thu 2099-12-24", "Christmas, far away"),
]


@pytest.mark.parametrize(("reported", "in_thirty_days", "expected", "why"), REPORTED_AT_TEN)
def test_the_answer_is_due_on(reported, in_thirty_days, expected, why):
    assert day(reported) + timedelta(days=30) == day(in_thirty_days)
    assert due(at_ten(day(reported)), THIRTY_DAYS).on == day(expected), why


REPORTED_AT = [
    # moment of the report                 day in Paris      due on            why
    ("2026-11-09T22:59:59.999999+00:00", "Mon 2026-11-09", "Wed 2026-12-09", "the last microsecond of Monday in Paris"),
    ("2026-11-09T23:00:00+00:00", "Tue 2026-11-10", "Thu 2026-12-10", "midnight in Paris"),
    ("2026-11-09T23:30:00+00:00", "Tue 2026-11-10", "Thu 2026-12-10", "00:30 in Paris, the day before in UTC"),
    ("2026-11-10T00:30:00+01:00", "Tue 2026-11-10", "Thu 2026-12-10", "the same, written in Paris"),
    ("2026-06-30T22:30:00+00:00", "Wed 2026-07-01", "Fri 2026-07-31", "00:30 in Paris in summer"),
    ("2026-06-30T21:59:59.999999+00:00", "Tue 2026-06-30", "Thu 2026-07-30", "just before midnight in summer"),
    ("2026-11-10T09:00:00+11:00", "Mon 2026-11-09", "Wed 2026-12-09", "written in Nouméa, still Monday night in Paris"),
    (
        "2026-12-31T23:59:59.999999+01:00",
        "Thu 2026-12-31",
        "Fri 2027-01-29",
        "the last of the year; 30 January a Saturday",
    ),
    ("2027-01-01T00:00:00+01:00", "Fri 2027-01-01", "Fri 2027-01-29", "the first of the year; 31 January a Sunday"),
    ("2026-03-28T23:30:00+00:00", "Sun 2026-03-29", "Tue 2026-04-28", "00:30, the night the clocks go forward"),
    ("2026-03-29T00:59:59+00:00", "Sun 2026-03-29", "Tue 2026-04-28", "01:59:59, a second before 03:00"),
    ("2026-03-29T01:00:00+00:00", "Sun 2026-03-29", "Tue 2026-04-28", "03:00, there was no 02:30"),
    ("2026-10-24T22:30:00+00:00", "Sun 2026-10-25", "Tue 2026-11-24", "00:30, the night the clocks go back"),
    ("2026-10-25T02:30:00+02:00", "Sun 2026-10-25", "Tue 2026-11-24", "the first 02:30"),
    ("2026-10-25T02:30:00+01:00", "Sun 2026-10-25", "Tue 2026-11-24", "the second 02:30, an hour later"),
    ("2026-10-25T23:30:00+01:00", "Sun 2026-10-25", "Tue 2026-11-24", "the end of a day of twenty-five hours"),
    ("2026-10-25T22:30:00+00:00", "Sun 2026-10-25", "Tue 2026-11-24", "the same, in UTC"),
]


@pytest.mark.parametrize(("moment", "paris_day", "expected", "why"), REPORTED_AT)
def test_the_day_of_a_report_is_its_day_in_paris(moment, paris_day, expected, why):
    reported_at = datetime.fromisoformat(moment)
    assert paris_date(reported_at) == day(paris_day), why
    assert due(reported_at, THIRTY_DAYS).on == day(expected), why


@pytest.mark.parametrize("fold", [0, 1])
def test_a_wall_clock_time_that_does_not_exist_or_exists_twice_keeps_its_day(fold):
    skipped = datetime(2026, 3, 29, 2, 30, tzinfo=PARIS, fold=fold)
    repeated = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=fold)
    assert due(skipped, THIRTY_DAYS).on == day("Tue 2026-04-28")
    assert due(repeated, THIRTY_DAYS).on == day("Tue 2026-11-24")


@pytest.mark.parametrize(
    ("reported", "due_at_in_utc"),
    [
        ("Mon 2026-11-02", "2026-12-02T22:59:59+00:00"),  # winter, one hour ahead of UTC
        ("Mon 2026-06-01", "2026-07-01T21:59:59+00:00"),  # summer, two hours
        (
            "Fri 2026-02-27",
            "2026-03-27T22:59:59+00:00",
        ),  # the 29th is the Sunday of the change: due on Friday, in winter
        ("Sat 2026-02-28", "2026-03-30T21:59:59+00:00"),  # the Monday after it: in summer
        ("Sat 2026-09-26", "2026-10-26T22:59:59+00:00"),  # the Monday after the clocks went back
    ],
)
def test_a_due_day_ends_at_its_last_second_in_paris(reported, due_at_in_utc):
    answer = due(at_ten(day(reported)), THIRTY_DAYS)
    assert answer.at.astimezone(UTC) == datetime.fromisoformat(due_at_in_utc)
    assert answer.at.tzinfo is PARIS
    assert (answer.at.date(), answer.at.hour, answer.at.minute, answer.at.second) == (answer.on, 23, 59, 59)


@pytest.mark.parametrize(
    ("reported", "days", "expected", "why"),
    [
        ("Mon 2026-11-02", 0, "Mon 2026-11-02", "the day itself"),
        ("Sun 2026-11-15", 0, "Sun 2026-11-15", "the day itself, though a Sunday: never before the report"),
        ("Fri 2026-12-25", 0, "Fri 2026-12-25", "the day itself, though Christmas"),
        ("Sat 2026-11-14", 1, "Sat 2026-11-14", "the Sunday, back to the Saturday of the report and no further"),
        ("Fri 2026-12-25", 2, "Fri 2026-12-25", "three days off from the report on"),
        ("Thu 2026-12-24", 3, "Thu 2026-12-24", "back to the day of the report, a working day"),
        ("Fri 2026-12-25", 3, "Mon 2026-12-28", "the first working day after"),
        ("Fri 2026-11-13", 1, "Fri 2026-11-13", "the Saturday, back to the Friday"),
    ],
)
def test_the_due_day_is_never_before_the_report(reported, days, expected, why):
    policy = Policy(version="test-short", days=days)
    assert due(at_ten(day(reported)), policy).on == day(expected), why


@pytest.mark.parametrize(
    ("reported", "zone", "expected", "why"),
    [
        ("Sat 2026-03-07", None, "Fri 2026-04-03", "Good Friday is worked in most of France"),
        ("Sat 2026-03-07", "05", "Fri 2026-04-03", "and in the Hautes-Alpes"),
        ("Sat 2026-03-07", "90", "Fri 2026-04-03", "and in the Territoire de Belfort, no part of Alsace-Moselle"),
        ("Sat 2026-03-07", "57", "Thu 2026-04-02", "not in Moselle"),
        ("Sat 2026-03-07", "67", "Thu 2026-04-02", "nor in Bas-Rhin"),
        ("Sat 2026-03-07", "68", "Thu 2026-04-02", "nor in Haut-Rhin"),
        ("Sat 2026-03-07", "Alsace-Moselle", "Thu 2026-04-02", "under the name people use"),
        ("Fri 2025-11-28", None, "Fri 2025-12-26", "28 December 2025 is a Sunday; 26 December is worked"),
        ("Fri 2025-11-28", "68", "Wed 2025-12-24", "Saint Stephen's Day, then Christmas"),
        ("Fri 2025-11-28", "90", "Fri 2025-12-26", "not in Belfort"),
        ("Fri 2025-11-28", "2A", "Fri 2025-12-26", "nor in Corsica"),
    ],
)
def test_the_local_law_of_alsace_and_moselle(reported, zone, expected, why):
    policy = Policy(version="test-zone", days=30, holiday_zone=zone)
    assert due(at_ten(day(reported)), policy).on == day(expected), why
