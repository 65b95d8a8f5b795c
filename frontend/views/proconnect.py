"""Sign-in through ProConnect: off to the provider, back from it, and out of both. 404 where it is not switched on."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from functools import wraps
from types import MappingProxyType
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from accounts.proconnect import Provider, Refused
from accounts.throttles import LIMITS, allow, client_address
from frontend import entry

logger = logging.getLogger(__name__)
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

# In the session, from the sign-out here until the person comes back from the provider's.
LEAVING: Final = "oidc_leaving"
# code: status, title, what to do
REFUSALS: Final = MappingProxyType(
    {
        "unknown": (
            403,
            gettext_lazy("No account with this address"),
            gettext_lazy(
                "ProConnect knows you, this service does not yet. Ask its local administrator for an account."
            ),
        ),
        "unverified": (
            403,
            gettext_lazy("Address not confirmed"),
            gettext_lazy("Your identity provider has not confirmed your e-mail address. Ask your own service for it."),
        ),
        "suspended": (
            403,
            gettext_lazy("Account suspended"),
            gettext_lazy("Your account here is suspended. Ask the local administrator of the service."),
        ),
        "elsewhere": (
            403,
            gettext_lazy("Account linked to another identity"),
            gettext_lazy("This address belongs here to another ProConnect identity. Ask the local administrator."),
        ),
        "declined": (
            403,
            gettext_lazy("ProConnect did not let you in"),
            gettext_lazy("The sign-in was given up or refused there. Begin again, or sign in with your password."),
        ),
        "stale": (
            400,
            gettext_lazy("This sign-in has lapsed"),
            gettext_lazy("It was begun in another browser, or too long ago. Begin again."),
        ),
        "invalid": (
            403,
            gettext_lazy("ProConnect's answer could not be checked"),
            gettext_lazy("Nobody was signed in. Begin again; should it go on, tell the local administrator."),
        ),
        "silent": (
            503,
            gettext_lazy("ProConnect does not answer"),
            gettext_lazy("Nobody was signed in. Begin again in a minute, or sign in with your password."),
        ),
        "often": (
            429,
            gettext_lazy("Too many attempts"),
            gettext_lazy("Too many sign-ins were begun from your network. Wait before you begin again."),
        ),
    }
)


def switched_on(view: View[P]) -> View[P]:
    """The view, or 404 where no provider is configured."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.PROCONNECT:
            raise Http404
        return view(request, *args, **kwargs)

    return answer


@switched_on
@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponseBase:
    """Off to the provider, with a state and a nonce that this browser's session keeps."""
    if request.user.is_authenticated:
        return redirect(entry.asked_page(request) or settings.LOGIN_REDIRECT_URL)
    wait = allow(f"login_address:{client_address(request)}", rate=LIMITS["login_address"])
    if wait:
        answer = refused(request, "often")
        answer["Retry-After"] = str(math.ceil(wait))
        return answer
    return OIDCAuthenticationRequestView.as_view(http_method_names=["get", "head"])(request)


@switched_on
@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider: in, on to the second factor, or a page that says why not."""
    state = request.GET.get("state", "")
    begun: dict[str, Any] = request.session.get("oidc_states") or {}
    known = begun.pop(state, None)
    if known is None:
        return refused(request, "stale")
    # Used once, whatever becomes of it; and the session is not held while the provider is asked.
    request.session["oidc_states"] = begun
    request.session.save()
    if "code" not in request.GET:
        logger.warning("ProConnect: declined: %s", request.GET.get("error", "")[:80])
        return refused(request, "declined")
    provider = Provider()
    try:
        user = provider.sign_in(request, nonce=known["nonce"])
    except Refused as refusal:
        logger.warning("ProConnect: %s: %s", refusal.code, refusal)
        return refused(request, refusal.code)
    next_page = request.session.pop("oidc_login_next", None) or ""
    return entry.admit(request, user, next_page=next_page, proved="proconnect" if provider.proved else "")


def refused(request: HttpRequest, code: str) -> HttpResponse:
    """The page that says why nobody was signed in, and whom to ask."""
    request.session.pop("oidc_id_token", None)
    status, title, todo = REFUSALS[code]
    answer = render(request, "frontend/account/proconnect.html", {"title": title, "todo": todo}, status=status)
    if status == 503:
        answer["Retry-After"] = "60"
    return answer


def way_out(request: HttpRequest, token: str) -> HttpResponseRedirect:
    """To the provider's own sign-out, after ours: `token` is the identity token that the session held."""
    state = request.session[LEAVING] = get_random_string(43)
    facts = {
        "id_token_hint": token,
        "state": state,
        "post_logout_redirect_uri": request.build_absolute_uri(reverse("proconnect_ended")),
    }
    return HttpResponseRedirect(f"{settings.OIDC_OP_LOGOUT_ENDPOINT}?{urlencode(facts)}")


@switched_on
@never_cache
@require_http_methods(["GET", "HEAD"])
def ended(request: HttpRequest) -> HttpResponse:
    """Back from the provider's sign-out."""
    expected = request.session.pop(LEAVING, "")
    if expected and constant_time_compare(expected, request.GET.get("state", "")):
        messages.success(request, _("You are signed out, of ProConnect too."))
    return redirect(settings.LOGOUT_REDIRECT_URL)
