"""Messages that were given up are tried again, or closed."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models.functions import Now

from messaging.models import Message, MessageState


def try_again(*, keys: Collection[int]) -> int:
    """How many of these are owed anew, with all their tries: those that are dead and were not forgotten meanwhile."""
    dead = Message.objects.filter(pk__in=keys, state=MessageState.DEAD).exclude(recipient="")
    return dead.update(
        state=MessageState.OWED, attempts=0, is_sorted=False, next_try_at=Now(), lease_until=None, last_error=""
    )


def close(*, keys: Collection[int]) -> int:
    """How many of these are looked after no more: those that are dead, whose readers were told otherwise."""
    return Message.objects.filter(pk__in=keys, state=MessageState.DEAD).update(state=MessageState.CLOSED)
