"""A concern, and a folder of its own for photos."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from incidents.models import Incident
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
