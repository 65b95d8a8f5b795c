"""The way in: after a right password, or the identity provider's word, a code where the account has a second factor.

Until that code is shown nobody is signed in: the session only remembers whose turn it is, for ten minutes.
"""

from __future__ import annotations

import time
from typing import Any, Final

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import second_factor
from accounts.changes import log_access
from accounts.models import User
from frontend.form_pages import page_of
from sectors.scope import scope_of

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
WAITING: Final = "entry_waiting"
WAITS_S: Final = 600
# Set in a session whose password is shorter than the role now asks: it leads to another one before anything else.
SHORT: Final = "password_too_short"


def admit(request: HttpRequest, user: User, *, next_page: str = "", proved: str = "") -> HttpResponseRedirect:
    """Signs the person in, or asks for the code of their second factor first.

    next_page: one of our addresses, checked by the caller. proved: by whom the second factor is known to have been
    shown already (`proconnect`), else nothing.
    """
    if proved or not second_factor.has_one(user):
        return enter(request, user, next_page=next_page, by=proved)
    # A session that somebody else may have begun in this browser gets another name before it knows anything.
    request.session.cycle_key()
    request.session[WAITING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": int(time.time()),
        "next": next_page,
    }
    return HttpResponseRedirect(reverse("second_factor_code"))


def waiting(request: HttpRequest) -> User | None:
    """Whose code is awaited; None after ten minutes, a change of password or a suspension."""
    kept: Any = request.session.get(WAITING)
    if not isinstance(kept, dict) or not 0 <= time.time() - kept["at"] <= WAITS_S:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), kept["hash"]):
        return None
    return user


def enter(request: HttpRequest, user: User, *, next_page: str = "", by: str = "") -> HttpResponseRedirect:
    """Signs the person in and sends them to the page asked for, else to where their day begins.

    by: the means by which the second factor was shown, if it was.
    """
    kept = request.session.pop(WAITING, None)
    following = next_page or (kept["next"] if kept else "")
    if request.user.is_authenticated and request.user.pk == user.pk:
        request.session.cycle_key()
    else:
        login(request, user, backend=BACKEND)
        log_access(user=user, operation="session.begin", reference=f"account:{user.pk}")
    if by:
        second_factor.note_shown(request.session, user, by=by)
    return HttpResponseRedirect(page_of(following) if following else landing(user))


def landing(user: User) -> str:
    """Where no page was asked for: a day begins at the desk, at the page of one's role, or at what one reported."""
    scope = scope_of(user, timezone.now())
    begins = (
        (scope.posts, "desk"),
        (scope.administered, "administration"),
        (scope.audited, "audit"),
        (scope.reports and not scope.directed, "mine"),
    )
    return reverse(next((page for covered, page in begins if covered), "home"))


def asked_page(request: HttpRequest) -> str:
    """The page to go on to (`next`), when it is one of ours; else nothing."""
    page = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page_of(page) if ours else ""
