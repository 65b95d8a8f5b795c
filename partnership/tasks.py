"""What the worker does for the groups from time to time. Each task may run twice without harm."""

from __future__ import annotations

from django.utils import timezone

from partnership import changes


def suggest_problems() -> int:
    """How many problems were newly suggested from the concerns of the last weeks."""
    return changes.suggest(at=timezone.now())


def ask_partners_again() -> int:
    """How many problems closed two months ago were asked about once more: each closing once."""
    return changes.ask_again(at=timezone.now())


def end_suspensions() -> int:
    """How many problems went on because their suspension was over."""
    return changes.end_suspensions(at=timezone.now())
