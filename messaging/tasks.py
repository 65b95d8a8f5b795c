"""What the worker does for messages from time to time. Each task may run twice without harm."""

from __future__ import annotations

from django.utils import timezone

from messaging.changes import owe_digests


def digests() -> int:
    """How many digests of the day are owed now."""
    return owe_digests(at=timezone.now())
