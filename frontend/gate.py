"""The gate: outside the demonstration nobody goes further without the second factor and the password the role asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import second_factor
from frontend import entry, people
from frontend.form_pages import asked_from, page_of
from ogcapi.problems import problem

# What a session reaches that has not shown its factor yet: the way to it, the way out, and pages of words.
OPEN: Final = frozenset(
    {
        "login",
        "logout",
        "second_factor_code",
        "second_factor_recovery",
        "second_factor_set_up",
        "proconnect_back",
        "proconnect_ended",
        "set_language",
        "accessibility",
        "legal",
        "data_protection",
        "data",
        "sitemap",
        "schema",
    }
)
OPEN_PATHS: Final = ("/favicon.ico", "/healthz", "/readyz", "/api/docs/")
# Under these a token in the header is the whole of who asks, and the session is not looked at.
FOR_PROGRAMS: Final = ("/api/", "/ogc", "/wfs", "/open311/")


class SecondFactorGate:
    """Middleware: stands after the one that knows the session's person. An API token needs no factor: it was given out
    after one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, unchanged."""
        return self.get_response(request)

    def process_view(  # noqa: PLR0911 - a gate is a row of refusals
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """None to let the request go on; else the way to the factor, or for a program a problem (403)."""
        if settings.DEMO or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        program = request.path.startswith(FOR_PROGRAMS)
        if name in OPEN or request.path in OPEN_PATHS or (program and "HTTP_AUTHORIZATION" in request.META):
            return None
        if owes_factor(request):
            if program:
                return problem(
                    403,
                    code="second_factor_required",
                    title=_("Second factor required"),
                    detail=_("This account must show its second factor first: sign in again in the browser."),
                )
            return HttpResponseRedirect(way(request))
        if name != "password_change" and request.user.is_authenticated and request.session.get(entry.SHORT):
            if program:
                return problem(
                    403,
                    code="password_too_short",
                    title=_("Longer password required"),
                    detail=_("The role of this account asks for a longer password: change it in the browser."),
                )
            return HttpResponseRedirect(reverse("password_change"))
        return None


def owes_factor(request: HttpRequest) -> bool:
    """True when this session may go on only with a factor it has not shown. At most one query beside the session's."""
    if settings.DEMO or not request.user.is_authenticated:
        return False
    person = people.user(request)
    if second_factor.shown(request.session, person):
        return False
    return second_factor.mandatory(people.scope(request).roles, superuser=person.is_superuser)


def way(request: HttpRequest) -> str:
    """Where the factor is shown, or set up by somebody who has none; then back to the page that was asked for."""
    name = "second_factor_code" if second_factor.has_one(people.user(request)) else "second_factor_set_up"
    opened = request.method == "GET" or page_of(request.path) != request.path
    back = asked_from(request) if opened else ""
    return reverse(name) + (f"?{urlencode({'next': back})}" if back and back != "/" else "")
