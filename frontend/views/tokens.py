"""One's own API tokens: made, listed with their last use, revoked."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import changes
from accounts.models import ApiToken
from accounts.throttles import wait_of
from frontend import people
from frontend.account_forms import TokenForm
from frontend.doors import signed_in

# More than anybody needs at once, and few enough for a list that is read.
AT_MOST: Final = 20


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens in force, and a form for a new one; a new token is shown in the answer, this once."""
    person = people.user(request)
    form = TokenForm(request.POST or None)
    fresh, status, wait = "", 200, 0.0
    if request.method == "POST" and form.is_valid():
        wait = wait_of(request, "token", person)
        if wait:
            form.add_error(None, _("Too many tokens were made in an hour. Wait before you make another."))
            status = 429
        elif ApiToken.objects.visible_to(person).filter(expiry__gt=timezone.now()).count() >= AT_MOST:
            form.add_error(None, _("You have as many tokens as an account may have. Revoke one first."))
        else:
            lasting = timedelta(days=form.cleaned_data["days"])
            fresh = changes.make_token(user=person, name=form.cleaned_data["name"], ttl=lasting)
            form = TokenForm()
    rows = ApiToken.objects.visible_to(person).filter(expiry__gt=timezone.now()).order_by("-created")
    answer = render(
        request, "frontend/account/tokens.html", {"form": form, "tokens": rows, "fresh": fresh}, status=status
    )
    if wait:
        answer["Retry-After"] = str(math.ceil(wait))
    return answer


@require_POST
@signed_in
def revoke(request: HttpRequest) -> HttpResponse:
    """The token is gone at once; 404 for one that is not the person's own."""
    if not changes.revoke_token(user=people.user(request), token_key=request.POST.get("token", "")):
        raise Http404
    messages.success(request, _("The token is revoked: it opens nothing any more."))
    return redirect("tokens")
