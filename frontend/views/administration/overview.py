"""The administrator's first page: what there is, and which seats are empty."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend import administered
from frontend.views.administration.entry import administrators, territories_of
from sectors.mandates import vacancies
from sectors.models import Post


@administrators
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How many people there are in each state, and the seats that nobody holds now or later."""
    territories, now = territories_of(request), timezone.now()
    seats = vacancies(territories, now)
    context = {
        "counts": administered.counts(territories, now),
        "vacancies": [administered.vacancy_row(each, now) for each in seats],
        "empty_posts": [each for each in seats if isinstance(each.place, Post)],
    }
    return render(request, "frontend/administration/overview.html", context)
