"""A concern of the hyper-centre of Gap, and another of the same thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from incidents.models import Incident
from messaging.models import Message
from sectors.scope import scope_of
from tests.incidents.sending import reported

CLOSE_BY = (6.0789, 44.5595)


@pytest.fixture(autouse=True)
def asked_often(unthrottled: None) -> None:
    """These tests ask often."""


@pytest.fixture
def row(person: Callable[[str], User], monday: datetime) -> Incident:
    """Reported by the landlord ten days ago: due on Friday 11 December."""
    return reported(person("partner_a"), monday - timedelta(days=10))


@pytest.fixture
def other(person: Callable[[str], User], monday: datetime, row: Incident) -> Incident:
    """The same thing, told by the town two days ago: due on Monday 21 December."""
    return reported(person("mayor_gap"), monday - timedelta(days=2), CLOSE_BY, description="Vacarme sous les fenêtres")


@pytest.fixture
def by(person: Callable[[str], User], monday: datetime) -> Callable[[str], dict[str, Any]]:
    """Author and scope of a member of the cast, as every change takes them."""
    return lambda name: {"author": person(name), "scope": scope_of(person(name), monday)}


@pytest.fixture
def told(row: Incident) -> Callable[[], dict[str, Message]]:
    """The messages owed since the last look, the last for each recipient by name."""
    seen = set(Message.objects.values_list("pk", flat=True))

    def look() -> dict[str, Message]:
        fresh = list(Message.objects.exclude(pk__in=seen).order_by("pk"))
        seen.update(each.pk for each in fresh)
        return {each.recipient.partition("@")[0]: each for each in fresh}

    return look
