"""The auditor's pages: who read and did what. Never what they read."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import RetentionRun
from accounts.retention import rules as retention_rules
from frontend import auditing, people
from frontend.doors import open_to
from incidents.views.access import log_in_all, territory_code
from ogcapi import csv_cells
from sectors.mandates import accesses_seen_by

auditors: Final = open_to(
    "read_log", gettext_lazy("The access log is read by the auditor. Ask the local administrator if you should be one.")
)


@auditors
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The access log of the territories audited, fifty rows a page; reading it is written in it."""
    form = auditing.SearchForm(request.GET)
    context: dict[str, Any] = {"form": form, "export": auditing.ExportForm(), "asked": form.asked}
    if form.is_valid():
        rows = auditing.found(accesses_seen_by(people.scope(request)), form.cleaned_data)
        shown, following = auditing.page(rows, request.GET.get("before", ""))
        _note(request, operation="log.read", count=len(shown), motive=", ".join(form.asked))
        context |= {
            "lines": [auditing.line(row) for row in shown],
            "following": following,
            "since": form.cleaned_data["since"],
        }
    return _page(request, context)


@auditors
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The rows found, as a table for a spreadsheet; the motive is asked for, and the export is written in the log."""
    form, why = auditing.SearchForm(request.POST), auditing.ExportForm(request.POST)
    if not (form.is_valid() and why.is_valid()):
        return _page(request, {"form": form, "export": why, "asked": form.asked, "wrong": why})
    rows = list(auditing.found(accesses_seen_by(people.scope(request)), form.cleaned_data)[: auditing.MOST_ROWS + 1])
    if len(rows) > auditing.MOST_ROWS:
        why.add_error(None, _("More than 50,000 rows: narrow the period."))
        return _page(request, {"form": form, "export": why, "asked": form.asked, "wrong": why})
    _note(request, operation="log.export", references=form.told, count=len(rows), **why.cleaned_data)
    table = "".join(csv_cells.lines(auditing.COLUMNS, (auditing.cells(row) for row in rows)))
    name = f"journal-des-acces-{timezone.localdate():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(table.encode(), content_type=csv_cells.CONTENT_TYPE, headers=headers)


def _note(request: HttpRequest, **entry: Any) -> None:
    """The log of each territory audited keeps that it was read."""
    log_in_all(people.scope(request).audited, user=people.user(request), **entry)


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    parameters = QueryDict(urlencode(context["asked"]))
    return render(request, "frontend/audit/log.html", context | {"parameters": parameters})


@auditors
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """What is kept how long, and what each run of the purge forgot, or would have."""
    codes = [territory_code(key) for key in people.scope(request).audited]
    page = Paginator(RetentionRun.objects.order_by("-started_at", "-pk"), auditing.RUNS).get_page(
        request.GET.get("page")
    )
    rules = {rule.code: rule for rule in retention_rules()}
    context = {
        "rules": rules.values(),
        "page": page,
        "runs": [auditing.run(row, rules, codes) for row in page.object_list],
    }
    _note(request, operation="retention.read", count=len(context["runs"]))
    return render(request, "frontend/audit/retention.html", context)
