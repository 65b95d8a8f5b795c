from __future__ import annotations

from collections.abc import Iterator

import pytest

from messaging.changes import message, owe
from messaging.models import Message
from tests.messaging.gateway import Gateway


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    gateway = Gateway()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", gateway.port
    settings.EMAIL_TIMEOUT = 5
    yield gateway
    gateway.close()


def owed(key: str = "report:7K3F-9QXM", **changed: str) -> Message:
    """A message that is owed now."""
    facts = {
        "channel": "email",
        "recipient": "referent@psq.example",
        "subject": "Un signalement à Gap",
        "body": "Préoccupation 7K3F-9QXM.\nÀ traiter avant le 21 décembre.",
    }
    owe(message(dedupe_key=key, **(facts | changed)))
    return Message.objects.get(dedupe_key=key)
