"""The demonstration's desks have something on them, once, whatever the day; a real installation's partners report."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from incidents.models import Incident, Routing
from incidents.models.history import Trigger
from incidents.workflow import SETTLED, Status
from messaging.models import Message
from partnership.models import Suggestion
from sectors.models import Sector

pytestmark = pytest.mark.django_db


def test_every_sector_has_concerns_in_several_states_and_a_second_run_changes_nothing(monday):
    call_command("seed_concerns", verbosity=0)
    made = Incident.objects.count()
    call_command("seed_concerns", verbosity=0)
    assert Incident.objects.count() == made
    sectors = Sector.objects.in_force(timezone.now()).count()
    here = Counter(Incident.objects.values_list("sector", flat=True))
    assert len(here) == sectors
    assert min(here.values()) >= 6
    found = Incident.objects.exclude(status__in=SETTLED)
    assert set(found.values_list("status", flat=True)) == {Status.SIGNALEE, Status.PRISE_EN_CHARGE}
    assert set(Incident.objects.values_list("status", flat=True)) > {Status.REPONDUE, Status.CLOSE}
    assert all("(démonstration)" in each.description for each in found)
    # Some desks have one that is late, some one that is due within the week.
    today = timezone.localdate()
    late = found.filter(due_on__lt=today)
    soon = found.filter(due_on__range=(today, today + timedelta(days=7)))
    assert 0 < late.count() < sectors
    assert 0 < soon.count() < sectors
    assert set(Routing.objects.values_list("trigger", flat=True)) == {Trigger.REPORT}


def test_its_noise_is_suggested_to_each_group_and_no_reminder_of_before_is_owed(monday):
    call_command("seed_concerns", verbosity=0)
    owed = Message.objects.count()
    call_command("escalate", verbosity=0)
    assert Message.objects.count() == owed
    call_command("seed_groups", verbosity=0)
    posts = Sector.objects.in_force(timezone.now()).values_list("post", flat=True)
    assert sorted(Suggestion.objects.values_list("post", flat=True)) == sorted(posts)


@pytest.mark.parametrize("day", ["2026-01-02T08:00+01:00", "2026-03-30T00:30+02:00", "2026-11-23T23:59+01:00"])
def test_it_comes_through_on_every_day_of_the_year(day):
    with time_machine.travel(day, tick=False):
        call_command("seed_concerns", verbosity=0)
        assert Incident.objects.exists()
        assert not Incident.objects.filter(reported_at__gt=timezone.now()).exists()


def test_it_is_for_the_demonstration_alone(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("seed_concerns")
