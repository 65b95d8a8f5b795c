"""Periodic work on accounts, run by the worker."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, Final

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.changes.purging import purge as purge_now
from accounts.models import ApiToken, BrowserSession, TokenBucket
from accounts.throttles import LONGEST_REFILL_S

logger = logging.getLogger(__name__)

# A delete of millions of rows would meet the statement time-out, and be begun again for ever.
ROWS_AT_ONCE: Final = 5_000


def forget_expired() -> dict[str, int]:
    """How many rows went: what is past its end of sessions, tokens and lockouts, and buckets that are full again.

    Running it twice, or two at once, deletes nothing more.
    """
    now = timezone.now()
    # A bucket untouched for the longest refill is full, which is what a missing one is.
    full_since = now - timedelta(seconds=LONGEST_REFILL_S)
    counts = {
        "sessions": _delete(BrowserSession.objects.all(), Q(expire_date__lt=now)),
        "tokens": _delete(ApiToken.objects.all(), Q(expiry__lt=now)),
        "attempts": _delete(AccessAttempt.objects.all(), Q(attempt_time__lt=now - settings.AXES_COOLOFF_TIME)),
        "buckets": _delete(TokenBucket.objects.all(), Q(filled_at__lt=full_since)),
    }
    logger.info("forget_expired: %s", counts)
    return counts


def purge() -> None:
    """Forgets what the retention rules say, every day. Raises where that cannot be done, so that the run shows it."""
    run = purge_now(at=timezone.now(), by="worker", commit=True)
    if run.failures:
        raise RuntimeError(f"These retention rules failed: {', '.join(run.failures)}")


def _delete(rows: QuerySet[Any], condition: Q) -> int:
    total = 0
    while True:
        some = rows.filter(condition).values("pk")[:ROWS_AT_ONCE]
        # The condition again: a row used since it was chosen stays.
        deleted, _ = rows.filter(condition, pk__in=some).delete()
        total += deleted
        if deleted < ROWS_AT_ONCE:
            return total
