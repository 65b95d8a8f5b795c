"""Where a partner's or a mayor's day begins: what they reported and waits, what is new, and who answers for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.gis.db.models import Extent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend import drafts, motives, people, places, problems, readers, words
from frontend.doors import limited, open_to
from incidents.deadlines import paris_date
from incidents.models import Announcement, Audience
from incidents.models.visibility import reached
from incidents.workflow import OPEN
from messaging.models import Notice
from sectors import atlas
from sectors.atlas.directory import PostCard, SectorCard, UnitCard
from sectors.models import Sector, ServiceHours
from sectors.scope import Scope

REFUSAL: Final = _("Only partners, référents and mayors report concerns. Ask the direction if this should change.")
MOST_ROWS: Final = 20
MOST_NEWS: Final = 5
# Beyond it a page of contacts is a directory, and the map of the sectors is one already.
MOST_CONTACTS: Final = 6
# Of each sector: a longer list is looked through by nobody, and the search finds the others.
MOST_PLACES: Final = 300


@dataclass(frozen=True, slots=True)
class Contact:
    """A post in its public words: `name` is empty where the territory publishes no names."""

    post: PostCard
    unit: UnitCard
    name: str
    sectors: tuple[SectorCard, ...]


def contacts(scope: Scope) -> list[Contact]:
    """The posts that answer for this person: of their groups, of the sectors of their communes, or held. No query."""
    directory = atlas.current().directory
    near: dict[int, list[SectorCard]] = {key: [] for key in (*scope.group_posts, *scope.posts)}
    for card in directory.sectors.values():
        if card.post_id in near or card.commune_id in scope.communes:
            near.setdefault(card.post_id, []).append(card)
    for key in scope.communes:
        commune = directory.communes.get(key)
        if commune is not None and commune.post_id is not None:
            near.setdefault(commune.post_id, [])
    posts = [directory.posts[key] for key in near if key in directory.posts]
    return [
        Contact(
            post=post,
            unit=directory.units[post.unit_id],
            name=post.holder_name if directory.territories[post.territory_id].publish_names else "",
            sectors=tuple(sorted(near[post.id], key=lambda card: (card.priority, card.code))),
        )
        for post in sorted(posts, key=lambda post: post.code)
    ]


def hours_of(answering: list[Contact]) -> dict[int, list[ServiceHours]]:
    """The service hours of these posts, by the key of the post. One query, none where there is no post."""
    found: dict[int, list[ServiceHours]] = {}
    keys = [each.post.id for each in answering]
    for line in ServiceHours.objects.filter(post__in=keys) if keys else ():
        found.setdefault(line.post_id, []).append(line)
    return found


@require_safe
@open_to("report", REFUSAL)
@limited("read")
def mine(request: HttpRequest) -> HttpResponse:
    """Open concerns by due date, what is not read yet, reports begun, hours, announcements; a mayor's problems too.

    Five queries, six for a mayor, and the log.
    """
    scope, now, user = people.scope(request), timezone.now(), people.user(request)
    own = readers.listed(scope).filter(reached(scope, ("own",)), status__in=sorted(OPEN))
    found = [readers.row(incident, now) for incident in own.order_by("due_at", "pk")[: MOST_ROWS + 1]]
    rows = found[:MOST_ROWS]
    news = list(Notice.objects.visible_to(user).filter(read_at__isnull=True).order_by("-pk")[: MOST_NEWS + 1])
    motives.note_rows(request, "incident.mine", rows)
    answering = contacts(scope)
    ours = problems.listed(scope).open().filter(commune__in=scope.communes).order_by("-updated_at", "-pk")
    context = {
        "mayor": bool(scope.communes),
        "problems": [problems.card(request, each, now) for each in ours[:MOST_NEWS]] if scope.communes else [],
        "rows": rows,
        "more": len(found) > MOST_ROWS,
        "news": news[:MOST_NEWS],
        "more_news": len(news) > MOST_NEWS,
        "fresh": {notice.reference for notice in news},
        "begun": drafts.mine(request),
        "natures": {card.code: words.label(card) for card in atlas.current().directory.categories.values()},
        "contacts": answering[:MOST_CONTACTS],
        "more_contacts": len(answering) > MOST_CONTACTS,
        "hours": hours_of(answering[:MOST_CONTACTS]),
        "announcements": Announcement.objects.read_by(Audience.REPORTERS, scope.home, paris_date(now)),
    }
    return render(request, "frontend/partner/home.html", context)


@require_safe
@open_to("report", REFUSAL)
@limited("read")
def my_sector(request: HttpRequest) -> HttpResponse:
    """The posts that answer for the person, their sectors on the map, and the public places of each in words.

    Two queries, whatever the number of sectors. A place on a common limit is named in the first of its sectors.
    """
    scope = people.scope(request)
    answering = contacts(scope)
    keys = [card.id for each in answering for card in each.sectors]
    areas = Sector.objects.filter(pk__in=keys)
    named = {key: places.of_sector(key) for key in keys}
    context = {
        "contacts": answering,
        "places": {key: found[:MOST_PLACES] for key, found in named.items()},
        "unnamed": {key: len(found) - MOST_PLACES for key, found in named.items() if len(found) > MOST_PLACES},
        "box": areas.aggregate(box=Extent("area"))["box"] if keys else None,
        "hours": hours_of(answering),
        "own_posts": scope.posts,
    }
    return render(request, "frontend/partner/sector.html", context)
