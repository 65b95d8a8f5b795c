"""The demonstration's groups have something to do, once; a real installation's make their own."""

from __future__ import annotations

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from partnership.evaluation import Change
from partnership.life import ActionState, MeetingState, State
from partnership.models import Action, Meeting, Problem
from sectors.models import PartnershipGroup

pytestmark = pytest.mark.django_db


def test_each_group_has_work_and_a_meeting_and_a_second_run_changes_nothing(monday):
    for _ in range(2):
        call_command("seed_groups", verbosity=0)
        groups = PartnershipGroup.objects.count()
        # The police has an action in each; a partner where the group has one, and there one work was done to its end.
        with_partners = PartnershipGroup.objects.filter(memberships__isnull=False).distinct().count()
        assert (Problem.objects.count(), Meeting.objects.count()) == (
            2 * groups + with_partners,
            groups + with_partners,
        )
        assert Action.objects.count() == groups + 3 * with_partners
    assert all("démonstration" in each.title for each in Problem.objects.all())
    for group in PartnershipGroup.objects.select_related("post"):
        meeting = group.meetings.get(state=MeetingState.PLANIFIEE)
        assert {each.problem.post_id for each in meeting.agenda.all() if each.problem} == {group.post_id}


def test_a_group_with_a_partner_has_a_problem_that_was_evaluated_and_closed(monday):
    call_command("seed_groups", verbosity=0)
    closed = Problem.objects.filter(state=State.CLOSE)
    assert closed.exists()
    for problem in closed:
        facts = problem.evaluations.get().facts
        assert (facts["weeks"], facts["extent"]["before"], facts["extent"]["after"]) == (8, 12, 2)
        assert facts["extent"]["change"] == Change.FEWER
        assert not problem.actions.exclude(state=ActionState.REALISEE).exists()
        assert problem.post.group.meetings.get(state=MeetingState.TENUE).minutes.validated_at


def test_of_a_map_that_is_young_nothing_is_told_that_was_before():
    with time_machine.travel("2026-02-02T09:00+01:00", tick=False):
        call_command("seed_groups", verbosity=0)
    assert Problem.objects.exists()
    assert not Problem.objects.filter(state=State.CLOSE).exists()


@pytest.mark.parametrize(
    ("seeded", "met"),
    [
        ("2026-11-23T09:00+01:00", "2026-11-30"),
        ("2026-11-22T09:00+01:00", "2026-11-30"),  # not on a Sunday
        ("2026-12-18T23:30+01:00", "2026-12-28"),  # nor on Christmas day, nor on the weekend after it
    ],
)
def test_a_group_meets_on_a_working_day(seeded, met):
    with time_machine.travel(seeded, tick=False):
        call_command("seed_groups", verbosity=0)
    begins = {timezone.localtime(each.begins_at) for each in Meeting.objects.filter(state=MeetingState.PLANIFIEE)}
    assert {each.isoformat()[:16] for each in begins} == {f"{met}T14:00"}


def test_it_refuses_to_run_but_in_a_demonstration(settings, monday):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("seed_groups")
