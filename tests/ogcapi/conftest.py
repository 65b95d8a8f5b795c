"""Every test of the service asks it unthrottled, keeps its files to itself, and calls it by one name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def apart(unthrottled: None, settings: Any, tmp_path: Path) -> None:
    settings.DOWNLOADS_ROOT = tmp_path / "downloads"


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")
