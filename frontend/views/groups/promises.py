"""What a person's organisation has promised, or is asked to: accepted, declined, done or not, from one page."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend import group_acting, people, problems
from frontend.doors import limited
from frontend.group_doing import offers
from frontend.views.groups.asked import note, sees_problems
from frontend.views.groups.home import of_lists
from partnership.models import Action, Problem, Rating
from sectors.scope import Scope


@require_safe
@sees_problems
@limited("read")
def promises(request: HttpRequest) -> HttpResponse:
    """The open actions that are this person's to do, those to answer first; and the last that were settled."""
    scope, now = people.scope(request), timezone.now()
    mine = own(scope)
    rows: list[dict[str, Any]] = [
        {
            "row": problems.promise(request, each, now),
            "offers": _offers(each, scope),
        }
        for each in of_lists(mine.open())
    ]
    settled = [problems.promise(request, each, now) for each in of_lists(mine.filter(settled_at__isnull=False))]
    asked_about = list(waits_for(scope).select_related("problem").only("problem__reference", "problem__title", "stage"))
    note(request, "action.list", scope.home, count=len(rows))
    context = {
        "asked": [each for each in rows if each["row"].action.state == "proposee"],
        "promised": [each for each in rows if each["row"].action.state != "proposee"],
        "settled": settled,
        "questions": asked_about,
    }
    return render(request, "frontend/groups/promises.html", context)


def own(scope: Scope) -> Any:
    """The actions of this person's organisations, and the police's own of the posts held; none that was declined."""
    theirs = Q(owner__in=scope.partners) | Q(owner__isnull=True, problem__post__in=scope.posts)
    return Action.objects.visible_to(scope).filter(theirs, declined_at__isnull=True)


def waits_for(scope: Scope, problem: Problem | None = None) -> Any:
    """The questions whether it is better that wait for this person's organisations, of all problems or of one."""
    found = Rating.objects.visible_to(scope).filter(partner__in=scope.partners, grade__isnull=True)
    return found if problem is None else found.filter(problem=problem)


def _offers(action: Action, scope: Scope) -> list[Any]:
    """What their owner may say of it; to give it to another is done from the problem."""
    found = offers(group_acting.ACTIONS, group_acting.action_standing(action, scope))
    kept = [each for each in found if each.code not in {"redonner", "annuler"}]
    for each in kept:
        each.form.auto_id = f"id_{action.problem.reference}_{action.number}_%s"
    return kept
