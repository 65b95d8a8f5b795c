"""Pin a concern: one address and one plain POST a step, the draft kept in the session."""

from __future__ import annotations

import math
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.throttles import wait_of
from frontend import drafts, motives, people, places, sending, telling, typed, words
from frontend.contact_forms import ContactForm
from frontend.doors import after, limited
from frontend.drafts import Draft
from frontend.forms import PlaceForm
from frontend.views.steps import categories, page, reporters_only
from incidents import changes
from incidents.changes.forgetting import REPORTER_CONTACT
from incidents.models import Incident
from incidents.models.visibility import may_on, seen_in_full
from incidents.nearby import already_reported
from incidents.refusals import check_not_swapped
from incidents.reporters import partner_for
from incidents.views.access import log_rows
from ogcapi.geojson import Refused
from ogcapi.problems import problem
from sectors import atlas
from sectors.words import listed, sentence

_TOO_MANY: Final = gettext_lazy(
    "You have sent many reports within an hour. Send this one later: nothing of it is lost."
)


@reporters_only
@require_http_methods(["GET", "HEAD", "POST"])
def where(request: HttpRequest) -> HttpResponse:
    """Step 1. GET with `q` searches a place by name, with `lat` and `lon` proposes a point: both without JavaScript."""
    draft = drafts.read(request)
    if request.method == "POST":
        form = PlaceForm(request.POST)
        if form.is_valid() and not swapped(form):
            given = form.cleaned_data
            draft.lon, draft.lat = given["lon"], given["lat"]
            draft.accuracy_m, draft.place = given["accuracy"], given["place"]
            drafts.keep(request, draft)
            return redirect("report_what")
        return page(request, "where", Draft(), form=form)
    told = request.GET.get("recu")
    if told in sending.TOLD and draft.received_via != told and people.scope(request).speaks_for_others:
        # A call is written down on a sheet of its own; what was begun before stays where it is.
        drafts.begin(request, told=str(told))
        draft = drafts.read(request)
    asked = request.GET.get("q", "")
    form = PlaceForm(initial={"lat": draft.lat, "lon": draft.lon, "accuracy": draft.accuracy_m, "place": draft.place})
    shown = draft
    if "lat" in request.GET and "lon" in request.GET:
        form = PlaceForm(request.GET)
        given = form.cleaned_data if form.is_valid() else {}
        shown = Draft(lon=given.get("lon"), lat=given.get("lat"), place=given.get("place", ""))
    offered = places.own(people.scope(request), places.MOST_OFFERED + 1)
    return page(
        request,
        "where",
        shown,
        form=form,
        asked=asked,
        found=places.search(asked, people.scope(request)),
        own=offered[: places.MOST_OFFERED],
        more_own=len(offered) > places.MOST_OFFERED,
        goes_on=draft.changed_at,
        begun=0 if draft.changed_at else len(drafts.mine(request)),
    )


def swapped(form: PlaceForm) -> bool:
    """Were latitude and longitude exchanged? Then the form says so."""
    try:
        check_not_swapped(form.cleaned_data["lon"], form.cleaned_data["lat"])
    except Refused:
        form.add_error("lat", _("Latitude and longitude look exchanged."))
        return True
    return False


@reporters_only
@require_http_methods(["GET", "HEAD", "POST"])
def nearby(request: HttpRequest) -> HttpResponse:
    """Step 3: is it one of those already reported near here? Passed over when there is none."""
    draft = drafts.read(request)
    if not (draft.has_place and draft.has_nature and draft.lon is not None and draft.lat is not None):
        return redirect("report_what" if draft.has_place else "report_where")
    cards = near(request, draft.lon, draft.lat, draft.category)
    if not cards:
        return redirect("report_check")
    problem, wait = "", 0.0
    if request.method == "POST":
        answer = request.POST.get("same", "")
        if answer == "different":
            return redirect("report_check")
        if answer not in {card["reference"] for card in cards}:
            problem = _("Say whether it is one of these.")
        elif wait := _wait_to_report(request):
            problem = str(_TOO_MANY)
        else:
            refused = _me_too(request, draft, answer)
            if refused is None:
                return redirect("concern", reference=answer)
            problem = refused
    scope = people.scope(request)
    log_rows(
        [(card["territory"], card["reference"]) for card in cards],
        home=scope.home,
        user=people.user(request),
        operation="incident.nearby",
    )
    shown = page(
        request,
        "nearby",
        draft,
        cards=cards,
        problem=problem,
        partners=sending.partners_of(scope),
        partner_code=request.POST.get("partner", ""),
        for_others=scope.speaks_for_others,
    )
    return after(shown, wait)


def _wait_to_report(request: HttpRequest) -> float:
    """0.0 when this person may report or support once more, by page or by program; else the seconds to wait."""
    return wait_of(request, "report", people.user(request))


