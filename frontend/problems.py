"""Problems and actions as a page shows them: what is given is only what its reader may know."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from frontend import motives, people, words
from incidents.deadlines import paris_date
from partnership import words as said
from partnership.life import AWAITED, SETTLED
from partnership.models import Action, Problem
from partnership.models.visibility import asks_for_a_motive, may_on
from sectors import atlas
from sectors.models import Partner
from sectors.scope import Scope


@dataclass(frozen=True, slots=True)
class Card:
    """A problem in a list; `title` and `severity` are empty for who may know its state and result alone."""

    reference: str
    title: str
    family: str
    commune: str
    state: str
    severity: str
    result: str
    due: dict[str, Any] | None
    settled: bool
    confidential: bool
    proposed_at: datetime
    own: bool

    @property
    def tone(self) -> str:
        """How pressing its day is."""
        return str(self.due["tone"]) if self.due else "calm"


@dataclass(frozen=True, slots=True)
class Promise:
    """An action in a list: `owner` is empty for the police's own; `title` no more than its number for who has not
    said why they read."""

    action: Action
    title: str
    problem: Card
    state: str
    owner: str
    late: bool
    waits: bool
    gone: bool


def card(request: HttpRequest, problem: Problem, now: datetime) -> Card:
    """The problem with its commune, as this person may know it. No query."""
    told = reads(request, problem)
    due_on, due_at = problem.due_on, problem.due_at
    running = problem.state in AWAITED and due_on is not None and due_at is not None
    return Card(
        reference=problem.reference,
        title=problem.title if told else "",
        family=family(problem.territory_id, problem.family),
        commune=problem.commune.name if problem.commune else "",
        state=words.word(said.STATES, problem.state),
        severity=words.word(said.SEVERITIES, problem.severity) if told else "",
        result=words.word(said.OUTCOMES, problem.result) if problem.result else "",
        due=words.left_until(due_on, due_at, now) if running and due_on and due_at else None,
        settled=problem.state in SETTLED,
        confidential=problem.confidential and told,
        proposed_at=problem.proposed_at,
        own=problem.proposed_by_id == people.user(request).pk,
    )


def promise(request: HttpRequest, action: Action, now: datetime, members: Collection[Partner] | None = None) -> Promise:
    """The action with its owner and its problem. No query.

    members: the organisations in the group today, where its reader is told whose owner has left it.
    """
    open_still = action.settled_at is None
    return Promise(
        action=action,
        title=action.title if reads(request, action.problem) else _("Action %(number)s") % {"number": action.number},
        problem=card(request, action.problem, now),
        state=words.word(said.ACTIONS, action.state),
        owner=action.owner.name if action.owner else "",
        late=is_late(action, paris_date(now)),
        waits=action.declined_at is not None and open_still,
        gone=open_still and members is not None and action.owner is not None and action.owner not in members,
    )


def is_late(action: Action, today: date) -> bool:
    """Is its day over, and nothing said of it?"""
    return action.settled_at is None and action.due_on < today


def reads(request: HttpRequest, problem: Problem) -> bool:
    """May its texts be shown now? To the direction once it has said why it reads."""
    scope = people.scope(request)
    if not may_on(problem, scope, "read_problem"):
        return False
    return bool(motives.given(request)) or not asks_for_a_motive(problem, scope)


def family(territory: int, code: str) -> str:
    """The words of a family of natures; its code where the territory has it no more."""
    cards = atlas.current().directory.categories.values()
    return next((each.family_label for each in cards if each.family == code), code)


def families(territories: Iterable[int]) -> list[tuple[str, str]]:
    """The families of natures of these territories, in their order, once each."""
    wanted, found = set(territories), dict[str, str]()
    for each in atlas.current().directory.categories.values():
        if each.territory_id in wanted:
            found.setdefault(each.family, each.family_label)
    return list(found.items())


def listed(scope: Scope) -> Any:
    """The problems that this person may know of, with what a card names and no outline."""
    found = Problem.objects.visible_to(scope).select_related("commune")
    return found.defer("extent", "extent_m", "commune__area", "commune__area_m")
