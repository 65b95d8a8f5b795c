"""The demonstration's groups have something to do, once; a real installation's make their own."""

from __future__ import annotations

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from partnership.models import Action, Meeting, Problem
from sectors.models import PartnershipGroup

pytestmark = pytest.mark.django_db


def test_each_group_has_work_and_a_meeting_and_a_second_run_changes_nothing(monday):
    for _ in range(2):
        call_command("seed_groups", verbosity=0)
        groups = PartnershipGroup.objects.count()
        assert (Problem.objects.count(), Meeting.objects.count()) == (2 * groups, groups)
        # The police has one in each; a partner where the group has one.
        with_partners = PartnershipGroup.objects.filter(memberships__isnull=False).distinct().count()
        assert Action.objects.count() == groups + with_partners
    assert all("démonstration" in each.title for each in Problem.objects.all())
    for group in PartnershipGroup.objects.select_related("post"):
        (meeting,) = group.meetings.all()
        assert {each.problem.post_id for each in meeting.agenda.all() if each.problem} == {group.post_id}


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
    begins = {timezone.localtime(each.begins_at) for each in Meeting.objects.all()}
    assert {each.isoformat()[:16] for each in begins} == {f"{met}T14:00"}


def test_it_refuses_to_run_but_in_a_demonstration(settings, monday):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("seed_groups")
