"""An administrator has messages tried again that were given up, or closes them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction

from accounts.changes import log_access
from accounts.models import User
from messaging.changes import close, try_again
from sectors.changes.administering import administered
from sectors.letters import dead_of
from sectors.models import Territory


@transaction.atomic
def retry(*, by: User, at: datetime, keys: Collection[int] | None = None) -> int:
    """How many messages of the territories administered are owed anew: these of the dead, or all. Raises NotAllowed."""
    return _done(try_again, "message.retry", by, at, keys)


@transaction.atomic
def let_go(*, by: User, at: datetime, keys: Collection[int]) -> int:
    """How many of these dead messages were closed: nobody tries them, and the alarm is over. Raises NotAllowed."""
    return _done(close, "message.close", by, at, keys)


def _done(change: Callable[..., int], operation: str, by: User, at: datetime, keys: Collection[int] | None) -> int:
    territories = administered(by, at)
    dead = dead_of(territories)
    if keys is not None:
        dead = dead.filter(pk__in=keys)
    count = change(keys=list(dead.values_list("pk", flat=True)))
    if count:
        code = Territory.objects.filter(pk=territories[0]).values_list("code", flat=True)[0]
        log_access(user=by, operation=operation, count=count, territory=code)
    return count
