"""A problem moves from one state to another, by the table; its clock, its history and the letters go with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from incidents.deadlines import due, overdue, paris_date, put_off
from incidents.policies import policy_in
from incidents.workflow import MoveRefused
from partnership.changes.extents import Rings, around, drawn
from partnership.changes.held import log, reopened_at, run_by, stepped, territory_code
from partnership.letters import owe_to_post, owe_to_proposer
from partnership.life import (
    SYSTEM,
    State,
    check_suspension,
    retaining,
    suspension_ends_on,
)
from partnership.models import Problem, ProblemConcern, ProblemSuspension
from partnership.models.problem import LONGEST_REASON
from partnership.refusals import no, of_step, worded
from partnership.severity import Recurrence, severity_of
from sectors.models import Post

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

# What has a change of its own, for it says more than a reason.
_OTHERWISE: Final = frozenset({State.RETENUE, State.CLOSE, State.REORIENTEE, State.SUSPENDUE})


@transaction.atomic
def retain(
    *,
    problem: Problem,
    author: User,
    scope: Scope,
    recurrence: str = "",
    polygons: Sequence[Rings] = (),
    at: datetime | None = None,
) -> Problem:
    """The problem retained, qualified on the way: its clock begins, by the rule of its territory.

    polygons: its extent, drawn anew; without one that of its concerns is drawn. Raises PermissionDenied; Refused: as a
    move, and 422 `extent_required`, `unknown_recurrence`, what `extents.drawn` refuses.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    if recurrence:
        if recurrence not in list(Recurrence):
            no(422, "recurrence", "unknown_recurrence", _("Choose one of the list."))
        held.recurrence = recurrence
        held.severity = severity_of(held.family, Recurrence(recurrence))
    _draw(held, polygons)
    for to in retaining(held.state):
        if to == State.RETENUE:
            _begin_clock(held, at)
        stepped(held, to, author, at)
    owe_to_proposer("retained", held, author, at)
    log(held, author, "problem.status")
    return held


@transaction.atomic
def change_status(
    *,
    problem: Problem,
    author: User,
    scope: Scope,
    to: str,
    reason: str = "",
    at: datetime | None = None,
) -> Problem:
    """The problem in its new state, for every move that says no more than why: qualified, not retained, in diagnosis,
    in action, under evaluation, taken up again after a suspension, reopened.

    Raises PermissionDenied; Refused: 400 `status_unknown`, 409 `status_unchanged`, `move_not_allowed`, 422
    `reason_required`, `too_long`, `personal_data`, `extent_required`.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    before = held.state
    if to in _OTHERWISE and not (before == State.SUSPENDUE and to == State.RETENUE):
        # The table is asked first: what is no move at all is said to be none.
        raise of_step(MoveRefused("move_not_allowed", {"from": before, "to": to}))
    reason = worded(reason, at, longest=LONGEST_REASON, field="reason", needed=False)
    if before == State.SUSPENDUE:
        _end_suspension(held, at)
    if to == State.ROUVERTE and before != State.SUSPENDUE:
        # Another thirty days: the first promise stays in the history.
        held.result, held.result_reason, held.closed_at = "", "", None
        _begin_clock(held, at)
    if to in {State.DIAGNOSTIC, State.ACTIONS_EN_COURS, State.EVALUATION}:
        _draw(held, ())
    stepped(held, to, author, at, reason=reason)
    if to in {State.NON_RETENUE, State.ROUVERTE}:
        owe_to_proposer("turned_down" if to == State.NON_RETENUE else "reopened", held, author, at)
    log(held, author, "problem.status")
    return held


@transaction.atomic
def suspend(
    *,
    problem: Problem,
    author: User,
    scope: Scope,
    reason: str,
    until: date | None = None,
    at: datetime | None = None,
) -> Problem:
    """The problem whose clock stands still, for a listed reason and until a day (the last allowed without it).

    Raises PermissionDenied; Refused: 409 `move_not_allowed`, `suspension_exhausted`; 422 `reason_required`,
    `reason_not_listed`, `until_out_of_range`.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    before = list(held.suspensions.all())
    used = _days(before)
    state, due_on, due_at = held.state, held.due_on, held.due_at
    stepped(held, State.SUSPENDUE, author, at, reason=reason)
    try:
        check_suspension(reason, used)
    except MoveRefused as refused:
        raise of_step(refused) from None
    today = paris_date(at)
    last = suspension_ends_on(today, used)
    if until is not None and not today < until <= last:
        message = _("Give a day after today, by %(last)s at the latest.") % {"last": last.isoformat()}
        no(422, "until", "until_out_of_range", message)
    if due_on is None or due_at is None:
        raise AssertionError("what is retained has a due day")
    stopped = ProblemSuspension(
        problem=held, reason=reason, since=at, until=until or last, resumes_as=state, due_on_before=due_on,
        moves_due=not overdue(at, due_at),
    )  # fmt: skip
    stopped.save(force_insert=True)
    _put_off(held, [*before, stopped])
    held.save(update_fields=["due_on", "due_at"])
    log(held, author, "problem.status")
    return held


