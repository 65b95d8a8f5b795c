"""The filters that a person keeps for themselves, and takes off again."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.changes import drop_filter, save_filter
from frontend import filters, people
from frontend.views.reading import reads
from incidents.screening import screen


class NameForm(forms.Form):
    """What a filter is called."""

    name = forms.CharField(max_length=60)


@reads
@require_POST
def saved(request: HttpRequest) -> HttpResponse:
    """Keeps the filters in force under a name, or takes the one of this name off; then back to the list."""
    user, asked = people.user(request), filters.asked_for(QueryDict(request.POST.get("query", "")))
    form = NameForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Give the filter a name of at most 60 characters."))
    elif "drop" in request.POST:
        if drop_filter(user=user, name=form.cleaned_data["name"]):
            messages.success(request, _("The filter is no longer kept."))
    elif not asked:
        messages.warning(request, _("Filter the list first: there is nothing to keep."))
    elif any(each.certain for text in (form.cleaned_data["name"], asked.get("q", "")) for each in screen(text)):
        messages.warning(request, _("A filter names no person: remove the name, number or address."))
    elif save_filter(user=user, name=form.cleaned_data["name"], query=urlencode(asked)):
        messages.success(request, _("The filter is kept, for you alone."))
    else:
        messages.warning(request, _("Twenty filters are kept at most: take one off first."))
    return redirect(reverse("concerns") + filters.query_of(asked))
