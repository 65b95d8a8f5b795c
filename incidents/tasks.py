"""What the worker does for concerns from time to time. Each task may run twice without harm."""

from __future__ import annotations

from incidents.changes import forget_keys


def forget_idempotency_keys() -> int:
    """How many answers kept for repeated requests were past their seven days, and are gone."""
    return forget_keys()
