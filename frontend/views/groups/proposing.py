"""A problem is proposed: by the référent, a partner of the group, or the mayor of the commune."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.gis.db.models import Extent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.throttles import wait_of
from frontend import people, problems, words
from frontend.doors import too_many
from frontend.group_acting import found
from frontend.group_forms import ProposeForm
from frontend.views.groups.asked import proposes
from ogcapi.geojson import Refused
from partnership import changes
from partnership.severity import Recurrence
from sectors.models import Post, Sector
from sectors.scope import Scope

# The member of a refusal, and the field of the form that it is about.
_FIELDS = {"extent": "lat", "concerns": "incidents"}


@require_http_methods(["GET", "HEAD", "POST"])
@proposes
def propose(request: HttpRequest) -> HttpResponse:
    """The form, and sending it: to the problem, as far as its proposer may read it."""
    scope = people.scope(request)
    given: dict[str, Any] = {"runs": bool(scope.posts), "choices": _choices(scope)}
    initial = {"recurrence": Recurrence.RECURRENTE, "incidents": request.GET.get("concerns", "")[:400]}
    form = ProposeForm(request.POST if request.method == "POST" else None, initial=initial, **given)
    if form.is_valid():
        if wait := wait_of(request, "report", people.user(request)):
            return too_many(request, wait)
        said = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
        try:
            if "incidents" in said:
                said["incidents"] = found(said["incidents"], scope)
            made = changes.propose(author=people.user(request), scope=scope, **said)
        except Refused as refused:
            for error in refused.errors:
                field = _FIELDS.get(error.field, error.field)
                form.add_error(field if field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("Proposed: the référent qualifies it, and you are told."))
            return redirect("problem", made.reference)
    context = {"form": form, "box": _box(scope)}
    return render(request, "frontend/groups/propose.html", context)


def _choices(scope: Scope) -> dict[str, Any]:
    """The groups that one may propose to, and the families of natures of their territory. One query."""
    ours = Post.objects.filter(pk__in={*scope.group_posts, *scope.posts}).order_by("code")
    posts = [(each.code, words.label(each)) for each in ours]
    return {"post": posts, "family": problems.families([scope.home] if scope.home else [])}


def _box(scope: Scope) -> Any:
    """What the map shows first: the sectors of the groups; the whole sheet for a mayor. One query."""
    areas = Sector.objects.filter(post__in={*scope.group_posts, *scope.posts})
    return areas.aggregate(box=Extent("area"))["box"]
