"""The open sessions of a person: where they are signed in, and how to end it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import changes
from accounts.models import BrowserSession
from accounts.sessions import DIGEST, ENDS_AFTER, digest
from frontend import people
from frontend.doors import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sessions(request: HttpRequest) -> HttpResponse:
    """Those open now; a POST ends one of them (`end`, as listed) or all but this one (`end=others`)."""
    user, now = people.user(request), timezone.now()
    here = digest(request.session.session_key or "")
    if request.method == "POST":
        asked = request.POST.get("end", "")
        only = None if asked == "others" else DIGEST.findall(asked)
        ended = changes.end_sessions(user=user, digests=only, but=here)
        if ended:
            changes.log_access(user=user, operation="account.end_sessions", reference=f"account:{user.pk}", count=ended)
            messages.success(
                request,
                ngettext("%(count)d session was ended.", "%(count)d sessions were ended.", ended) % {"count": ended},
            )
        else:
            messages.info(request, _("No other session was open."))
        return redirect("sessions")
    rows = BrowserSession.objects.visible_to(user).filter(expire_date__gt=now, signed_in_at__gt=now - ENDS_AFTER)
    shown = list(rows.defer("session_data").order_by("-signed_in_at"))
    shown.sort(key=lambda row: row.pk != here)
    return render(request, "frontend/account/sessions.html", {"rows": shown, "here": here})
