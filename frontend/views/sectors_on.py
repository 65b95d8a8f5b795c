"""The sectors that were in force on a day, or will be: the map answers for the past as the API does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend import edition_rows
from frontend.days import DayField
from frontend.doors import limited
from incidents.deadlines import paris_date
from sectors.models import Edition
from sectors.moments import paris_midnight


class OnDayForm(forms.Form):
    """A day of the past, or one to come; left out, today."""

    at = DayField(label=_("On this day"))

    def moment(self, now: datetime) -> datetime | None:
        """The first moment of the day; None for today, and for what is no day."""
        day = self.cleaned_data.get("at") if self.is_valid() else None
        return None if day is None or day == paris_date(now) else paris_midnight(day)


@require_safe
@limited("places")
def on_day(request: HttpRequest) -> HttpResponse:
    """The sectors in force on the day of the address (`at`), on the map and in words; today where it says none."""
    now = timezone.now()
    form = OnDayForm(request.GET if "at" in request.GET else {})
    moment = form.moment(now) or now
    groups: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    count = 0
    editions = list(Edition.objects.in_force(moment).select_related("territory").order_by("territory__rank"))
    for edition in editions:
        sectors, features = edition_rows.sectors_of(edition, first=count + 1)
        count += len(sectors)
        groups.append({"row": edition_rows.row(edition, now), "sectors": sectors})
        shapes += features
    context = {
        "form": form,
        "day": paris_date(moment),
        "is_today": moment == now,
        "groups": groups,
        "count": count,
        "shapes": edition_rows.carried(shapes),
        "box": edition_rows.box_of(*editions),
    }
    return render(request, "frontend/sectors_on.html", context)
