"""Who reads concerns on the screens, and one concern as its reader may see it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.permissions import may
from accounts.throttles import wait_of
from frontend import filters, people, readers, typed
from frontend.doors import too_many
from frontend.form_pages import to_sign_in
from incidents import references

View = Callable[..., HttpResponse]


def for_roles(verb: str) -> Callable[[View], View]:
    """The view for roles that have the verb: others sign in first, or are told no."""

    def guard(view: View) -> View:
        @never_cache
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if not may(people.scope(request).roles, verb):
                raise PermissionDenied(_("Your role does not read concerns. Ask the direction if this should change."))
            wait = wait_of(request, "read", people.user(request))
            return too_many(request, wait) if wait else view(request, *args, **kwargs)

        return guarded

    return guard


reads: Final = for_roles("list")
holds_desk: Final = for_roles("hold_desk")


def sent_from_concern(form: str = "") -> Callable[[View], View]:
    """The view of what a form of a concern's page sends, by POST alone; `form` names it where the address does not.

    Whoever opens its address is led to that page (303); whoever is not signed in any more as well, once they are, and
    finds there what they had typed.
    """

    def guard(view: View) -> View:
        @never_cache
        @functools.wraps(view)
        def guarded(request: HttpRequest, reference: str, **rest: str) -> HttpResponse:
            # The filters of the list it was opened from, and nothing else that somebody put into the address.
            page = reverse("concern", args=[reference]) + filters.query_of(filters.asked_for(request.GET))
            if request.method in {"GET", "HEAD"}:
                answer = HttpResponseRedirect(page)
                answer.status_code = 303
                return answer
            if request.method != "POST":
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            if not request.user.is_authenticated:
                typed.hold(request, reference, rest.get("action", form))
                return redirect_to_login(page)
            return view(request, reference, **rest)

        return guarded

    return guard


def one_asked_for(request: HttpRequest, reference: str) -> Any:
    """The concern, as this person may see it; Http404 alike for a foreign and for a missing one."""
    try:
        wanted = references.normalise(reference)
    except references.ReferenceInvalid:
        raise Http404 from None
    rows = readers.asked(people.scope(request)).select_related("unit")
    incident = rows.filter(reference=wanted).first()
    if incident is None:
        raise Http404
    return incident
