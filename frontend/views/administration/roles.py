"""Roles given and ended; none is ever deleted."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontend import administered, people
from frontend.views.administration.entry import (
    FORM,
    account_or_404,
    administrators,
    done,
    form_page,
    sent,
    territories_of,
)
from frontend.views.administration.forms import EndForm, RoleForm, after
from sectors.changes import administering
from sectors.mandates import Given, holdings_over, mandates_over
from sectors.models import Holding, Mandate


@administrators
@require_http_methods(FORM)
def give(request: HttpRequest, account: int) -> HttpResponse:
    """A role for somebody who has or had one here."""
    user = account_or_404(request, account)
    form = RoleForm(sent(request), territories=territories_of(request))
    by, at = people.user(request), timezone.now()

    def change() -> None:
        asked = form.cleaned_data
        administering.give_role(
            by=by,
            user=user,
            role=asked["code"],
            over=asked["over"],
            start=asked["begins"],
            end=asked["ends"],
            stand_in=asked["stand_in"],
            at=at,
        )

    if done(form, change, field="role"):
        messages.success(request, _("The role has been given."))
        return redirect("administration_person", user.pk)
    note = _("A role that asks for a second factor ends the API tokens of an account that has none.")
    return form_page(request, form, account=user, title=_("Give a role"), button=_("Give this role"), note=note)


@administrators
@require_http_methods(FORM)
def end_mandate(request: HttpRequest, mandate: int) -> HttpResponse:
    """The mandate ends, now or after a last day."""
    found = mandates_over(territories_of(request)).select_related("user").filter(pk=mandate).first()
    return _end(request, found)


@administrators
@require_http_methods(FORM)
def end_holding(request: HttpRequest, holding: int) -> HttpResponse:
    """The time at the post ends, now or after a last day."""
    found = holdings_over(territories_of(request)).select_related("user").filter(pk=holding).first()
    return _end(request, found)


def _end(request: HttpRequest, row: Mandate | Holding | None) -> HttpResponse:
    if row is None:
        raise Http404
    now = timezone.now()
    form, by = EndForm(sent(request)), people.user(request)

    def change() -> None:
        last = form.cleaned_data["end"]
        administering.end_role(by=by, given=row, end=after(last) if last else now, at=now)

    if done(form, change, field="end"):
        messages.success(request, _("The role has been ended."))
        if isinstance(row, Holding) and "calendar" in request.GET:
            return redirect(f"{reverse('post_calendar')}?territory={row.post.territory.code}")
        return redirect("administration_person", row.user_id)
    note = _("The role stays in the record, with its dates. What it opened is closed when it ends.")
    role = administered.role_row(Given.of(row), now)
    return form_page(
        request, form, account=row.user, role=role, title=_("End the role"), button=_("End this role"), note=note
    )
