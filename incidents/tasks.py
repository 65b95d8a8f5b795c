"""What the worker does for concerns from time to time. Each task may run twice without harm."""

from __future__ import annotations

from django.utils import timezone

from incidents import changes
from incidents.changes import competences, forget_keys, successions, sweep


def forget_idempotency_keys() -> int:
    """How many answers kept for repeated requests were past their seven days, and are gone."""
    return forget_keys()


def sweep_photos() -> dict[str, int]:
    """How many files of photos were removed that no draft and no concern names."""
    return sweep(at=timezone.now())


def end_suspensions() -> int:
    """How many concerns went on because their suspension had lasted until its last day."""
    return changes.end_suspensions(at=timezone.now())


def escalate() -> int:
    """How many reminders and escalations were owed now: what had been owed before is not owed again."""
    return changes.escalate(at=timezone.now())


def apply_editions() -> int:
    """How many concerns changed hands because a commune has passed to another service, or an edition of the map has
    begun: each is applied once, the communes first, whose handovers are to be acknowledged."""
    now = timezone.now()
    return competences.apply_competences(at=now) + changes.apply_editions(at=now)


def pass_on() -> int:
    """How many posts changed hands since: each change is told once."""
    return successions.pass_on(at=timezone.now())


def ask_again() -> int:
    """How many concerns closed two months ago were asked about once more: each closing once."""
    return changes.ask_again(at=timezone.now())
