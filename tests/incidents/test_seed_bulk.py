"""The bulk demonstration: consistent, found by routing where it says it is, and told to nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from incidents import changes
from incidents.deadlines import paris_date
from incidents.management.commands.seed_bulk import days_until
from incidents.models import Incident, Routing, StatusChange, Suspension
from incidents.references import normalise
from incidents.workflow import MOVES, Status
from messaging.models import Message
from sectors import atlas
from sectors.models import Sector, Territory
from sectors.routing import choose
from sectors.scope import scope_of
from sectors.survey import survey

pytestmark = pytest.mark.django_db


def seeded(concerns: int, sectors: int) -> list[Incident]:
    call_command("seed_bulk", concerns=concerns, sectors=sectors, verbosity=0)
    atlas.forget()
    return list(Incident.objects.select_related("sector", "post", "territory").order_by("pk"))


@pytest.mark.parametrize("hour", range(24))
def test_every_day_is_there_once_at_any_hour(hour):
    days = [paris_date(each) for each in days_until(datetime(2026, 11, 22, hour, 30, tzinfo=UTC))]
    assert len(set(days)) == len(days)
    assert days[0] - days[-1] == timedelta(days=len(days) - 1)


def test_what_it_makes_is_as_the_product_would_have_made_it(capsys):
    rows = seeded(600, 40)
    assert (len(rows), Sector.objects.filter(edition__territory__code="volume").count()) == (600, 40)
    assert len({normalise(row.reference) for row in rows}) == 600
    assert {row.status for row in rows} == set(Status)
    now = timezone.now()
    for row in rows:
        moves = list(row.status_changes.order_by("at", "pk").values_list("status_from", "status_to", "at"))
        assert moves[0][:2] == ("", "signalee")
        assert all((Status(a), Status(b)) in MOVES for a, b, _ in moves[1:])
        assert [before for before, _, _ in moves[1:]] == [after for _, after, _ in moves[:-1]]
        assert (row.status, row.reported_at) == (moves[-1][1], moves[0][2])
        assert abs((row.updated_at - moves[-1][2]).total_seconds()) < 1
        assert row.reported_at <= row.updated_at <= now
        assert row.reported_at < row.due_at
    assert Routing.objects.count() == 600
    assert Suspension.objects.filter(ended_at=None).count() == sum(row.status == "suspendue" for row in rows)
    points = [(row.location.x, row.location.y) for row in rows]
    for row, surveyed in zip(rows, survey(points, now), strict=True):
        decision = choose(surveyed.facts)
        if row.sector is not None:
            assert decision.post == row.post_id, row.reference
    outside = [row for row in rows if row.outcome == "outside"]
    assert outside
    assert all(row.triage_due_at and row.sector is None for row in outside)
    assert {row.post.code for row in outside} == {"volume-triage"}


def test_nobody_is_told(capsys):
    before = Message.objects.count()
    seeded(400, 20)
    assert changes.escalate(at=timezone.now(), at_any_hour=True) == 0
    assert Message.objects.count() == before


def test_its_people_see_their_part(capsys):
    rows = seeded(400, 20)
    now = timezone.now()

    def seen(local: str) -> int:
        person = User.objects.get(email=f"{local}@psq.example")
        return Incident.objects.visible_to(scope_of(person, now)).count()

    assert seen("direction.volume") == 400
    assert seen("referent.volume") == sum(
        row.post.code == "volume-1" or row.post_id in row.co_reader_posts or "volume-1" in row.co_readers
        for row in rows
    )
    assert "direction.volume@psq.example" in capsys.readouterr().out


def test_the_number_of_statements_does_not_grow(capsys):
    with CaptureQueriesContext(connection) as captured:
        seeded(5000, 200)
    assert len(captured) < 80


def test_a_second_one_is_refused(capsys):
    seeded(10, 5)
    with pytest.raises(CommandError, match="already"):
        call_command("seed_bulk", concerns=10, sectors=5)


@pytest.mark.parametrize("options", [{"concerns": 0}, {"sectors": 0}, {"concerns": 1_000_001}, {"sectors": 50_001}])
def test_too_few_or_too_many(options: dict[str, Any]):
    with pytest.raises(CommandError, match="50,000 sectors"):
        call_command("seed_bulk", **options)


def test_only_in_a_demonstration(settings):
    Territory.objects.update(is_demonstration=False)
    with pytest.raises(CommandError, match="real territory"):
        call_command("seed_bulk", concerns=10, sectors=5)
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("seed_bulk", concerns=10, sectors=5)
    assert not StatusChange.objects.exists()
