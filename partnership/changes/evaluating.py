"""A problem is evaluated: what was counted is frozen, with what the group saw for itself and makes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.deadlines import paris_date
from partnership.changes.held import log, run_by, stepped, touch
from partnership.life import PROBLEM, State, next_from
from partnership.measured import Days, days_of_work, measure
from partnership.models import Evaluation, Problem
from partnership.models.problem import LONGEST_TEXT
from partnership.refusals import no, worded

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

# Of what is longer ago the concerns are forgotten, and there would be nothing to count.
_OLDEST_DAYS: Final = 731


@transaction.atomic
def evaluate(
    *,
    problem: Problem,
    author: User,
    scope: Scope,
    text: str = "",
    criteria: Collection[str] | None = None,
    observed: Mapping[str, bool] | None = None,
    begun_on: date | None = None,
    done_on: date | None = None,
    at: datetime | None = None,
) -> Evaluation:
    """The next evaluation of a problem, which is under evaluation from now on if it was worked on until now.

    criteria: the codes of those of the territory that it is measured by, at least one of them; all without. observed:
    what was seen, by the code of a chosen criterion that is observed. begun_on, done_on: from when to when something
    was done on the spot (Paris); without them, from the first promise to the last action done. Raises PermissionDenied
    for who does not run the group; Refused: 409 `not_under_evaluation`; 422 `criteria_required`, `unknown_criterion`,
    `wrong_order`, `in_future`, `too_long_ago`, `too_long`, `personal_data`.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    if held.state != State.EVALUATION and State.EVALUATION not in next_from(PROBLEM, held.state):
        no(409, "status", "not_under_evaluation", _("The group evaluates what it works on."))
    known = days_of_work(held, at)
    days = Days(begun_on or known.begun_on, done_on or known.done_on)
    _check_days(days, paris_date(at))
    chosen = _chosen(held, criteria)
    seen = dict(observed or {})
    codes = {each["code"] for each in chosen if each["indicator"] == "observed"}
    if unknown := sorted(seen.keys() - codes):
        no(422, f"observed.{unknown[0][:80]}", "unknown_criterion", _("This is no criterion that is observed here."))
    if held.state != State.EVALUATION:
        stepped(held, State.EVALUATION, author, at)
    facts = {**measure(held, days, at, seen), "criteria": chosen}
    last = Evaluation.objects.filter(problem=held).aggregate(last=Max("version"))["last"]
    made = Evaluation(
        problem=held,
        version=(last or 0) + 1,
        at=at,
        author=author,
        facts=facts,
        displacement=facts["displacement"],
        text=worded(text, at, longest=LONGEST_TEXT, field="text", needed=False),
    )
    made.save(force_insert=True)
    touch(held, at)
    log(held, author, "problem.evaluate")
    return made


def _chosen(problem: Problem, codes: Collection[str] | None) -> list[dict[str, Any]]:
    """The criteria of these codes, in the order of the territory."""
    offered: list[dict[str, Any]] = list(problem.territory.criteria)
    if codes is None:
        return offered
    if offered and not codes:
        no(422, "criteria", "criteria_required", _("Choose at least one criterion."))
    if set(codes) - {each["code"] for each in offered}:
        no(422, "criteria", "unknown_criterion", _("This territory has no such criterion."))
    return [each for each in offered if each["code"] in codes]


def _check_days(days: Days, today: date) -> None:
    if days.done_on < days.begun_on:
        no(422, "done_on", "wrong_order", _("What was done did not end before it began."))
    if days.done_on > today:
        no(422, "done_on", "in_future", _("Choose today or a day that is over."))
    if (today - days.begun_on).days > _OLDEST_DAYS:
        no(422, "begun_on", "too_long_ago", _("Choose a day of the last two years."))
