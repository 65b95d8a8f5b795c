"""An administrator has messages tried again that were given up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.changes import log_access
from accounts.models import User
from messaging.changes import try_again
from sectors.changes.administering import administered
from sectors.letters import dead_of
from sectors.models import Territory


@transaction.atomic
def retry(*, by: User, at: datetime, keys: Collection[int] | None = None) -> int:
    """How many messages of the territories administered are owed anew: these of the dead, or all. Raises NotAllowed."""
    territories = administered(by, at)
    dead = dead_of(territories)
    if keys is not None:
        dead = dead.filter(pk__in=keys)
    count = try_again(keys=list(dead.values_list("pk", flat=True)))
    if count:
        code = Territory.objects.filter(pk=territories[0]).values_list("code", flat=True)[0]
        log_access(user=by, operation="message.retry", count=count, territory=code)
    return count
