"""Delivers what is owed: at least once, and once only wherever nothing dies between sending and noting it.

What is due is first *sorted* as its readers wish (`changes.sorting`). A worker then *takes* one message (committed
before any network call): the row carries the end of a lease and the number of this try. Until the lease ends no other
worker sees the message; when it ends, the worker is dead or has given up, and the message is due again. The result is
written only where the try is still ours (the fence): a worker that comes back late changes nothing.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now

from messaging.changes import sort_due
from messaging.channels import NOT_SENT, Undeliverable, send
from messaging.interrupt import within
from messaging.models import Message, MessageState

logger = logging.getLogger(__name__)

LEASE_S: Final = 60.0
# A gateway gets half of the lease; the other half is for writing the result, also over a restart of the database.
GATEWAY_SHARE: Final = 0.5

TRIES_AT_MOST: Final = 16
BACKOFF_S: Final = 30.0
BACKOFF_AT_MOST_S: Final = 4 * 3600.0

# What is taken is to be sorted anew, should its lease end without a result: by then it may be night.
# One that was taken already was in the hands of a worker that noted nothing: its try is counted as uncertain.
# Materialized: joined as a subquery, the planner may run it again for every row of the table, and each run skips what
# the last one took, so that all that is due would be taken and one returned.
TAKE: Final = """
WITH found AS MATERIALIZED (
    SELECT id, state FROM messaging_message
    WHERE state IN ('owed', 'taken') AND next_try_at <= statement_timestamp() AND is_sorted
    ORDER BY next_try_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
UPDATE messaging_message AS message
SET state = 'taken', is_sorted = false, attempts = attempts + 1, uncertain = uncertain + (found.state = 'taken')::int,
    lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    next_try_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM found
WHERE message.id = found.id
RETURNING message.*, found.state = 'taken' AS is_repeat
"""


class Outcome(StrEnum):
    """What became of one try. LOST: the lease had ended, and another worker has the message."""

    NOTHING_DUE = "nothing_due"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    LOST = "lost"


def deliver_next(*, lease_s: float = LEASE_S, stopping: Callable[[], bool] = bool) -> Outcome:
    """Takes the message due first, sends it and notes the result; says what became of it.

    stopping: asked while the database does not answer, so that a worker told to end does not wait for it.
    Raises OperationalError or InterfaceError when the database is away: nothing is lost, the lease ends by itself.
    """
    sort_due()
    message = take(lease_s)
    if message is None:
        return Outcome.NOTHING_DUE
    patient_until = time.monotonic() + lease_s
    outcome, values = _try(message, lease_s * GATEWAY_SHARE)
    while True:
        try:
            return outcome if note(message, values) else Outcome.LOST
        except (OperationalError, InterfaceError):
            # What was sent and not noted is sent again: worth waiting for the database as long as the lease lasts.
            connection.close()
            if stopping() or time.monotonic() >= patient_until:
                raise
            time.sleep(0.5)


def take(lease_s: float) -> Message | None:
    """The message due first of those sorted, now ours for so many seconds; None when none is due. One statement.

    One that another worker had, and noted no result of, may leave once more: that is counted with it, and logged.
    """
    taken = next(iter(Message.objects.raw(TAKE, {"lease_s": lease_s})), None)
    if taken is not None and taken.is_repeat:  # type: ignore[attr-defined]
        logger.warning(
            "Message %s: try %s ended without a result, and may have left; %s so far",
            taken.dedupe_key,
            taken.attempts - 1,
            taken.uncertain,
        )
    return taken


def backoff_s(attempts: int) -> float:
    """Seconds to the next try after so many failed: doubling to a cap, half of it by chance.

    The chance keeps all that failed at once from coming back at once.
    """
    longest = min(BACKOFF_AT_MOST_S, BACKOFF_S * 2.0 ** (attempts - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 (not a secret)


def _try(message: Message, seconds: float) -> tuple[Outcome, dict[str, object]]:
    """The outcome, and the values of the row that say so."""
    if message.attempts > TRIES_AT_MOST:
        return _dead(message, "Every try ended with its worker.")
    try:
        with within(seconds):
            send(message)
    except Undeliverable as error:
        return _dead(message, str(error))
    except Exception as error:  # whatever a gateway does, the next message must leave
        # A gateway repeats the address in its answer; the log is no place for it.
        said = f"{type(error).__name__}: {error}".replace(message.recipient, "<recipient>")
        doubt = {} if isinstance(error, NOT_SENT) else {"uncertain": F("uncertain") + 1}
        if message.attempts >= TRIES_AT_MOST:
            outcome, values = _dead(message, said)
            return outcome, {**values, **doubt}
        wait = timedelta(seconds=backoff_s(message.attempts))
        may = ", and it may have left" if doubt else ""
        logger.warning("Message %s, try %s: %s%s", message.dedupe_key, message.attempts, said, may)
        return Outcome.FAILED, {
            "state": MessageState.OWED,
            # By then it may be night, or its reader may wish otherwise.
            "is_sorted": False,
            "lease_until": None,
            "next_try_at": Now() + wait,
            "last_error": said[:300],
            **doubt,
        }
    return Outcome.SENT, {"state": MessageState.SENT, "lease_until": None, "sent_at": Now(), "last_error": ""}


def _dead(message: Message, said: str) -> tuple[Outcome, dict[str, object]]:
    logger.error("Message %s is dead after %s tries: %s", message.dedupe_key, message.attempts, said)
    return Outcome.DEAD, {"state": MessageState.DEAD, "lease_until": None, "last_error": said[:300]}


def note(message: Message, values: dict[str, object]) -> bool:
    """Writes the result of this try; False, and nothing written, when the try is no longer ours."""
    mine = Message.objects.filter(pk=message.pk, attempts=message.attempts, state=MessageState.TAKEN)
    if mine.update(**values):
        return True
    logger.warning("Message %s: the lease of try %s had ended", message.dedupe_key, message.attempts)
    return False
