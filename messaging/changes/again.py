"""A message that was given up is tried again."""

from __future__ import annotations

from django.db.models.functions import Now

from messaging.models import Message, MessageState


def try_again(*, key: int) -> bool:
    """The message is owed anew, with all its tries; False where it is not dead, or was forgotten meanwhile."""
    dead = Message.objects.filter(pk=key, state=MessageState.DEAD).exclude(recipient="")
    return bool(
        dead.update(
            state=MessageState.OWED, attempts=0, is_sorted=False, next_try_at=Now(), lease_until=None, last_error=""
        )
    )
