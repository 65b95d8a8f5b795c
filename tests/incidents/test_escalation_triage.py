"""The clock of the triage begins anew with that of acceptance: for what is reopened, and for what was suspended."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.models import Incident
from tests.incidents.life.living import WAYS, brought, moved
from tests.incidents.sending import GAP_DESK, reported
from tests.incidents.sending import PARIS as ABROAD
from tests.incidents.test_escalation import noon, run

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("where", [ABROAD, GAP_DESK])]


@pytest.fixture
def unsorted(person: Any, monday: Any, where: tuple[float, float]) -> Incident:
    """In no sector, reported on Monday 16 November: to be handed on by Wednesday the 18th."""
    row = reported(person("partner_a"), noon("2026-11-16"), where)
    assert clock(row) == "2026-11-18"
    return row


def clock(row: Incident) -> str:
    row.refresh_from_db()
    return f"{row.triage_due_at:%Y-%m-%d}"


def rungs(*days: str) -> list[set[str]]:
    return [{rung for rung, _ in run(day)} for day in days]


def test_reopened_it_is_told_after_the_days_of_the_triage_and_not_at_once(unsorted, person):
    brought(unsorted, person("director"), "close", noon("2026-11-17"))
    moved(unsorted, person("partner_a"), "rouverte", noon("2026-11-24"))
    assert clock(unsorted) == "2026-11-26"
    assert rungs("2026-11-24", "2026-11-26", "2026-11-27", "2026-11-30") == [set(), set(), {"triage"}, set()]


def test_told_before_it_is_told_once_more_when_it_is_reopened(unsorted, person):
    assert rungs("2026-11-19") == [{"triage"}]
    brought(unsorted, person("director"), "close", noon("2026-11-19"))
    moved(unsorted, person("partner_a"), "rouverte", noon("2026-11-24"))
    assert rungs("2026-11-26", "2026-11-27", "2026-11-30") == [set(), {"triage"}, set()]


def test_after_a_suspension_it_has_its_days_again(unsorted, person):
    for to, day in (("qualifiee", "2026-11-17"), ("suspendue", "2026-11-17"), ("qualifiee", "2026-11-25")):
        moved(unsorted, person("director"), to, noon(day))
    assert clock(unsorted) == "2026-11-27"
    assert rungs("2026-11-25", "2026-11-27", "2026-11-30", "2026-12-01") == [set(), set(), {"triage"}, set()]


def test_qualified_at_the_desk_it_has_the_days_that_it_had(unsorted, person):
    """Nobody has taken it yet: that is no new beginning."""
    for to in WAYS["qualifiee"]:
        moved(unsorted, person("director"), to, noon("2026-11-18"))
    assert clock(unsorted) == "2026-11-18"
    assert rungs("2026-11-19") == [{"triage"}]
