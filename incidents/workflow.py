"""The life of a concern, as one table.

    signalee -> qualifiee -> prise_en_charge -> repondue -> close
                                   ^                          |
                                   +-------- rouverte <-------+   until day 90

beside it ``non_retenue`` (with a reason) and ``suspendue`` (the clock stands still, for a listed
reason and a limited number of days). What is not in `MOVES` is not allowed.

Some moves are nobody's choice, but follow from another change: a concern given to another post is
there as if just reported, and one dealt with in another stands where that one does. They are in the
same table, for the roles `HANDING` and `TOGETHER`, which no person has.

Two things are settled elsewhere: whether this person may touch this very concern (a partner
reopens its own, a référent acts in their sectors), and the words shown for each code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

REFERENT: Final = "referent"
PARTNER: Final = "partner"
MAYOR: Final = "mayor"
DIRECTOR: Final = "director"
SYSTEM: Final = "system"  # nobody's role: the worker, when a suspension has lasted long enough
HANDING: Final = "handing"  # nobody's role: the concern is given to another post
TOGETHER: Final = "together"  # nobody's role: it is merged into another, follows it, or is on its own again

REOPENING_DAYS: Final = 90
SUSPENSION_CAP_DAYS: Final = 30  # in all, over the life of one concern

SUSPENSION_REASONS: Final = (
    "precision_attendue",  # the reporter was asked something and has not answered yet
    "partenaire_attendu",  # another organisation has to act first
    "decision_attendue",  # a court, the prefecture or the town has to decide first
    "travaux_en_cours",  # works under way will settle it
    "acces_impossible",  # the place cannot be reached for now
)


class Status(StrEnum):
    """Where a concern stands; the values are stored and answered by the API."""

    SIGNALEE = "signalee"
    QUALIFIEE = "qualifiee"
    PRISE_EN_CHARGE = "prise_en_charge"
    REPONDUE = "repondue"
    CLOSE = "close"
    NON_RETENUE = "non_retenue"
    SUSPENDUE = "suspendue"
    ROUVERTE = "rouverte"


SETTLED: Final = frozenset({Status.REPONDUE, Status.CLOSE, Status.NON_RETENUE})
OPEN: Final = frozenset(Status) - SETTLED
# Nobody has said yet that they see to it.
UNTAKEN: Final = frozenset({Status.SIGNALEE, Status.QUALIFIEE, Status.ROUVERTE})


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move: who may make it, what they must say, and whether the reporter is told.

    public: the reporter is told of the move, with its reason or answer.
    """

    roles: frozenset[str]
    needs_reason: bool = False
    needs_answer: bool = False
    public: bool = True


class MoveRefused(ValueError):  # noqa: N818 - a refusal and no fault of the program
    """A move that is not allowed. `code` is stable; `facts` are what a sentence needs.

    Codes: ``status_unknown``, ``status_unchanged``, ``move_not_allowed``, ``role_not_allowed``,
    ``reopening_too_late``, ``closed_on_missing``, ``reason_required``, ``reason_not_listed``,
    ``suspension_exhausted``, ``answer_required``, ``already_settled``.
    """

    def __init__(self, code: str, facts: Mapping[str, object]) -> None:
        super().__init__(f"{code}: {dict(facts)}")
        self.code = code
        self.facts = facts


_DESK: Final = frozenset({REFERENT, DIRECTOR})
_DESK_OR_WORKER: Final = _DESK | {SYSTEM}
_ANYONE_CONCERNED: Final = _DESK | {PARTNER, MAYOR}
# What only follows from another change: nobody is offered it, and to ask for it is refused.
_TOGETHER: Final = frozenset({TOGETHER})
_GIVEN_OR_TOGETHER: Final = _TOGETHER | {HANDING}

