"""What a set of concerns says by itself: Paris days and hours, whole weeks, and a trend that chance does not make."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership.facts import MOST_WEEKS, PARIS, VERSION, Told, facts_of, monday_of

UNTIL = date(2026, 11, 23)  # a Monday


def told(
    day: str, occurred: str = "", category: str = "tapage", organisation: int | None = 1, point=(6.0, 44.0)
) -> Told:
    at = datetime.fromisoformat(day).replace(tzinfo=PARIS)
    happened = datetime.fromisoformat(occurred).replace(tzinfo=PARIS).astimezone(UTC) if occurred else None
    return Told(at.astimezone(UTC), happened, category, organisation, point)


def test_nothing_says_nothing():
    facts = facts_of([], until=UNTIL)
    assert (facts["version"], facts["count"], facts["first_on"], facts["weeks"]) == (VERSION, 0, None, [])
    assert facts["trend"] == {"weeks": 0, "before": 0, "after": 0, "change": "too_few"}


def test_days_and_hours_are_those_of_paris():
    facts = facts_of(
        [
            told("2026-11-20 00:30", "2026-11-19 23:30"),  # Thursday night
            told("2026-07-03 00:30", "2026-07-03 00:15", "voisinage", 2, (6.1, 44.0)),  # Friday, in summer time
            told("2026-11-18 12:00", category="voisinage", organisation=None, point=None),
        ],
        until=UNTIL,
    )
    assert (facts["count"], facts["points"], facts["organisations"], facts["dated"]) == (3, 2, 2, 2)
    assert (facts["first_on"], facts["last_on"]) == ("2026-07-03", "2026-11-20")
    assert facts["weekdays"] == [0, 0, 0, 1, 1, 0, 0]
    assert [hour for hour, count in enumerate(facts["hours"]) if count] == [0, 23]
    assert list(facts["categories"].items()) == [("voisinage", 2), ("tapage", 1)]


def test_no_week_is_left_out_between_the_first_and_now():
    facts = facts_of([told("2026-11-04 12:00"), told("2026-11-22 23:59")], until=UNTIL)
    assert facts["weeks"] == [["2026-11-02", 1], ["2026-11-09", 0], ["2026-11-16", 1], ["2026-11-23", 0]]


def test_the_trend_is_of_the_weeks_that_are_over_and_needs_more_than_chance():
    def trend(*weekly: int):
        rows = [
            told(f"{UNTIL - timedelta(weeks=len(weekly) - n)} 12:00")
            for n, count in enumerate(weekly)
            for _ in range(count)
        ]
        return facts_of([*rows, *[told(f"{UNTIL} 08:00")] * 9], until=UNTIL)["trend"]

    assert trend(1, 1, 2, 1) == {"weeks": 2, "before": 2, "after": 3, "change": "too_few"}
    assert trend(1, 1, 6, 7) == {"weeks": 2, "before": 2, "after": 13, "change": "more"}
    assert trend(7, 6, 1, 1)["change"] == "fewer"
    assert trend(9, 7, 6, 1, 1) == {"weeks": 2, "before": 13, "after": 2, "change": "fewer"}
    assert trend(5, 4, 4, 5)["change"] == "no_clear_change"


def test_what_is_long_ago_is_counted_and_not_drawn():
    facts = facts_of([told("2020-01-01 12:00"), told("2026-11-20 12:00")], until=UNTIL)
    assert (facts["count"], facts["first_on"]) == (2, "2020-01-01")
    assert len(facts["weeks"]) == MOST_WEEKS
    assert facts["weeks"][-1][0] == UNTIL.isoformat()


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(st.lists(st.tuples(moments, st.none() | moments, st.sampled_from("abc")), max_size=40))
def test_every_concern_is_counted_once_and_the_facts_are_plain_data(rows):
    facts = facts_of([Told(at, occurred, category) for at, occurred, category in rows], until=date(2026, 12, 31))
    assert json.loads(json.dumps(facts)) == facts
    assert sum(facts["categories"].values()) == facts["count"] == len(rows)
    assert sum(facts["weekdays"]) == sum(facts["hours"]) == facts["dated"]
    mondays = [date.fromisoformat(monday) for monday, _count in facts["weeks"]]
    assert all(day.weekday() == 0 for day in mondays)
    assert mondays == [mondays[0] + timedelta(weeks=n) for n in range(len(mondays))] if mondays else not rows


@pytest.mark.parametrize(("day", "monday"), [("2026-11-23", "2026-11-23"), ("2026-11-22", "2026-11-16")])
def test_a_week_begins_on_monday(day, monday):
    assert monday_of(date.fromisoformat(day)) == date.fromisoformat(monday)
