"""The partners of a territory and the groups they belong to."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontend import people
from frontend.views.administration.entry import (
    FORM,
    administrators,
    choice_of,
    done,
    form_page,
    sent,
    territories_of,
)
from frontend.views.administration.forms import PartnerForm
from sectors.changes import organisations
from sectors.models import Mandate, Partner, PartnershipGroup


@administrators
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The partners with their people and groups, and the groups with who runs them. Four queries."""
    territories, now = territories_of(request), timezone.now()
    held = Mandate.objects.in_force(now).filter(partner=OuterRef("pk"), user__is_active=True).order_by()
    groups = PartnershipGroup.objects.filter(territory_id__in=territories).select_related("post").order_by("name")
    context = {
        "partners": Partner.objects.filter(territory_id__in=territories)
        .annotate(people=Coalesce(Subquery(held.values("partner").annotate(n=Count("pk")).values("n")), 0))
        .prefetch_related(Prefetch("groups", PartnershipGroup.objects.order_by("name")))
        .order_by("name"),
        "groups": groups.prefetch_related(Prefetch("partners", Partner.objects.order_by("name"))),
    }
    return render(request, "frontend/administration/partners.html", context)


@administrators
@require_http_methods(FORM)
def add(request: HttpRequest) -> HttpResponse:
    """A new partner."""
    choice = choice_of(request)
    form = PartnerForm(sent(request), territory=choice.territory)
    by, at = people.user(request), timezone.now()
    if done(form, lambda: organisations.make_partner(by=by, at=at, **form.cleaned_data)):
        messages.success(request, _("The partner has been added."))
        return redirect("administration_partners")
    title = _("Add a partner")
    return form_page(request, form, title=title, button=_("Add"), back="administration_partners", choice=choice)


@administrators
@require_http_methods(FORM)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Name, kind and groups of a partner."""
    partner = (
        Partner.objects.select_related("territory").filter(code=code, territory_id__in=territories_of(request)).first()
    )
    if partner is None:
        raise Http404
    initial = {"name": partner.name, "kind": partner.kind, "groups": partner.groups.all()}
    form = PartnerForm(sent(request), territory=partner.territory, initial=initial)
    by, at = people.user(request), timezone.now()

    def change() -> None:
        asked = {name: form.cleaned_data[name] for name in ("name", "kind", "groups")}
        organisations.change_partner(by=by, partner=partner, at=at, **asked)

    if done(form, change):
        messages.success(request, _("The partner has been changed."))
        return redirect("administration_partners")
    title = _("Change a partner")
    return form_page(request, form, title=title, button=_("Save"), back="administration_partners", about=partner.name)
