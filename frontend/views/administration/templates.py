"""The territory's own words for notices, looked at as they will be read before they serve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override
from django.views.decorators.http import require_http_methods, require_safe

from frontend import people
from frontend.read_over import SpokenForm
from frontend.refused import tell
from frontend.views.administration.entry import FORM, administrators, refusal, sent, territories_of
from incidents.changes.message_templates import check_words, withdraw_template, write_template
from incidents.notice_kinds import VARIABLES
from incidents.notice_texts import KINDS, TO_DIRECTIONS, TO_POSTS, TO_REPORTERS, product_words
from incidents.refusals import OF_A_SERVICE
from incidents.words import STATUSES, word
from incidents.workflow import Status
from messaging.short_texts import LONGEST, cost, short
from messaging.variables import fill
from ogcapi.geojson import Refused
from sectors.changes.administering import NotAllowed
from sectors.models import MessageTemplate, Territory

LANGUAGES = dict(settings.LANGUAGES)


class WordsForm(SpokenForm):
    """The words of a notice, which may hold the number or the address of a service."""

    may_say = OF_A_SERVICE

    subject = forms.CharField(
        max_length=160, label=gettext_lazy("Subject"), error_messages={"required": gettext_lazy("Fill in this field.")}
    )
    body = forms.CharField(
        max_length=4000,
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": gettext_lazy("Fill in this field.")},
    )


READERS = (
    (gettext_lazy("Whoever reported the concern"), TO_REPORTERS),
    (gettext_lazy("The post that answers"), TO_POSTS),
    (gettext_lazy("The direction"), TO_DIRECTIONS),
)


@administrators
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Each kind of notice in each language, by who reads it, and whether it has words of its own."""
    territories = Territory.objects.filter(pk__in=territories_of(request)).order_by("code")
    own = set(MessageTemplate.objects.filter(territory__in=territories).values_list("territory", "kind", "language"))
    groups = [
        {"territory": territory, "readers": readers, "rows": [
            {"kind": kind, "label": words.label, "languages": [
                (language, spoken, (territory.pk, kind, language) in own) for language, spoken in LANGUAGES.items()
            ]}
            for kind, words in kinds.items()
        ]}
        for territory in territories
        for readers, kinds in READERS
    ]  # fmt: skip
    context = {"groups": groups, "several": len(territories) > 1}
    return render(request, "frontend/administration/templates.html", context)


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
            check_words(kind=kind, at=now, **form.cleaned_data)
            preview = _preview(kind, language, form.cleaned_data)
    except NotAllowed as error:
        form.add_error(None, str(refusal(error)))
    except Refused as refused:
        tell(form, refused)
    words = KINDS[kind]
    context = {
        "form": form,
        "preview": preview,
        "own": own,
        "label": words.label,
        "spoken": LANGUAGES[language],
        "variables": [(name, VARIABLES[name], name in words.subject_names) for name in words.names],
    }
    return render(request, "frontend/administration/template.html", context)


def _preview(kind: str, language: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, filled in as for a concern that might be; as an e-mail, and as the text message."""
    facts = _sample(kind, language)
    subject, body = (fill(typed[name], facts) for name in ("subject", "body"))
    text = short(subject)
    return {
        "subject": subject,
        "body": body,
        "text": text,
        "cost": cost(text),
        "longest": LONGEST,
        "typed": cost(subject),
    }


def _sample(kind: str, language: str) -> dict[str, str]:
    """What a concern might be."""
    status = kind.removeprefix("status_") if kind.startswith("status_") else Status.ROUVERTE
    with override(language):
        today = timezone.localdate()
        return {
            "reference": "7K3F-9QXM",
            "category": _("Noise"),
            "post": _("the référent of the sector"),
            "due": date_format(today + timedelta(days=5), "DATE_FORMAT"),
            "status": word(STATUSES, status),
            "reason": _("Works under way"),
            "answer": _("A patrol passes every evening."),
            "day": date_format(today + timedelta(days=3), "DATE_FORMAT"),
            "left": ngettext("%(days)s day left", "%(days)s days left", 5) % {"days": 5},
            "from": _("the référent of the sector"),
            "to": _("the référent of the next sector"),
            "recipient": _("the reception"),
            "text": _("At what time of the evening does it begin?"),
        }
