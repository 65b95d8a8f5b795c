"""One role for all is said: who runs the product as its owner could delete what is written once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

pytestmark = pytest.mark.django_db


def warned() -> bool:
    return "psq_geo.W001" in {each.id for each in run_checks(databases=["default"])}


@pytest.fixture(autouse=True)
def real(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = False
    monkeypatch.delenv("PSQ_APP", raising=False)


def test_the_owner_alone_is_warned_and_fails_the_check_of_a_deployment() -> None:
    assert warned()
    with pytest.raises(SystemCheckError, match="delete the access log"):
        call_command("check", "--database", "default", "--fail-level", "WARNING")


def test_not_in_the_demonstration_nor_where_a_second_role_is_named(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PSQ_APP", "psq_app")
    assert not warned()
    monkeypatch.delenv("PSQ_APP")
    settings.DEMO = True
    assert not warned()


def test_not_where_the_product_is_no_owner_and_never_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "psq_geo.W001" not in {each.id for each in run_checks()}
    # Another role can be taken in a cluster of one's own alone: see tests/ground/test_roles.py.
    monkeypatch.setattr("psq_geo.roles.standing", lambda: (False, 0))
    assert not warned()
