"""The administrator's rules: deadlines, natures of concern, standard answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontend import people, words
from frontend.views.administration.entry import (
    FORM,
    administrators,
    choice_of,
    done,
    form_page,
    sent,
    territories_of,
)
from frontend.views.administration.rule_forms import AnswerForm, DeadlinesForm, NatureForm, variables
from incidents.changes import standard_answers
from incidents.models import StandardAnswer
from sectors.changes import rules
from sectors.models import Category


@administrators
@require_http_methods(FORM)
def deadlines(request: HttpRequest) -> HttpResponse:
    """Days to answer, to hand on, to take, to reply to an offer and to remind, and what is near."""
    choice = choice_of(request)
    territory = choice.territory
    initial = {
        "days": territory.days,
        "triage_days": territory.triage_days,
        "taken_days": territory.taken_days,
        "offer_days": territory.offer_days,
        "reminders": ", ".join(map(str, territory.reminders)),
        "nearby_m": round(territory.nearby_m),
        "nearby_days": territory.nearby_days,
        "nearby_natures": territory.nearby_natures,
    }
    form = DeadlinesForm(sent(request), initial=initial)
    by, at = people.user(request), timezone.now()
    if done(form, lambda: rules.set_deadlines(by=by, territory=territory, at=at, **form.cleaned_data)):
        messages.success(request, _("The deadlines are set."))
        return choice.redirect("administration_rules")
    return form_page(
        request,
        form,
        title=_("Deadlines and reminders"),
        button=_("Save"),
        back="administration",
        about=words.name(territory),
        choice=choice,
        note=_("They count for concerns reported from now on: a due date once given stays as it is."),
    )


@administrators
@require_safe
def natures(request: HttpRequest) -> HttpResponse:
    """The natures of the territory, by family."""
    families: dict[str, list[Category]] = {}
    choice = choice_of(request)
    for row in Category.objects.filter(territory=choice.territory).order_by("rank", "pk"):
        families.setdefault(words.family(row), []).append(row)
    return render(request, "frontend/administration/natures.html", {"families": families, "choice": choice})


@administrators
@require_http_methods(FORM)
def add_nature(request: HttpRequest) -> HttpResponse:
    """A new nature, in a family that there is."""
    choice = choice_of(request)
    territory = choice.territory
    families = {row.family: words.family(row) for row in Category.objects.filter(territory=territory).order_by("rank")}
    form = NatureForm(sent(request), families=families, initial={"is_active": True, "rank": 1000})
    by, at = people.user(request), timezone.now()
    if done(form, lambda: rules.add_category(by=by, territory=territory, at=at, **form.cleaned_data)):
        messages.success(request, _("The nature has been added."))
        return choice.redirect("administration_natures")
    title = _("Add a nature")
    return form_page(request, form, title=title, button=_("Add"), back="administration_natures", choice=choice)


@administrators
@require_http_methods(FORM)
def nature(request: HttpRequest, code: str) -> HttpResponse:
    """How a nature is called, and whether it is offered."""
    choice = choice_of(request)
    category = Category.objects.select_related("territory").filter(code=code, territory=choice.territory).first()
    if category is None:
        raise Http404
    form = NatureForm(sent(request), initial={name: getattr(category, name) for name in rules.KEPT})
    by, at = people.user(request), timezone.now()
    if done(form, lambda: rules.change_category(by=by, category=category, at=at, **form.cleaned_data)):
        messages.success(request, _("The nature has been changed."))
        return choice.redirect("administration_natures")
    about = f"{words.label(category)} ({category.code})"
    more = {"about": about, "choice": choice, "fixed": True}
    return form_page(request, form, title=_("Change a nature"), button=_("Save"), back="administration_natures", **more)


@administrators
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """The standard answers of the territory."""
    territories = territories_of(request)
    rows = StandardAnswer.objects.filter(territory_id__in=territories).select_related("category", "territory")
    context = {"answers": rows, "variables": variables(), "several": len(territories) > 1}
    return render(request, "frontend/administration/answers.html", context)


@administrators
@require_http_methods(FORM)
def add_answer(request: HttpRequest) -> HttpResponse:
    """A new standard answer."""
    choice = choice_of(request)
    form, by = AnswerForm(sent(request), territory=choice.territory.pk), people.user(request)
    if done(form, lambda: standard_answers.write_answer(by=by, territory=choice.territory, **form.cleaned_data)):
        messages.success(request, _("The standard answer is kept."))
        return redirect("administration_answers")
    return _answer_page(request, form, _("Add a standard answer"), choice=choice)


@administrators
@require_http_methods(FORM)
def answer(request: HttpRequest, answer: int) -> HttpResponse:
    """What a standard answer says."""
    found = StandardAnswer.objects.filter(territory_id__in=territories_of(request), pk=answer)
    row = found.select_related("territory", "category").first()
    if row is None:
        raise Http404
    names = ("title_fr", "text_fr", "title_en", "text_en", "rank", "is_active")
    initial = {name: getattr(row, name) for name in names} | {"category": row.category and row.category.code}
    form, by = AnswerForm(sent(request), territory=row.territory_id, initial=initial), people.user(request)
    if done(form, lambda: standard_answers.change_answer(by=by, answer=row, **form.cleaned_data)):
        messages.success(request, _("The standard answer is kept."))
        return redirect("administration_answers")
    return _answer_page(request, form, _("Change a standard answer"))


def _answer_page(request: HttpRequest, form: AnswerForm, title: str, **more: Any) -> HttpResponse:
    about = (
        _("What stands between braces is filled in on the desk:")
        + " "
        + ", ".join(f"{written} ({meaning})" for written, meaning in variables())
    )
    return form_page(request, form, title=title, button=_("Save"), back="administration_answers", note=about, **more)
