"""How a message leaves: one function a channel, and one table of them.

A channel returns once the gateway has accepted the message, and raises otherwise: `Undeliverable` where trying again is
of no use, anything else where it may be. Each gives the gateway a reference made from `dedupe_key`, the same at every
try, so that a gateway that knows references drops the repeats.
"""

from __future__ import annotations

import hashlib
import json
import os
import smtplib
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from messaging.letters import written
from messaging.models import Channel, Enclosure, Message
from messaging.wishes import is_news

# The gateway said no, or there was none: the message has not left. After any other failure nobody knows.
NOT_SENT: Final = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    ConnectionRefusedError,
    socket.gaierror,
)


class Undeliverable(ValueError):  # noqa: N818 - the message errs, not the program
    """No gateway will ever take this message."""


def send(message: Message) -> None:
    """Hands the message to its gateway."""
    CHANNELS[Channel(message.channel)](message)


def texts_leave() -> bool:
    """Is there a gateway for text messages?"""
    return bool(settings.DEMO)


def reference(message: Message) -> str:
    """What the gateway knows the message by: 32 hexadecimal digits, since a key may hold what a header may not."""
    return hashlib.sha256(message.dedupe_key.encode()).hexdigest()[:32]


def _send_email(message: Message) -> None:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    text, html = written(message)
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=text,
        to=[message.recipient],
        # Auto-Submitted (RFC 3834) keeps out-of-office answers from coming back.
        headers={"Message-ID": f"<{reference(message)}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    email.attach_alternative(html, "text/html")
    if not is_news(message.dedupe_key):
        for each in Enclosure.objects.filter(dedupe_key=message.dedupe_key):
            email.attach(each.name, each.text, each.content_type)
    try:
        email.message()
    except ValueError as error:  # an address or a header that cannot be written
        raise Undeliverable(str(error)) from error
    if not email.send():
        raise Undeliverable("The message has no recipient.")


def _send_sms(message: Message) -> None:
    """The demonstration's gateway: a line of JSON in a file, for want of a contract with an operator."""
    if not texts_leave():
        raise Undeliverable("No SMS gateway is configured.")
    folder = Path(settings.EMAIL_FILE_PATH).parent / "sms"
    folder.mkdir(parents=True, exist_ok=True)
    line = {
        "at": timezone.localtime().isoformat(timespec="seconds"),
        "reference": reference(message),
        "to": message.recipient,
        "text": message.body,
    }
    # One write in append mode: the lines of two workers do not mix.
    file = os.open(folder / "sms.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, json.dumps(line, ensure_ascii=False).encode() + b"\n")
    finally:
        os.close(file)


CHANNELS: Final[Mapping[Channel, Callable[[Message], None]]] = MappingProxyType(
    {Channel.EMAIL: _send_email, Channel.SMS: _send_sms}
)
