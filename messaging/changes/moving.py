"""An address or a number is another one from now on: what did not reach its reader goes along."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from messaging.models import Channel, Message, MessageState
from messaging.wishes import NEWS

_UNDER_WAY: Final = (MessageState.OWED, MessageState.TAKEN, MessageState.HELD, MessageState.TOGETHER)


def move_along(*, channel: str, old: str, new: str) -> int:
    """How many messages to the old address or number are to the new one: those given up, and news under way.

    So the alarm of what was given up still finds its reader, and a new try goes where they read today. A letter of the
    account that is under way leaves as it was written: whoever takes an account over must not receive the warning. A
    text message of somebody without a number has nowhere to go: it is closed, an e-mail or the bell says the same.
    """
    if not old or old == new:
        return 0
    news = Q(dedupe_key__regex=NEWS) if channel == Channel.EMAIL else Q()
    waiting = Q(state=MessageState.DEAD) | (Q(state__in=_UNDER_WAY) & news)
    found = Message.objects.filter(waiting, channel=channel, recipient__iexact=old)
    return found.update(recipient=new) if new else found.update(state=MessageState.CLOSED, lease_until=None)
