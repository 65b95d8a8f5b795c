"""Runs what is due every so often, in one worker at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from messaging.interrupt import TooLong, within
from messaging.models import PeriodicRun

logger = logging.getLogger(__name__)

# A task is ended well before its lease ends, and so before another worker may begin it.
RUN_AT_MOST_S: Final = 300.0
LEASE_S: Final = RUN_AT_MOST_S + 60
RETRY_S: Final = 60.0

TAKE: Final = """
INSERT INTO messaging_periodicrun AS run (task, next_run_at, runs, started_at)
VALUES (%s, clock_timestamp() + make_interval(secs => %s), 1, clock_timestamp())
ON CONFLICT (task) DO UPDATE
SET next_run_at = excluded.next_run_at, runs = run.runs + 1, started_at = excluded.started_at
WHERE run.next_run_at <= clock_timestamp()
RETURNING runs
"""


def run_due(tasks: Mapping[str, int]) -> list[str]:
    """The tasks run now: those that are due and that no other worker has. `tasks`: dotted path -> seconds between runs.

    A task that fails is logged, noted, and due again after a minute or its own interval, whichever is shorter. Raises
    OperationalError or InterfaceError when the database is away.
    """
    return [task for task in due(tasks) if run(task, tasks[task])]


def due(tasks: Mapping[str, int]) -> list[str]:
    """The tasks whose time has come or that never ran. One query, which locks nothing."""
    waiting = set(PeriodicRun.objects.filter(next_run_at__gt=Now()).values_list("task", flat=True))
    return [task for task in tasks if task not in waiting]


def run(task: str, every_s: float) -> bool:
    """True when the task was ours to run, well or not; False when another worker was faster."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [task, LEASE_S])
        row = cursor.fetchone()
    if row is None:
        return False
    began = time.monotonic()
    said = ""
    try:
        with within(RUN_AT_MOST_S):
            import_string(task)()
    except (OperationalError, InterfaceError):
        # It may be the database itself; then the lease ends and the task is due again.
        connection.close()
        logger.exception("The task %s met a failing database", task)
        said = "The database failed."
    except TooLong as error:
        # It was ended anywhere, perhaps in the middle of a conversation with the database.
        connection.close()
        logger.exception("The task %s took too long", task)
        said = str(error)
    except Exception as error:  # one task must not keep the others, or the messages, from running
        logger.exception("The task %s failed", task)
        said = f"{type(error).__name__}: {error}"
    wait_s = min(every_s, RETRY_S) if said else max(0.0, every_s - (time.monotonic() - began))
    mine = PeriodicRun.objects.filter(task=task, runs=row[0])
    finished = {"finished_at": Now(), "next_run_at": Now() + timedelta(seconds=wait_s), "last_error": said[:300]}
    if said:
        mine.update(failures=F("failures") + 1, **finished)
    else:
        mine.update(failures=0, **finished)
    return True
