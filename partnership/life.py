"""The lives of a problem, of an action and of a meeting, as three tables.

problem: signalee -> a_qualifier -> retenue -> diagnostic -> actions_en_cours -> evaluation -> close
beside it ``reorientee`` (given to another post, which has still to look at it), ``non_retenue`` and ``suspendue``, each
with a reason, and ``rouverte``. Its result is said when it is closed, and at no other time.

action: proposee -> acceptee -> en_cours -> realisee, or non_realisee, or annulee. An owner who declines leaves it
``proposee``: it waits for another owner. meeting: planifiee -> tenue, or annulee.

What is not in a table is not allowed. Whether this person may touch this very problem is settled elsewhere, and so are
the words shown for each code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from incidents.workflow import MoveRefused

REFERENT: Final = "referent"
OWNER: Final = "owner"  # of an action: the organisation that has it, or the police for its own
SYSTEM: Final = "system"  # nobody's role: what follows from another change, or from the clock

SUSPENSION_CAP_DAYS: Final = 90  # in all, over the life of one problem
SUSPENSION_REASONS: Final = (
    "partenaire_attendu",  # an organisation has to act first
    "decision_attendue",  # a court, the prefecture or the town has to decide first
    "travaux_en_cours",  # works under way will settle it
    "saison",  # it comes with a season that is over, or has not begun
)


class State(StrEnum):
    """Where a problem stands; the values are stored and answered by the API."""

    SIGNALEE = "signalee"
    A_QUALIFIER = "a_qualifier"
    RETENUE = "retenue"
    DIAGNOSTIC = "diagnostic"
    ACTIONS_EN_COURS = "actions_en_cours"
    EVALUATION = "evaluation"
    CLOSE = "close"
    REORIENTEE = "reorientee"
    NON_RETENUE = "non_retenue"
    SUSPENDUE = "suspendue"
    ROUVERTE = "rouverte"


class Outcome(StrEnum):
    """What became of a problem, said when it is closed."""

    RESOLUE = "resolue"
    PARTIELLEMENT_RESOLUE = "partiellement_resolue"
    NON_RESOLUE = "non_resolue"
    ABANDONNEE = "abandonnee"


class ActionState(StrEnum):
    """Where an action stands."""

    PROPOSEE = "proposee"
    ACCEPTEE = "acceptee"
    EN_COURS = "en_cours"
    REALISEE = "realisee"
    NON_REALISEE = "non_realisee"
    ANNULEE = "annulee"


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PLANIFIEE = "planifiee"
    TENUE = "tenue"
    ANNULEE = "annulee"


SETTLED: Final = frozenset({State.CLOSE, State.NON_RETENUE})
OPEN: Final = frozenset(State) - SETTLED
# Nobody has said yet that the group sees to it: it has no due day.
PROPOSED: Final = frozenset({State.SIGNALEE, State.A_QUALIFIER, State.REORIENTEE})
# An answer is waited for, and the day counts.
AWAITED: Final = frozenset({State.RETENUE, State.DIAGNOSTIC, State.ACTIONS_EN_COURS, State.ROUVERTE})
# The group works on it: concerns join it, contributions, diagnoses and actions are written.
WORKED: Final = AWAITED | {State.SUSPENDUE, State.EVALUATION}

ACTION_OPEN: Final = frozenset({ActionState.PROPOSEE, ActionState.ACCEPTEE, ActionState.EN_COURS})
# Somebody has promised it.
PROMISED: Final = frozenset({ActionState.ACCEPTEE, ActionState.EN_COURS})


def values(states: Iterable[str]) -> list[str]:
    """Return the states as plain texts in the order of the alphabet, as a query or a constraint takes them."""
    return sorted(str(each) for each in states)


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed move: who may make it, and whether they must say why."""

    roles: frozenset[str]
    needs_reason: bool = False


Steps = Mapping[tuple[str, str], Step]

_DESK: Final = frozenset({REFERENT})
_DESK_OR_CLOCK: Final = frozenset({REFERENT, SYSTEM})
# What is said for its owner in a meeting is written down by the desk; the history keeps by whom.
_EITHER: Final = frozenset({OWNER, REFERENT})

