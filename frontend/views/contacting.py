"""A word to the référent that is no concern: a question, a meeting, an invitation."""

from __future__ import annotations

import re
import secrets
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.throttles import wait_of
from frontend import people
from frontend.acting_forms import ToReferent
from frontend.doors import open_to, too_many
from frontend.read_over import SpokenForm
from frontend.views.partner import REFUSAL, contacts
from incidents import changes
from incidents.changes.contacting import LONGEST_WORD
from ogcapi.geojson import Refused
from sectors.models import Partner, Post

_KEY: Final = re.compile(r"[0-9A-Za-z_-]{16,40}")


class WordForm(SpokenForm):
    """What is written; `key` makes it leave once, however often it is sent."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    text = ToReferent(rows=8, max_length=LONGEST_WORD)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to("report", REFUSAL)
def write(request: HttpRequest, code: str) -> HttpResponse:
    """The form, and sending it; 404 for a post that does not answer for this person, or is their own."""
    scope, user = people.scope(request), people.user(request)
    each = next((one for one in contacts(scope) if one.post.code == code and one.post.id not in scope.posts), None)
    if each is None:
        raise Http404
    form = WordForm(request.POST if request.method == "POST" else None, initial={"key": secrets.token_urlsafe(18)})
    if form.is_valid():
        wait = wait_of(request, "contact", user)
        if wait:
            return too_many(request, wait)
        given = form.cleaned_data
        organisation = Partner.objects.filter(pk__in=scope.partners).values_list("name", flat=True).first() or ""
        post = Post.objects.select_related("territory").get(pk=each.post.id)
        key = given["key"] if _KEY.fullmatch(given["key"]) else secrets.token_urlsafe(18)
        try:
            changes.write_to_post(post=post, author=user, organisation=organisation, text=given["text"], key=key)
        except Refused as refused:
            for error in refused.errors:
                form.add_error("text", str(error.message))
        else:
            messages.success(request, _("Your message leaves now: the answer comes to your e-mail address."))
            return redirect("my_sector")
    return render(request, "frontend/partner/write.html", {"form": form, "contact": each})
