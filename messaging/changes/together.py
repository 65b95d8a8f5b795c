"""Messages that wait to be told together: one letter for each reader, and a line of the bell for each of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import override

from messaging.changes.owing import message, owe
from messaging.changes.sorting import WAYS, line_of, texted
from messaging.channels import texts_leave
from messaging.models import Channel, Message, MessageState, Notice
from messaging.readers import Reader, readers_of
from messaging.wishes import Way, way_of

# Subject and text, in the active language, of a letter that tells what these say.
Letter = Callable[[Sequence[Message]], tuple[str, str]]

# What becomes of the messages themselves where no letter tells them.
_AFTER: Final = {way: WAYS[way] for way in (Way.DIGEST, Way.BELL)}
_WAITING: Final = Message.objects.filter(state=MessageState.TOGETHER)


def tell_together(*, letter: Letter, at: datetime) -> int:
    """How many readers are told of what waits for them: those of several messages by one letter, of one by itself.

    Their wishes are followed: who wishes the bell or the digest has no letter. Run twice, or by two at once, or again
    after one that died, each message is told once. Two queries, and a few for each reader.
    """
    addresses = sorted(_WAITING.all().values_list("recipient", flat=True).distinct())
    readers = readers_of(addresses) if addresses else {}
    return sum(_tell(address, readers.get(address.lower()), letter, at) for address in addresses)


@transaction.atomic
def _tell(address: str, reader: Reader | None, letter: Letter, at: datetime) -> bool:
    waiting = _WAITING.filter(recipient=address).select_for_update(skip_locked=True)
    rows = list(waiting.order_by("pk"))
    mine = Message.objects.filter(pk__in=[row.pk for row in rows])
    if len(rows) < 2:
        # Nothing to put together: it leaves as any other.
        return bool(mine.update(state=MessageState.OWED))
    way, when = way_of(reader.wish, at) if reader else (Way.NOW, at)
    if reader and reader.wish.bell:
        Notice.objects.bulk_create([line_of(row, reader) for row in rows], ignore_conflicts=True)
    with override(reader.language if reader else rows[-1].language):
        subject, body = letter(rows)
        # No key of a row is told twice, so the first of them names the letter.
        key = f"reminders:{hashlib.sha256(address.encode()).hexdigest()[:16]}:{rows[0].pk}"
        told = message(dedupe_key=key, channel=Channel.EMAIL, recipient=address, subject=subject, body=body)
    if way is Way.LATER:
        told.next_try_at = when
    if reader and reader.wish.sms and reader.phone and texts_leave():
        owe(texted(told, reader, at))
    if way in (Way.NOW, Way.LATER):
        owe(told)
    mine.update(**_AFTER.get(way, {"is_sorted": True, "state": MessageState.TOLD}))
    return True
