"""A group at work, for the tests: its problem, its people and what they may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from accounts.models import User
from incidents.models import Incident
from ogcapi.geojson import Refused
from partnership import changes
from partnership.models import Action, Problem
from sectors.models import Partner, PartnershipGroup
from sectors.scope import scope_of
from tests.incidents.sending import GAP, reported

SQUARE = (((6.078, 44.559), (6.080, 44.559), (6.080, 44.561), (6.078, 44.561), (6.078, 44.559)),)
GROUP = "gpo-gap-hyper-centre"


def does(change: Callable[..., Any], who: User, at: datetime, **facts: Any) -> Any:
    """What the change gives back, made by this person with what they cover at that moment."""
    return change(author=who, scope=scope_of(who, at), at=at, **facts)


def refused(change: Callable[..., Any], who: User, at: datetime, **facts: Any) -> str:
    """The code of the refusal of this change, with its HTTP status: "409 settled"."""
    with pytest.raises(Refused) as caught:
        does(change, who, at, **facts)
    return f"{caught.value.status} {caught.value.code}"


def proposed(who: User, at: datetime, **more: Any) -> Problem:
    facts: dict[str, Any] = {"title": "Bruit le soir place Jean Marcellin", "family": "tranquillite", **more}
    facts.setdefault("polygons", [SQUARE])
    problem: Problem = does(changes.propose, who, at, **facts)
    return problem


def retained(who: User, at: datetime, **more: Any) -> Problem:
    problem: Problem = does(changes.retain, who, at, problem=proposed(who, at, **more))
    return problem


def concerns(who: User, at: datetime, count: int) -> list[Incident]:
    return [reported(who, at, (GAP[0] + n * 0.0001, GAP[1])) for n in range(count)]


def given(problem: Problem, who: User, at: datetime, **more: Any) -> Action:
    facts: dict[str, Any] = {"title": "Fermer le hall à 22 h", "due_on": date(2026, 12, 11), **more}
    action: Action = does(changes.give, who, at, problem=problem, **facts)
    return action


def landlord() -> Partner:
    return Partner.objects.get(code="bailleur")


def group() -> PartnershipGroup:
    return PartnershipGroup.objects.select_related("post").get(code=GROUP)
