"""A problem of the hyper-centre of Gap with an evaluation, written without the changes that lead to one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon

from accounts.models import User
from partnership.facts import Told, facts_of
from partnership.measured import Days, measure
from partnership.models import Evaluation, Problem, ProblemChange, Suggestion
from sectors.models import Commune, Post, Territory

SQUARE = Polygon.from_bbox((6.078, 44.559, 6.08, 44.561))


def evaluated(author: User, reference: str, at: datetime, **more: Any) -> Problem:
    """Under evaluation since yesterday; the work was done from eleven to eight weeks ago."""
    post = Post.objects.get(code="gap-hyper-centre")
    given: dict[str, Any] = {
        "reference": reference, "territory": Territory.objects.get(code="05"), "post": post,
        "commune": Commune.objects.get(code="05061"), "family": "tranquillite",
        "title": "Bruit place Jean Marcellin", "extent": MultiPolygon(SQUARE), "recurrence": "recurrente",
        "severity": "jaune", "origin": "referent", "proposed_by": author, "proposed_at": at - timedelta(days=90),
        "retained_at": at - timedelta(days=88), "state": "evaluation", "due_on": at.date(), "due_at": at, **more,
    }  # fmt: skip
    problem = Problem(**given)
    problem.save()
    for days, state in ((90, "signalee"), (88, "retenue"), (1, "evaluation")):
        moved = at - timedelta(days=days)
        ProblemChange(problem=problem, at=moved, state_to=state, author=author, post=post).save()
    problem.refresh_from_db()
    work = Days((at - timedelta(weeks=11)).date(), (at - timedelta(weeks=8, days=2)).date())
    facts = measure(problem, work, at, {})
    Evaluation.objects.create(
        problem=problem, version=1, at=at, author=author, facts=facts, displacement=facts["displacement"],
        text="Le hall est calme depuis la ronde.",
    )  # fmt: skip
    return problem


def suggested(reference: str, at: datetime, concerns: tuple[int, ...] = ()) -> Suggestion:
    """A suggestion to the référent of the hyper-centre, of six concerns of three Fridays at night, 60 m apart."""
    night = at.replace(hour=22) - timedelta(days=3)
    told = [Told(night - timedelta(weeks=n // 2), night - timedelta(weeks=n // 2), "tapage") for n in range(6)]
    facts = facts_of(told, until=at.date()) | {"span_m": 60, "middle_m": 25, "reach_m": 100, "window_weeks": 8}
    post = Post.objects.get(code="gap-hyper-centre")
    return Suggestion.objects.create(
        reference=reference, territory_id=post.territory_id, post=post, family="tranquillite", concerns=list(concerns),
        extent=MultiPolygon(SQUARE), facts=facts, made_at=at, seen_at=at,
    )  # fmt: skip
