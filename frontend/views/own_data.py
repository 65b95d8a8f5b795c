"""One's own data: what is kept, taken away as a file, and the erasure of one's account."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import orjson
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.changes import log_access
from accounts.throttles import wait_of
from frontend import people
from frontend.account_forms import EraseForm
from frontend.doors import signed_in, too_many
from frontend.own_data import document
from incidents.changes import erase
from incidents.views.access import territory_code
from sectors.changes.erasing import NotErased, check_erasable

REFUSALS: Final = MappingProxyType(
    {
        "superuser": _("Your account keeps the machine itself: who runs it removes it there."),
        "holds_post": _(
            "You hold a post: what is reported to it would reach nobody. Have it given to somebody else first."
        ),
        "last_administrator": _("You are the last administrator of the territory: have another one named first."),
    }
)


@require_safe
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """What may be done with one's data, and why the account cannot be erased where it cannot."""
    return render(request, "frontend/account/own_data.html", {"refusal": _refusal(request)})


@require_POST
@signed_in
def download(request: HttpRequest) -> HttpResponse:
    """Everything kept about the account, as JSON."""
    user, now = people.user(request), timezone.now()
    wait = wait_of(request, "export", user)
    if wait:
        return too_many(request, wait)
    log_access(
        user=user,
        operation="account.export",
        reference=f"account:{user.pk}",
        territory=territory_code(people.scope(request).home),
    )
    body = orjson.dumps(document(user, now), option=orjson.OPT_INDENT_2)
    answer = HttpResponse(body, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="mes-donnees-{now:%Y-%m-%d}.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def erasure(request: HttpRequest) -> HttpResponse:
    """A last question, with the password; then the account is erased and its person signed out."""
    user = people.user(request)
    refusal = _refusal(request)
    form = EraseForm(user=user)
    if request.method == "POST" and not refusal:
        wait = wait_of(request, "confirm", user)
        if wait:
            return too_many(request, wait)
        form = EraseForm(request.POST, user=user)
        if form.is_valid():
            try:
                erase(user=user, at=timezone.now())
            except NotErased as error:  # somebody else changed something meanwhile
                refusal = str(REFUSALS[error.code])
            else:
                logout(request)
                return render(request, "frontend/account/erased.html")
    context: dict[str, Any] = {"form": form, "refusal": refusal}
    return render(
        request, "frontend/account/erase.html", context, status=409 if refusal and request.method == "POST" else 200
    )


def _refusal(request: HttpRequest) -> str:
    try:
        check_erasable(user=people.user(request), at=timezone.now())
    except NotErased as error:
        return str(REFUSALS[error.code])
    return ""
