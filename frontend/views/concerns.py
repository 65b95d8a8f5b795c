"""Concerns: the list with its map, one of them, and the référent's desk in its first form."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.changes import log_access
from accounts.permissions import may, relations
from accounts.throttles import LIMITS, allow
from frontend import maps, motives, people, readers, words
from frontend.doors import too_many
from frontend.forms import MotiveForm
from incidents import deadlines, references
from incidents.models import Incident
from incidents.models.visibility import reached
from incidents.views.access import territory_code
from incidents.workflow import Status
from sectors import atlas
from sectors.words import sentence

View = Callable[..., HttpResponse]
PAGE: Final = 25
FILTERS: Final = ("status", "category", "sector", "overdue")


def _reads(roles: frozenset[str]) -> bool:
    return may(roles, "list")


def _has_desk(roles: frozenset[str]) -> bool:
    return may(roles, "hold_desk")


def for_roles(allowed: Callable[[frozenset[str]], bool]) -> Callable[[View], View]:
    """The view for roles that are allowed: others sign in first, or are told no."""

    def guard(view: View) -> View:
        @never_cache
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not allowed(people.scope(request).roles):
                raise PermissionDenied(_("Your role does not read concerns. Ask the direction if this should change."))
            wait = allow(f"read:account:{people.user(request).pk}", rate=LIMITS["read"])
            return too_many(request, wait) if wait else view(request, *args, **kwargs)

        return guarded

    return guard


def _choices(category: str, sector: str) -> dict[str, Any]:
    """What the filters offer, from memory."""
    directory = atlas.current().directory
    categories = {card.code: card for card in directory.categories.values() if card.is_active or card.code == category}
    families: dict[str, list[Any]] = {}
    for card in sorted(categories.values(), key=lambda card: card.rank):
        families.setdefault(words.family(card), []).append(card)
    sectors = sorted({(card.code, card.name) for card in directory.sectors.values()}, key=lambda each: each[1])
    return {
        "families": families,
        "sectors": [{"code": code, "name": name} for code, name in sectors],
        "statuses": [{"code": str(code), "word": words.status(code)} for code in Status],
        "asked": {"category": category, "sector": sector},
    }


@for_roles(_reads)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What this person may see, filtered by the query string, 25 a page, each with its place on the map."""
    scope, now = people.scope(request), timezone.now()
    parameters = request.GET
    rows = readers.by_urgency(readers.filtered(readers.asked(scope), parameters, scope, now))
    page = Paginator(rows, PAGE).get_page(parameters.get("page"))
    shown = [readers.row(incident, now) for incident in page.object_list]
    filters = {name: parameters[name] for name in FILTERS if parameters.get(name)}
    log_access(
        user=people.user(request),
        operation="incident.list",
        references=[f"incident:{row.reference}" for row in shown],
        count=page.paginator.count,
        reference=urlencode(filters),
        territory=territory_code(scope.home),
    )
    context = {
        "rows": shown,
        "page": page,
        "filters": filters,
        "sheet": maps.current(),
        **_choices(filters.get("category", ""), filters.get("sector", "")),
    }
    return render(request, "frontend/concerns/list.html", context)


def _asked_for(request: HttpRequest, reference: str) -> Any:
    """The concern, as this person may see it; Http404 alike for a foreign and for a missing one."""
    try:
        wanted = references.normalise(reference)
    except references.ReferenceInvalid:
        raise Http404 from None
    rows = readers.asked(people.scope(request)).select_related("unit")
    incident = rows.filter(reference=wanted).first()
    if incident is None:
        raise Http404
    return incident


@for_roles(_reads)
@require_POST
def motive(request: HttpRequest, reference: str) -> HttpResponse:
    """Keeps why the direction reads across the sectors, and goes on to the concern."""
    incident, form = _asked_for(request, reference), MotiveForm(request.POST)
    if not form.is_valid():
        return motives.ask(request, incident, form)
    motives.keep(request, form.cleaned_data["motive"])
    return redirect("concern", reference=incident.reference)


@for_roles(_reads)
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One concern, as much of it as this person may see; the direction is asked once why it reads a sector's."""
    scope, now = people.scope(request), timezone.now()
    incident = _asked_for(request, reference)
    if motives.wanted(request, incident, scope):
        return motives.ask(request, incident)
    log_access(
        user=people.user(request),
        operation="incident.read",
        reference=f"incident:{incident.reference}",
        territory=territory_code(incident.territory_id),
        motive=motives.given(request),
    )
    row = readers.row(incident, now)
    context: dict[str, Any] = {"row": row, "sheet": maps.current()}
    if row.full:
        directory = atlas.current().directory
        context |= {
            "incident": incident,
            "post": directory.posts.get(incident.post_id),
            "why": sentence(incident.reason),
            "received": words.word(words.RECEIVED, incident.received_via),
            "co_readers": [card for card in directory.sectors.values() if card.code in incident.co_readers],
            "changes": incident.status_changes.select_related("author").order_by("-at", "-pk"),
            "photos": incident.photos.filter(remark=None).order_by("rank"),
            "routings": incident.routings.select_related("post").order_by("-at", "-pk"),
        }
    return render(request, "frontend/concerns/detail.html", context)


@for_roles(_has_desk)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The open concerns of the posts held, and of those co-read, by due date; the direction sees its territory."""
    scope, now = people.scope(request), timezone.now()
    mine = reached(scope, relations(scope.roles, "hold_desk"))
    rows = readers.asked(scope).filter(mine).open().order_by("due_at", "pk")  # type: ignore[attr-defined]
    today = deadlines.paris_date(now)
    late = Q(due_at__lte=deadlines.overdue_bound(now))
    counts = (
        Incident.objects.visible_to(scope)
        .filter(mine)
        .open()
        .aggregate(
            every=Count("pk"),
            late=Count("pk", filter=late),
            soon=Count("pk", filter=Q(due_on__lte=today + timedelta(days=words.SOON_DAYS)) & ~late),
            fresh=Count("pk", filter=Q(status=Status.SIGNALEE)),
        )
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [readers.row(incident, now) for incident in page.object_list]
    log_access(
        user=people.user(request),
        operation="incident.desk",
        references=[f"incident:{row.reference}" for row in shown],
        count=counts["every"],
        territory=territory_code(scope.home),
    )
    directory = atlas.current().directory
    context = {
        "rows": shown,
        "page": page,
        "counts": counts,
        "posts": [directory.posts[key] for key in scope.posts if key in directory.posts],
        "sheet": maps.current(),
    }
    return render(request, "frontend/concerns/desk.html", context)
