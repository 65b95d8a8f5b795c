"""A concern and the people who move it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from incidents import changes
from incidents.models import Incident
from sectors.scope import scope_of

ANSWER = "Passages renforcés le soir pendant deux semaines."
WORDS: dict[str, dict[str, str]] = {
    "repondue": {"answer": ANSWER},
    "non_retenue": {"reason": "Hors du champ de la police"},
    "suspendue": {"reason": "partenaire_attendu"},
    "rouverte": {"reason": "Le bruit continue"},
}
# From `signalee` to each status, the shortest way.
WAYS: dict[str, tuple[str, ...]] = {
    "signalee": (),
    "qualifiee": ("qualifiee",),
    "prise_en_charge": ("qualifiee", "prise_en_charge"),
    "repondue": ("qualifiee", "prise_en_charge", "repondue"),
    "close": ("qualifiee", "prise_en_charge", "repondue", "close"),
    "non_retenue": ("non_retenue",),
    "suspendue": ("qualifiee", "prise_en_charge", "suspendue"),
    "rouverte": ("non_retenue", "rouverte"),
}


def moved(incident: Incident, author: User, to: str, at: datetime | None = None, **said: Any) -> Incident:
    """The concern after one move by this person, with the words that the move needs unless others are given."""
    at = at or timezone.now()
    words: dict[str, Any] = {**WORDS.get(to, {}), **said}
    return changes.change_status(incident=incident, author=author, scope=scope_of(author, at), to=to, at=at, **words)


def brought(incident: Incident, author: User, to: str, at: datetime | None = None) -> Incident:
    """The concern brought to this status by the desk."""
    for step in WAYS[to]:
        incident = moved(incident, author, step, at)
    return incident
