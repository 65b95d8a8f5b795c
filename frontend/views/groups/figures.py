"""The figures of a group over a period, for its members and the direction: a page to print, and a table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.changes import log_access
from frontend import people
from frontend.days import PeriodForm
from frontend.doors import open_to
from frontend.group_figures import Section, sections
from frontend.views.groups.evaluation import NOT_OF_A_GROUP
from incidents.deadlines import paris_date
from incidents.views.access import territory_code
from ogcapi import csv_cells
from partnership.counting import figures_of
from sectors.models import Partner, PartnershipGroup
from sectors.scope import Scope

_DAYS: Final = 365


@open_to("read_problem", NOT_OF_A_GROUP)
@require_safe
def figures(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of the last year, or of `?since=&until=`. 404 for a group that the person is not of."""
    group = _group(people.scope(request), code)
    form, first, last = _period(request)
    context = {
        "group": group,
        "form": form,
        "first": first,
        "last": last,
        "sections": _told(request, group, first, last),
    }
    return render(request, "frontend/groups/figures.html", context)


@open_to("read_problem", NOT_OF_A_GROUP)
@require_safe
def table(request: HttpRequest, code: str) -> HttpResponse:
    """The same as CSV, a line for each figure. 404 as the page."""
    group = _group(people.scope(request), code)
    _form, first, last = _period(request)
    rows = (
        (section.title, line.label, line.count, line.of, line.value)
        for section in _told(request, group, first, last)
        for line in section.lines
    )
    names = (_("Figure"), _("Of what"), _("How many"), _("Of how many"), _("Share, or days"))
    answer = HttpResponse("".join(csv_cells.lines(names, rows)), content_type=csv_cells.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{group.code}-{first}-{last}.csv"'
    return answer


def _told(request: HttpRequest, group: PartnershipGroup, first: date, last: date) -> list[Section]:
    """Every figure, with one row of the access log."""
    log_access(
        user=people.user(request),
        operation="group.figures",
        reference=f"group:{group.code}",
        territory=territory_code(group.territory_id),
    )
    found = figures_of(group, first, last, timezone.now())
    keys = {key for key in (*found.overdue, *found.attendance) if key is not None}
    return sections(found, dict(Partner.objects.filter(pk__in=keys).values_list("pk", "name")))


def _group(scope: Scope, code: str) -> PartnershipGroup:
    """The group, for who runs it, is a member of it or directs its territory. Http404 otherwise."""
    group = PartnershipGroup.objects.filter(code=code).first()
    if group is None or not (
        group.post_id in {*scope.posts, *scope.group_posts} or group.territory_id in scope.directed
    ):
        raise Http404
    return group


def _period(request: HttpRequest) -> tuple[PeriodForm, date, date]:
    """The form as it is shown, and the days that hold: those asked for, else the last year."""
    asked = PeriodForm(request.GET if {"since", "until"} & request.GET.keys() else None)
    if asked.is_valid():
        return asked, asked.cleaned_data["since"], asked.cleaned_data["until"]
    last = paris_date(timezone.now())
    first = last - timedelta(days=_DAYS)
    return (asked if asked.is_bound else PeriodForm(initial={"since": first, "until": last})), first, last
