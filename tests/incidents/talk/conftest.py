"""Another concern of the same thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from incidents.models import Incident
from tests.incidents.sending import reported

CLOSE_BY = (6.0789, 44.5595)


@pytest.fixture(autouse=True)
def asked_often(unthrottled: None) -> None:
    """These tests ask often."""


@pytest.fixture
def other(person: Callable[[str], User], monday: datetime, row: Incident) -> Incident:
    """The same thing, told by the town two days ago: due on Monday 21 December."""
    return reported(person("mayor_gap"), monday - timedelta(days=2), CLOSE_BY, description="Vacarme sous les fenêtres")
