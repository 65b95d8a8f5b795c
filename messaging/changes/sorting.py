"""What is owed is sorted as its readers wish: a set at a time, before anybody waits for a gateway.

A report owes one message a recipient and asks for nobody's wishes: that is done here, by the worker, and before every
new try, whatever ended the one before: so no hour is disturbed by a message that quiet hours hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from messaging.models import Channel, Message, MessageState, Notice
from messaging.readers import Reader, readers_of, readers_of_numbers
from messaging.short_texts import short
from messaging.wishes import Way, hour_of, is_news, reference_of, way_of

AT_ONCE: Final = 200
WAYS: Final[dict[Way, dict[str, Any]]] = {
    Way.NOW: {"is_sorted": True},
    Way.DIGEST: {"is_sorted": True, "state": MessageState.HELD},
    Way.BELL: {"is_sorted": True, "state": MessageState.BELL},
}


@transaction.atomic
def sort_due() -> int:
    """How many messages that are due were sorted: the bell has rung for them, and what may leave now can be taken.

    Two at once never sort the same. One query where there is nothing to sort, five or more for the rest.
    """
    # One that is taken and due was in the hands of a worker that noted nothing.
    to_send = (MessageState.OWED, MessageState.TAKEN)
    due = Message.objects.filter(state__in=to_send, is_sorted=False, next_try_at__lte=Now())
    rows = list(due.select_for_update(skip_locked=True).order_by("next_try_at")[:AT_ONCE])
    if rows:
        _sort(rows, timezone.now())
    return len(rows)


def _sort(rows: Sequence[Message], at: datetime) -> None:
    news = [row for row in rows if row.channel == Channel.EMAIL and is_news(row.dedupe_key)]
    readers = readers_of({row.recipient for row in news}) if news else {}
    numbers = {row.recipient for row in rows if row.channel == Channel.SMS}
    by_number = readers_of_numbers(numbers) if numbers else {}
    rung, texts = [], []
    ways: dict[tuple[Way, datetime], list[int]] = defaultdict(list)
    for row in rows:
        if row.channel == Channel.SMS:
            ways[_latest(by_number.get(row.recipient, ()), at)].append(row.pk)
            continue
        reader = readers.get(row.recipient.lower()) if is_news(row.dedupe_key) else None
        if reader is None:
            ways[Way.NOW, at].append(row.pk)
            continue
        if not reference_of(row.dedupe_key) or row.state == MessageState.TAKEN:
            # The bell has rung, and it may have left: what is still asked is the hour.
            ways[hour_of(reader.wish, at)].append(row.pk)
            continue
        ways[way_of(reader.wish, at)].append(row.pk)
        if reader.wish.bell:
            rung.append(line_of(row, reader))
        if reader.texted:
            texts.append(texted(row, reader, at))
    Notice.objects.bulk_create(rung, ignore_conflicts=True)
    Message.objects.bulk_create(texts, ignore_conflicts=True)
    for (way, when), keys in ways.items():
        # What waits for the end of quiet hours is sorted again then: its reader may wish otherwise meanwhile.
        Message.objects.filter(pk__in=keys).update(**WAYS.get(way, {"next_try_at": when}))


def _latest(readers: Sequence[Reader], at: datetime) -> tuple[Way, datetime]:
    """When a telephone may ring: once the quiet hours of everybody who reads it are over."""
    hours = [hour_of(reader.wish, at) for reader in readers]
    return max(hours, key=lambda found: found[1], default=(Way.NOW, at))


def line_of(row: Message, reader: Reader) -> Notice:
    """What the bell of its reader says of this message about a concern or a problem."""
    return Notice(
        user_id=reader.user,
        dedupe_key=row.dedupe_key,
        reference=reference_of(row.dedupe_key),
        text=row.subject,
        language=row.language,
    )


def texted(row: Message, reader: Reader, at: datetime) -> Message:
    """The same in a text message: its subject, after the quiet hours."""
    _way, when = hour_of(reader.wish, at)
    return Message(
        dedupe_key=f"{row.dedupe_key[:196]}:sms",
        channel=Channel.SMS,
        recipient=reader.phone,
        body=short(row.subject),
        language=row.language,
        next_try_at=when,
    )
