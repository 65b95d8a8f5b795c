"""What every change of a problem begins and ends with: the locked row, who may, its history, the access log."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from incidents.workflow import MoveRefused
from partnership.life import PROBLEM, REFERENT, WORKED, State, check
from partnership.models import Problem, ProblemChange
from partnership.models.visibility import may_on
from partnership.refusals import no, of_step
from sectors import atlas
from sectors.models import Membership

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

# What a move may change of a problem.
_MOVED: Final = (
    "state", "result", "result_reason", "closed_at", "retained_at", "due_on", "due_at", "policy_version", "post",
    "extent", "recurrence", "severity", "updated_at",
)  # fmt: skip


def locked(problem: Problem) -> Problem:
    """The problem as it stands now, held until the transaction ends."""
    found: Problem = Problem.objects.select_for_update(of=("self",)).select_related("post").get(pk=problem.pk)
    return found


def run_by(problem: Problem, scope: Scope) -> Problem:
    """The locked problem. Raises PermissionDenied for who does not run its group."""
    held = locked(problem)
    if not may_on(held, scope, "run_problem"):
        raise PermissionDenied
    return held


def worked_on(problem: Problem) -> None:
    """Nothing, or Refused (409) `not_retained`: the group works on what was retained and is not settled."""
    if problem.state not in WORKED:
        no(409, "status", "not_retained", _("The group works on a problem once it is retained, until it is settled."))


def stepped(
    held: Problem, to: str, author: User | None, at: datetime, *, role: str = REFERENT, reason: str = ""
) -> ProblemChange:
    """The row of history of a move of a locked problem, which is saved with all that was set of it.

    Raises Refused as `refusals.of_step` says.
    """
    try:
        check(PROBLEM, held.state, to, role=role, reason=reason)
    except MoveRefused as refused:
        raise of_step(refused) from None
    return moved(held, to, author, at, reason=reason)


def moved(held: Problem, to: str, author: User | None, at: datetime, *, reason: str = "") -> ProblemChange:
    """The same, where the move was checked before."""
    change = ProblemChange(
        problem=held, at=at, state_from=held.state, state_to=to, author=author, reason=reason,
        post_id=held.post_id, result=held.result, due_on=held.due_on,
    )  # fmt: skip
    change.save(force_insert=True)
    held.state, held.updated_at = to, at
    held.save(update_fields=_MOVED)
    return change


def follow(held: Problem, to: State, author: User, at: datetime, *, of: frozenset[State]) -> None:
    """The locked problem goes to `to` where it stands in one of `of`: nobody has to say twice that work goes on."""
    if held.state in of:
        moved(held, to, author, at)
    else:
        touch(held, at)


def touch(held: Problem, at: datetime) -> None:
    """Something of the locked problem has changed now."""
    held.updated_at = at
    held.save(update_fields=["updated_at"])


def speaking_for(problem: Problem, scope: Scope, partner: int | None) -> int | None:
    """The key of the organisation in whose name this person speaks in the group; None for the police.

    partner: as asked; None lets the person's one organisation in the group be found, unless they run it. Raises
    PermissionDenied for who may not speak here; Refused (422) `partner_required`, `unknown_partner`.
    """
    if not may_on(problem, scope, "contribute"):
        raise PermissionDenied
    if partner is None and problem.post_id in scope.posts:
        return None
    ours = sorted(members_of(problem).intersection(scope.partners))
    if partner is None:
        if len(ours) != 1:
            no(422, "partner", "partner_required", _("You belong to several organisations: say which one speaks."))
        return ours[0]
    if partner not in ours:
        no(422, "partner", "unknown_partner", _("You do not speak for this organisation in this group."))
    return partner


def members_of(problem: Problem) -> set[int]:
    """The keys of the organisations in the group of the problem's post."""
    return set(Membership.objects.filter(group__post_id=problem.post_id).values_list("partner_id", flat=True))


def log(problem: Problem, author: User, operation: str, recipient: str = "") -> None:
    """One row of the access log."""
    log_access(
        user=author,
        operation=operation,
        reference=f"problem:{problem.reference}",
        territory=territory_code(problem.territory_id),
        recipient=recipient,
    )


def territory_code(territory: int) -> str:
    """The code of a territory, for the access log."""
    return atlas.current().directory.territories[territory].code


def reopened_at(problem: Problem) -> datetime | None:
    """When the problem was last opened again; None where it never was. What was before counts for nothing now."""
    found = problem.changes.filter(state_to=State.ROUVERTE).exclude(state_from=State.SUSPENDUE)
    return found.order_by("-pk").values_list("at", flat=True).first()
