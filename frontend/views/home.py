"""The home page, who answers at a place, and the script of the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from frontend import maps, people, places, words
from frontend.doors import limited
from frontend.forms import PlaceForm
from frontend.views.sectors_on import OnDayForm
from sectors import atlas
from sectors.atlas.directory import CommuneCard, PostCard, SectorCard, UnitCard
from sectors.locating import locate
from sectors.mandates import Vacancy, empty_posts


@dataclass(frozen=True, slots=True)
class Answering:
    """A sector, its number on the map, and the post that answers for it."""

    number: int
    sector: SectorCard
    kind: str
    pattern: str
    post: PostCard
    unit: UnitCard
    name: str
    label: tuple[float, float] | None


def answering(sheet: maps.Sheet | None, home: int | None = None) -> dict[str, list[Answering]]:
    """The sectors in force with who answers, by commune and in the order of their priority; those of the reader's own
    territory first, then by the rank of theirs."""
    directory = atlas.current().directory
    towns: dict[str, list[Answering]] = {}
    ranks = {key: (key != home, rank) for rank, key in enumerate(directory.territories)}
    cards = sorted(
        directory.sectors.values(),
        key=lambda card: (
            ranks[directory.posts[card.post_id].territory_id],
            _town(directory.communes, card),
            card.priority,
            card.code,
        ),
    )
    for number, card in enumerate(cards, start=1):
        post = directory.posts[card.post_id]
        shown = post.holder_name if directory.territories[post.territory_id].publish_names else ""
        row = Answering(
            number=number,
            sector=card,
            kind=words.kind(card.kind),
            pattern=maps.kind_class(card.kind),
            post=post,
            unit=directory.units[post.unit_id],
            name=shown,
            label=sheet.labels.get(card.id) if sheet else None,
        )
        towns.setdefault(_town(directory.communes, card), []).append(row)
    return towns


def _town(communes: Mapping[int, CommuneCard], card: SectorCard) -> str:
    commune = communes.get(card.commune_id) if card.commune_id is not None else None
    return commune.name if commune else ""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The sector map, and beside it who answers where. From memory; one query for who directs or administers."""
    own = people.scope(request).home if request.user.is_authenticated else None
    towns = answering(maps.current(), own)
    rows = [row for rows in towns.values() for row in rows]
    kinds = {row.pattern: row.kind for row in rows}
    directory = atlas.current().directory
    cards = sorted(directory.territories.values(), key=lambda card: card.id != own)
    territories = [words.name(card) for card in cards]
    context = {
        "towns": towns,
        "kinds": kinds,
        "count": len(rows),
        "territories": territories,
        "days": max((card.days for card in cards), default=30),
        "editions": [edition for card in cards if (edition := directory.edition_of(card.id))],
        "empty_posts": _empty_posts(request),
    }
    return render(request, "frontend/home.html", context)


def _empty_posts(request: HttpRequest) -> list[Vacancy]:
    """The posts that nobody holds, for who can mend it; asked of the database for them alone."""
    if not request.user.is_authenticated:
        return []
    territories = people.scope(request).over("see_posts")
    return empty_posts(territories, timezone.now()) if territories else []


@require_safe
@limited("places")
def who(request: HttpRequest) -> HttpResponse:
    """Who answers at a place: by name (`q`) or by point (`lat`, `lon`), without JavaScript too; on a day (`at`)."""
    asked = request.GET.get("q", "")
    form = PlaceForm(request.GET) if "lat" in request.GET else PlaceForm()
    day = OnDayForm(request.GET)
    moment = day.moment(timezone.now())
    found = places.search(asked)
    answer = None
    if form.is_bound and form.is_valid():
        try:
            answer = locate(form.cleaned_data["lon"], form.cleaned_data["lat"], at=moment).payload()
        except LookupError:
            answer = None
    context = {
        "asked": asked,
        "found": found,
        "form": form,
        "answer": answer,
        "place": request.GET.get("place", "")[:160],
        "day": day,
        "on": day.cleaned_data.get("at") if moment else None,
    }
    return render(request, "frontend/who.html", context)


@require_safe
def map_script(request: HttpRequest, digest: str) -> HttpResponse:
    """The map's script, kept by the browser as long as it likes: another map has another address."""
    sheet = maps.current()
    if sheet is None:
        return HttpResponse(status=404, content_type="text/javascript")
    if digest != sheet.digest:
        # The page is older than the map: it gets the one in force, and keeps nothing.
        answer: HttpResponse = HttpResponseRedirect(reverse("map_script", args=[sheet.digest]))
        patch_cache_control(answer, no_store=True)
        return answer
    # Gzip by hand: the same bytes for everybody and nothing secret in them.
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(sheet.packed if packs else sheet.script, content_type="text/javascript; charset=utf-8")
    if packs:
        answer["Content-Encoding"] = "gzip"
    patch_vary_headers(answer, ["Accept-Encoding"])
    patch_cache_control(answer, private=True, immutable=True, max_age=31_536_000)
    return answer
