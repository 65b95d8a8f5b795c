"""The bell: what is new for a person; and how they wish to be told."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.changes import choose_notifications
from frontend import people
from frontend.doors import signed_in
from frontend.notification_forms import NotificationForm
from messaging.changes import read_notices
from messaging.models import Notice

ON_A_PAGE: Final = 30


@require_safe
@signed_in
def bell(request: HttpRequest) -> HttpResponse:
    """The lines of one's bell, the newest first; looking at them reads none."""
    pages = Paginator(Notice.objects.visible_to(people.user(request)).order_by("-pk"), ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "frontend/notifications/bell.html", {"page": page})


@require_POST
@signed_in
def read(request: HttpRequest) -> HttpResponse:
    """One line (`notice`) is read, or all of them; another person's is none."""
    user, asked = people.user(request), request.POST.get("notice", "")
    one = asked.isascii() and asked.isdigit() and len(asked) < 19
    if asked and not one:
        return redirect("notices")
    count = read_notices(user=user.pk, keys=[int(asked)] if one else None)
    if not one and count:
        messages.success(
            request, ngettext("%(n)d notification read.", "%(n)d notifications read.", count) % {"n": count}
        )
    return redirect("notices")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def wishes(request: HttpRequest) -> HttpResponse:
    """The form of how one wishes to be told."""
    user = people.user(request)
    form = NotificationForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        choose_notifications(user=user, **form.cleaned_data)
        messages.success(request, _("You will be told in this way from now on."))
        return redirect("notifications")
    return render(request, "frontend/account/notifications.html", {"form": form})