def end_suspensions(*, at: datetime) -> int:
    """How many problems went on because their suspension had lasted until its last day; each in its transaction."""
    over = ProblemSuspension.objects.filter(ended_at__isnull=True, until__lte=paris_date(at))
    return sum(_resume(key, at) for key in over.order_by("pk").values_list("problem_id", flat=True))


@transaction.atomic
def _resume(key: int, at: datetime) -> bool:
    """False where somebody else has the problem, or had it go on before."""
    held = Problem.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
    if held is None or held.state != State.SUSPENDUE:
        return False
    to = held.suspensions.get(ended_at__isnull=True).resumes_as
    _end_suspension(held, at)
    stepped(held, to, None, at, role=SYSTEM)
    owe_to_post("resumed", held, None, at)
    log_access(
        user=None,
        operation="problem.status",
        reference=f"problem:{held.reference}",
        territory=territory_code(held.territory_id),
    )
    return True


@transaction.atomic
def reorient(
    *, problem: Problem, author: User, scope: Scope, to_post: str, reason: str, at: datetime | None = None
) -> Problem:
    """The problem with another post of its territory, which has still to look at it.

    Raises PermissionDenied; Refused: as a move, and 422 `reason_required`, `unknown_post`.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    reason = worded(reason, at, longest=LONGEST_REASON, field="reason", needed=False)
    there = Post.objects.filter(territory_id=held.territory_id, code=to_post).exclude(pk=held.post_id).first()
    if there is None:
        no(422, "to", "unknown_post", _("There is no such post."))
    stepped(held, State.REORIENTEE, author, at, reason=reason)
    held.post = there
    held.save(update_fields=["post"])
    owe_to_post("reoriented", held, author, at)
    log(held, author, "problem.reorient", to_post)
    return held


def _draw(held: Problem, polygons: Sequence[Rings]) -> None:
    """Sets the extent of a locked problem: as drawn, as it is, or around its concerns. Refused `extent_required`."""
    if polygons:
        held.extent = drawn(polygons)
    elif held.extent is None:
        keys = ProblemConcern.objects.filter(problem=held, until__isnull=True).values_list("incident_id", flat=True)
        held.extent = around(keys)
    if held.extent is None:
        no(422, "extent", "extent_required", _("Draw where it is, or put concerns in it."))


def _begin_clock(held: Problem, at: datetime) -> None:
    policy = policy_in(held.territory_id)
    promised = due(at, policy)
    held.retained_at = held.retained_at or at
    held.due_on, held.due_at, held.policy_version = promised.on, promised.at, policy.version


def _days(suspensions: Sequence[ProblemSuspension]) -> int:
    """For how many days, in Paris, the clock stood still; one that has not ended counts to its last day."""
    return sum((_end(each) - paris_date(each.since)).days for each in suspensions)


def _end(suspension: ProblemSuspension) -> date:
    return min(paris_date(suspension.ended_at), suspension.until) if suspension.ended_at else suspension.until


def _end_suspension(held: Problem, at: datetime) -> None:
    suspensions = list(held.suspensions.all())
    for each in suspensions:
        if each.ended_at is None:
            each.ended_at = at
            each.save(update_fields=["ended_at"])
    _put_off(held, suspensions)


def _put_off(held: Problem, suspensions: Sequence[ProblemSuspension]) -> None:
    """Puts the due day off by all the days that this clock stood still, so that days off are not taken twice."""
    since = reopened_at(held)
    counted = [each for each in suspensions if each.moves_due and (since is None or each.since >= since)]
    if counted:
        zone = policy_in(held.territory_id).holiday_zone
        promised = put_off(counted[0].due_on_before, _days(counted), zone)
        held.due_on, held.due_at = promised.on, promised.at
