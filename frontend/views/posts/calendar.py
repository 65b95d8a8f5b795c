"""The calendar of the posts of a territory, and giving one to somebody on dates."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from frontend import people
from frontend.administered import place_name
from frontend.doors import open_to
from frontend.post_calendar import Month, months_from, rows_of
from frontend.post_forms import EntrustForm
from frontend.views.administration.entry import (
    FORM,
    Choice,
    administrators,
    choice_among,
    form_page,
    refusal,
    sent,
    territories_of,
)
from incidents.deadlines import paris_date
from sectors.changes import administering
from sectors.changes.administering import NotAllowed
from sectors.mandates import REFERENT, empty_posts
from sectors.models import Post, Unit
from sectors.timetable import timetables

see_posts: Final = open_to(
    "see_posts",
    gettext_lazy("The calendar of the posts is for the direction and the administrator of a territory."),
)


@see_posts
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Who holds each post of a territory, or of one of its units, in three months, and when nobody does."""
    now = timezone.now()
    choice = choice_among(request, people.scope(request).over("see_posts"))
    units = list(Unit.objects.filter(territory=choice.territory, posts__isnull=False).distinct().order_by("name"))
    unit = None
    if code := request.GET.get("unit"):
        unit = next((each for each in units if each.code == code), None)
        if unit is None:
            raise Http404
    first = Month.read(request.GET.get("month", ""), paris_date(now))
    months = months_from(first)
    rows = rows_of(timetables(choice.territory, months[0].since, months[-1].until, unit=unit), months)
    gaps = [row for _unit, group in rows for row in group if row.gaps]
    context = {
        "choice": choice,
        "units": units,
        "unit": unit,
        "months": months,
        "before": _to(choice, unit, first.after(-len(months))),
        "after": _to(choice, unit, first.after(len(months))),
        "rows": rows,
        "gaps": gaps,
        "today": paris_date(now),
        "now": now,
        "may_entrust": choice.territory.pk in territories_of(request),
        "later": [each for each in empty_posts([choice.territory.pk], now) if each.since >= months[-1].until],
    }
    return render(request, "frontend/posts/calendar.html", context)


def _to(choice: Choice, unit: Unit | None, month: Month) -> str:
    """The address of the same calendar from this month on."""
    asked = {"territory": choice.territory.code if choice.several else "", "unit": unit.code if unit else ""}
    return f"?{urlencode({name: value for name, value in {**asked, 'month': month.code}.items() if value})}"


@administrators
@require_http_methods(FORM)
def entrust(request: HttpRequest, code: str) -> HttpResponse:
    """The post for somebody, or a stand-in of who holds it, on dates; 404 for a post of another territory."""
    post = get_object_or_404(
        Post.objects.filter(territory__in=territories_of(request)).select_related("territory"), code=code
    )
    form = EntrustForm(sent(request), post=post, by=people.user(request))
    back = f"{reverse('post_calendar')}?territory={post.territory.code}"
    if form.is_valid():
        asked = form.cleaned_data
        try:
            administering.give_role(
                by=people.user(request),
                user=asked["person"],
                role=REFERENT,
                over=post,
                start=asked["begins"],
                end=asked["ends"],
                stand_in=asked["stand_in"],
                at=timezone.now(),
            )
        except NotAllowed as error:
            form.add_error("start", form.overlap(error.code) or str(refusal(error)))
        else:
            messages.success(request, _("The post is given: the calendar shows from when to when."))
            return redirect(back)
    title = _("Entrust the post, or name a stand-in")
    note = _("A role that asks for a second factor ends the API tokens of an account that has none.")
    return form_page(
        request, form, title=title, button=_("Entrust"), about=place_name(post), note=note, back="post_calendar"
    )
