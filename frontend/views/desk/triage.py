"""The direction's triage: what no sector takes, by its own clock, and what nobody has taken in charge in time."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import relations
from frontend import filters, motives, people, posts, readers, words
from frontend.acting_forms import Choices, ToPostForm
from frontend.views.reading import for_roles
from incidents.deadlines import overdue_bound, paris_date
from incidents.models.visibility import reached
from incidents.workflow import OPEN, UNTAKEN
from sectors.words import sentence

MOST: Final = 25
# Of the text: what is assigned is read further than a row of a list.
EXCERPT: Final = 300


@for_roles("triage")
@require_safe
def triage(request: HttpRequest) -> HttpResponse:
    """Both lists, the most urgent first, each with how many there are in all."""
    scope, now = people.scope(request), timezone.now()
    motive = motives.given(request)
    every = readers.listed(scope, motive, letters=EXCERPT, besides=("reason", "triage_due_at"))
    mine = every.filter(reached(scope, relations(scope.roles, "triage")), merged_into__isnull=True)
    queue = mine.filter(triage_due_at__isnull=False, status__in=sorted(OPEN)).order_by("triage_due_at", "pk")
    late = mine.filter(
        triage_due_at__isnull=True, status__in=sorted(UNTAKEN), taken_due_at__lte=overdue_bound(now)
    ).order_by("taken_due_at", "pk")
    first = list(queue[:MOST])
    choices = posts.to_choose(first)
    waiting = [_waiting(incident, now, motive, choices(incident)) for incident in first]
    rows = [readers.row(incident, now, motive) for incident in late[:MOST]]
    count, untaken = _counted(queue, len(waiting)), _counted(late, len(rows))
    shown = [*(each["row"] for each in waiting), *rows]
    motives.note_rows(request, "incident.triage", shown, count=count + untaken)
    context = {
        "waiting": waiting,
        "count": count,
        "rows": rows,
        "untaken_count": untaken,
        "why": motives.question(request, shown),
    }
    return render(request, "frontend/desk/triage.html", context)


def _counted(rows: Any, shown: int) -> int:
    return filters.counted(rows) if shown == MOST else shown


def _waiting(incident: Any, now: Any, motive: str, offered: Choices) -> dict[str, Any]:
    due_at = incident.triage_due_at
    return {
        "row": readers.row(incident, now, motive),
        "clock": words.left_until(paris_date(due_at), due_at, now),
        "why": sentence(incident.reason),
        "form": ToPostForm(prefix="confier", auto_id=f"{incident.reference}-%s", choices={"to_post": offered}),
    }
