"""One concern on the desk: what it is, what may be done with it, and doing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.changes import log_access
from accounts.throttles import LIMITS, allow
from frontend import acting, filters, maps, motives, order, people, readers, words
from frontend.acting import Offer
from frontend.doors import too_many
from frontend.views.reading import holds_desk, one_asked_for
from incidents.models.visibility import may_on
from incidents.nearby import already_reported
from incidents.views.access import territory_code
from incidents.words import HANDOVERS, SUSPENSION_REASONS, TRANSFERS
from ogcapi.geojson import Refused
from sectors import atlas
from sectors.words import sentence


def page(
    request: HttpRequest, incident: Any, *, said: tuple[str, Any] | None = None, refused: Refused | None = None
) -> HttpResponse:
    """The concern with all that its référent may do; after a refusal, with what was typed and why it was refused."""
    scope, now = people.scope(request), timezone.now()
    found = acting.standing(incident, scope)
    offers = acting.offers(incident, found, said)
    failed = _failed(offers, said, refused)
    log_access(
        user=people.user(request),
        operation="incident.read",
        reference=f"incident:{incident.reference}",
        territory=territory_code(scope.home),
        motive=motives.given(request),
    )
    asked = filters.asked_for(request.GET)
    before, after = order.neighbours(filters.filtered(readers.asked(scope), asked, scope, now), scope, incident)
    directory = atlas.current().directory
    row = readers.row(incident, now)
    context = {
        "row": row,
        "incident": incident,
        "sheet": maps.current(),
        "standing": found,
        "offers": offers,
        "leading": failed.code if failed else acting.leading(offers),
        "failed": failed,
        "refusal": "" if failed or refused is None else str(refused.detail),
        "form": failed.form if failed else None,
        "back": _query(asked),
        "before": before,
        "after": after,
        "why": sentence(incident.reason),
        "received": words.word(words.RECEIVED, incident.received_via),
        "stopped": found.suspension and words.word(SUSPENSION_REASONS, found.suspension.reason),
        "co_readers": [card for card in directory.sectors.values() if card.code in incident.co_readers],
        "photos": incident.photos.order_by("rank"),
        "near": _near(incident, row, scope, now),
        **_history(incident),
    }
    return render(request, "frontend/desk/concern.html", context, status=refused.status if refused else 200)


@holds_desk
@require_POST
def act(request: HttpRequest, reference: str, action: str) -> HttpResponse:
    """Does one of the actions, and comes back to the concern; refused, the page says why and keeps what was typed."""
    if action not in acting.ACTIONS:
        raise Http404
    scope, person = people.scope(request), people.user(request)
    incident = one_asked_for(request, reference)
    if not may_on(incident, scope, "hold_desk"):
        raise PermissionDenied(_("Another post answers for this concern: you may read it."))
    if motives.wanted(request, incident, scope):
        return motives.ask(request, incident)
    wait = allow(f"status:account:{person.pk}", rate=LIMITS["status"])
    if wait:
        return too_many(request, wait)
    said = (action, request.POST)
    offer = next((o for o in acting.offers(incident, acting.standing(incident, scope), said) if o.code == action), None)
    if offer is None:
        messages.warning(request, _("Nothing was done: the concern has changed meanwhile. This is how it stands now."))
        return _back(request, incident)
    if not offer.form.is_valid():
        return page(request, incident, said=said, refused=Refused([], status=422))
    try:
        acting.make(offer, incident, person, scope)
    except Refused as refused:
        return page(request, incident, said=said, refused=refused)
    messages.success(request, str(offer.action.done))
    return _back(request, incident)


def _back(request: HttpRequest, incident: Any) -> HttpResponse:
    """To the concern, where it still may be read; else to the desk."""
    here = reverse("concern", args=[incident.reference]) + _query(filters.asked_for(request.GET))
    readable = readers.asked(people.scope(request)).filter(pk=incident.pk).exists()
    return redirect(here if readable else reverse("desk"))


def _query(asked: dict[str, str]) -> str:
    return f"?{urlencode(asked)}" if asked else ""


def _failed(offers: list[Offer], said: tuple[str, Any] | None, refused: Refused | None) -> Offer | None:
    """The action that was refused, its form with what was wrong; None where it is not offered any more."""
    offer = next((each for each in offers if said and each.code == said[0]), None)
    if offer is None or refused is None:
        return None
    offer.form.is_valid()
    for error in refused.errors:
        field = "to_post" if error.field == "to" and "to_post" in offer.form.fields else error.field
        offer.form.add_error(field if field in offer.form.fields else None, str(error.message))
    return offer


def _near(incident: Any, row: readers.Row, scope: Any, now: Any) -> list[dict[str, Any]]:
    """What else was reported near here, nearest first. One query."""
    names = {card.code: words.label(card) for card in atlas.current().directory.categories.values()}
    cards = already_reported(row.lon, row.lat, incident.category.code, scope, now)
    return [
        {
            "reference": card.reference,
            "category": names.get(card.category, card.category),
            "distance_m": card.distance_m,
            "status": card.status,
            "same": card.same_category,
        }
        for card in cards
        if card.reference != incident.reference
    ]


def _history(incident: Any) -> dict[str, Any]:
    """Moves, decisions on who takes it, proposals and handovers, each the newest first. Four queries."""
    transfers = incident.transfers.select_related("from_post", "to_post", "offered_by", "answered_by")
    return {
        "changes": incident.status_changes.select_related("author").order_by("-at", "-pk"),
        "routings": incident.routings.select_related("post").order_by("-at", "-pk"),
        "transfers": [(each, words.word(TRANSFERS, each.state)) for each in transfers],
        "handovers": [(each, words.word(HANDOVERS, each.to)) for each in incident.handovers.all()],
    }
