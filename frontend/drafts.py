"""The concern being written, kept with the account from step to step until it is sent; the session says which one."""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.sessions import ENDED
from frontend import people
from frontend.forms import LONGEST_TEXT, PlaceForm
from incidents.changes import drop_drafts, keep_draft
from incidents.changes.drafts import DRAFT_KEPT
from incidents.models import IdempotencyKey, KeptDraft
from incidents.screening import screen

# In a session: the key of the draft that is being written, and whose it is.
_CURRENT: Final = "draft"
# How somebody else told what is about to be written down, before there is a draft.
_TOLD: Final = "told"
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
    # How somebody else told it (`sending.TOLD`); "" for one's own.
    received_via: str = ""
    key: str = field(default_factory=_key)
    # When it was last changed; None for one that is not kept yet.
    changed_at: datetime | None = None

    @property
    def has_place(self) -> bool:
        """Is step 1 done?"""
        return self.lon is not None and self.lat is not None

    @property
    def has_nature(self) -> bool:
        """Is step 2 done?"""
        return bool(self.category and self.description)

    @property
    def ends_on(self) -> date | None:
        """The last day on which it is kept."""
        return None if self.changed_at is None else timezone.localdate(self.changed_at + DRAFT_KEPT)


_CONTENT: Final = frozenset(each.name for each in dataclasses.fields(Draft)) - {"key", "changed_at"}


def _of(row: KeptDraft) -> Draft:
    known = {name: value for name, value in row.content.items() if name in _CONTENT}
    return Draft(**known, key=row.key, changed_at=row.changed_at)


def mine(request: HttpRequest) -> list[Draft]:
    """The reports that this person has begun, on any device, the last one first. One query."""
    rows = KeptDraft.objects.visible_to(request.user.pk).filter(changed_at__gte=timezone.now() - DRAFT_KEPT)
    return [_of(row) for row in rows.order_by("-changed_at", "-pk")]


def read(request: HttpRequest) -> Draft:
    """The draft that this person is writing in this session, or a new one."""
    current = _current(request)
    row = _row(request.user.pk, current[0]) if current and current[1] == request.user.pk else None
    return _of(row) if row is not None else Draft(received_via=request.session.get(_TOLD, ""))


def _current(request: HttpRequest) -> tuple[str, int] | None:
    """The key of the session's draft, and whose it is."""
    current = request.session.get(_CURRENT)
    if not isinstance(current, dict):
        return None
    key, owner = current.get("key"), current.get("owner")
    return (key, owner) if isinstance(key, str) and isinstance(owner, int) else None


def _row(user: int | None, key: str) -> KeptDraft | None:
    return KeptDraft.objects.visible_to(user).filter(key=key).first()


def keep(request: HttpRequest, draft: Draft) -> None:
    """Keeps the draft with the account of who is signed in, as the one that this session writes."""
    _keep(request, draft, people.user(request).pk)


def _keep(request: HttpRequest, draft: Draft, owner: int) -> None:
    now = timezone.now()
    content = {name: value for name, value in dataclasses.asdict(draft).items() if name in _CONTENT}
    begun = draft.changed_at is not None
    if not keep_draft(user=owner, key=draft.key, content=content, at=now, begun=begun):
        # Sent or thrown away on another device while it was written on here: what is here now is another one.
        draft.key, draft.photos = _key(), []
        keep_draft(user=owner, key=draft.key, content={**content, "photos": []}, at=now, begun=False)
    request.session[_CURRENT] = {"key": draft.key, "owner": owner}
    request.session.pop(_TOLD, None)


def go_on(request: HttpRequest, key: str) -> bool:
    """Whether this person has begun a report of this key, which this session writes on from now."""
    if _row(request.user.pk, key) is None:
        return False
    request.session[_CURRENT] = {"key": key, "owner": request.user.pk}
    return True


def begin(request: HttpRequest, *, told: str = "") -> None:
    """Leaves the session's draft where it is kept: the next one is new. told: how somebody else tells it."""
    request.session.pop(_CURRENT, None)
    request.session[_TOLD] = told


def throw_away(request: HttpRequest, key: str) -> bool:
    """Whether this person had begun a report of this key, which is gone with its photos."""
    row = _row(request.user.pk, key)
    return row is not None and bool(drop_drafts(keys=[row.pk]))


def hold(request: HttpRequest) -> None:
    """Keeps what somebody sends whose sign-in has just ended: it is there again when they have signed in.

    Where nobody's sign-in ended in this browser nothing is kept, nor a text that certainly names a person.
    """
    ended, current = request.session.get(ENDED), _current(request)
    owner = current[1] if current else ended if isinstance(ended, int) else 0
    if not User.objects.filter(pk=owner, is_active=True).exists():
        return
    row = _row(owner, current[0]) if current else None
    draft = _of(row) if row is not None else Draft()
    place = PlaceForm(request.POST)
    if "lat" in request.POST and place.is_valid():
        given = place.cleaned_data
        draft.lon, draft.lat = given["lon"], given["lat"]
        draft.accuracy_m, draft.place = given["accuracy"], given["place"]
    take_words(draft, request.POST)
    _keep(request, draft, owner)


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
    drop(request, draft)


def reference_of(request: HttpRequest, key: str) -> str | None:
    """The concern that this person's draft of this key became, on this device or another one."""
    found: str | None = request.session.get(_SENT, {}).get(key)
    if isinstance(found, str) or "\0" in key:
        return found
    answers = IdempotencyKey.objects.filter(user=request.user.pk, key=f"web:{key[:60]}")
    return answers.values_list("incident__reference", flat=True).first()


def has_sent(request: HttpRequest, reference: str) -> bool:
    """Did a draft of this session become this concern?"""
    return reference in request.session.get(_SENT, {}).values()


def drop(request: HttpRequest, draft: Draft) -> None:
    """Forgets the draft, sent or given up, with its photos."""
    throw_away(request, draft.key)
    request.session.pop(_CURRENT, None)
