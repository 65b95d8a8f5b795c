"""What came of a problem is said: it is evaluated, its result is chosen, and its partners say whether it is better."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.throttles import wait_of
from frontend import findings, people, problems
from frontend.doors import too_many
from frontend.judging_forms import CloseForm, EvaluateForm, RateForm
from frontend.views.groups.asked import note, problem_asked_for, sees_problems
from incidents.deadlines import paris_date
from messaging.changes import read_notices
from ogcapi.geojson import Refused
from partnership import changes
from partnership.changes.closing import evaluation_of
from partnership.course import graded
from partnership.evaluation import Displacement, readable_on, ring_width_m, windows
from partnership.life import OPEN, PROBLEM, State, next_from
from partnership.measured import days_of_work
from partnership.models import Action, Problem, Rating
from partnership.models.visibility import may_on
from sectors.scope import Scope

reading = require_http_methods(["GET", "HEAD", "POST"])


@sees_problems
@reading
def evaluate(request: HttpRequest, problem: str) -> HttpResponse:
    """The days that are compared and the criteria to choose from; sending it keeps an evaluation.

    POST with `look` keeps nothing: the page is shown with the periods of the days typed. 403 for who does not run the
    group.
    """
    asked = _run(request, problem)
    note(request, "problem.read", asked.territory_id, f"problem:{asked.reference}")
    now = timezone.now()
    known = days_of_work(asked, now)
    form = EvaluateForm(
        request.POST if request.method == "POST" else None,
        offered=findings.offered(asked.territory.criteria),
        initial={"begun_on": known.begun_on, "done_on": known.done_on},
    )
    valid = form.is_valid()
    if valid and "look" not in request.POST:
        if wait := wait_of(request, "status", people.user(request)):
            return too_many(request, wait)
        said = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
        if not form.offered:
            del said["criteria"]
        try:
            changes.evaluate(problem=asked, author=people.user(request), scope=people.scope(request), **said)
        except Refused as refused:
            _refused(form, refused)
        else:
            messages.success(request, _("The evaluation is kept. You may close the problem with its result."))
            return redirect("problem_evaluation", asked.reference)
    typed = getattr(form, "cleaned_data", {})
    begun_on = typed.get("begun_on") or known.begun_on
    done_on = typed.get("done_on") or known.done_on
    if valid and "look" in request.POST and done_on < begun_on:
        form.add_error("done_on", _("What was done did not end before it began."))
    context = {
        "problem": asked,
        "form": form,
        "looked": "look" in request.POST,
        "may": asked.state == State.EVALUATION or State.EVALUATION in next_from(PROBLEM, asked.state),
        "periods": _periods(begun_on, done_on, paris_date(now)),
        "ring_m": ring_width_m(asked.extent_m.area) if asked.extent is not None else None,
        "unsettled": _unsettled(asked, people.scope(request)),
    }
    return render(request, "frontend/groups/evaluate.html", context)


@sees_problems
@reading
def close(request: HttpRequest, problem: str) -> HttpResponse:
    """The last evaluation beside the results to choose from; what is missing first, where it cannot be closed yet.

    403 for who does not run the group.
    """
    asked = _run(request, problem)
    note(request, "problem.evaluation", asked.territory_id, f"problem:{asked.reference}")
    form = CloseForm(request.POST if request.method == "POST" else None)
    found, unsettled = evaluation_of(problem=asked), _unsettled(asked, people.scope(request))
    if form.is_valid():
        if wait := wait_of(request, "status", people.user(request)):
            return too_many(request, wait)
        try:
            changes.close(problem=asked, author=people.user(request), scope=people.scope(request), **form.cleaned_data)
        except Refused as refused:
            _refused(form, refused)
        else:
            messages.success(request, _("Closed: whoever proposed it is told, and those who worked on it are asked."))
            return redirect("problem", asked.reference)
    context: dict[str, Any] = {
        "problem": asked,
        "card": problems.card(request, asked, timezone.now()),
        "form": form,
        "evaluation": found,
        "unsettled": unsettled,
        "closed": asked.state not in OPEN,
        "ready": found is not None and not unsettled and asked.state == State.EVALUATION,
    }
    if found is not None:
        context |= {
            "sentence": findings.sentence(found.facts),
            "displacement": findings.DISPLACEMENTS[Displacement(found.displacement)],
            "places": findings.places(found.facts),
            "criteria": findings.criteria(found.facts, graded([])),
        }
    return render(request, "frontend/groups/close.html", context)


@sees_problems
@reading
def rate(request: HttpRequest, problem: str) -> HttpResponse:
    """The question that waits for the person's organisation; sending the answer goes back to their promises.

    403 for who speaks for no organisation of the group.
    """
    asked, scope = problem_asked_for(request, problem), people.scope(request)
    if not (scope.partners and may_on(asked, scope, "contribute")):
        raise PermissionDenied(_("The partners who worked on it are asked."))
    note(request, "problem.read", asked.territory_id, f"problem:{asked.reference}")
    read_notices(user=people.user(request).pk, reference=asked.reference)
    ours = Rating.objects.visible_to(scope).filter(problem=asked, partner__in=scope.partners).select_related("partner")
    rows = list(ours.order_by("-pk"))
    waiting = {each.partner_id: each for each in reversed(rows) if each.grade is None}
    speakers = [(str(each.partner_id), each.partner.name) for each in waiting.values()]
    form = RateForm(request.POST if request.method == "POST" else None, speakers=speakers)
    if form.is_valid():
        if wait := wait_of(request, "status", people.user(request)):
            return too_many(request, wait)
        said = dict(form.cleaned_data)
        chosen = said.pop("partner", "") or next(iter(waiting), None)
        try:
            changes.rate(
                problem=asked, author=people.user(request), scope=scope, **said,
                partner=int(chosen) if chosen is not None else None,
            )  # fmt: skip
        except Refused as refused:
            _refused(form, refused)
        else:
            messages.success(request, _("Thank you: your answer is in."))
            return redirect("promises")
    context = {
        "problem": asked,
        "card": problems.card(request, asked, timezone.now()),
        "form": form,
        "waiting": list(waiting.values()),
        "answered": [(each, findings.GRADES[each.grade - 1]) for each in rows if each.grade is not None],
    }
    return render(request, "frontend/groups/rate.html", context)


def _run(request: HttpRequest, reference: str) -> Problem:
    """The problem of a group that this person runs. Http404 for a foreign one; PermissionDenied for its others."""
    asked = problem_asked_for(request, reference)
    if not may_on(asked, people.scope(request), "run_problem"):
        raise PermissionDenied(_("The référent who runs the group evaluates its problems."))
    return asked


def _unsettled(asked: Problem, scope: Scope) -> list[Action]:
    """The actions of which nobody has said what became of them. One query."""
    rows = Action.objects.visible_to(scope).filter(problem=asked).open()
    return list(rows.select_related("owner").order_by("due_on", "pk"))


def _periods(begun_on: date, done_on: date, today: date) -> dict[str, Any]:
    """What would be compared, or from which day on something could be; nothing for days in the wrong order."""
    if done_on < begun_on:
        return {}
    found = windows(begun_on=begun_on, done_on=done_on, seen_until=today - timedelta(days=1))
    return {"found": found, "from": readable_on(done_on)}


def _refused(form: Form, refused: Refused) -> None:
    for error in refused.errors:
        field = error.field.partition(".")[0]
        form.add_error(field if field in form.fields else None, str(error.message))