_S = Status
# fmt: off
MOVES: Final[Mapping[tuple[Status, Status], Move]] = MappingProxyType({
    (_S.SIGNALEE,        _S.QUALIFIEE):       Move(_DESK, public=False),
    (_S.SIGNALEE,        _S.PRISE_EN_CHARGE): Move(_TOGETHER),
    (_S.SIGNALEE,        _S.NON_RETENUE):     Move(_DESK, needs_reason=True),
    (_S.SIGNALEE,        _S.ROUVERTE):        Move(_TOGETHER, public=False),
    (_S.QUALIFIEE,       _S.SIGNALEE):        Move(_GIVEN_OR_TOGETHER, public=False),
    (_S.QUALIFIEE,       _S.PRISE_EN_CHARGE): Move(_DESK),
    (_S.QUALIFIEE,       _S.NON_RETENUE):     Move(_DESK, needs_reason=True),
    (_S.QUALIFIEE,       _S.SUSPENDUE):       Move(_DESK, needs_reason=True),
    (_S.QUALIFIEE,       _S.ROUVERTE):        Move(_TOGETHER, public=False),
    (_S.PRISE_EN_CHARGE, _S.SIGNALEE):        Move(_GIVEN_OR_TOGETHER, public=False),
    (_S.PRISE_EN_CHARGE, _S.QUALIFIEE):       Move(_TOGETHER, public=False),
    (_S.PRISE_EN_CHARGE, _S.REPONDUE):        Move(_DESK, needs_answer=True),
    (_S.PRISE_EN_CHARGE, _S.NON_RETENUE):     Move(_DESK, needs_reason=True),
    (_S.PRISE_EN_CHARGE, _S.SUSPENDUE):       Move(_DESK, needs_reason=True),
    (_S.PRISE_EN_CHARGE, _S.ROUVERTE):        Move(_TOGETHER, public=False),
    (_S.SUSPENDUE,       _S.SIGNALEE):        Move(_GIVEN_OR_TOGETHER, public=False),
    (_S.SUSPENDUE,       _S.QUALIFIEE):       Move(_DESK_OR_WORKER),
    (_S.SUSPENDUE,       _S.PRISE_EN_CHARGE): Move(_DESK_OR_WORKER),
    (_S.SUSPENDUE,       _S.NON_RETENUE):     Move(_DESK, needs_reason=True),
    (_S.SUSPENDUE,       _S.ROUVERTE):        Move(_TOGETHER, public=False),
    (_S.REPONDUE,        _S.SIGNALEE):        Move(_TOGETHER, public=False),
    (_S.REPONDUE,        _S.QUALIFIEE):       Move(_TOGETHER, public=False),
    (_S.REPONDUE,        _S.PRISE_EN_CHARGE): Move(_TOGETHER),
    (_S.REPONDUE,        _S.CLOSE):           Move(_DESK),
    (_S.REPONDUE,        _S.ROUVERTE):        Move(_ANYONE_CONCERNED, needs_reason=True),
    (_S.CLOSE,           _S.SIGNALEE):        Move(_TOGETHER, public=False),
    (_S.CLOSE,           _S.QUALIFIEE):       Move(_TOGETHER, public=False),
    (_S.CLOSE,           _S.PRISE_EN_CHARGE): Move(_TOGETHER),
    (_S.CLOSE,           _S.ROUVERTE):        Move(_ANYONE_CONCERNED, needs_reason=True),
    (_S.NON_RETENUE,     _S.SIGNALEE):        Move(_TOGETHER, public=False),
    (_S.NON_RETENUE,     _S.QUALIFIEE):       Move(_TOGETHER, public=False),
    (_S.NON_RETENUE,     _S.PRISE_EN_CHARGE): Move(_TOGETHER),
    (_S.NON_RETENUE,     _S.ROUVERTE):        Move(_ANYONE_CONCERNED, needs_reason=True),
    (_S.ROUVERTE,        _S.SIGNALEE):        Move(_GIVEN_OR_TOGETHER, public=False),
    (_S.ROUVERTE,        _S.QUALIFIEE):       Move(_TOGETHER, public=False),
    (_S.ROUVERTE,        _S.PRISE_EN_CHARGE): Move(_DESK_OR_WORKER, public=False),
})
# fmt: on

_TAKEN_BY: Final = MappingProxyType({Status.SIGNALEE: (Status.QUALIFIEE, Status.PRISE_EN_CHARGE)})

# Left for good unless reopened in time: what was only answered is not closed yet.
_REOPENS_UNTIL_DAY_90: Final = frozenset({Status.CLOSE, Status.NON_RETENUE})


