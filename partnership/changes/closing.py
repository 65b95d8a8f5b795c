"""A problem is closed with its result: never before it has been evaluated, nor while somebody has something to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnership.changes.held import log, reopened_at, run_by, stepped
from partnership.changes.rating import ask_partners
from partnership.letters import owe_to_proposer
from partnership.life import ACTION_OPEN, Outcome, State, says_something, values
from partnership.models import Evaluation, Problem
from partnership.models.problem import LONGEST_REASON
from partnership.refusals import no, worded

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope


@transaction.atomic
def close(
    *,
    problem: Problem,
    author: User,
    scope: Scope,
    result: str,
    reason: str = "",
    at: datetime | None = None,
) -> Problem:
    """The problem closed with its result, once there is an evaluation of it and nobody has anything left to do.

    Raises PermissionDenied; Refused: 409 `move_not_allowed`, `not_evaluated`, `actions_open`; 422 `unknown_result`,
    `reason_required` (why it is abandoned), `too_long`, `personal_data`.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    if result not in list(Outcome):
        no(422, "result", "unknown_result", _("Choose one of the list."))
    reason = worded(reason, at, longest=LONGEST_REASON, field="reason", needed=False)
    if result == Outcome.ABANDONNEE and not says_something(reason):
        no(422, "reason", "reason_required", _("Give a reason."))
    if evaluation_of(problem=held) is None:
        no(409, "status", "not_evaluated", _("No problem is closed before it has been evaluated."))
    if held.actions.filter(state__in=values(ACTION_OPEN)).exists():
        no(409, "status", "actions_open", _("Some actions are not settled: say what became of them, or call them off."))
    held.result, held.result_reason, held.closed_at = result, reason, at
    closing = stepped(held, State.CLOSE, author, at, reason=reason)
    ask_partners(held, closing, author, at)
    owe_to_proposer("closed", held, author, at)
    log(held, author, "problem.close")
    return held


def evaluation_of(*, problem: Problem) -> Evaluation | None:
    """The evaluation that a closing rests on: the last one since the problem was last opened again. Two queries."""
    reopened = reopened_at(problem)
    rows = Evaluation.objects.filter(problem=problem).order_by("-version")
    found: Evaluation | None = (rows if reopened is None else rows.filter(at__gte=reopened)).first()
    return found
