"""The bell is read, and a person chooses how to be told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time

from django.db.models.functions import Now

from messaging.models import Notice, Preference


def read_notices(*, user: int, keys: Collection[int] | None = None, reference: str = "") -> int:
    """How many lines of this person's bell were not read and are now: these, those about a concern, or all."""
    unread = Notice.objects.filter(user_id=user, read_at__isnull=True)
    if keys is not None:
        unread = unread.filter(pk__in=keys)
    if reference:
        unread = unread.filter(reference=reference)
    return unread.update(read_at=Now())


def choose(
    *, user: int, mail: str, bell: bool, sms: bool, quiet_from: time | None, quiet_until: time | None
) -> Preference:
    """How this person is told from now on. Raises IntegrityError for no way at all, or for half of the quiet hours."""
    chosen, _made = Preference.objects.update_or_create(
        user_id=user,
        defaults={"mail": mail, "bell": bell, "sms": sms, "quiet_from": quiet_from, "quiet_until": quiet_until},
    )
    return chosen
