"""What came of a problem, for everybody in its group: a picture, a sentence, the numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.changes import log_access
from frontend import findings, people
from frontend.doors import open_to
from incidents.references import ReferenceInvalid, normalise
from incidents.views.access import territory_code
from partnership.course import graded
from partnership.evaluation import Displacement
from partnership.models import Evaluation, Problem, Rating, RatingStage
from partnership.models.visibility import asks_for_a_motive, may_on
from partnership.words import OUTCOMES, STATES
from sectors.scope import Scope

NOT_OF_A_GROUP = gettext_lazy("This is read by the members of the group and by the direction.")


@open_to("read_problem", NOT_OF_A_GROUP)
@require_safe
def evaluation(request: HttpRequest, problem: str) -> HttpResponse:
    """The last evaluation of a problem, or the one of `?version=`. 404 for a foreign problem, and for one
    without an evaluation.

    Whoever directs the territory and is not of the group reads the numbers, and nothing that somebody wrote.
    """
    scope = people.scope(request)
    try:
        known = normalise(problem)
    except ReferenceInvalid:
        raise Http404 from None
    found = Evaluation.objects.visible_to(scope).filter(problem__reference=known)
    all_of_it = list(found.select_related("problem").order_by("-version"))
    shown = _chosen(all_of_it, request.GET.get("version"))
    it: Problem = shown.problem
    log_access(
        user=people.user(request),
        operation="problem.evaluation",
        reference=f"problem:{it.reference}",
        territory=territory_code(it.territory_id),
    )
    facts = shown.facts
    ratings = _ratings(it, scope)
    context: dict[str, Any] = {
        "problem": it,
        "evaluation": shown,
        "versions": all_of_it,
        "facts": facts,
        "runs": may_on(it, scope, "run_problem"),
        "texts": not asks_for_a_motive(it, scope),
        "state": STATES[it.state],
        "result": OUTCOMES[it.result] if it.result else "",
        "sentence": findings.sentence(facts),
        "displacement": findings.DISPLACEMENTS[Displacement(shown.displacement)],
        "places": findings.places(facts),
        "width": findings.width(facts),
        "middle": findings.width(facts) // 2,
        "windows": {
            each: [date.fromisoformat(day) for day in facts[each]] for each in ("before", "after") if facts[each]
        },
        "criteria": findings.criteria(facts, ratings["closing"]),
        "stages": [(word, round(facts["stages"][state])) for state, word in STATES.items() if state in facts["stages"]],
        "ratings": [
            (RatingStage(stage).label, told, list(zip(findings.GRADES, told["counts"], strict=True)))
            for stage, told in ratings.items()
            if told["asked"]
        ],
    }
    return render(request, "frontend/groups/evaluation.html", context)


def _chosen(rows: list[Evaluation], version: str | None) -> Evaluation:
    found = [each for each in rows if version is None or str(each.version) == version]
    if not found:
        raise Http404
    return found[0]


def _ratings(problem: Problem, scope: Scope) -> dict[str, dict[str, Any]]:
    """What the partners answered about the last closing, by stage. One query."""
    rows = list(
        Rating.objects.visible_to(scope)
        .filter(problem=problem)
        .order_by("-closing_id")
        .values_list("closing_id", "stage", "grade")
    )
    last = rows[0][0] if rows else None
    return {
        stage: graded(grade for closing, asked, grade in rows if closing == last and asked == stage)
        for stage in (RatingStage.CLOSING.value, RatingStage.LATER.value)
    }