def _me_too(request: HttpRequest, draft: Draft, reference: str) -> str | None:
    """Says in the reporter's name that it is theirs as well, with their words for the desk; else why it is refused."""
    person, scope = people.user(request), people.scope(request)
    incident = Incident.objects.visible_to(scope).get(reference=reference)
    try:
        partner = partner_for(scope, request.POST.get("partner") or None, field="partner")
        changes.support(incident=incident, author=person, scope=scope, partner=partner, note=draft.description)
    except Refused as refused:
        if refused.code != "own_concern":
            return " ".join(str(error.message) for error in refused.errors)
        messages.info(request, _("Nothing was sent: your organisation reported this concern itself."))
        # Not said, so not lost: the words stand in the message to the référent, and the report stays begun.
        typed.carry(request, incident.reference, "reply", {"text": draft.description}, draft.key)
        if may_on(incident, scope, "comment") and not may_on(incident, scope, "hold_desk"):
            messages.info(request, _("What you wrote stands in the message below: send it from there."))
        else:
            messages.info(request, _("What you wrote is kept with the report you had begun."))
    else:
        drafts.drop(request, draft)
        messages.success(request, _("“Me too” was sent: the référent knows that it concerns you as well."))
    return None


def near(request: HttpRequest, lon: float, lat: float, category: str) -> list[dict[str, Any]]:
    """What was reported near here lately, in words, as far as this person may know; nearest first. One query."""
    now = timezone.now()
    names = {card.code: words.label(card) for card in atlas.current().directory.categories.values()}
    return [
        {
            "reference": card.reference,
            "territory": card.territory,
            "category": names.get(card.category, card.category),
            "distance_m": card.distance_m,
            "month": date.fromisoformat(f"{card.month}-01") if card.month else None,
            "status": card.status,
            "supports": card.supports,
        }
        for card in already_reported(lon, lat, category, people.scope(request), now)
    ]


@reporters_only
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Step 4: read over and send. Sent twice, it is reported once."""
    key = request.POST.get("key", "")
    already = drafts.reference_of(request, key) if key else None
    if already:
        return redirect("report_receipt", reference=already)
    draft = drafts.read(request)
    if not (draft.has_place and draft.has_nature):
        return redirect("report_what" if draft.has_place else "report_where")
    scope = people.scope(request)
    refusal: list[str] = []
    ways = sending.TOLD if scope.speaks_for_others else ()
    received_via = request.POST.get("received_via", "") if request.method == "POST" else draft.received_via
    contact = ContactForm(request.POST or None, told=sending.is_told(scope, received_via)) if ways else None
    # What is wrong with a contact is told beside its fields, and above them.
    asked_to_send = request.method == "POST" and (contact is None or contact.is_valid())
    wait = _wait_to_report(request) if asked_to_send and key == draft.key else 0.0
    if wait:
        refusal = [str(_TOO_MANY)]
    elif asked_to_send and key == draft.key:
        try:
            reference = sending.send(
                people.user(request),
                scope,
                draft,
                partner_code=request.POST.get("partner", ""),
                received_via=received_via,
                contact=contact.given if contact else None,
            )
        except Refused as refused:
            refusal = [str(error.message) for error in refused.errors]
            # Without a photo that is no longer there.
            drafts.keep(request, draft)
        else:
            drafts.sent(request, draft, reference)
            return redirect("report_receipt", reference=reference)
    elif asked_to_send:
        refusal = [_("This form was out of date. Read it over and send it again.")]
    card = next((card for card in categories(request, draft) if card.code == draft.category), None)
    shown = page(
        request,
        "check",
        draft,
        category=card,
        moment=sending.moment_of(draft),
        partners=sending.partners_of(scope),
        partner_code=request.POST.get("partner", ""),
        ways=ways,
        received_via=received_via,
        form=contact,
        contact_kept=REPORTER_CONTACT.kept() if ways else "",
        refusal=refusal,
    )
    return after(shown, wait)


@reporters_only
@require_safe
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """What was sent: its reference, who takes it, why, and by when. 404 for what is not the reader's in full.

    To anybody but the session that has just sent it, this is a reading like another.
    """
    scope = people.scope(request)
    rows = Incident.objects.filter(seen_in_full(scope), reference=reference)
    incident = rows.select_related("category", "post", "unit", "sector", "commune", "partner").first()
    if incident is None:
        raise Http404
    if not drafts.has_sent(request, incident.reference):
        if motives.wanted(request, incident, scope):
            return motives.ask(request, incident)
        motives.note_reading(request, incident)
    readers = [card for card in atlas.current().directory.sectors.values() if card.code in incident.co_readers]
    context = {
        "incident": incident,
        "why": sentence(incident.reason),
        "told": telling.receipt(incident, people.user(request), timezone.now()),
        "co_readers": readers,
        "co_reader_names": listed([card.name for card in readers]),
        "lon": incident.location.x,
        "lat": incident.location.y,
    }
    return render(request, "frontend/report/receipt.html", context)


def _wait(request: HttpRequest, wait_s: float) -> HttpResponse:
    return problem(429, headers={"Retry-After": str(math.ceil(wait_s))})


@never_cache
@require_safe
@limited("places", _wait)
def place_names(request: HttpRequest) -> JsonResponse:
    """Places whose name begins like `q`, for the search box: name, what it is, lon and lat."""
    found = places.search(request.GET.get("q", ""), people.scope(request))
    rows = [
        {"name": place.name, "kind": place.kind_word, "detail": place.detail, "lon": place.lon, "lat": place.lat}
        for place in found
    ]
    return JsonResponse({"places": rows})