_S, _A, _M = State, ActionState, MeetingState
# fmt: off
PROBLEM: Final[Steps] = MappingProxyType({
    (_S.SIGNALEE,         _S.A_QUALIFIER):      Step(_DESK),
    (_S.SIGNALEE,         _S.REORIENTEE):       Step(_DESK, needs_reason=True),
    (_S.SIGNALEE,         _S.NON_RETENUE):      Step(_DESK, needs_reason=True),
    (_S.REORIENTEE,       _S.A_QUALIFIER):      Step(_DESK),
    (_S.REORIENTEE,       _S.NON_RETENUE):      Step(_DESK, needs_reason=True),
    (_S.A_QUALIFIER,      _S.RETENUE):          Step(_DESK),
    (_S.A_QUALIFIER,      _S.REORIENTEE):       Step(_DESK, needs_reason=True),
    (_S.A_QUALIFIER,      _S.NON_RETENUE):      Step(_DESK, needs_reason=True),
    (_S.RETENUE,          _S.DIAGNOSTIC):       Step(_DESK_OR_CLOCK),
    (_S.RETENUE,          _S.ACTIONS_EN_COURS): Step(_DESK_OR_CLOCK),
    (_S.RETENUE,          _S.EVALUATION):       Step(_DESK),
    (_S.RETENUE,          _S.SUSPENDUE):        Step(_DESK, needs_reason=True),
    (_S.DIAGNOSTIC,       _S.ACTIONS_EN_COURS): Step(_DESK_OR_CLOCK),
    (_S.DIAGNOSTIC,       _S.EVALUATION):       Step(_DESK),
    (_S.DIAGNOSTIC,       _S.SUSPENDUE):        Step(_DESK, needs_reason=True),
    (_S.ACTIONS_EN_COURS, _S.DIAGNOSTIC):       Step(_DESK),
    (_S.ACTIONS_EN_COURS, _S.EVALUATION):       Step(_DESK),
    (_S.ACTIONS_EN_COURS, _S.SUSPENDUE):        Step(_DESK, needs_reason=True),
    (_S.EVALUATION,       _S.ACTIONS_EN_COURS): Step(_DESK),
    (_S.EVALUATION,       _S.CLOSE):            Step(_DESK),
    (_S.SUSPENDUE,        _S.RETENUE):          Step(_DESK_OR_CLOCK),
    (_S.SUSPENDUE,        _S.DIAGNOSTIC):       Step(_DESK_OR_CLOCK),
    (_S.SUSPENDUE,        _S.ACTIONS_EN_COURS): Step(_DESK_OR_CLOCK),
    (_S.SUSPENDUE,        _S.ROUVERTE):         Step(_DESK_OR_CLOCK),
    (_S.CLOSE,            _S.ROUVERTE):         Step(_DESK, needs_reason=True),
    (_S.NON_RETENUE,      _S.ROUVERTE):         Step(_DESK, needs_reason=True),
    (_S.ROUVERTE,         _S.DIAGNOSTIC):       Step(_DESK_OR_CLOCK),
    (_S.ROUVERTE,         _S.ACTIONS_EN_COURS): Step(_DESK_OR_CLOCK),
    (_S.ROUVERTE,         _S.EVALUATION):       Step(_DESK),
    (_S.ROUVERTE,         _S.SUSPENDUE):        Step(_DESK, needs_reason=True),
})
ACTION: Final[Steps] = MappingProxyType({
    (_A.PROPOSEE,         _A.ACCEPTEE):         Step(_EITHER),
    (_A.PROPOSEE,         _A.ANNULEE):          Step(_DESK, needs_reason=True),
    (_A.ACCEPTEE,         _A.EN_COURS):         Step(_EITHER),
    (_A.ACCEPTEE,         _A.REALISEE):         Step(_EITHER),
    (_A.ACCEPTEE,         _A.NON_REALISEE):     Step(_EITHER, needs_reason=True),
    (_A.ACCEPTEE,         _A.ANNULEE):          Step(_DESK, needs_reason=True),
    (_A.EN_COURS,         _A.REALISEE):         Step(_EITHER),
    (_A.EN_COURS,         _A.NON_REALISEE):     Step(_EITHER, needs_reason=True),
    (_A.EN_COURS,         _A.ANNULEE):          Step(_DESK, needs_reason=True),
})
MEETING: Final[Steps] = MappingProxyType({
    (_M.PLANIFIEE,        _M.TENUE):            Step(_DESK),
    (_M.PLANIFIEE,        _M.ANNULEE):          Step(_DESK, needs_reason=True),
})
# fmt: on


def check(steps: Steps, current: str, to: str, *, role: str, reason: str = "") -> Step:
    """Return the step from `current` to `to` of one of the three tables, or raise MoveRefused.

    Codes: ``status_unknown``, ``status_unchanged``, ``move_not_allowed``, ``role_not_allowed``, ``reason_required``.
    """
    known = {state for pair in steps for state in pair}
    if to not in known:
        raise MoveRefused("status_unknown", {"status": to, "known": tuple(sorted(known))})
    step = steps.get((current, to))
    if step is None:
        code = "status_unchanged" if current == to else "move_not_allowed"
        raise MoveRefused(code, {"from": current, "to": to, "allowed": next_from(steps, current)})
    if role not in step.roles:
        raise MoveRefused("role_not_allowed", {"role": role, "allowed": sorted(step.roles)})
    if step.needs_reason and not says_something(reason):
        raise MoveRefused("reason_required", {"to": to})
    return step


def next_from(steps: Steps, current: str, role: str | None = None) -> tuple[str, ...]:
    """Return where one gets from `current`, in the order of the table; by `role`, if any."""
    return tuple(to for (start, to), step in steps.items() if start == current and (not role or role in step.roles))


def retaining(current: str) -> tuple[State, ...]:
    """Return the moves that retain a problem at once: qualified on the way, where nobody did it before."""
    return (State.RETENUE,) if current == State.A_QUALIFIER else (State.A_QUALIFIER, State.RETENUE)


def suspension_ends_on(started_on: date, suspended_days: int = 0) -> date:
    """Return the day on which a suspension begun on `started_on` must end at the latest.

    suspended_days: days already used by earlier suspensions of the same problem.
    """
    return started_on + timedelta(days=max(0, SUSPENSION_CAP_DAYS - suspended_days))


def check_suspension(reason: str, suspended_days: int) -> None:
    """Nothing, or MoveRefused: ``reason_not_listed``, ``suspension_exhausted``."""
    if reason not in SUSPENSION_REASONS:
        raise MoveRefused("reason_not_listed", {"reason": reason, "listed": SUSPENSION_REASONS})
    if suspended_days >= SUSPENSION_CAP_DAYS:
        raise MoveRefused("suspension_exhausted", {"suspended_days": suspended_days, "most": SUSPENSION_CAP_DAYS})


def says_something(text: str) -> bool:
    """Return whether `text` holds a letter or a digit: blanks and dots explain nothing."""
    return any(character.isalnum() for character in text)
