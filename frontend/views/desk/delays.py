"""How much is answered in time, and how long the posts have concerns in hand: for those who answer for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from frontend import people
from frontend.filters import midnight
from frontend.views.reading import holds_desk
from incidents.answering import InHand, hands_by_holder, hands_by_post, quarters, rates, worst_posts
from incidents.deadlines import paris_date
from incidents.figures import Rate
from incidents.models import Incident, Transfer
from incidents.models.visibility import reached
from sectors import atlas
from sectors.atlas.directory import PostCard

# A table that is longer is not read; those with the most late concerns come first.
MOST_POSTS: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A post, its rate, and for how many days a concern waited for it on average (None: it had none).

    `holders`: the same by who held it at the time, longest first.
    """

    post: PostCard
    rate: Rate
    days: float | None
    holders: list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Proposed:
    """How many concerns were proposed to a post, how many it refused, and of these as out of its sector."""

    post: PostCard
    offered: int
    refused: int
    out: int


@holds_desk
@require_safe
def delays(request: HttpRequest) -> HttpResponse:
    """The rates of the last quarters and of the running one up to yesterday; by post for the one asked for."""
    scope, now = people.scope(request), timezone.now()
    held = Incident.objects.filter(reached(scope, ("held", "territory")))
    past = quarters(now)
    running = (past[0][1] + timedelta(days=1), max(paris_date(now) - timedelta(days=1), past[0][1]))
    periods = [running, *past] if running[0] <= running[1] else past
    chosen = next((each for each in periods if each[0].isoformat() == request.GET.get("from")), periods[0])
    return render(
        request,
        "frontend/desk/delays.html",
        {
            "rates": rates(held, periods, now),
            "chosen": {"first": chosen[0], "last": chosen[1]},
            "lines": _lines(held, *chosen, now),
            "proposed": _proposed(held, *chosen),
            "most": MOST_POSTS,
        },
    )


def _lines(held: QuerySet[Incident], first: date, last: date, now: datetime) -> list[Line]:
    posts = atlas.current().directory.posts
    worst = [each for each in worst_posts(held, first, last, now, MOST_POSTS) if each[0] in posts]
    due = held.filter(due_on__range=(first, last))
    keys = [post for post, _ in worst]
    hands, persons = hands_by_post(due, keys, now), hands_by_holder(due, keys, now)
    names = User.objects.in_bulk({person for each in persons.values() for person in each})
    return [
        Line(
            posts[post],
            found,
            _days(hands[post]) if post in hands else None,
            [(str(names[person]), _days(each)) for person, each in persons.get(post, {}).items() if person in names],
        )
        for post, found in worst
    ]


def _days(had: InHand) -> float:
    return had.waited / timedelta(days=1) / had.concerns


def _proposed(held: QuerySet[Incident], first: date, last: date) -> list[Proposed]:
    """What was proposed on these days of the concerns one answers for, by the post it was proposed to. One query."""
    posts = atlas.current().directory.posts
    since, until = midnight(first), midnight(last + timedelta(days=1))
    rows = Transfer.objects.filter(incident__in=held).answers_by_post(since, until)
    return [Proposed(posts[row.pop("to_post_id")], **row) for row in rows[:MOST_POSTS] if row["to_post_id"] in posts]
