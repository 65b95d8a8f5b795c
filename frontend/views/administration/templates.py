"""The territory's own words for notices, looked at as they will be read before they serve."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe

from frontend import people
from frontend.views.administration.entry import FORM, administrators, refusal, sent, territories_of
from incidents.changes.message_templates import check_words, withdraw_template, write_template
from incidents.notice_texts import KINDS, VARIABLES, product_words
from messaging.variables import fill
from ogcapi.geojson import Refused
from sectors.changes.administering import NotAllowed
from sectors.models import MessageTemplate, Territory

LANGUAGES = dict(settings.LANGUAGES)


class WordsForm(forms.Form):
    """The words of a notice."""

    subject = forms.CharField(
        max_length=160, label=gettext_lazy("Subject"), error_messages={"required": gettext_lazy("Fill in this field.")}
    )
    body = forms.CharField(
        max_length=4000,
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": gettext_lazy("Fill in this field.")},
    )


@administrators
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Each kind of notice in each language, and whether it has words of its own."""
    territories = Territory.objects.filter(pk__in=territories_of(request))
    own = set(MessageTemplate.objects.filter(territory__in=territories).values_list("territory", "kind", "language"))
    rows = [
        {"territory": territory, "kind": kind, "label": words.label, "language": language, "spoken": spoken,
         "own": (territory.pk, kind, language) in own}
        for territory in territories
        for kind, words in KINDS.items()
        for language, spoken in LANGUAGES.items()
    ]  # fmt: skip
    return render(request, "frontend/administration/templates.html", {"rows": rows})


@administrators
@require_http_methods(FORM)
def edit(request: HttpRequest, code: str, kind: str, language: str) -> HttpResponse:
    """The words of one notice: shown as they will be read (`preview`), kept, or given back (`product`)."""
    territory = Territory.objects.filter(code=code, pk__in=territories_of(request)).first()
    if territory is None or kind not in KINDS or language not in LANGUAGES:
        raise Http404
    which: dict[str, Any] = {"territory": territory, "kind": kind, "language": language}
    with override(language):
        subject, body = product_words(kind)
    own = MessageTemplate.objects.filter(**which).first()
    form = WordsForm(
        sent(request), initial={"subject": own.subject, "body": own.body} if own else {"subject": subject, "body": body}
    )
    act, by, now = request.POST.get("act", ""), people.user(request), timezone.now()
    preview = None
    try:
        if request.method == "POST" and act == "product":
            withdraw_template(by=by, at=now, **which)
            messages.success(request, _("The words of the product serve again."))
            return redirect("administration_templates")
        if form.is_valid():
            if act == "save":
                write_template(by=by, at=now, **which, **form.cleaned_data)
                messages.success(request, _("These words serve from now on."))
                return redirect("administration_templates")
            check_words(at=now, **form.cleaned_data)
            preview = [fill(form.cleaned_data[name], _sample(language)) for name in ("subject", "body")]
    except NotAllowed as error:
        form.add_error(None, str(refusal(error)))
    except Refused as refused:
        for each in refused.errors:
            form.add_error(each.field, str(each.message))
    context = {"form": form, "preview": preview, "own": own, "label": KINDS[kind].label, "variables": VARIABLES.items()}
    return render(request, "frontend/administration/template.html", {**context, "spoken": LANGUAGES[language]})


def _sample(language: str) -> dict[str, str]:
    """What a concern might be."""
    with override(language):
        day = date_format(timezone.localdate(), "DATE_FORMAT")
        return {"reference": "7K3F-9QXM", "category": _("Noise"), "post": _("the référent of the sector"), "due": day}
