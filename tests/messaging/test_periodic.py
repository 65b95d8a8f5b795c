from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from messaging import periodic
from messaging.models import Message, PeriodicRun
from messaging.periodic import run_due
from tests.messaging.conftest import owed

HERE = __name__
ran: list[str] = []
together = threading.Semaphore(0)


def well() -> None:
    ran.append("well")


def badly() -> None:
    ran.append("badly")
    raise LookupError("nothing there")


def slowly() -> None:
    """Goes on until the other workers have looked for work as well."""
    ran.append("slowly")
    for _ in range(3):
        assert together.acquire(timeout=20)


def for_ever() -> None:
    threading.Event().wait(60)


@pytest.fixture(autouse=True)
def nothing_ran():
    ran.clear()


def due_now(**values: object) -> None:
    PeriodicRun.objects.update(next_run_at=timezone.now() - timedelta(seconds=1), **values)


def test_a_task_runs_at_first_and_then_when_its_interval_is_over(db, django_assert_num_queries):
    task = f"{HERE}.well"
    assert run_due({task: 3600}) == [task]
    row = PeriodicRun.objects.get()
    assert (row.runs, row.failures, row.last_error) == (1, 0, "")
    assert row.started_at is not None
    assert row.finished_at is not None
    assert row.started_at <= row.finished_at
    wait = row.next_run_at - timezone.now()
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)
    # 1. what is due
    with django_assert_num_queries(1):
        assert run_due({task: 3600}) == []
    due_now()
    assert run_due({task: 3600}) == [task]
    assert ran == ["well", "well"]


def test_a_task_that_fails_is_noted_tried_again_soon_and_keeps_no_other_from_running(db, caplog):
    tasks = {f"{HERE}.badly": 3600, "no.such.place": 10, f"{HERE}.well": 3600}
    assert run_due(tasks) == list(tasks)
    assert ran == ["badly", "well"]
    bad = PeriodicRun.objects.get(task=f"{HERE}.badly")
    assert (bad.failures, bad.last_error) == (1, "LookupError: nothing there")
    assert timedelta(0) < bad.next_run_at - timezone.now() <= timedelta(seconds=60)
    missing = PeriodicRun.objects.get(task="no.such.place")
    assert missing.next_run_at - timezone.now() <= timedelta(seconds=10)
    assert "nothing there" in caplog.text
    due_now()
    run_due({f"{HERE}.badly": 3600})
    bad.refresh_from_db()
    assert (bad.runs, bad.failures) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_run_a_task_once():
    task = f"{HERE}.slowly"

    def work(_: int) -> list[str]:
        try:
            return run_due({task: 3600})
        finally:
            together.release()
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(4)))
    assert ran == ["slowly"]
    assert sorted(results) == [[], [], [], [task]]
    assert PeriodicRun.objects.get().runs == 1


def test_a_task_whose_worker_died_is_due_again_when_the_lease_ends(db):
    task = f"{HERE}.well"
    with connection.cursor() as cursor:
        cursor.execute(periodic.TAKE, [task, periodic.LEASE_S])
        assert cursor.fetchone() == (1,)
    assert run_due({task: 86400}) == []
    due_now()
    assert run_due({task: 86400}) == [task]
    assert PeriodicRun.objects.get().runs == 2
    assert periodic.RUN_AT_MOST_S < periodic.LEASE_S


@pytest.mark.django_db(transaction=True)
def test_a_task_without_end_is_ended(monkeypatch):
    monkeypatch.setattr(periodic, "RUN_AT_MOST_S", 0.2)
    task = f"{HERE}.for_ever"
    assert run_due({task: 3600}) == [task]
    row = PeriodicRun.objects.get()
    assert (row.failures, row.last_error) == (1, "Not done in 0.2 s")


def test_once_does_everything_that_is_due_and_ends(db, gateway, settings):
    settings.PERIODIC_TASKS = {f"{HERE}.well": 60}
    for n in range(3):
        owed(f"m{n}")
    mine = [message.pk for message in Message.objects.filter(dedupe_key__in=["m0", "m1", "m2"])]
    call_command("worker", "--once")
    assert ran == ["well"]
    # Of others, which a worker that was killed in another test may have left in its hands, nothing is said.
    assert list(Message.objects.filter(pk__in=mine).values_list("state", flat=True)) == ["sent"] * 3
    assert len(gateway.accepted) == 3
