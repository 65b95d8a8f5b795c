"""What an evaluation counts, on a real PostGIS: the extent and the ring, the windows, and nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from partnership.measured import Days, days_of_work, measure
from partnership.models import Action, ActionChange, ProblemChange
from tests.conftest import PARIS
from tests.factories import beside
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
MIDDLE = (6.079, 44.56)  # of the square, which is 159 m wide and 222 m high
EDGE = (6.08, 44.56)
WORK = Days(date(2026, 9, 7), date(2026, 9, 25))  # eight weeks are over since
BEFORE, AFTER = datetime(2026, 8, 12, 22, tzinfo=PARIS), datetime(2026, 10, 14, 22, tzinfo=PARIS)


@pytest.fixture
def tell(person):
    def told(number: int, point, at: datetime, **more) -> list[Incident]:
        return [reported(person("partner_a"), at + timedelta(minutes=n), point, **more) for n in range(number)]

    return told


def test_concerns_are_counted_in_the_extent_and_in_the_ring(problem, monday, tell):
    tell(12, MIDDLE, BEFORE)
    tell(2, MIDDLE, AFTER)
    tell(1, EDGE, AFTER)  # on the edge is inside
    tell(3, beside(EDGE, east_m=60), BEFORE)
    tell(14, beside(EDGE, east_m=60), AFTER)
    tell(5, beside(EDGE, east_m=300), AFTER)  # beyond the ring
    tell(5, MIDDLE, AFTER, category="rodeo")  # of another family
    problem.refresh_from_db()
    facts = measure(problem, WORK, monday, {})
    assert (facts["weeks"], facts["before"], facts["after"]) == (
        8, ["2026-07-13", "2026-09-06"], ["2026-09-26", "2026-11-20"],
    )  # fmt: skip
    assert facts["ring_m"] == 100
    extent, ring = facts["extent"], facts["ring"]
    assert (extent["before"], extent["after"], extent["ratio"], extent["change"]) == (12, 3, 0.25, "fewer")
    assert (ring["before"], ring["after"], ring["change"]) == (3, 14, "more")
    assert facts["displacement"] == "displaced"
    assert (extent["weeks_before"], extent["weeks_after"]) == ([0, 0, 0, 0, 12, 0, 0, 0], [0, 0, 3, 0, 0, 0, 0, 0])
    assert 0 < extent["low"] < 0.25 < extent["high"] < 1


def test_the_days_of_the_windows_are_whole_days_in_paris(problem, monday, tell):
    problem.refresh_from_db()
    first, last = datetime(2026, 7, 13, 0, 5, tzinfo=PARIS), datetime(2026, 9, 6, 23, 55, tzinfo=PARIS)
    for at in (first, first - timedelta(minutes=10), last, last + timedelta(minutes=10)):
        tell(1, MIDDLE, at)
    # of the summer's last week and of the winter
    for at in (datetime(2026, 9, 26, 0, 5, tzinfo=PARIS), datetime(2026, 11, 20, 23, 50, tzinfo=PARIS)):
        tell(1, MIDDLE, at)
        tell(1, MIDDLE, at + timedelta(minutes=-10 if at.month == 9 else 10))
    extent = measure(problem, WORK, monday, {})["extent"]
    assert (extent["before"], extent["after"]) == (2, 2)
    assert (extent["weeks_before"][0], extent["weeks_before"][-1]) == (1, 1)
    assert (extent["weeks_after"][0], extent["weeks_after"][-1]) == (1, 1)


def test_what_was_turned_down_or_merged_is_not_counted(problem, monday, tell):
    one, two, three = tell(3, MIDDLE, AFTER)
    Incident.objects.filter(pk=one.pk).update(status="non_retenue")
    Incident.objects.filter(pk=two.pk).update(merged_into=three)
    problem.refresh_from_db()
    assert measure(problem, WORK, monday, {})["extent"]["after"] == 1


def test_too_early_nothing_is_compared_and_the_day_is_told(problem, monday):
    problem.refresh_from_db()
    facts = measure(problem, Days(date(2026, 11, 9), date(2026, 11, 16)), monday, {})
    assert (facts["extent"], facts["ring"], facts["weeks"]) == (None, None, None)
    assert (facts["displacement"], facts["readable_on"]) == ("cannot_tell", "2026-12-01")


def test_states_and_actions_are_told(problem, monday, person):
    moves = [("signalee", 30), ("retenue", 28), ("actions_en_cours", 20), ("evaluation", 2)]
    for state, days in moves:
        at = monday - timedelta(days=days)
        ProblemChange(problem=problem, at=at, state_to=state, author=person("referent_a"), post=problem.post).save()
    problem.retained_at = monday - timedelta(days=28)
    problem.save(update_fields=["retained_at"])
    for number, done in ((1, 14), (2, 10)):
        at = monday - timedelta(days=done)
        made = Action.objects.create(
            problem=problem, number=number, title="Ronde", due_on=at.date(), state="realisee", settled_at=at,
            given_by=person("referent_a"), given_at=monday - timedelta(days=20),
        )  # fmt: skip
        turns = (("donnee", 20), ("acceptee", 18), ("realisee", done))
        for turn, days in turns:
            ActionChange.objects.create(
                action=made, at=monday - timedelta(days=days), turn=turn, due_on=at.date(), author=person("referent_a")
            )
    problem.refresh_from_db()
    work = days_of_work(problem, monday)
    assert work == Days(date(2026, 11, 5), date(2026, 11, 13))  # the first promise, the last action done
    facts = measure(problem, work, monday, {"terrain": True})
    assert facts["stages"] == {"signalee": 2, "retenue": 8, "actions_en_cours": 18, "evaluation": 2}
    assert (facts["actions"]["done"], facts["actions"]["on_time"], facts["actions"]["first_done_days"]) == (2, 2, 14)
    assert facts["observed"] == {"terrain": True}
    assert [each["code"] for each in facts["criteria"]] == [
        "signalements", "deplacement", "premiere-action", "actions", "partenaires", "terrain",
    ]  # fmt: skip


def test_of_no_action_the_work_began_when_it_was_retained(problem, monday):
    problem.retained_at = monday - timedelta(days=28)
    assert days_of_work(problem, monday) == Days(date(2026, 10, 26), date(2026, 10, 26))


def test_it_is_asked_in_four_queries(problem, monday):
    problem.refresh_from_db()
    with CaptureQueriesContext(connection) as asked:
        measure(problem, WORK, monday, {})
    # changes, actions, concerns, the territory's criteria
    assert len(asked) == 4, [each["sql"][:90] for each in asked]
