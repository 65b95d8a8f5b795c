"""One concern on the desk: what it is, what may be done with it, and doing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.changes import log_access
from accounts.throttles import wait_of
from frontend import acting, filters, motives, order, people, readers, typed, unsent, words
from frontend.acting import Offer
from frontend.doors import too_many
from frontend.in_hand import in_hand
from frontend.sending import TOLD
from frontend.views.desk import answering
from frontend.views.reading import holds_desk, one_asked_for, sent_from_concern
from incidents import timeline
from incidents.deadlines import LAST_SECOND
from incidents.models import Incident, ReporterContact
from incidents.models.visibility import may_on
from incidents.nearby import reported_beside
from incidents.uploads import pictures_joined, takes_photos
from incidents.views.access import territory_code
from incidents.words import SUSPENSION_REASONS
from ogcapi.geojson import Refused
from sectors import atlas
from sectors.scope import Scope
from sectors.words import sentence

Said = tuple[str, Any]


def page(
    request: HttpRequest,
    incident: Any,
    *,
    said: Said | None = None,
    refused: Refused | None = None,
    **more: Any,
) -> HttpResponse:
    """The concern with all that its référent may do; after a refusal, with what was typed and why it was refused."""
    scope, now = people.scope(request), timezone.now()
    row = readers.row(incident, now)
    near = _near(incident, scope, now)
    found = acting.standing(incident, scope)
    said = said or typed.of(request, incident.reference)
    offers = acting.offers(incident, found, said, near=_choices(near))
    failed = acting.failed(offers, said, refused)
    motives.note_reading(request, incident)
    asked = filters.asked_for(request.GET)
    listed = filters.filtered(readers.asked(scope), asked, scope, now, motives.given(request))
    before, after = order.neighbours(listed, scope, incident)
    directory = atlas.current().directory
    context = {
        "row": row,
        "incident": incident,
        "contact": _contact(request, incident, scope),
        "standing": found,
        "offer_due": _offer_due(found, now),
        "in_hand": in_hand(incident, now),
        "offers": offers,
        "leading": said[0] if said and said[0] in acting.ACTIONS else acting.leading(offers),
        "refusal": "" if failed or refused is None else str(refused.detail),
        "form": failed.form if failed else None,
        "back": filters.query_of(asked),
        "before": before,
        "after": after,
        "why": sentence(incident.reason),
        "received": words.word(words.RECEIVED, incident.received_via),
        "suspension": found.suspension,
        "stopped": found.suspension and words.word(SUSPENSION_REASONS, found.suspension.reason),
        "co_readers": [card for card in directory.sectors.values() if card.code in incident.co_readers],
        "photos": incident.photos.visible_to(scope).filter(remark__isnull=True).order_by("rank"),
        "near": near,
        "entries": list(reversed(timeline.of(incident, scope))),
        "unsent": unsent.texts(*said) if said and said[0] not in {each.code for each in offers} else (),
        "kept": found.merged and _kept(incident, scope),
        **more,
    }
    return render(request, "frontend/desk/concern.html", context)


@takes_photos
@sent_from_concern()
@holds_desk
def act(request: HttpRequest, reference: str, action: str) -> HttpResponse:
    """Does one of the actions, and comes back to the concern; refused, the page says why and keeps what was typed.

    An answer may first be begun from a standard one, or read over as its reporter will read it. What was typed for what
    can no longer be done is shown to be copied: 409 on the concern's page, 403 or 404 without it.
    """
    try:
        return _act(request, reference, action)
    except (Http404, PermissionDenied) as refused:
        words = unsent.texts(action, request.POST)
        if not words:
            raise
        forbidden = isinstance(refused, PermissionDenied)
        context = {"unsent": words, "reason": str(refused) if forbidden else ""}
        return render(request, "frontend/desk/unsent.html", context, status=403 if forbidden else 404)


def _act(request: HttpRequest, reference: str, action: str) -> HttpResponse:
    if action not in acting.ACTIONS:
        raise Http404
    scope, person = people.scope(request), people.user(request)
    incident = one_asked_for(request, reference)
    if not may_on(incident, scope, "hold_desk"):
        raise PermissionDenied(_("Another post answers for this concern: you may read it."))
    if motives.wanted(request, incident, scope):
        return motives.ask(request, incident)
    wait = wait_of(request, "status", person)
    if wait:
        return too_many(request, wait)
    now = timezone.now()
    near = _choices(_near(incident, scope, now)) if action == "regrouper" else ()
    said: Said = (action, request.POST)
    offers = acting.offers(incident, acting.standing(incident, scope), said, near=near)
    offer = next((each for each in offers if each.code == action), None)
    if offer is None and unsent.texts(*said):
        answer = page(request, incident, said=said)
        answer.status_code = 409
        return answer
    if offer is None:
        messages.warning(request, _("Nothing was done: the concern has changed meanwhile. This is how it stands now."))
        return _back(request, incident)
    try:
        shown = _made(request, incident, offer, said)
    except Refused as refused:
        return page(request, incident, said=said, refused=refused)
    return shown or _back(request, incident)


def _made(request: HttpRequest, incident: Any, offer: Offer, said: Said) -> HttpResponse | None:
    """The page of an answer that is not sent yet; None once the action is made. Raises Refused or PermissionDenied."""
    if offer.code == "repondre" and "insert" in request.POST:
        return page(request, incident, said=(offer.code, answering.begun(incident, request.POST)))
    if not offer.form.is_valid():
        raise Refused([], status=422)
    if offer.code == "repondre" and "preview" in request.POST:
        preview = answering.preview(incident, offer.form, people.user(request), timezone.now())
        return page(request, incident, said=said, preview=preview)
    # Only where there is a place for them: files that come along elsewhere are passed over.
    files = request.FILES.getlist(f"{offer.code}-photo") if "photo" in offer.form.fields else []
    joined = {"pictures": pictures_joined(files)} if files else {}
    acting.make(offer, incident, people.user(request), people.scope(request), **joined)
    typed.sent(request, incident.reference)
    messages.success(request, str(offer.action.done))
    return None


def _back(request: HttpRequest, incident: Any) -> HttpResponse:
    """To the concern, where it still may be read, or to the triage that it was assigned from; else to the desk."""
    if "triage" in request.POST:
        return redirect("triage")
    here = reverse("concern", args=[incident.reference]) + filters.query_of(filters.asked_for(request.GET))
    readable = readers.asked(people.scope(request)).filter(pk=incident.pk).exists()
    return redirect(here if readable else reverse("desk"))


def _near(incident: Any, scope: Scope, now: Any) -> list[dict[str, Any]]:
    """What else was reported near here, by the rule of the concern's own territory, nearest first. One query."""
    names = {card.code: words.label(card) for card in atlas.current().directory.categories.values()}
    return [
        {
            "reference": card.reference,
            "category": names.get(card.category, card.category),
            "distance_m": card.distance_m,
            "status": card.status,
            "same": card.same_category,
            "full": card.full,
        }
        for card in reported_beside(incident, scope, now)
    ]


