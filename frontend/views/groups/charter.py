"""What a group has agreed to be bound by: read by its members, written by the référent, every version dated."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.throttles import wait_of
from frontend import people
from frontend.doors import too_many
from frontend.group_forms import CharterForm
from frontend.views.groups.asked import group_asked_for, sees_problems
from ogcapi.geojson import Refused
from partnership import changes
from partnership.models import Charter


@require_http_methods(["GET", "HEAD", "POST"])
@sees_problems
def charter(request: HttpRequest, code: str) -> HttpResponse:
    """The charter that holds and those before it; the référent writes the next one here. 404 for who is not in it."""
    scope = people.scope(request)
    asked = group_asked_for(request, code)
    runs = asked.post_id in scope.posts
    if request.method == "POST" and not runs:
        raise PermissionDenied(_("The référent who runs the group writes its charter."))
    versions = list(Charter.objects.visible_to(scope).filter(group=asked).select_related("author"))
    form = CharterForm(
        request.POST if request.method == "POST" else None, initial={"text": versions[0].text if versions else ""}
    )
    if form.is_valid():
        if wait := wait_of(request, "status", people.user(request)):
            return too_many(request, wait)
        try:
            changes.write_charter(group=asked, author=people.user(request), scope=scope, text=form.cleaned_data["text"])
        except Refused as refused:
            for error in refused.errors:
                form.add_error("text", str(error.message))
        else:
            messages.success(request, _("The charter holds from now on: every member reads it."))
            return redirect("group", asked.code)
    context = {"group": asked, "versions": versions, "form": form if runs else None}
    return render(request, "frontend/groups/charter.html", context)
