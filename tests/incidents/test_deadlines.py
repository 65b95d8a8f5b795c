"""The clock, in tables that can be checked against a calendar on the wall."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import deadlines
from incidents.deadlines import (
    PARIS,
    CalendarEnds,
    Due,
    NaiveMoment,
    Policy,
    PolicyInvalid,
    days_left,
    due,
    is_working_day,
    overdue,
    overdue_bound,
    paris_date,
    triage_due,
    working_days_after,
)

THIRTY_DAYS = Policy(version="test-1", days=30)
IN_MOSELLE = Policy(version="test-1", days=30, holiday_zone="57")
IN_BELFORT = Policy(version="test-1", days=30, holiday_zone="90")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

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


def day(text: str) -> date:
    """Read "Mon 2026-11-02", and refuse a weekday that is not the right one."""
    weekday, iso = text.split()
    parsed = date.fromisoformat(iso)
    assert WEEKDAYS[parsed.weekday()] == weekday, f"{iso} is no {weekday}"
    return parsed


def at_ten(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 10, tzinfo=PARIS)


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


def test_beyond_the_known_holidays_no_date_is_invented():
    assert due(at_ten(date(2100, 11, 1)), THIRTY_DAYS).on == day("Wed 2100-12-01")
    with pytest.raises(CalendarEnds) as refused:
        due(at_ten(date(2100, 12, 15)), THIRTY_DAYS)
    assert (refused.value.year, refused.value.last) == (2101, 2100)


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


def test_a_zone_that_no_policy_checked_is_refused_too():
    with pytest.raises(PolicyInvalid):
        is_working_day(date(2026, 11, 2), "Zone A")


# The law, written a second time and without the library (Code du travail, L3133-1 and L3134-13); from 2008 on,
# since Whit Monday was not a public holiday from 2005 to 2007.
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))


def easter(year: int) -> date:
    """The anonymous Gregorian computus (Meeus)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (8 * b + 13) // 25 + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    after_march_22 = h + weekday - 7 * ((a + 11 * h + 22 * weekday) // 451)
    return date(year, 3, 22) + timedelta(days=after_march_22)


def law(year: int, zone: str | None) -> set[date]:
    sunday = easter(year)
    days = {date(year, month, number) for month, number in FIXED}
    days |= {sunday + timedelta(days=after) for after in (1, 39, 50)}
    if zone in {"57", "67", "68"}:
        days |= {sunday - timedelta(days=2), date(year, 12, 26)}
    return days


@pytest.mark.parametrize("zone", [None, "05", "90", "57", "67", "68"])
def test_the_working_days_of_a_century_are_those_of_the_law(zone):
    for year in range(2008, 2101):
        closed, current = law(year, zone), date(year, 1, 1)
        while current.year == year:
            assert is_working_day(current, zone) is (current.weekday() < 5 and current not in closed), current
            current += timedelta(days=1)


# Four days off in a row at most: Good Friday to Easter Monday in Moselle; 7 and 8 May before a week-end elsewhere.
LONGEST_RUN = 4
MOMENTS = st.datetimes(
    min_value=datetime(2009, 1, 1),
    max_value=datetime(2099, 10, 1),
    timezones=st.sampled_from([UTC, PARIS, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))]),
)
POLICIES = st.builds(
    Policy,
    version=st.just("any"),
    days=st.integers(min_value=LONGEST_RUN, max_value=90),
    holiday_zone=st.sampled_from([None, "05", "90", "57", "68"]),
)


@given(MOMENTS, POLICIES)
def test_a_due_day_is_a_working_day_and_at_most_the_term(reported_at, policy):
    latest = paris_date(reported_at) + timedelta(days=policy.days)
    answer = due(reported_at, policy)
    assert is_working_day(answer.on, policy.holiday_zone)
    assert latest - timedelta(days=LONGEST_RUN) <= answer.on <= latest
    between = [answer.on + timedelta(days=n) for n in range(1, (latest - answer.on).days + 1)]
    assert not any(is_working_day(skipped, policy.holiday_zone) for skipped in between)
    assert answer.at.astimezone(PARIS).date() == answer.on
    assert answer.at > reported_at


@given(MOMENTS, MOMENTS, POLICIES)
def test_what_is_reported_later_is_not_due_earlier(one, other, policy):
    first, second = sorted((one.astimezone(UTC), other.astimezone(UTC)))
    assert due(first, policy).on <= due(second, policy).on
    assert due(first, policy).at <= due(second, policy).at


@given(MOMENTS, POLICIES)
def test_the_same_moment_written_elsewhere_is_due_the_same_day(reported_at, policy):
    assert due(reported_at, policy) == due(reported_at.astimezone(UTC), policy)


@given(MOMENTS, MOMENTS)
def test_late_is_when_no_day_is_left(reported_at, at):
    answer = due(reported_at, THIRTY_DAYS)
    assert overdue(at, answer.at) is (days_left(at, answer.on) < 0)


@given(MOMENTS, POLICIES, st.integers(min_value=1, max_value=15))
def test_triage_comes_before_the_answer(reported_at, policy, triage_days):
    shorter = Policy(version="any", days=policy.days, holiday_zone=policy.holiday_zone, triage_days=triage_days)
    triage = triage_due(reported_at, shorter)
    assert paris_date(reported_at) <= triage.on <= due(reported_at, shorter).on
    assert is_working_day(triage.on, policy.holiday_zone)


def test_the_calendar_of_a_year_is_computed_once():
    deadlines._public_holidays.cache_clear()
    deadlines._due_on.cache_clear()
    noon = datetime(2026, 1, 1, 12, tzinfo=PARIS)
    for hours in range(24 * 300):
        due(noon + timedelta(hours=hours), THIRTY_DAYS)
    assert deadlines._public_holidays.cache_info().misses == 1
    assert deadlines._due_on.cache_info().misses == 301  # noon of the first day to noon of the 301st
