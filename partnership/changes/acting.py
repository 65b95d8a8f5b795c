"""Actions: given to one organisation or to the police, accepted or declined, begun, done or not."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.workflow import MoveRefused
from partnership.changes.held import follow, locked, log, members_of, run_by, touch, worked_on
from partnership.letters import owe_of_action, owe_to_owner
from partnership.life import ACTION, OWNER, REFERENT, ActionState, State, check
from partnership.models import Action, ActionChange, Problem, Turn
from partnership.models.action import LONGEST_DETAILS
from partnership.models.problem import LONGEST_REASON, LONGEST_TITLE
from partnership.refusals import no, of_step, to_come, worded
from sectors.models import Partner, PartnerKind

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

_BEGINS: Final = frozenset({State.RETENUE, State.DIAGNOSTIC, State.ROUVERTE})
_SETTLES: Final = frozenset({ActionState.REALISEE, ActionState.NON_REALISEE, ActionState.ANNULEE})
# They sit in the group and watch: nothing is asked of them.
OBSERVERS: Final = frozenset({PartnerKind.PROSECUTOR})
# state -> what it is called in the history, and what whoever holds the post is told of it.
_TURNS: Final[dict[str, tuple[Turn, str]]] = {
    ActionState.ACCEPTEE: (Turn.ACCEPTED, "accepted"),
    ActionState.EN_COURS: (Turn.BEGUN, ""),
    ActionState.REALISEE: (Turn.DONE, "done"),
    ActionState.NON_REALISEE: (Turn.NOT_DONE, "not_done"),
    ActionState.ANNULEE: (Turn.CANCELLED, ""),
}


@transaction.atomic
def give(
    *,
    problem: Problem,
    author: User,
    scope: Scope,
    title: str,
    due_on: date,
    owner: Partner | None = None,
    details: str = "",
    confidential: bool = False,
    at: datetime | None = None,
) -> Action:
    """The new action; the owner's people are told. The police's own (`owner` None) is accepted at once.

    Raises PermissionDenied for who does not run the group; Refused: 409 `not_retained`; 422 `required`, `too_long`,
    `personal_data`, `in_past`, `too_far`, `unknown_owner`, `observer`, `extent_required`.
    """
    at = at or timezone.now()
    held = run_by(problem, scope)
    worked_on(held)
    to_come(due_on, at, field="due_on")
    _check_owner(held, owner)
    if held.extent is None:
        no(422, "extent", "extent_required", _("Draw where it is, or put concerns in it."))
    last = Action.objects.filter(problem=held).aggregate(last=Max("number"))["last"]
    made = Action(
        problem=held,
        number=(last or 0) + 1,
        title=worded(title, at, longest=LONGEST_TITLE, field="title", line=True),
        details=worded(details, at, longest=LONGEST_DETAILS, field="details", needed=False),
        owner=owner,
        due_on=due_on,
        state=ActionState.PROPOSEE if owner else ActionState.ACCEPTEE,
        given_by=author,
        given_at=at,
        updated_at=at,
        confidential=confidential,
    )
    made.save(force_insert=True)
    _turned(made, Turn.GIVEN, author, at)
    follow(held, State.ACTIONS_EN_COURS, author, at, of=_BEGINS)
    owe_to_owner("given", made, author, at)
    log(held, author, "action.give", owner.code if owner else "")
    return made


@transaction.atomic
def turn(
    *, action: Action, author: User, scope: Scope, to: str, reason: str = "", at: datetime | None = None
) -> Action:
    """The action in its new state: accepted, begun, done, not done, called off; whoever waits for that is told.

    Raises PermissionDenied for who neither has it nor runs the group; Refused: 400 `status_unknown`; 409
    `status_unchanged`, `move_not_allowed`, `role_not_allowed`, `declined`; 422 `reason_required`, `too_long`,
    `personal_data`.
    """
    at = at or timezone.now()
    held, role = _held(action, scope)
    reason = worded(reason, at, longest=LONGEST_REASON, field="reason", needed=False)
    try:
        check(ACTION, held.state, to, role=role, reason=reason)
    except MoveRefused as refused:
        raise of_step(refused) from None
    if held.declined_at is not None and to != ActionState.ANNULEE:
        no(409, "status", "declined", _("It was declined: it is to be given to another first."))
    held.state, held.updated_at = to, at
    if to in _SETTLES:
        held.reason, held.settled_at = reason, at
    held.save(update_fields=["state", "reason", "settled_at", "updated_at"])
    called, told = _TURNS[to]
    _turned(held, called, author, at, reason)
    if to == ActionState.ANNULEE:
        owe_to_owner("cancelled", held, author, at)
    elif told:
        owe_of_action(told, held, author, at)
    touch(held.problem, at)
    log(held.problem, author, f"action.{called.name.lower()}")
    return held


@transaction.atomic
def decline(*, action: Action, author: User, scope: Scope, reason: str, at: datetime | None = None) -> Action:
    """The action that its owner will not do, and why; it waits to be given to another.

    Raises PermissionDenied; Refused: 409 `move_not_allowed`, `declined`; 422 `reason_required`, `too_long`,
    `personal_data`.
    """
    at = at or timezone.now()
    held, _role = _held(action, scope)
    if held.state != ActionState.PROPOSEE:
        no(409, "status", "move_not_allowed", _("What was accepted is no longer declined: say that it was not done."))
    if held.declined_at is not None:
        no(409, "status", "declined", _("It was declined: it is to be given to another first."))
    reason = worded(reason, at, longest=LONGEST_REASON, field="reason")
    held.declined_at, held.reason, held.updated_at = at, reason, at
    held.save(update_fields=["declined_at", "reason", "updated_at"])
    _turned(held, Turn.DECLINED, author, at, reason)
    owe_of_action("declined", held, author, at)
    touch(held.problem, at)
    log(held.problem, author, "action.declined")
    return held


@transaction.atomic
def give_again(
    *,
    action: Action,
    author: User,
    scope: Scope,
    owner: Partner | None,
    due_on: date | None = None,
    at: datetime | None = None,
) -> Action:
    """The open action with another owner, or none but the police; with another day, if one is given.

    Raises PermissionDenied for who does not run the group; Refused: 409 `move_not_allowed`; 422 `same_owner`,
    `unknown_owner`, `observer`, `in_past`, `too_far`.
    """
    at = at or timezone.now()
    held, role = _held(action, scope)
    if role != REFERENT:
        raise PermissionDenied
    if held.settled_at is not None:
        no(409, "status", "move_not_allowed", _("It is settled: give a new one."))
    if held.declined_at is not None and held.owner_id == (owner.pk if owner else None):
        no(422, "owner", "same_owner", _("They have declined it: choose another."))
    _check_owner(held.problem, owner)
    if due_on is not None:
        to_come(due_on, at, field="due_on")
        held.due_on = due_on
    held.owner, held.declined_at, held.reason, held.updated_at = owner, None, "", at
    held.state = ActionState.PROPOSEE if owner else ActionState.ACCEPTEE
    held.save(update_fields=["owner", "declined_at", "reason", "due_on", "state", "updated_at"])
    _turned(held, Turn.GIVEN_AGAIN, author, at)
    owe_to_owner("given", held, author, at)
    touch(held.problem, at)
    log(held.problem, author, "action.again", owner.code if owner else "")
    return held


def _held(action: Action, scope: Scope) -> tuple[Action, str]:
    """The locked action with its locked problem, and as whom the person acts: as the référent, where they are both.

    Raises PermissionDenied.
    """
    problem = locked(action.problem)
    held: Action = Action.objects.select_for_update(of=("self",)).select_related("owner").get(pk=action.pk)
    held.problem = problem
    runs = problem.post_id in scope.posts
    owns = runs if held.owner_id is None else held.owner_id in scope.partners
    if not (runs or owns):
        raise PermissionDenied
    return held, REFERENT if runs else OWNER


def _check_owner(problem: Problem, owner: Partner | None) -> None:
    if owner is None:
        return
    if owner.pk not in members_of(problem):
        no(422, "owner", "unknown_owner", _("This organisation is not in the group."))
    if owner.kind in OBSERVERS:
        no(422, "owner", "observer", _("The prosecutor observes: nothing is asked of them here."))


def _turned(action: Action, turn: Turn, author: User, at: datetime, reason: str = "") -> None:
    ActionChange(
        action=action, at=at, turn=turn, owner_id=action.owner_id, due_on=action.due_on, author=author, reason=reason
    ).save(force_insert=True)
