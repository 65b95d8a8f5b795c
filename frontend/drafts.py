"""The concern being written, kept in the session from step to step until it is sent."""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest, QueryDict

from accounts.sessions import ENDED
from frontend.forms import LONGEST_TEXT, PlaceForm
from incidents.screening import screen

_DRAFT: Final = "draft"
_SENT: Final = "sent"
_MOST_SENT: Final = 20
WORDS: Final = ("category", "description", "occurred_on", "occurred_time")


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
    # key, digest, width and height of each: the files themselves lie in the folder of drafts.
    photos: list[dict[str, Any]] = field(default_factory=list)
    key: str = field(default_factory=_key)
    # How somebody else told it (`sending.TOLD`); "" for one's own.
    received_via: str = ""
    # Whose it is: it may outlive their sign-in, and is shown to nobody else.
    owner: int = 0

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
    """The draft of this person in this session, or a new one."""
    kept = _kept(request)
    return kept if kept is not None and kept.owner == request.user.pk else Draft()


def _kept(request: HttpRequest) -> Draft | None:
    kept = request.session.get(_DRAFT)
    if not isinstance(kept, dict):
        return None
    return Draft(**{name: value for name, value in kept.items() if name in _FIELDS})


def keep(request: HttpRequest, draft: Draft) -> None:
    """Keeps the draft in the session, for the person who is signed in."""
    draft.owner = request.user.pk or draft.owner
    request.session[_DRAFT] = dataclasses.asdict(draft)


def hold(request: HttpRequest) -> None:
    """Keeps what somebody sends whose sign-in has just ended: it is there again when they have signed in.

    Where nobody's sign-in ended in this browser nothing is kept, nor a text that certainly names a person.
    """
    ended = request.session.get(ENDED)
    draft = _kept(request) or Draft(owner=ended if isinstance(ended, int) else 0)
    if not draft.owner:
        return
    place = PlaceForm(request.POST)
    if "lat" in request.POST and place.is_valid():
        given = place.cleaned_data
        draft.lon, draft.lat = given["lon"], given["lat"]
        draft.accuracy_m, draft.place = given["accuracy"], given["place"]
    take_words(draft, request.POST)
    keep(request, draft)


def take_words(draft: Draft, typed: QueryDict) -> None:
    """The words of step 2 as they were typed, also those the step refuses: Back and a lost connection lose nothing."""
    for name in WORDS:
        text = typed.get(name, "")[:LONGEST_TEXT].replace("\0", "")
        if name in typed and not (name == "description" and any(found.certain for found in screen(text))):
            setattr(draft, name, text)


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


def has_sent(request: HttpRequest, reference: str) -> bool:
    """Did a draft of this session become this concern?"""
    return reference in request.session.get(_SENT, {}).values()


def drop(request: HttpRequest) -> None:
    """Forgets the draft."""
    request.session.pop(_DRAFT, None)
