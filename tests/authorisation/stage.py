"""The scene, set once for a module: what a test does before it is taken back, and the people stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from sectors import atlas
from sectors.models import MapVersion
from tests.authorisation.people import Scene, scene
from tests.conftest import CAST, base


@pytest.fixture(scope="module")
def set_scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """Everybody before the concern, in a transaction around all tests of the module."""
    untouched = base["version"]
    with django_db_blocker.unblock(), transaction.atomic():
        made = scene(lambda name: User.objects.get(email=f"{CAST[name]}@psq.example"))
        # The map with the other territory is now the one that a test finds and need not read again.
        base["version"] = MapVersion.objects.get().number
        with django_db_blocker.block():
            yield made
        transaction.set_rollback(True)
    base["version"] = untouched
    atlas.forget()


@pytest.fixture
def stage(set_scene: Scene, db: None, settings: Any, tmp_path: Any) -> Scene:
    """Everybody before the concern, with nothing left of the test before; no throttles."""
    settings.MEDIA_ROOT = tmp_path
    settings.THROTTLES = False
    # A token that a test gave out went with that test.
    return replace(set_scene, tokens={})
