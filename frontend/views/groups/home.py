"""A group's own page: who is in it, what it works on, what each has promised, what is suggested, when it meets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend import people, problems
from frontend.doors import limited
from frontend.problems import Promise
from frontend.views.groups.asked import group_asked_for, groups_of, note, sees_problems
from partnership.changes.acting import OBSERVERS
from partnership.life import OPEN, PROPOSED, MeetingState, values
from partnership.models import Action, Charter, Meeting, Suggestion
from sectors import atlas
from sectors.models import Partner

MOST: Final = 100
MOST_MEETINGS: Final = 6


@require_safe
@sees_problems
@limited("read")
def groups(request: HttpRequest) -> HttpResponse:
    """The person's groups; straight to the only one, and to their problems for who is in none. One query."""
    found = list(groups_of(people.scope(request))[:MOST])
    if len(found) == 1:
        return redirect("group", found[0].code)
    if not found:
        return redirect("problems")
    return render(request, "frontend/groups/list.html", {"groups": found})


@require_safe
@sees_problems
@limited("read")
def group(request: HttpRequest, code: str) -> HttpResponse:
    """The group's page; 404 for who is not in it. Eight queries, whatever there is, and the log."""
    scope, now = people.scope(request), timezone.now()
    asked = group_asked_for(request, code)
    members = list(Partner.objects.filter(groups=asked).order_by("name"))
    rows = problems.listed(scope).filter(post=asked.post_id)
    standing = rows.filter(state__in=values(OPEN)).order_by(F("due_at").asc(nulls_last=True), "pk")[:MOST]
    cards = [(each.state, problems.card(request, each, now)) for each in standing]
    settled = [problems.card(request, each, now) for each in rows.exclude(state__in=values(OPEN)).order_by("-pk")[:10]]
    actions = Action.objects.visible_to(scope).open().filter(problem__post=asked.post_id)
    promises = [problems.promise(request, each, now, members) for each in of_lists(actions)]
    meetings = Meeting.objects.visible_to(scope).filter(group=asked)
    coming = meetings.filter(state=MeetingState.PLANIFIEE, ends_at__gte=now).order_by("begins_at").first()
    note(request, "problem.list", asked.territory_id, f"group:{asked.code}", len(cards))
    directory = atlas.current().directory
    card = directory.posts.get(asked.post_id)
    context = {
        "group": asked,
        "post": card,
        "referent": card.holder_name if card and directory.territories[card.territory_id].publish_names else "",
        "members": members,
        "observers": OBSERVERS,
        "proposed": [each for state, each in cards if state in PROPOSED],
        "worked": [each for state, each in cards if state not in PROPOSED],
        "settled": settled,
        "promises": by_owner(promises),
        "suggestions": _suggested(Suggestion.objects.visible_to(scope).waiting().filter(post=asked.post_id)),
        "next": coming,
        "meetings": meetings.exclude(pk=coming.pk if coming else None).select_related("minutes")[:MOST_MEETINGS],
        "charter": Charter.objects.visible_to(scope).filter(group=asked).first(),
        "runs": asked.post_id in scope.posts,
        "contributes": asked.post_id in {*scope.posts, *scope.group_posts},
    }  # fmt: skip
    return render(request, "frontend/groups/home.html", context)


@require_safe
@sees_problems
@limited("read")
def listing(request: HttpRequest) -> HttpResponse:
    """The problems that this person may know of, the open ones first; a mayor's with state and result alone."""
    scope, now = people.scope(request), timezone.now()
    rows = problems.listed(scope).order_by(F("closed_at").asc(nulls_first=True), F("due_at").asc(nulls_last=True), "pk")
    found = list(rows[: MOST + 1])
    note(request, "problem.list", scope.home, count=len(found))
    cards = [problems.card(request, each, now) for each in found[:MOST]]
    return render(
        request,
        "frontend/groups/problems.html",
        {
            "open": [each for each in cards if not each.settled],
            "settled": [each for each in cards if each.settled],
            "more": len(found) > MOST,
        },
    )


def _suggested(rows: Any) -> list[dict[str, Any]]:
    """What a line says of each: its family, how many and since when. One query."""
    return [
        {
            "reference": each.reference,
            "family": problems.family(each.territory_id, each.family),
            "count": each.count,
            "first": date.fromisoformat(each.facts["first_on"]),
        }
        for each in rows.defer("extent", "extent_m")[:MOST]
    ]


def of_lists(actions: Any) -> Any:
    """These actions with what a line names, by their day."""
    wide = ("problem__extent", "problem__extent_m", "problem__commune__area", "problem__commune__area_m")
    return actions.select_related("owner", "problem__commune").defer(*wide).order_by("due_on", "pk")[:MOST]


def by_owner(promises: Iterable[Promise]) -> dict[str, list[Promise]]:
    """Each owner's, the police's own under "", in the order of the names."""
    found: dict[str, list[Promise]] = {}
    for each in sorted(promises, key=lambda each: each.owner):
        found.setdefault(each.owner, []).append(each)
    return found
