"""Who may open a page at all, and what is said at the door."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from rest_framework.exceptions import Throttled

from accounts.permissions import may
from accounts.throttles import throttle
from frontend import people
from frontend.form_pages import to_sign_in

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """The view for whoever has an account: others sign in first, and come back."""

    @never_cache
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded


def open_to(verb: str, refusal: str | Promise) -> Callable[[View], View]:
    """The view for roles that have this verb of the rights' table; others sign in first, or read the refusal (403)."""

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(people.scope(request).roles, verb):
                raise PermissionDenied(str(refusal))
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return guard


def limited(name: str, refuse: Callable[[HttpRequest, float], HttpResponse] | None = None) -> Callable[[View], View]:
    """The view as often as `LIMITS[name]` allows an account, or an address without one; then 429, a page by default."""

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            # Without the cookie of a session nobody is asked who this is.
            account = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
            try:
                throttle(request, name, account=account)
            except Throttled as error:
                return (refuse or too_many)(request, error.wait or 1.0)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return guard


def after(answer: HttpResponse, wait_s: float) -> HttpResponse:
    """The page that says why nothing was done, as 429 with how long to wait; as it is where there is no wait."""
    if wait_s:
        answer.status_code = 429
        answer["Retry-After"] = str(max(1, math.ceil(wait_s)))
    return answer


def too_many(request: HttpRequest, wait_s: float) -> HttpResponse:
    """429: how long to wait until one may try again."""
    minutes = math.ceil(max(1, math.ceil(wait_s)) / 60)
    return after(render(request, "frontend/errors/429.html", {"minutes": minutes}), wait_s)
