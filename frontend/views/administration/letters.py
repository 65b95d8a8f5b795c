"""The message log: what left, what waits, what was given up and may be tried again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from frontend import letters, people
from frontend.sealed import opened
from frontend.views.administration.entry import administrators, refusal, territories_of
from incidents.views.access import log_in_all
from sectors.changes.administering import NotAllowed
from sectors.changes.letters import let_go, retry
from sectors.letters import listed_to_administrators, uncertain, undelivered


@administrators
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The messages to the people of the territories administered, fifty a page; reading them is logged."""
    territories, form = territories_of(request), letters.SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    lines, following = letters.page(listed_to_administrators(territories), asked, request.GET.get("before", ""))
    log_in_all(territories, user=people.user(request), operation="message.list", count=len(lines))
    context = {
        "form": form,
        "asked": {name: value for name, value in asked.items() if value},
        "lines": lines,
        "following": following,
        "undelivered": undelivered(territories),
        "uncertain": uncertain(territories),
    }
    return render(request, "frontend/administration/letters.html", context)


@administrators
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """The dead message of this key (`message`), or all of them (`all`), are tried again; or one (`close`) no more.

    A key is one that the page shows, hidden.
    """
    closing = "close" in request.POST
    asked = request.POST.get("close" if closing else "message", "")
    key = opened(asked)
    if key is None and (closing or asked != "all"):
        return redirect("administration_letters")
    by, now, keys = people.user(request), timezone.now(), None if key is None else [key]
    try:
        count = let_go(by=by, at=now, keys=keys or []) if closing else retry(by=by, at=now, keys=keys)
    except NotAllowed as error:
        messages.warning(request, str(refusal(error)))
    else:
        if not count:
            messages.warning(request, _("There was nothing to try again: it has left meanwhile, or was forgotten."))
        elif closing:
            messages.success(request, _("The message is closed: it is tried no more."))
        else:
            text = ngettext("%(n)d message is tried again.", "%(n)d messages are tried again.", count)
            messages.success(request, text % {"n": count})
    return redirect("administration_letters")
