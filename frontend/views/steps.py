"""What the steps of a report have in common: who may report, who would take the draft, which natures are offered."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.permissions import may
from frontend import drafts, people
from frontend.drafts import Draft
from frontend.form_pages import to_sign_in
from sectors import atlas
from sectors.atlas.directory import CategoryCard
from sectors.locating import Located, locate

View = Callable[..., HttpResponse]
STEPS: Final = 4


def reporters_only(view: View) -> View:
    """The view for those who may report: others sign in first, or learn whom to ask."""

    @never_cache
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.method == "POST":
                drafts.hold(request)
            return to_sign_in(request)
        if not may(people.scope(request).roles, "report"):
            raise PermissionDenied(
                _("Only partners, référents and mayors report concerns. Ask the direction if this should change.")
            )
        return view(request, *args, **kwargs)

    return guarded


def located(request: HttpRequest, draft: Draft) -> Located | None:
    """Who would take the draft as it stands; None without a place or without a territory."""
    if draft.lon is None or draft.lat is None:
        return None
    try:
        category, home = draft.category or None, people.scope(request).home
        return locate(draft.lon, draft.lat, accuracy_m=draft.accuracy_m, category=category, home=home)
    except LookupError:
        return None


def page(request: HttpRequest, step: str, draft: Draft, **context: Any) -> HttpResponse:
    """The page of a step, with the draft as it stands and who would take it."""
    found = located(request, draft)
    return render(
        request,
        f"frontend/report/{step}.html",
        {"draft": draft, "chosen": found and found.payload(), "steps": STEPS, **context},
    )


def categories(request: HttpRequest, draft: Draft) -> list[CategoryCard]:
    """The natures offered: those of the territory that would take the place, in its order."""
    found = located(request, draft)
    directory = atlas.current().directory
    territory = found.decision.territory if found else next(iter(directory.territories), 0)
    roles = people.scope(request).roles
    cards = [
        card
        for card in directory.categories.values()
        if card.territory_id == territory and card.is_active and (not card.asked_by or card.asked_by in roles)
    ]
    return sorted(cards, key=lambda card: card.rank)
