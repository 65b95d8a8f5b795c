"""Where the forms stand whose address only takes what they send: one goes on there after a sign-in, not to a 405."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from frontend import filters

# The name of every address of a page that answers 405 to who opens it, and of the page with its form. Those that begin
# with a concern's reference lead to its page by themselves (`views.reading.sent_from_concern`).
STANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "admin:logout": "admin:index",
        "administration_letters_again": "administration_letters",
        "administration_sessions": "administration_person",
        "administration_tokens": "administration_person",
        "audit_export": "audit",
        "competence_withdraw": "competences",
        "concerns_motive": "concerns",
        "concerns_saved": "concerns",
        "desk_batch": "concerns",
        "invitation_act": "invitations",
        "logout": "home",
        "meeting_act": "meeting",
        "meeting_point": "meeting_table",
        "notices_read": "notices",
        "own_data_download": "own_data",
        "own_places_remove": "own_places",
        "problem_act": "problem",
        "problem_action": "problem",
        "report_begun": "mine",
        "report_new": "report_where",
        "token_revoke": "tokens",
    }
)
# Of these the page is about the same thing as the address.
_ABOUT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "administration_person": ("account",),
        "meeting": ("meeting",),
        "meeting_table": ("meeting",),
        "problem": ("problem",),
    }
)
# A form of a list sends along what was looked at.
_OF_A_LIST: Final = frozenset({"desk_batch", "concerns_saved"})


def page_of(address: str) -> str:
    """This address of ours where it can be opened; else the page of the form that is sent there."""
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return address
    page = STANDS.get(found.view_name)
    if page is None:
        return address
    return reverse(page, kwargs={name: found.kwargs[name] for name in _ABOUT.get(page, ())})


def asked_from(request: HttpRequest) -> str:
    """The page to come back to of what was asked for, with the filters of the list that its form was sent from."""
    page, name = page_of(request.get_full_path()), request.resolver_match.view_name if request.resolver_match else ""
    if name in _OF_A_LIST:
        return page + filters.query_of(filters.asked_for(QueryDict(request.POST.get("query", ""))))
    back = request.POST.get("back", "") if name == "concerns_motive" else ""
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else page


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """To the sign-in page, and afterwards to where one was."""
    return redirect_to_login(asked_from(request))
