"""Concerns, whoever acts on them, what they are told of it, and a folder for photos."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from incidents.models import Incident
from messaging.models import Message
from sectors.scope import scope_of
from tests.conftest import allow_flush, load_embedded_territory
from tests.incidents.sending import BRIANCON, GAP, GAP_HOUSING, reported


@pytest.fixture
def loaded() -> None:
    """The territory and the cast, committed: other threads and connections see nothing else."""
    allow_flush()
    load_embedded_territory()


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    """The folder of the photos of this test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.THROTTLES = False
    return tmp_path / "media"


@pytest.fixture
def concern(person: Any, media: Path) -> Incident:
    """Reported by the landlord in the hyper-centre of Gap; its photos are in `media`."""
    return reported(person("partner_a"), timezone.now())


@pytest.fixture
def three(person: Any, monday: datetime) -> dict[str, Incident]:
    """In the hyper-centre of Gap, in its dense housing, and in Briançon by another organisation."""
    return {
        "gap": reported(person("partner_a"), monday, GAP),
        "housing": reported(person("partner_a"), monday - timedelta(days=40), GAP_HOUSING, category="rodeo"),
        "briancon": reported(person("partner_b"), monday, BRIANCON),
    }


@pytest.fixture
def row(person: Callable[[str], User], monday: datetime) -> Incident:
    """Reported by the landlord ten days ago: due on Friday 11 December."""
    return reported(person("partner_a"), monday - timedelta(days=10))


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
