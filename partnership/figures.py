"""What a group can say of its own work over a period: pure. Every share comes with what it is a share of.

- What is open and overdue counts against the on-time share: who answers nothing is not on time with all of it.
- A problem is answered when it is first under evaluation, or closed, after it was retained or opened again.
- The police of the State (`POLICE`) are one owner among others; municipal police are a partner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from incidents.figures import Rate
from partnership.course import days_per_stage
from partnership.facts import PARIS
from partnership.life import ACTION_OPEN, AWAITED, ActionState, State

REOPENED_DAYS: Final = 90
# Who came late to a meeting was there all the same.
THERE: Final = frozenset({"present", "retard"})
POLICE: Final = frozenset({"", "police_nationale", "gendarmerie"})


@dataclass(frozen=True, slots=True)
class Move:
    """A move of a problem: to which state, when, with which result and due day at that time."""

    state: str
    at: datetime
    result: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A problem: its moves in their order, and how it stands now."""

    moves: tuple[Move, ...]
    state: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Given:
    """An action given in the period: its owner (None: the police themselves) and the owner's kind, "" of the police."""

    owner: int | None
    kind: str
    state: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; the share is None of nothing."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """From 0 to 1."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """The figures of one group from `first` to `last`, as they stand at the moment they are asked for.

    states: problems by their state now. results: closings of the period by result. on_time: answers due in the period.
    reopened: of those closings, within ninety days. stages: state -> (median days, of how many problems closed).
    kinds: kind of owner -> (actions done, given). owners: key of the owner -> (overdue, open). attendance: key of the
    organisation -> (present, meetings that it was asked to). None stands for the police.
    """

    first: date
    last: date
    states: Mapping[str, int]
    results: Mapping[str, Share]
    on_time: Rate
    reopened: Share
    stages: Mapping[str, tuple[float, int]]
    kinds: Mapping[str, Share]
    by_others: Share
    engaged: Share
    overdue: Mapping[int | None, Share]
    attendance: Mapping[int | None, Share]


def figures(
    *,
    problems: Sequence[Course],
    actions: Sequence[Given],
    mobilised: Collection[int],
    presences: Sequence[tuple[int | None, str]],
    first: date,
    last: date,
    today: date,
) -> GroupFigures:
    """The figures of these problems, actions given, organisations mobilised and presences of the meetings held.

    mobilised: the organisations that contributed, signed, attended or were given an action in the period.
    """
    closings = [
        (course, n, move)
        for course in problems
        for n, move in enumerate(course.moves)
        if move.state == State.CLOSE and first <= _day(move.at) <= last
    ]
    results = Counter(move.result for _course, _n, move in closings)
    stood = [each for each in actions if each.state != ActionState.ANNULEE]
    kinds = Counter(each.kind for each in stood)
    done = Counter(each.kind for each in stood if each.state == ActionState.REALISEE)
    owning = {each.owner for each in stood if each.owner is not None}
    others = sum(each.kind not in POLICE for each in stood)
    waiting = [each for each in stood if each.state in ACTION_OPEN]
    return GroupFigures(
        first=first,
        last=last,
        states=dict(Counter(course.state for course in problems)),
        results={result: Share(count, len(closings)) for result, count in sorted(results.items())},
        on_time=_on_time(problems, first, last, today),
        reopened=Share(sum(_reopened(course, n) for course, n, _move in closings), len(closings)),
        stages=_stages([(course, n) for course, n, _move in closings]),
        kinds={kind: Share(done[kind], given) for kind, given in sorted(kinds.items())},
        by_others=Share(others, len(stood)),
        engaged=Share(len(owning.intersection(mobilised)), len(mobilised)),
        overdue=_shares([(each.owner, each.due_on < today) for each in waiting]),
        attendance=_shares([(who, presence in THERE) for who, presence in presences]),
    )


def _on_time(problems: Sequence[Course], first: date, last: date, today: date) -> Rate:
    """Answers due in the period: given by their day, given later, and open although their day is over."""
    counted: Counter[str] = Counter()
    for course in problems:
        for answered, due_on in _promises(course):
            if due_on is None or not first <= due_on <= last:
                continue
            if answered is not None:
                counted["on_time" if answered <= due_on else "late"] += 1
            elif course.state in AWAITED and due_on < today:
                counted["overdue"] += 1
    return Rate(first, last, counted["on_time"], counted["late"], counted["overdue"])


def _promises(course: Course) -> list[tuple[date | None, date | None]]:
    """(answered on, due on) of each time that the problem was retained or opened again; the last may be unanswered."""
    found: list[tuple[date | None, date | None]] = []
    waits = False
    for move in course.moves:
        if move.state in {State.RETENUE, State.ROUVERTE} and not waits:
            waits = True
        elif waits and move.state in {State.EVALUATION, State.CLOSE}:
            found.append((_day(move.at), move.due_on))
            waits = False
    return [*found, (None, course.due_on)] if waits else found


def _reopened(course: Course, closing: int) -> bool:
    """Whether that closing lasted less than ninety days."""
    until = course.moves[closing].at + timedelta(days=REOPENED_DAYS)
    return any(move.state == State.ROUVERTE and move.at <= until for move in course.moves[closing + 1 :])


def _stages(closings: Sequence[tuple[Course, int]]) -> dict[str, tuple[float, int]]:
    """state -> median of the days that problems stood in it up to their last closing, and of how many problems."""
    spent: dict[str, list[float]] = {}
    for course, closing in {id(course): (course, n) for course, n in closings}.values():
        moves = course.moves[: closing + 1]
        for state, days in days_per_stage([(move.state, move.at) for move in moves], moves[-1].at).items():
            if state != State.CLOSE:
                spent.setdefault(state, []).append(days)
    return {state: (round(median(days), 1), len(days)) for state, days in spent.items()}


def _shares(rows: Sequence[tuple[int | None, bool]]) -> dict[int | None, Share]:
    of = Counter(who for who, _counts in rows)
    counted = Counter(who for who, counts in rows if counts)
    return {who: Share(counted[who], of[who]) for who in of}


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()
