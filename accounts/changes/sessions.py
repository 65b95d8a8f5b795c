"""Sessions of browsers: when their person was last seen, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from accounts.models import BrowserSession, User


def end_sessions(*, user: User | None = None, digests: Sequence[str] | None = None, but: str | None = None) -> int:
    """How many sessions ended: those of this person, those of these digests, or those that are both.

    but: the digest of the one that stays. Raises ValueError where neither is said.
    """
    if user is None and digests is None:
        raise ValueError("Whose sessions?")
    chosen = Q() if user is None else Q(user=user)
    if digests is not None:
        chosen &= Q(pk__in=digests)
    rows = BrowserSession.objects.filter(chosen)
    return (rows.exclude(pk=but) if but else rows).delete()[0]


def note_seen(*, row: BrowserSession, at: datetime) -> None:
    """Notes when the person of this session was last seen. One statement."""
    BrowserSession.objects.filter(pk=row.pk).update(seen_at=at)
    row.seen_at = at
