"""Of a concern that is open again nobody is told that it is late before somebody could have taken it (ADR 10)."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from incidents import changes
from incidents.models import Escalation, Incident
from sectors.scope import scope_of
from tests.incidents.life.living import brought, moved
from tests.incidents.sending import reported
from tests.incidents.test_escalation import noon, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def reopened(person: Any, monday: Any) -> Incident:
    """Due on Friday 11 December, answered in time, and reopened on Monday 4 January: to be taken by the 7th."""
    row = reported(person("partner_a"), noon("2026-11-13"))
    brought(row, person("referent_a"), "close", noon("2026-12-07"))
    again = moved(row, person("partner_a"), "rouverte", noon("2027-01-04"))
    assert (again.due_on.isoformat(), f"{again.taken_due_at:%Y-%m-%d}") == ("2026-12-11", "2027-01-07")
    return again


def rungs(day: str) -> set[str]:
    return {rung for rung, _ in run(day)}


def assigned(row: Incident, director: User, day: str) -> Incident:
    return changes.assign(
        incident=row, to_post="gap-economique", author=director, scope=scope_of(director, noon(day)),
        reason="Connaît le bailleur", at=noon(day),
    )  # fmt: skip


def test_it_is_told_late_after_the_days_in_which_somebody_takes_it(reopened):
    assert rungs("2027-01-04") == rungs("2027-01-05") == rungs("2027-01-07") == set()
    assert rungs("2027-01-08") == {"untaken", "overdue"}
    # A Friday: the direction learns on the second working day that the answer is still missing.
    assert rungs("2027-01-11") == {"direction"}
    assert rungs("2027-01-12") == rungs("2027-02-12") == set()
    # Its due day is the one that was promised, whatever is told when.
    assert Incident.objects.get().due_on.isoformat() == "2026-12-11"


def test_taken_at_once_it_has_the_same_days(reopened, person):
    moved(reopened, person("referent_a"), "prise_en_charge", noon("2027-01-04"))
    assert rungs("2027-01-07") == set()
    assert rungs("2027-01-08") == {"overdue"}


def test_answered_within_them_nobody_is_told(reopened, person):
    moved(reopened, person("referent_a"), "prise_en_charge", noon("2027-01-05"))
    moved(reopened, person("referent_a"), "repondue", noon("2027-01-06"))
    assert rungs("2027-01-08") == rungs("2027-01-29") == set()


def test_reopened_once_more_it_is_told_once_more(reopened, person):
    assert "overdue" in rungs("2027-01-08")
    brought_back = moved(reopened, person("referent_a"), "prise_en_charge", noon("2027-01-08"))
    for to, by in (("repondue", "referent_a"), ("rouverte", "partner_a")):
        moved(brought_back, person(by), to, noon("2027-01-11"))
    assert rungs("2027-01-14") == set()
    assert "overdue" in rungs("2027-01-15")
    days = Escalation.objects.filter(step="overdue").order_by("day").values_list("day", flat=True)
    assert [day.isoformat() for day in days] == ["2027-01-07", "2027-01-14"]


def test_reopened_in_time_it_keeps_its_reminders_and_its_day(person, monday):
    row = reported(person("partner_a"), noon("2026-11-13"))
    brought(row, person("referent_a"), "repondue", noon("2026-11-16"))
    moved(row, person("partner_a"), "rouverte", noon("2026-11-24"))
    moved(row, person("referent_a"), "prise_en_charge", noon("2026-11-24"))
    assert (rungs("2026-12-01"), rungs("2026-12-14")) == ({"reminder10"}, {"overdue"})


def test_only_what_was_settled_rests_and_not_what_is_handed_on(person, monday):
    """To give a late concern to another post holds back no reminder."""
    row = reported(person("partner_a"), noon("2026-11-13"))
    assigned(row, person("director"), "2026-12-11")
    assert rungs("2026-12-14") == {"overdue"}


def test_handed_on_after_it_was_told_it_is_not_told_again(reopened, person):
    told = [rungs(day) for day in ("2027-01-08", "2027-01-11")]
    assert told == [{"untaken", "overdue"}, {"direction"}]
    given = assigned(reopened, person("director"), "2027-01-12")
    assert f"{given.taken_due_at:%Y-%m-%d}" == "2027-01-15"
    assert [rungs(day) for day in ("2027-01-12", "2027-01-18", "2027-01-19")] == [set(), {"untaken"}, set()]


def test_handed_on_before_it_was_told_it_is_not_held_back(reopened, person):
    assigned(reopened, person("director"), "2027-01-07")
    assert [rungs(day) for day in ("2027-01-07", "2027-01-08", "2027-01-11")] == [set(), {"overdue"}, {"direction"}]


def test_a_suspension_that_ends_as_qualified_tells_nothing_again(reopened, person):
    referent = person("referent_a")
    assert [rungs(day) for day in ("2027-01-08", "2027-01-11")] == [{"untaken", "overdue"}, {"direction"}]
    for to, day in (("prise_en_charge", "2027-01-11"), ("suspendue", "2027-01-12"), ("qualifiee", "2027-01-20")):
        moved(reopened, referent, to, noon(day))
    assert [rungs(day) for day in ("2027-01-20", "2027-01-26", "2027-01-27")] == [set(), {"untaken"}, set()]


def test_a_suspension_within_the_days_of_rest_puts_them_off(reopened, person):
    referent = person("referent_a")
    for to, day in (("prise_en_charge", "2027-01-04"), ("suspendue", "2027-01-05"), ("prise_en_charge", "2027-01-18")):
        moved(reopened, referent, to, noon(day))
    # Thirteen days after the 7th.
    told = {day: rungs(day) for day in ("2027-01-18", "2027-01-20", "2027-01-21", "2027-01-22")}
    assert list(told.values()) == [set(), set(), {"overdue"}, {"direction"}]


def test_separated_from_what_is_settled_it_rests_whatever_its_status(person, monday):
    """In charge when it was merged it is so again, and late since 11 December: its post has the same days."""
    referent = person("referent_a")
    kept, other = (reported(person(name), noon("2026-11-13")) for name in ("partner_a", "mayor_gap"))
    for each in (kept, other):
        brought(each, referent, "prise_en_charge", noon("2026-11-16"))
        each.refresh_from_db()
    by = {"author": referent, "scope": scope_of(referent, noon("2026-11-17"))}
    changes.merge(kept=kept, merged=other, at=noon("2026-11-17"), **by)
    moved(kept, referent, "repondue", noon("2026-12-07"))
    changes.unmerge(incident=other, at=noon("2027-01-04"), **by)
    other.refresh_from_db()
    assert (other.status, other.due_on.isoformat()) == ("prise_en_charge", "2026-12-11")
    told = {day: rungs(day) for day in ("2027-01-04", "2027-01-07", "2027-01-08", "2027-01-11", "2027-01-12")}
    assert list(told.values()) == [set(), set(), {"overdue"}, {"direction"}, set()]
