"""Reports begun and not sent: gone on with, thrown away, or left where they are for a new one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend import drafts
from frontend.views.steps import reporters_only


@reporters_only
@require_POST
def begun(request: HttpRequest, key: str) -> HttpResponse:
    """Goes on with this report at the first step that lacks, or throws it away; 404 for what is not the person's."""
    if "drop" in request.POST:
        if not drafts.throw_away(request, key):
            raise Http404
        messages.success(request, _("The report you had begun is thrown away, with its photos."))
        return redirect("mine")
    if not drafts.go_on(request, key):
        raise Http404
    return redirect("report_check")


@reporters_only
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begins another report; the one that was being written stays with the account."""
    drafts.begin(request)
    return redirect("report_where")
