"""Concerns: the list with its map, and one of them."""

from __future__ import annotations

from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.models import SavedFilter
from accounts.permissions import may
from frontend import acting, filters, motives, order, people, posts, readers, words
from frontend.forms import MotiveForm
from frontend.views import following
from frontend.views.desk import concern as desk
from frontend.views.reading import one_asked_for, reads, sent_from_concern
from incidents.models.visibility import may_on
from incidents.workflow import Status
from messaging.changes import read_notices
from sectors import atlas

PAGE: Final = 25
# More sectors than this are no choice to read through.
MOST_OFFERED: Final = 300
# More would hide each other, and be slow on a telephone: the page says how many of them are drawn.
MOST_POINTS: Final = 500


def choices(asked: dict[str, str], scope: Any) -> dict[str, Any]:
    """What the filters offer, from memory but for the organisations."""
    directory = atlas.current().directory
    category = asked.get("category", "")
    categories = {
        card.code: card
        for card in directory.categories.values()
        if card.territory_id == scope.home and (card.is_active or card.code == category)
    }
    families: dict[str, list[Any]] = {}
    for card in sorted(categories.values(), key=lambda card: card.rank):
        families.setdefault(words.family(card), []).append(card)
    held = directory.posts
    sectors = {
        (card.code, card.name) for card in directory.sectors.values() if held[card.post_id].territory_id == scope.home
    }
    # Where there are more, one types the code: nobody looks for a name among thousands, and they weigh a megabyte.
    chosen = sorted(sectors, key=lambda each: each[1]) if len(sectors) <= MOST_OFFERED else []
    communes = sorted(
        (
            {"code": card.code, "name": card.name}
            for card in directory.communes.values()
            if card.territory_id == scope.home
        ),
        key=lambda each: each["name"],
    )
    return {
        "families": families,
        "communes": communes if len(communes) <= MOST_OFFERED else [],
        "communes_by_code": len(communes) > MOST_OFFERED,
        "sectors": [{"code": code, "name": name} for code, name in chosen],
        "sectors_by_code": len(sectors) > MOST_OFFERED,
        "statuses": [{"code": str(code), "word": words.status(code)} for code in Status],
        "dues": words.DUES.items(),
        **(_of_the_desk(scope) if may(scope.roles, "hold_desk") else {"partners": (), "posts": ()}),
    }


def _of_the_desk(scope: Any) -> dict[str, Any]:
    """What the desk filters by besides: organisations, and posts by label or, where they are many, by code."""
    cards = posts.of_territories({scope.home})
    many = len(cards) > MOST_OFFERED
    return {
        "partners": readers.partners(scope),
        "posts": () if many else [(card.code, card.label) for card in cards],
        "posts_by_code": many,
    }


def chips(asked: dict[str, str], offered: dict[str, Any]) -> list[dict[str, str]]:
    """The filters in force in words, each with the query string that leaves it out."""
    said: dict[str, dict[str, Any]] = {
        "status": {**words.GROUPS, **{each["code"]: each["word"] for each in offered["statuses"]}},
        "due": dict(words.DUES),
        "category": {card.code: words.label(card) for cards in offered["families"].values() for card in cards},
        "sector": {each["code"]: each["name"] for each in offered["sectors"]},
        "commune": {each["code"]: each["name"] for each in offered["communes"]},
        "post": dict(offered["posts"]),
        "partner": {each.code: each.name for each in offered["partners"]},
    }
    return [
        {
            "name": words.word(words.FILTERS, name),
            "value": "" if name in {"own", "desk", "replied", "offered"} else str(said.get(name, {}).get(value, value)),
            "without": urlencode({other: kept for other, kept in asked.items() if other != name}),
        }
        for name, value in asked.items()
    ]


@reads
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What this person may see, filtered by the query string, 25 a page; its map asks for the same with `points`."""
    scope, now = people.scope(request), timezone.now()
    asked = filters.asked_for(request.GET)
    motive = motives.given(request)
    among = readers.listed(scope, motive)
    rows = filters.filtered(among, asked, scope, now, motive)
    page = order.page(
        rows, scope, PAGE, among=among, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    on_desk = may(scope.roles, "hold_desk")
    shown = [readers.row(incident, now, motive, with_holder=on_desk) for incident in page.rows]
    count = filters.counted(rows) if page.before or page.after else len(shown)
    motives.note_rows(request, "incident.list", shown, reference=filters.told(asked), count=count)
    query = filters.query_of(asked)
    offered = choices(asked, scope)
    context = {
        "rows": shown,
        "with_post": on_desk,
        "page": page,
        "count": count,
        "more": count > filters.MOST_COUNTED,
        "filters": asked,
        "query": query,
        "points": reverse("concerns_points") + query,
        "choosable": {each.reference for each in page.rows if acting.may_choose(each, scope)},
        "why": motives.question(request, shown, searched="q" in asked),
        "chips": chips(asked, offered),
        "saved": list(SavedFilter.objects.visible_to(people.user(request))),
        **offered,
    }
    return render(request, "frontend/concerns/list.html", context)


@reads
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """The places of what the filters ask for, as light GeoJSON: the most urgent, and how many there are in all."""
    scope, now = people.scope(request), timezone.now()
    asked = filters.asked_for(request.GET)
    rows = filters.filtered(readers.drawn(scope), asked, scope, now, motives.given(request))
    shown = [readers.point(each, now) for each in order.walk(rows, scope, None, MOST_POINTS)]
    count = filters.counted(rows) if len(shown) == MOST_POINTS else len(shown)
    motives.note_rows(request, "incident.map", shown, reference=filters.told(asked), count=count)
    body = {
        "type": "FeatureCollection",
        "numberMatched": count,
        "numberReturned": len(shown),
        "features": [
            {
                "type": "Feature",
                "id": each.reference,
                "geometry": {"type": "Point", "coordinates": [round(each.lon, 7), round(each.lat, 7)]},
                "properties": {
                    "category": each.category,
                    "status": words.status(each.status),
                    "tone": each.tone,
                    "full": each.full,
                },
            }
            for each in shown
        ],
    }
    return HttpResponse(orjson.dumps(body), content_type="application/geo+json")


@sent_from_concern("motive")
@reads
def motive(request: HttpRequest, reference: str) -> HttpResponse:
    """Keeps why the direction reads across the sectors, and goes on to the concern."""
    incident, form = one_asked_for(request, reference), MotiveForm(request.POST)
    if not form.is_valid():
        return motives.ask(request, incident, form)
    motives.keep(request, form.cleaned_data["motive"])
    return redirect("concern", reference=incident.reference)


@reads
@require_POST
def list_motive(request: HttpRequest) -> HttpResponse:
    """The same for the texts of a list, and back to it."""
    form, back = MotiveForm(request.POST), request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("concerns")
    if not form.is_valid():
        return motives.ask_for_list(request, form, back)
    motives.keep(request, form.cleaned_data["motive"])
    return HttpResponseRedirect(back)


@reads
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One concern, as much of it as this person may see; the direction is asked once why it reads a sector's.

    Those who answer for it find it on their desk, with what they may do. The lines of one's bell about it are read.
    """
    scope = people.scope(request)
    incident = one_asked_for(request, reference)
    if motives.wanted(request, incident, scope):
        return motives.ask(request, incident)
    # Whoever reads the concern has read what their bell says of it.
    read_notices(user=people.user(request).pk, reference=incident.reference)
    if may_on(incident, scope, "hold_desk"):
        return desk.page(request, incident)
    return following.page(request, incident)
