"""What the administrator announces on the first pages of référents and partners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from frontend import people
from frontend.acting_forms import InEnglish, Words
from frontend.days import DayField
from frontend.read_over import SpokenForm
from frontend.views.administration.entry import (
    FORM,
    administrators,
    choice_of,
    done,
    form_page,
    sent,
    territories_of,
)
from incidents.changes import announcements
from incidents.deadlines import paris_date
from incidents.models import Announcement, Audience
from incidents.models.announcement import LONGEST_ANNOUNCEMENT
from incidents.refusals import OF_A_SERVICE
from sectors.changes.administering import NotAllowed

FIELDS = ("audience", "text_fr", "text_en", "since", "until")


class AnnouncementForm(SpokenForm):
    """A short text in both languages, which may hold the number or the address of a service."""

    may_say = OF_A_SERVICE

    text_fr = Words(
        rows=4,
        max_length=LONGEST_ANNOUNCEMENT,
        label=gettext_lazy("Text in French"),
        missing=gettext_lazy("Write the text in French."),
        help_text=gettext_lazy("A few lines: what changes, when, whom to ask. Never a person."),
    )
    text_en = InEnglish(rows=4, max_length=LONGEST_ANNOUNCEMENT, label=gettext_lazy("Text in English"))
    audience = forms.ChoiceField(
        label=gettext_lazy("Read by"),
        choices=Audience.choices,
        error_messages={
            "required": gettext_lazy("Choose one of the list."),
            "invalid_choice": gettext_lazy("Choose one of the list."),
        },
    )
    since = DayField(label=gettext_lazy("From"), required=True, help_text=gettext_lazy("This day included."))
    until = DayField(label=gettext_lazy("Until"), required=True, help_text=gettext_lazy("This day included."))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["since"].error_messages["required"] = _("Choose the first day.")
        self.fields["until"].error_messages["required"] = _("Choose the last day.")


@administrators
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The announcements of the territory, the latest first, each with where it stands today."""
    today = paris_date(timezone.now())
    territories = territories_of(request)
    rows = Announcement.objects.filter(territory__in=territories).select_related("territory")
    found = [(row, "to_come" if row.since > today else "ended" if row.until < today else "in_force") for row in rows]
    context = {"rows": found, "several": len(territories) > 1}
    return render(request, "frontend/administration/announcements.html", context)


@administrators
@require_http_methods(FORM)
def add(request: HttpRequest) -> HttpResponse:
    """A new announcement."""
    choice, by = choice_of(request), people.user(request)
    form = AnnouncementForm(sent(request), initial={"since": paris_date(timezone.now())})
    if done(form, lambda: announcements.announce(by=by, territory=choice.territory, **form.cleaned_data)):
        messages.success(request, _("The announcement is kept."))
        return redirect("administration_announcements")
    return _page(request, form, _("Add an announcement"), choice=choice)


@administrators
@require_http_methods(FORM)
def edit(request: HttpRequest, announcement: int) -> HttpResponse:
    """What an announcement says; taking it off (`act=withdraw`)."""
    found = Announcement.objects.filter(territory__in=territories_of(request), pk=announcement)
    row = found.select_related("territory").first()
    if row is None:
        raise Http404
    by = people.user(request)
    if request.POST.get("act") == "withdraw":
        try:
            announcements.withdraw_announcement(by=by, announcement=row)
        except NotAllowed:
            raise Http404 from None
        messages.success(request, _("The announcement is taken off."))
        return redirect("administration_announcements")
    form = AnnouncementForm(sent(request), initial={name: getattr(row, name) for name in FIELDS})
    if done(form, lambda: announcements.change_announcement(by=by, announcement=row, **form.cleaned_data)):
        messages.success(request, _("The announcement is kept."))
        return redirect("administration_announcements")
    return _page(request, form, _("Change an announcement"), withdraw=_("Take it off"))


def _page(request: HttpRequest, form: AnnouncementForm, title: str, **more: Any) -> HttpResponse:
    back = "administration_announcements"
    return form_page(request, form, title=title, button=_("Save"), back=back, **more)
