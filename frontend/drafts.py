"""The concern being written, kept in the session from step to step until it is sent."""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest

_DRAFT: Final = "draft"
_SENT: Final = "sent"
_MOST_SENT: Final = 20


def _key() -> str:
    return secrets.token_urlsafe(18)


@dataclass(slots=True)
class Draft:
    """What was entered so far. `key` makes the sending of this draft happen once, however often it is posted."""

    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    place: str = ""
    category: str = ""
    occurred_on: str = ""
    occurred_time: str = ""
    description: str = ""
    read_again: str = ""
    key: str = field(default_factory=_key)

    @property
    def has_place(self) -> bool:
        """Is step 1 done?"""
        return self.lon is not None and self.lat is not None

    @property
    def has_nature(self) -> bool:
        """Is step 2 done?"""
        return bool(self.category and self.description)


_FIELDS: Final = frozenset(each.name for each in dataclasses.fields(Draft))


def read(request: HttpRequest) -> Draft:
    """The draft of this session, or a new one."""
    kept = request.session.get(_DRAFT)
    if not isinstance(kept, dict):
        return Draft()
    return Draft(**{name: value for name, value in kept.items() if name in _FIELDS})


def keep(request: HttpRequest, draft: Draft) -> None:
    """Keeps the draft in the session."""
    request.session[_DRAFT] = dataclasses.asdict(draft)


def sent(request: HttpRequest, draft: Draft, reference: str) -> None:
    """Drops the draft and remembers which concern it became, for a form that is posted once more."""
    done: dict[str, Any] = dict(request.session.get(_SENT, {}))
    done[draft.key] = reference
    request.session[_SENT] = dict(list(done.items())[-_MOST_SENT:])
    drop(request)


def reference_of(request: HttpRequest, key: str) -> str | None:
    """The concern that the draft of this key became, in this session."""
    found = request.session.get(_SENT, {}).get(key)
    return found if isinstance(found, str) else None


def drop(request: HttpRequest) -> None:
    """Forgets the draft."""
    request.session.pop(_DRAFT, None)
