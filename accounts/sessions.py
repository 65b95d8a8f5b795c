"""Sessions in the database: whose each one is, since when, from where, and when it ends.

The table keeps the digest of the cookie, so that whoever reads the database can enter with none of its rows. A sign-in
ends eight hours after it began; and where the role asks for it (`settings.IDLE_LIMIT`) after so long without a request.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import changes
from accounts.models import BrowserSession
from accounts.throttles import client_address

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

ENDS_AFTER: Final = timedelta(hours=8)
# When somebody was last seen is known to the minute: a write a minute, not a write a request.
SEEN_NOTED_EVERY: Final = timedelta(minutes=1)
# In a session where a sign-in has ended, until the sign-in page has said so: whose it was.
ENDED: Final = "sign_in_ended"

# What a digest looks like: no odd byte reaches the database.
DIGEST: Final = re.compile(r"\A[0-9a-f]{40}\Z")

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def digest(key: str) -> str:
    """What the table keeps of a session's key: forty hexadecimal digits."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:40]


def device(user_agent: str) -> str:
    """The browser and the system in a word each, such as "Firefox, Windows"; "" for a program that names neither."""
    found = [next((word for sign, word in table if re.search(sign, user_agent)), "") for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in found if word)


class SessionStore(db.SessionStore):
    """Django's sessions in the database, known by their digest and with the person they belong to.

    request: who asks, given by `SessionLimits`. row: the stored row, once it was read or written.
    """

    request: HttpRequest | None = None
    row: BrowserSession | None = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        """The table."""
        return BrowserSession

    def _get_session_from_db(self) -> BrowserSession | None:
        key = self.session_key or ""
        self.row = BrowserSession.objects.filter(pk=digest(key), expire_date__gt=timezone.now()).first()
        if self.row is None:
            self._session_key = None
        return self.row

    def exists(self, session_key: str) -> bool:
        """Is this key taken?"""
        return BrowserSession.objects.filter(pk=digest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """The row that keeps this session. A sign-in begins with the first row of this person."""
        row = BrowserSession(
            session_key=digest(self._get_or_create_session_key()),  # type: ignore[attr-defined] # the stubs lack it
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
        )
        if SESSION_KEY in data:
            row.user_id = int(data[SESSION_KEY])
            before = self.row
            if before is not None and before.user_id == row.user_id:
                row.signed_in_at, row.seen_at = before.signed_in_at, before.seen_at
                row.address, row.agent = before.address, before.agent
            else:
                row.signed_in_at = timezone.now()
                if self.request is not None:
                    row.address = client_address(self.request)[:45]
                    row.agent = device(self.request.META.get("HTTP_USER_AGENT", ""))[:40]
        self.row = row
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Ends the session of this key, by default this one."""
        key = session_key or self.session_key
        if key is not None:
            changes.end_sessions(digests=[digest(key)])


class SessionLimits:
    """Middleware behind the one that says who asks: ends a sign-in that is too old or too long idle.

    What the person was writing (`settings.SESSION_SURVIVORS`) stays in the browser's session, which belongs to nobody
    then. Costs no query without a session cookie; with one, two a minute: what the person's role asks, and the note.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, to nobody where the sign-in has ended."""
        session = request.session
        if isinstance(session, SessionStore):
            session.request = request
            if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in session:
                _look(request, session)
        return self.get_response(request)


def _look(request: HttpRequest, session: SessionStore) -> None:
    row, now = session.row, timezone.now()
    if row is None or row.signed_in_at is None:
        return
    if now >= row.signed_in_at + ENDS_AFTER:
        _end(request)
        return
    seen_at = row.seen_at or row.signed_in_at
    if (row.seen_at is not None and now - seen_at < SEEN_NOTED_EVERY) or not request.user.is_authenticated:
        return
    limit = _idle_limit()(request.user)
    if limit is not None and now - seen_at >= limit:
        _end(request)
    else:
        changes.note_seen(row=row, at=now)


def _end(request: HttpRequest) -> None:
    who = int(request.session[SESSION_KEY])
    kept = {name: request.session[name] for name in settings.SESSION_SURVIVORS if name in request.session}
    logout(request)
    for name, value in {**kept, ENDED: who}.items():
        request.session[name] = value


@cache
def _idle_limit() -> Callable[[User | AnonymousUser], timedelta | None]:
    found: Callable[[User | AnonymousUser], timedelta | None] = import_string(settings.IDLE_LIMIT)
    return found
