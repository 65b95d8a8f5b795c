"""The people of a territory: the list, one of them, their account."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import second_factor
from accounts.models import Identity
from frontend import administered, people, words
from frontend.views.administration.entry import (
    FORM,
    account_or_404,
    administrators,
    done,
    form_page,
    sent,
    territories_of,
)
from frontend.views.administration.forms import IdentityForm
from incidents.views.access import log_in_all
from sectors.changes import administering
from sectors.mandates import roles_given

PAGE: Final = 50
FILTERS: Final = ("q", "state", "role")
# By which filters people were looked for is logged, never whom somebody looked for.
TOLD: Final = {"q": "name"}


@administrators
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The people with a role here, past or to come, fifty a page."""
    territories, now = territories_of(request), timezone.now()
    filters = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    page = Paginator(administered.listed(territories, filters, now), PAGE).get_page(request.GET.get("page"))
    users = list(page.object_list)
    roles = roles_given([user.pk for user in users], territories)
    log_in_all(
        territories,
        user=people.user(request),
        operation="account.list",
        references=[f"account:{user.pk}" for user in users],
        count=page.paginator.count,
        motive=", ".join(TOLD.get(name, name) for name in filters),
    )
    context = {
        "rows": [administered.person_row(user, roles[user.pk], now) for user in users],
        "page": page,
        "filters": filters,
        "states": administered.STATES.items(),
        "roles": words.ROLES.items(),
    }
    return render(request, "frontend/administration/people.html", context)


@administrators
@require_safe
def person(request: HttpRequest, account: int) -> HttpResponse:
    """One person: identity, roles here, tokens, and what can be done about the account."""
    user, now = account_or_404(request, account), timezone.now()
    territories = territories_of(request)
    roles = roles_given([user.pk], territories)[user.pk]
    log_in_all(territories, user=people.user(request), operation="account.read", reference=f"account:{user.pk}")
    context = {
        "account": user,
        "state": administered.state(user),
        "roles": [administered.role_row(each, now) for each in roles],
        "has_role": any(each.state(now) != "ended" for each in roles),
        "is_self": user.pk == people.user(request).pk,
        "tokens": administered.tokens(user),
        "sessions": administered.sessions(user, now),
        "has_factor": second_factor.has_one(user),
        "has_identity": Identity.objects.visible_to(user).exists(),
    }
    return render(request, "frontend/administration/person.html", context)


@administrators
@require_http_methods(FORM)
def edit(request: HttpRequest, account: int) -> HttpResponse:
    """Name, phone and language."""
    user = account_or_404(request, account)
    initial = {"name": user.name, "phone": user.phone, "language": user.language}
    form = IdentityForm(sent(request), initial=initial)
    by, at = people.user(request), timezone.now()
    if done(form, lambda: administering.describe(by=by, user=user, at=at, **form.cleaned_data)):
        messages.success(request, _("The account has been changed."))
        return redirect("administration_person", user.pk)
    return form_page(request, form, account=user, title=_("Change the identity"), button=_("Save"))
