"""Messages are owed, and forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import get_language

from messaging.drafting import draft
from messaging.models import Channel, Enclosure, Message, MessageState, Notice, Preference


def owe(*messages: Message) -> None:
    """These messages are owed, in the transaction of the change that causes them; a key already owed changes nothing.

    One statement for all. Each is made by `message`.
    """
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def enclose(messages: Iterable[Message], *, name: str, content_type: str, text: str) -> None:
    """This file goes with each of these e-mails, owed in the same transaction. One statement.

    For letters alone, which leave by themselves: news of a concern may be told by a digest, which encloses nothing.
    """
    Enclosure.objects.bulk_create(
        (Enclosure(dedupe_key=each.dedupe_key, name=name, content_type=content_type, text=text) for each in messages),
        ignore_conflicts=True,
    )


def message(*, dedupe_key: str, channel: str, recipient: str, subject: str, body: str) -> Message:
    """An unsaved message of finished text in the active language: nothing is filled in later.

    dedupe_key: of a message about a concern ``kind:REFERENCE:…``; such a one follows the wishes of its reader, and any
    other leaves at once. channel: `email` or `sms` (ValueError otherwise).
    """
    return draft(
        Message,
        dedupe_key=dedupe_key,
        channel=Channel(channel),
        recipient=recipient,
        # A line break would end the header; a subject is one line.
        subject=" ".join(subject.replace("\0", "").split())[:200],
        body=body.replace("\0", ""),
        language=(get_language() or "fr")[:5],
    )


def forget_texts(*, keys: Sequence[int], using: str = "default") -> int:
    """How many messages lost their address, subject and text; that they left, and when, stays."""
    found = Message.objects.using(using).filter(pk__in=keys)
    Enclosure.objects.using(using).filter(dedupe_key__in=found.values("dedupe_key")).delete()
    return found.update(recipient="", subject="", body="", last_error="")


def forget_recipient(*, address: str) -> int:
    """How many messages to this address lost it and their text; what was still owed to it is given up."""
    to_it = Message.objects.filter(recipient__iexact=address)
    words = {"recipient": "", "subject": "", "body": "", "last_error": ""}
    waiting = [MessageState.OWED, MessageState.TAKEN, MessageState.HELD, MessageState.TOGETHER]
    Enclosure.objects.filter(dedupe_key__in=to_it.values("dedupe_key")).delete()
    given_up = to_it.filter(state__in=waiting).update(state=MessageState.DEAD, lease_until=None, **words)
    return given_up + to_it.update(**words)


def forget_person(*, user: int, addresses: Sequence[str]) -> None:
    """The person's bell and wishes are gone, and so is what was written to these addresses and numbers."""
    Notice.objects.filter(user_id=user).delete()
    Preference.objects.filter(user_id=user).delete()
    for address in addresses:
        if address:
            forget_recipient(address=address)