def check(
    current: str,
    to: str,
    *,
    role: str,
    reason: str = "",
    answer: str = "",
    closed_on: date | None = None,
    today: date,
    suspended_days: int = 0,
) -> Move:
    """Return the move from `current` to `to`, or raise MoveRefused with the first thing wrong.

    role: a role name, or `SYSTEM`.
    reason: free text; for a suspension, a code of `SUSPENSION_REASONS`.
    closed_on: the Paris day on which a closed or rejected concern became so.
    suspended_days: days the clock of this concern has stood still so far.
    """
    source, target = _status(current), _status(to)
    move = listed(source, target, role=role)
    if target is Status.ROUVERTE and source in _REOPENS_UNTIL_DAY_90:
        _check_window(closed_on, today)
    if move.needs_reason and not _says_something(reason):
        raise MoveRefused("reason_required", {"to": target})
    if target is Status.SUSPENDUE:
        _check_suspension(reason, suspended_days)
    if move.needs_answer and not _says_something(answer):
        raise MoveRefused("answer_required", {"to": target})
    return move


def listed(current: str, to: str, *, role: str) -> Move:
    """Return the row of the table for the move from `current` to `to`, or raise MoveRefused: it has none for `role`.

    What is chosen for a concern is so of those dealt with in it too: `TOGETHER` makes every move of the table.
    """
    source, target = _status(current), _status(to)
    move = MOVES.get((source, target))
    # One that only follows from another change is, for whoever chooses, no move at all.
    if move is None or (role not in _GIVEN_OR_TOGETHER and move.roles <= _GIVEN_OR_TOGETHER):
        code = "status_unchanged" if source is target else "move_not_allowed"
        raise MoveRefused(code, {"from": source, "to": target, "allowed": next_from(source)})
    if role not in move.roles and role != TOGETHER:
        raise MoveRefused("role_not_allowed", {"role": role, "allowed": sorted(move.roles)})
    return move


def next_from(current: str, role: str | None = None) -> tuple[Status, ...]:
    """Return where a concern can be moved from `current`, in the order of the table; by `role`, if any.

    It offers what the table allows: `check` may still refuse, for the date or for what is said.
    """
    source = _status(current)
    return tuple(
        target
        for (start, target), move in MOVES.items()
        if start is source and (role in move.roles if role else not move.roles <= _GIVEN_OR_TOGETHER)
    )


def taking(current: str) -> tuple[Status, ...]:
    """Return the moves that take a concern in charge at once: qualified on the way, where nobody did it before."""
    return _TAKEN_BY.get(_status(current), (Status.PRISE_EN_CHARGE,))


def after_rerouting(current: str) -> Status:
    """Return the status at the receiver of a re-oriented concern: `signalee`, as if just reported.

    Raises MoveRefused ``already_settled`` when the concern is no longer open.
    """
    source = _status(current)
    if source in SETTLED:
        raise MoveRefused("already_settled", {"from": source})
    return Status.SIGNALEE


def suspension_ends_on(started_on: date, suspended_days: int = 0) -> date:
    """Return the day on which a suspension begun on `started_on` must end at the latest.

    suspended_days: days already used by earlier suspensions of the same concern.
    """
    return started_on + timedelta(days=max(0, SUSPENSION_CAP_DAYS - suspended_days))


def _status(value: str) -> Status:
    try:
        return Status(value)
    except ValueError:
        raise MoveRefused("status_unknown", {"status": value, "known": tuple(Status)}) from None


def _check_window(closed_on: date | None, today: date) -> None:
    if closed_on is None:
        raise MoveRefused("closed_on_missing", {})
    last_day = closed_on + timedelta(days=REOPENING_DAYS)
    if today > last_day:
        raise MoveRefused("reopening_too_late", {"closed_on": closed_on, "last_day": last_day})


def _check_suspension(reason: str, suspended_days: int) -> None:
    if reason not in SUSPENSION_REASONS:
        raise MoveRefused("reason_not_listed", {"reason": reason, "listed": SUSPENSION_REASONS})
    if suspended_days >= SUSPENSION_CAP_DAYS:
        facts = {"suspended_days": suspended_days, "most": SUSPENSION_CAP_DAYS}
        raise MoveRefused("suspension_exhausted", facts)


def _says_something(text: str) -> bool:
    """Return whether `text` holds a letter or a digit: blanks and dots explain nothing."""
    return any(character.isalnum() for character in text)
