"""Who is let in where: a verb of the rights' table opens a screen."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache

from accounts.permissions import may
from frontend import people

View = Callable[..., HttpResponse]


def open_to(verb: str, refusal: str | Promise) -> Callable[[View], View]:
    """The view for roles that have this verb; others sign in first, or read the refusal (403)."""

    def guard(view: View) -> View:
        @never_cache
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(people.scope(request).roles, verb):
                raise PermissionDenied(str(refusal))
            return view(request, *args, **kwargs)

        return guarded

    return guard
