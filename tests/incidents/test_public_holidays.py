"""The working days are those of the law, in every zone and for a century; and each year is computed once."""

from datetime import date, datetime, timedelta

import pytest

from incidents import deadlines
from incidents.deadlines import PARIS, CalendarEnds, PolicyInvalid, due, is_working_day
from tests.incidents.wall_calendar import THIRTY_DAYS, at_ten, day


def test_beyond_the_known_holidays_no_date_is_invented():
    assert due(at_ten(date(2100, 11, 1)), THIRTY_DAYS).on == day("Wed 2100-12-01")
    with pytest.raises(CalendarEnds) as refused:
        due(at_ten(date(2100, 12, 15)), THIRTY_DAYS)
    assert (refused.value.year, refused.value.last) == (2101, 2100)


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


def test_the_calendar_of_a_year_is_computed_once():
    deadlines._public_holidays.cache_clear()
    deadlines._due_on.cache_clear()
    noon = datetime(2026, 1, 1, 12, tzinfo=PARIS)
    for hours in range(24 * 300):
        due(noon + timedelta(hours=hours), THIRTY_DAYS)
    assert deadlines._public_holidays.cache_info().misses == 1
    assert deadlines._due_on.cache_info().misses == 301  # noon of the first day to noon of the 301st
