"""What holds of every deadline, whatever the moment, the term and the zone."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from incidents.deadlines import PARIS, Policy, days_left, due, is_working_day, overdue, paris_date, triage_due
from tests.incidents.wall_calendar import THIRTY_DAYS

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
