"""A desk that nothing slows down."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def asked_often(unthrottled: None) -> None:
    """These tests ask often."""
