"""The outbox, as the pages' tests read it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from messaging.models import Message

LINK = re.compile(r"https?://\S+")


def letters(to: str) -> list[Message]:
    """What is owed to this address, oldest first."""
    return list(Message.objects.filter(recipient=to).order_by("pk"))


def link_in(letter: Message) -> str:
    """The path of the one link of the letter."""
    [link] = LINK.findall(letter.body)
    return str(urlsplit(link).path)
