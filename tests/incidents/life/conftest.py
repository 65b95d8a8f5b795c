"""A concern of the hyper-centre of Gap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from incidents.models import Incident
from sectors.scope import scope_of
from tests.incidents.sending import reported


@pytest.fixture(autouse=True)
def asked_often(unthrottled: None) -> None:
    """These tests ask often."""


@pytest.fixture
def row(person: Callable[[str], User], monday: datetime) -> Incident:
    """Reported by the landlord ten days ago: due on Friday 11 December."""
    return reported(person("partner_a"), monday - timedelta(days=10))


@pytest.fixture
def by(person: Callable[[str], User], monday: datetime) -> Callable[[str], dict[str, Any]]:
    """Author and scope of a member of the cast, as every change takes them."""
    return lambda name: {"author": person(name), "scope": scope_of(person(name), monday)}
