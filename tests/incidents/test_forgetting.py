"""What is forgotten of concerns and of the access log, to the day, on a moved clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.models import QuerySet

from accounts.changes import log_access, purging
from accounts.changes.purging import purge
from accounts.models import AccessLog, RetentionRun, User
from incidents.changes.forgetting import CONCERN, IDEMPOTENCY_KEY, REPORTER_CONTACT
from incidents.models import (
    IdempotencyKey,
    Incident,
    ReporterContact,
    Routing,
    StatisticalRow,
    StatusChange,
)
from incidents.workflow import Status
from sectors.changes.forgetting import ACCESS_LOG
from sectors.models import Territory
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
REPORTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
CLOSED = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
# Three years to the minute after it was closed.
THREE_YEARS = datetime(2029, 3, 20, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Person = Callable[[str], User]


def settle(incident: Incident, status: str = Status.CLOSE, at: datetime = CLOSED) -> Incident:
    """As the desk will: the state and the row that says so."""
    StatusChange.objects.create(
        incident=incident, at=at, status_from=incident.status, status_to=status, author=incident.author
    )
    incident.status = status
    incident.save(update_fields=["status"])
    return incident


@pytest.fixture
def settled(person: Person) -> Incident:
    return settle(reported(person("partner_a"), REPORTED, partner="bailleur"))


@pytest.mark.parametrize("status", [Status.CLOSE, Status.REPONDUE, Status.NON_RETENUE])
def test_three_years_after_closing_an_anonymous_row_stays(person, status):
    incident = settle(reported(person("partner_a"), REPORTED), status)
    assert purge(at=THREE_YEARS, by="test", commit=True, chosen=[CONCERN]).total == 0
    assert Incident.objects.count() == 1

    run = purge(at=THREE_YEARS + SECOND, by="test", commit=True, chosen=[CONCERN])

    assert run.counts == {"concern": {"05": 1}}
    for model in (Incident, Routing, StatusChange):
        assert not model.objects.exists()
    row = StatisticalRow.objects.get()
    assert (row.territory.code, row.category.code, row.sector and row.sector.code) == (
        "05",
        "tapage",
        "gap-hyper-centre",
    )
    assert (row.reported_on, row.due_on, row.settled_on) == (date(2026, 3, 2), incident.due_on, date(2026, 3, 20))
    assert row.result == status
    # Idempotent.
    assert purge(at=THREE_YEARS + SECOND, by="test", commit=True, chosen=[CONCERN]).total == 0
    assert StatisticalRow.objects.count() == 1


def test_a_statistical_row_names_no_person_place_or_concern():
    """By its columns: what it could not tell it cannot leak."""
    assert {field.name for field in StatisticalRow._meta.get_fields()} == {
        "id", "territory", "category", "sector", "reported_on", "due_on", "settled_on", "result",
    }  # fmt: skip


def test_an_open_concern_is_late_and_never_forgotten(person):
    reported(person("partner_a"), REPORTED)
    assert purge(at=datetime(2040, 1, 1, tzinfo=UTC), by="test", commit=True, chosen=[CONCERN]).total == 0


def test_a_reopened_concern_counts_from_its_last_end(settled):
    settle(settled, Status.ROUVERTE, CLOSED + timedelta(days=30))
    assert purge(at=THREE_YEARS + timedelta(days=3650), by="test", commit=True, chosen=[CONCERN]).total == 0
    settle(settled, Status.CLOSE, CLOSED + timedelta(days=100))
    assert purge(at=THREE_YEARS + timedelta(days=99), by="test", commit=True, chosen=[CONCERN]).total == 0
    assert purge(at=THREE_YEARS + timedelta(days=101), by="test", commit=True, chosen=[CONCERN]).total == 1


def test_a_territory_may_keep_less(settled):
    Territory.objects.filter(code="05").update(text_years=1)
    at = CLOSED.replace(year=2027)
    assert purge(at=at, by="test", commit=True, chosen=[CONCERN]).total == 0
    assert CONCERN.kept() in {"1 an après la clôture", "1 year after closing"}
    assert purge(at=at + SECOND, by="test", commit=True, chosen=[CONCERN]).total == 1


def test_a_contact_goes_thirty_days_after_closing_and_the_concern_stays(settled):
    ReporterContact.objects.create(incident=settled, name="Une voisine", phone="06 39 98 00 00")
    day30 = CLOSED + timedelta(days=30)
    assert purge(at=day30, by="test", commit=True, chosen=[REPORTER_CONTACT]).total == 0
    run = purge(at=day30 + SECOND, by="test", commit=True, chosen=[REPORTER_CONTACT, CONCERN])
    assert run.counts == {"reporter_contact": {"05": 1}, "concern": {}}
    assert not ReporterContact.objects.exists()
    assert Incident.objects.get().description


def test_a_contact_of_an_open_concern_stays(person):
    ReporterContact.objects.create(incident=reported(person("partner_a"), REPORTED), name="Une voisine")
    assert purge(at=THREE_YEARS, by="test", commit=True, chosen=[REPORTER_CONTACT]).total == 0


def test_an_answer_kept_for_a_replay_goes_after_seven_days(settled):
    IdempotencyKey.objects.create(
        user=settled.author, key="k", fingerprint="f", incident=settled, body="{}", created_at=CLOSED
    )
    assert purge(at=CLOSED + timedelta(days=7), by="t", commit=True, chosen=[IDEMPOTENCY_KEY]).total == 0
    assert purge(at=CLOSED + timedelta(days=7, seconds=1), by="t", commit=True, chosen=[IDEMPOTENCY_KEY]).total == 1


@pytest.mark.parametrize(("territory", "years"), [("05", 1), ("", 3), ("gone", 3)])
def test_the_log_is_kept_as_long_as_its_territory_says(person, territory, years):
    Territory.objects.filter(code="05").update(log_years=1)
    AccessLog(at=CLOSED, user=person("director"), operation="incident.read", territory=territory).save()
    at = CLOSED.replace(year=CLOSED.year + years)
    assert purge(at=at, by="test", commit=True, chosen=[ACCESS_LOG]).total == 0
    run = purge(at=at + SECOND, by="test", commit=True, chosen=[ACCESS_LOG])
    assert run.counts == {"access_log": {territory: 1}}
    assert not AccessLog.objects.filter(at=CLOSED).exists()


def test_the_whole_of_it_by_the_command_on_a_moved_clock(person, settled):
    with time_machine.travel(THREE_YEARS - timedelta(days=1), tick=False):
        call_command("purge", commit=True, verbosity=0)
    assert Incident.objects.count() == 1
    with time_machine.travel(THREE_YEARS + timedelta(days=1), tick=False):
        call_command("purge", verbosity=0)
        assert Incident.objects.count() == 1
        call_command("purge", commit=True, verbosity=0)
        call_command("purge", commit=True, verbosity=0)
    assert not Incident.objects.exists()
    found = [run.counts["concern"] for run in RetentionRun.objects.order_by("pk")]
    assert found == [{}, {"05": 1}, {"05": 1}, {}]


def test_a_run_cut_short_leaves_whole_concerns(person, settled, monkeypatch):
    other = settle(reported(person("partner_a"), REPORTED, description="Un autre bruit"))
    monkeypatch.setattr(purging, "ROWS_AT_ONCE", 1)
    done: list[int] = []
    forget = CONCERN.forget

    def cut(rows: QuerySet[Any]) -> None:
        keys = list(rows.values_list("pk", flat=True))
        forget(rows)
        if done:
            raise KeyboardInterrupt
        done.extend(keys)

    rule = type(CONCERN)(**{name: getattr(CONCERN, name) for name in CONCERN.__slots__} | {"forget": cut})
    with pytest.raises(KeyboardInterrupt):
        purge(at=THREE_YEARS + SECOND, by="test", commit=True, chosen=[rule])
    (left,) = Incident.objects.all()
    assert left.pk in {settled.pk, other.pk} - set(done)
    assert left.routings.exists()
    assert StatisticalRow.objects.count() == 1
    assert purge(at=THREE_YEARS + SECOND, by="test", commit=True, chosen=[CONCERN]).total == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_share_the_work(monkeypatch):
    monkeypatch.setattr(purging, "ROWS_AT_ONCE", 3)
    for _ in range(40):
        AccessLog(at=CLOSED, operation="test").save()
    start, totals = threading.Barrier(2), []

    def run() -> None:
        try:
            start.wait(timeout=30)
            totals.append(purge(at=THREE_YEARS + SECOND, by="test", commit=True, chosen=[ACCESS_LOG]))
        finally:
            connections.close_all()

    both = [threading.Thread(target=run) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert [each.failures for each in totals] == [{}, {}]
    left = AccessLog.objects.filter(operation="test").count()
    assert sum(each.total for each in totals) + left == 40
    # One may have stepped aside for what the other held; the next run finishes.
    assert purge(at=THREE_YEARS + SECOND, by="test", commit=True, chosen=[ACCESS_LOG]).total == left


@pytest.mark.django_db(transaction=True)
def test_what_somebody_is_writing_is_passed_over():
    row = AccessLog(at=CLOSED, operation="test")
    row.save()
    other = connection.copy()
    try:
        with transaction.atomic():
            AccessLog.objects.select_for_update().get(pk=row.pk)
            totals: list[int] = []

            def run() -> None:
                try:
                    totals.append(purge(at=THREE_YEARS + SECOND, by="t", commit=True, chosen=[ACCESS_LOG]).total)
                finally:
                    connections.close_all()

            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
            assert totals == [0]
    finally:
        other.close()
    assert purge(at=THREE_YEARS + SECOND, by="t", commit=True, chosen=[ACCESS_LOG]).total == 1


def test_the_purge_leaves_the_log_of_today(person):
    log_access(user=person("auditor"), operation="test", territory="05")
    purge(at=THREE_YEARS, by="test", commit=True)
    assert AccessLog.objects.filter(operation="test").exists()