def _choices(near: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (each["reference"], f"{each['category']}, {each['distance_m']} m, {each['reference']}")
        for each in near
        if each["full"]
    ]


def _offer_due(found: acting.Standing, now: datetime) -> dict[str, Any] | None:
    """Until when the offer that waits is to be answered, in words; None where nothing is offered."""
    day = found.offer and found.offer.due_on
    return words.left_until(day, datetime.combine(day, LAST_SECOND), now) if day else None


def _contact(request: HttpRequest, incident: Any, scope: Scope) -> ReporterContact | None:
    """How to reach whoever told it, for the post that has it in hand; what is shown is logged. A query where it was
    told, and none elsewhere."""
    if incident.received_via not in TOLD:
        return None
    found: ReporterContact | None = ReporterContact.objects.visible_to(scope).filter(incident=incident).first()
    if found is not None:
        log_access(
            user=people.user(request),
            operation="incident.contact",
            reference=f"incident:{incident.reference}",
            territory=territory_code(incident.territory_id),
        )
    return found


def _kept(incident: Any, scope: Scope) -> str:
    """The reference of the concern that this one is dealt with in, where this person may see it."""
    found = Incident.objects.visible_to(scope).filter(pk=incident.merged_into_id).values_list("reference", flat=True)
    return found.first() or ""
