"""What the product owes to people outside it."""

from __future__ import annotations

from messaging.models import Channel, Message


def owe(*, dedupe_key: str, channel: str, recipient: str, subject: str, body: str) -> None:
    """One message is owed, in the transaction of the change that causes it; a key already owed changes nothing.

    channel: `email` or `sms` (ValueError otherwise). One statement. The text is finished: nothing is filled in later.
    """
    message = Message(
        dedupe_key=dedupe_key,
        channel=Channel(channel),
        recipient=recipient,
        # A line break would end the header; a subject is one line.
        subject=" ".join(subject.replace("\0", "").split())[:200],
        body=body.replace("\0", ""),
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
