"""The figures of a group: a small year counted by hand, and the same asked of a real PostGIS."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnership.counting import figures_of
from partnership.figures import Course, Given, Move, Share, figures
from partnership.models import Action, Attendance, Contribution, Meeting, ProblemChange
from sectors.models import Membership, Partner, PartnershipGroup

FIRST, LAST, TODAY = date(2026, 1, 1), date(2026, 10, 31), date(2026, 11, 23)


def move(state: str, day: str, result: str = "", due: str = "") -> Move:
    at = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    return Move(state, at, result, date.fromisoformat(due) if due else None)


def course(*moves: Move, due: str = "") -> Course:
    return Course(moves, moves[-1].state, date.fromisoformat(due) if due else None)


def of(*problems: Course, actions=(), mobilised=(), presences=()):
    return figures(
        problems=problems, actions=actions, mobilised=mobilised, presences=presences,
        first=FIRST, last=LAST, today=TODAY,
    )  # fmt: skip


SOLVED = course(
    move("signalee", "2026-01-01"), move("a_qualifier", "2026-01-03"), move("retenue", "2026-01-03", due="2026-02-02"),
    move("actions_en_cours", "2026-01-13", due="2026-02-02"), move("evaluation", "2026-02-02", due="2026-02-02"),
    move("close", "2026-02-12", "resolue", "2026-02-02"), due="2026-02-02",
)  # fmt: skip
PARTLY = course(
    move("signalee", "2026-01-01"), move("retenue", "2026-01-05", due="2026-02-04"),
    move("evaluation", "2026-02-05", due="2026-02-04"), move("close", "2026-02-25", "partiellement_resolue"),
    move("rouverte", "2026-05-26", due="2026-06-25"), due="2026-06-25",
)  # fmt: skip # reopened on the ninetieth day, and open since
AGAIN = course(
    move("signalee", "2026-01-01"), move("retenue", "2026-01-05", due="2026-02-04"),
    move("evaluation", "2026-01-20", due="2026-02-04"), move("close", "2026-01-25", "resolue"),
    move("rouverte", "2026-06-26", due="2026-07-24"), move("evaluation", "2026-07-01", due="2026-07-24"),
    move("close", "2026-07-11", "non_resolue"), due="2026-07-24",
)  # fmt: skip # reopened after more than ninety days
OPEN_LATE = course(move("signalee", "2026-03-01"), move("retenue", "2026-03-03", due="2026-04-02"), due="2026-04-02")
NOT_DUE = course(move("signalee", "2026-11-01"), move("retenue", "2026-11-03", due="2026-12-03"), due="2026-12-03")
STILL = course(
    move("signalee", "2026-03-01"), move("retenue", "2026-03-03", due="2026-04-02"), move("suspendue", "2026-03-10"),
    due="2026-04-02",
)  # fmt: skip
PROPOSED = course(move("signalee", "2026-03-01"))
ALL = (SOLVED, PARTLY, AGAIN, OPEN_LATE, NOT_DUE, STILL, PROPOSED)


def test_problems_are_told_by_state_and_closings_by_result_of_all():
    found = of(*ALL)
    assert found.states == {"close": 2, "rouverte": 1, "retenue": 2, "suspendue": 1, "signalee": 1}
    assert found.results == {
        "non_resolue": Share(1, 4), "partiellement_resolue": Share(1, 4), "resolue": Share(2, 4),
    }  # fmt: skip
    assert found.results["resolue"].share == 0.5


def test_what_is_open_and_overdue_counts_against_the_share_on_time():
    rate = of(*ALL).on_time
    # SOLVED, and AGAIN twice; PARTLY a day late; PARTLY opened again and OPEN_LATE are open; a suspended one waits.
    assert (rate.on_time, rate.late, rate.overdue, rate.counted, rate.percent) == (3, 1, 2, 6, 50)
    assert of(NOT_DUE).on_time.share is None


def test_a_reopening_counts_until_the_ninetieth_day():
    assert of(*ALL).reopened == Share(1, 4)


def test_days_per_stage_are_medians_of_what_was_closed():
    found = of(*ALL).stages
    assert found["signalee"] == (4.0, 3)  # 2, 4, 4
    assert found["retenue"] == (15.0, 3)  # 10, 15, 31
    assert found["actions_en_cours"] == (20.0, 1)
    assert found["evaluation"] == (15.0, 3)  # 10, 20, and twice: 5 and 10
    assert "close" not in found


def test_actions_by_kind_of_owner_and_who_owns_one():
    actions = [
        Given(1, "bailleur_social", "realisee", date(2026, 2, 1)),
        Given(1, "bailleur_social", "acceptee", date(2026, 11, 22)),  # overdue by a day
        Given(2, "police_municipale", "proposee", date(2026, 11, 23)),  # due today
        Given(None, "", "realisee", date(2026, 2, 1)),
        Given(3, "gendarmerie", "non_realisee", date(2026, 2, 1)),
        Given(4, "association", "annulee", date(2026, 2, 1)),
    ]
    found = of(actions=actions, mobilised={1, 2, 4, 5})
    assert found.kinds == {
        "": Share(1, 1), "bailleur_social": Share(1, 2), "gendarmerie": Share(0, 1), "police_municipale": Share(0, 1),
    }  # fmt: skip
    assert found.by_others == Share(3, 5)
    assert found.engaged == Share(2, 4)
    assert found.overdue == {1: Share(1, 1), 2: Share(0, 1)}


def test_attendance_is_of_the_meetings_that_one_was_asked_to():
    found = of(presences=[(1, "present"), (1, "excuse"), (2, "absent"), (None, "present")])
    assert found.attendance == {1: Share(1, 2), 2: Share(0, 1), None: Share(1, 1)}


def test_nothing_is_a_share_of_nothing():
    found = of()
    assert (found.reopened.share, found.engaged.share, found.on_time.share) == (None, None, None)


@pytest.mark.django_db
def test_the_figures_are_asked_in_few_queries(problem, monday, person):
    group = PartnershipGroup.objects.get(post=problem.post)
    landlord = Partner.objects.get(code="bailleur")
    bus = Partner.objects.get(code="bus")
    Membership.objects.get_or_create(group=group, partner=bus)
    author = person("referent_a")
    for state, days in (("signalee", 40), ("retenue", 38)):
        ProblemChange.objects.create(
            problem=problem, at=monday - timedelta(days=days), state_to=state, author=author, post=problem.post,
            due_on=monday.date() - timedelta(days=8),
        )  # fmt: skip
    type(problem).objects.filter(pk=problem.pk).update(
        state="retenue", due_on=monday.date() - timedelta(days=8), due_at=monday - timedelta(days=8)
    )
    Contribution.objects.create(problem=problem, partner=bus, author=author, at=monday, phase="analyse", text="Vu.")
    for number, owner in enumerate((landlord, None), 1):
        Action.objects.create(
            problem=problem, number=number, title="Ronde", owner=owner, due_on=monday.date() - timedelta(days=1),
            state="acceptee", given_by=author, given_at=monday - timedelta(days=10),
        )  # fmt: skip
    meeting = Meeting.objects.create(
        reference="BBBB-0001", group=group, state="tenue", begins_at=monday - timedelta(days=3),
        ends_at=monday - timedelta(days=3, hours=-1), place="Commissariat", called_by=author, called_at=monday,
    )  # fmt: skip
    Attendance.objects.create(meeting=meeting, partner=landlord, presence="present")
    with CaptureQueriesContext(connection) as asked:
        found = figures_of(group, date(2026, 1, 1), monday.date(), monday)
    # actions, presences, members, contributions, signatures, problems, changes
    assert len(asked) == 7, [each["sql"][:80] for each in asked]
    assert found.states == {"retenue": 1}
    assert (found.on_time.overdue, found.on_time.counted) == (1, 1)
    assert found.by_others == Share(1, 2)
    assert found.engaged == Share(1, 2)
    assert found.overdue == {landlord.pk: Share(1, 1), None: Share(1, 1)}
    assert found.attendance == {landlord.pk: Share(1, 1)}
    before = figures_of(group, date(2025, 1, 1), date(2025, 12, 31), monday)
    assert (before.by_others.of, before.engaged.of, before.on_time.counted) == (0, 0, 0)
