"""Problems that concerns suggest: a list with the reasons, and a page to decide on each, for who runs the group."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.changes import log_access
from frontend import people, words
from frontend.doors import open_to
from frontend.suggestion_forms import ACCEPT, MERGE, SuggestionForm
from incidents.models import Incident
from incidents.views.access import territory_code
from ogcapi.geojson import Refused
from partnership import changes
from partnership.models import Problem, Suggestion
from sectors import atlas

REFUSAL = gettext_lazy("Suggested problems are looked at by who runs a group.")
# A habit is told where at least so many concerns say when they happened, and so large a share of them agrees.
_FEWEST_DATED = 3
_MOST_DAYS = 3


@open_to("run_problem", REFUSAL)
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at in the groups that the person runs, the largest first."""
    scope = people.scope(request)
    rows = sorted(_waiting(scope), key=lambda each: (-each.count, each.pk))
    log_access(
        user=people.user(request),
        operation="suggestion.list",
        references=[f"suggestion:{row.reference}" for row in rows[:100]],
        count=len(rows),
        territory=territory_code(rows[0].territory_id) if rows else "",
    )
    return render(request, "frontend/groups/suggestions.html", {"rows": [_told(row) for row in rows]})


@open_to("run_problem", REFUSAL)
@require_http_methods(["GET", "HEAD", "POST"])
def suggestion(request: HttpRequest, suggestion: str) -> HttpResponse:
    """One suggestion with its concerns, and what is decided on it. 404 for a foreign one and one decided on."""
    scope, user = people.scope(request), people.user(request)
    row = _waiting(scope).filter(reference=suggestion.upper()).first()
    if row is None:
        raise Http404
    problems = Problem.objects.visible_to(scope).open().filter(post=row.post_id).order_by("title", "pk")
    form = SuggestionForm(request.POST if request.method == "POST" else None, problems=problems)
    if form.is_valid():
        given = form.cleaned_data
        about: dict[str, Any] = {"suggestion": row, "author": user, "scope": scope}
        try:
            if given["decision"] == ACCEPT:
                made = changes.accept(**about, title=given["title"])
                said = _("It is problem %(reference)s now.") % {"reference": made.reference}
            elif given["decision"] == MERGE:
                made = changes.merge(**about, problem=problems.get(reference=given["problem"]))
                said = _("Its concerns are in problem %(reference)s now.") % {"reference": made.reference}
            else:
                changes.dismiss(**about, reason=given["reason"])
                said = _("It is set aside, and comes back only if it grows.")
        except Refused as refused:
            for error in refused.errors:
                form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            messages.success(request, said)
            return redirect("problem_suggestions")
    concerns = Incident.objects.visible_to(scope).filter(pk__in=row.concerns).select_related("category")
    shown = list(concerns.only("reference", "reported_at", "status", "category").order_by("-reported_at"))
    log_access(
        user=user,
        operation="suggestion.read",
        reference=f"suggestion:{row.reference}",
        references=[f"incident:{each.reference}" for each in shown[:100]],
        count=len(shown),
        territory=territory_code(row.territory_id),
    )
    context = {"row": _told(row), "form": form, "concerns": shown}
    return render(request, "frontend/groups/suggestion.html", context)


def _waiting(scope: Any) -> Any:
    return Suggestion.objects.visible_to(scope).waiting().select_related("post")


def _told(row: Suggestion) -> dict[str, Any]:
    """The suggestion with why it is one, in words."""
    facts = row.facts
    known = atlas.current().directory.categories.values()
    family = next((each for each in known if (each.territory_id, each.family) == (row.territory_id, row.family)), None)
    return {
        "reference": row.reference,
        "family": words.family(family) if family else row.family,
        "post": words.label(row.post),
        "count": facts["count"],
        "first": date.fromisoformat(facts["first_on"]),
        "last": date.fromisoformat(facts["last_on"]),
        "facts": facts,
        "days": _habits(facts),
        "hours": _hours(facts),
        "again": row.earlier_id is not None,
        "seen_at": timezone.localtime(row.seen_at),
    }


def _habits(facts: dict[str, Any]) -> str:
    """The days of the week on which most of it happens; "" where too few say when."""
    if facts["dated"] < _FEWEST_DATED:
        return ""
    most = sorted(range(7), key=lambda day: (-facts["weekdays"][day], day))[:_MOST_DAYS]
    return ", ".join(f"{WEEKDAYS[day]} ({facts['weekdays'][day]})" for day in most if facts["weekdays"][day])


def _hours(facts: dict[str, Any]) -> str:
    """The six hours in a row, over midnight too, in which most of it happens; "" where too few say when."""
    if facts["dated"] < _FEWEST_DATED:
        return ""
    sums = [sum(facts["hours"][(start + n) % 24] for n in range(6)) for start in range(24)]
    start = sums.index(max(sums))
    told = {"from": start, "to": (start + 6) % 24, "count": sums[start], "of": facts["dated"]}
    return _("between %(from)s h and %(to)s h: %(count)s of the %(of)s that say when") % told
