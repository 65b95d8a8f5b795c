"""The ladder: which rung a day is at, who is told, once, and never while the clock stands still."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from incidents import changes, tasks
from incidents.deadlines import PARIS, Policy, taken_due
from incidents.escalation import Clock, Step, rungs
from incidents.models import Escalation, Incident
from messaging.models import Message
from sectors import atlas
from sectors.models import Holding, Post, Territory
from sectors.scope import scope_of
from tests.incidents.life.living import brought, moved
from tests.incidents.sending import GAP_DESK, reported
from tests.incidents.sending import PARIS as ABROAD

POLICY = Policy(version="p-1", days=30)


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), tzinfo=PARIS)


def at_due(day: date, today: date, policy: Policy = POLICY) -> list[str]:
    """The rungs of the due day at which a concern due on `day` is."""
    return [
        f"{rung.step}{rung.days or ''}"
        for rung in rungs(today, policy)
        if rung.clock is Clock.DUE and rung.first <= day <= rung.last
    ]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (30, []),
        (11, []),
        (10, ["reminder10"]),
        (6, ["reminder10"]),
        (5, ["reminder5"]),
        (2, ["reminder5"]),
        (1, ["reminder1"]),
        (0, ["reminder1"]),
        (-1, ["overdue"]),  # Saturday
        (-3, ["overdue"]),  # Monday: the post has this day
        (-4, ["overdue", "direction"]),
        (-400, ["overdue", "direction"]),
    ],
)
def test_the_rung_of_a_day(left, expected):
    """Due on Friday 11 December."""
    due = date(2026, 12, 11)
    assert at_due(due, due - timedelta(days=left)) == expected


def test_a_territory_has_its_own_ladder():
    policy = Policy(version="p-2", days=30, reminders=(7,))
    due = date(2026, 12, 11)
    assert [at_due(due, due - timedelta(days=left), policy) for left in (8, 7, 0)] == [[], ["reminder7"], ["reminder7"]]
    assert at_due(due, due, Policy(version="p-3", days=30, reminders=())) == []


def test_somebody_takes_it_within_three_working_days():
    assert taken_due(noon("2026-11-23"), POLICY).on == date(2026, 11, 26)  # Monday: Thursday
    assert taken_due(noon("2026-12-23"), POLICY).on == date(2026, 12, 29)  # over Christmas and a week-end
    assert taken_due(noon("2026-11-23"), Policy(version="p", days=30, taken_days=1)).on == date(2026, 11, 24)


pytestmark = pytest.mark.django_db


@pytest.fixture
def row(person: Any, monday: datetime) -> Incident:
    """Reported by the landlord on Friday 13 November: due on Friday 11 December, to be taken by the 18th."""
    incident = reported(person("partner_a"), noon("2026-11-13"))
    Message.objects.all().delete()
    return incident


def told() -> list[tuple[str, str]]:
    """(rung, who) of every escalation owed so far, in order; the others are forgotten."""
    owed = Message.objects.filter(dedupe_key__startswith="escalation:").order_by("pk")
    return [
        (f"{key.split(':')[2]}{key.split(':')[3].strip('0') and key.split(':')[3]}", recipient.split("@")[0])
        for key, recipient in owed.values_list("dedupe_key", "recipient")
    ]


def run(day: str) -> list[tuple[str, str]]:
    """What is owed by a run at noon of this day."""
    Message.objects.all().delete()
    changes.escalate(at=noon(day))
    return told()


def test_the_whole_ladder_is_climbed_once(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    every = [noon("2026-11-30") + timedelta(days=n) for n in range(17)]
    told_by_day = {day: run(day) for day in (*(f"{each:%Y-%m-%d}" for each in every), "2027-02-01")}
    assert {day: found for day, found in told_by_day.items() if found} == {
        "2026-12-01": [("reminder10", "referent.gap1")],
        "2026-12-07": [("reminder5", "referent.gap1")],
        "2026-12-10": [("reminder1", "referent.gap1")],
        "2026-12-14": [("overdue", "referent.gap1")],
        "2026-12-15": [("direction", "direction")],
    }
    version = Territory.objects.get(code="05").policy_version
    assert set(Escalation.objects.values_list("policy_version", flat=True)) == {version}


def test_twice_is_once_by_the_command_and_the_task(person, row, monday):
    assert changes.escalate(at=noon("2026-12-07")) == 2
    owed = told()
    assert changes.escalate(at=noon("2026-12-07")) == 0
    assert changes.escalate(at=noon("2026-12-08")) == 0
    assert told() == owed
    # At the fixture's own moment nothing is new either, whoever asks.
    assert tasks.escalate() == 0
    call_command("escalate", "--at-any-hour")
    assert told() == owed


def test_after_days_in_which_nothing_ran_only_what_holds_now_is_told(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    assert run("2026-12-10") == [("reminder1", "referent.gap1")]


def test_what_is_settled_reminds_nobody(person, row):
    brought(row, person("referent_a"), "repondue")
    assert run("2026-12-11") == run("2027-01-15") == []


def test_a_clock_that_stands_still_reminds_nobody_and_reminds_again_when_it_goes_on(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    assert run("2026-12-01") == [("reminder10", "referent.gap1")]
    moved(row, person("referent_a"), "suspendue", noon("2026-12-02"))
    assert run("2026-12-10") == run("2026-12-28") == []
    moved(row, person("referent_a"), "prise_en_charge", noon("2026-12-30"))
    # 28 days: Friday 8 January.
    assert Incident.objects.get().due_on == date(2027, 1, 8)
    assert run("2026-12-30") == [("reminder10", "referent.gap1")]
    assert run("2027-01-09") == []
    assert run("2027-01-11") == [("overdue", "referent.gap1")]


def test_a_new_policy_leaves_the_day_that_was_promised(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    Territory.objects.filter(code="05").update(days=60, reminders=[3], policy_version="p-next")
    atlas.forget()
    assert run("2026-12-07") == []
    assert run("2026-12-08") == [("reminder3", "referent.gap1")]
    assert Escalation.objects.get().policy_version == "p-next"
    assert (Incident.objects.get().due_on, Incident.objects.get().policy_version != "p-next") == (
        date(2026, 12, 11),
        True,
    )


def test_no_reminder_of_a_day_before_the_report(person, monday):
    Territory.objects.filter(code="05").update(days=4)
    atlas.forget()
    row = reported(person("partner_a"), noon("2026-11-23"))
    assert row.due_on == date(2026, 11, 27)
    assert run("2026-11-23") == []
    assert run("2026-11-26") == [("reminder1", "referent.gap1")]


def test_nobody_has_taken_it(person, row):
    assert row.taken_due_at == datetime(2026, 11, 18, 23, 59, 59, tzinfo=PARIS)
    assert run("2026-11-18") == []
    assert run("2026-11-19") == [("untaken", "referent.gap1"), ("untaken", "direction")]
    assert run("2026-11-20") == []


def test_qualified_is_not_taken_and_taken_is(person, row):
    referent = person("referent_a")
    moved(row, referent, "qualifiee", noon("2026-11-16"))
    assert [rung for rung, _ in run("2026-11-19")] == ["untaken", "untaken"]
    other = reported(person("partner_a"), noon("2026-11-19"))
    changes.take(incident=other, author=referent, scope=scope_of(referent, noon("2026-11-20")), at=noon("2026-11-20"))
    assert run("2026-11-26") == []


def test_another_post_and_a_reopening_begin_the_clock_of_acceptance_anew(person, row):
    director, referent = person("director"), person("referent_a")
    given = changes.assign(
        incident=row, to_post="gap-economique", author=director, scope=scope_of(director, noon("2026-11-18")),
        reason="Connaît le bailleur", at=noon("2026-11-18"),
    )  # fmt: skip
    assert given.taken_due_at == datetime(2026, 11, 23, 23, 59, 59, tzinfo=PARIS)
    assert run("2026-11-23") == []
    assert run("2026-11-24") == [("untaken", "referent.gap2"), ("untaken", "direction")]
    other = reported(person("partner_a"), noon("2026-11-13"))
    brought(other, referent, "repondue", noon("2026-11-16"))
    assert run("2026-11-24") == []
    moved(other, person("partner_a"), "rouverte", noon("2026-11-24"))
    assert run("2026-11-27") == []
    assert run("2026-11-30") == [("untaken", "referent.gap1"), ("untaken", "direction")]


@pytest.mark.parametrize("where", [ABROAD, GAP_DESK])
def test_what_no_sector_took_has_its_own_clock(person, monday, where):
    days = Territory.objects.get(code="05").triage_days
    row = reported(person("partner_a"), noon("2026-11-16"), where)
    assert row.triage_due_at is not None
    due = row.triage_due_at.astimezone(PARIS).date()
    assert due == date(2026, 11, 16) + timedelta(days=days)
    assert run(due.isoformat()) == []
    found = run((due + timedelta(days=1)).isoformat())
    assert {rung for rung, _ in found} == {"triage"}
    # The direction holds the triage itself: told once, whichever way.
    assert [who for _, who in found].count("direction") == 1


def test_a_post_that_nobody_holds_is_the_directions(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    Holding.objects.filter(post__code="gap-hyper-centre").delete()
    Post.objects.filter(code="gap-hyper-centre").update(email="")
    assert run("2026-12-01") == [("reminder10", "direction")]
    Post.objects.filter(code="gap-hyper-centre").update(email="accueil@psq.example")
    assert run("2026-12-07") == [("reminder5", "accueil")]


def test_the_stand_in_is_told_and_not_whoever_is_away(person, row):
    brought(row, person("referent_a"), "prise_en_charge")
    Holding.objects.create(
        post=Post.objects.get(code="gap-hyper-centre"), user=person("referent_b"), stand_in=True,
        validity=(noon("2026-11-30"), noon("2026-12-03")),
    )  # fmt: skip
    assert run("2026-12-01") == [("reminder10", "referent.gap2")]
    assert run("2026-12-07") == [("reminder5", "referent.gap1")]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_words_are_the_readers_and_without_the_concerns_text(person, row, language):
    for name in ("referent_a", "director"):
        reader = person(name)
        reader.language = language
        reader.save()
    run("2026-12-10")
    words = "\n".join(m.subject + "\n" + m.body for m in Message.objects.all())
    assert row.description not in words
    expected = {
        "fr": ("Préoccupation", "1 jour restant", "11 décembre 2026", "Gap hyper-centre"),
        "en": ("Concern", "1 day left", "Dec. 11, 2026", "city-centre"),
    }[language]
    assert [word for word in expected if word.lower() not in words.lower()] == []


def test_the_number_of_queries_does_not_grow_with_the_concerns(person, monday, settings):
    settings.THROTTLES = False

    def queries(number: int, day: str) -> int:
        Incident.objects.update(status="close")
        for _ in range(number):
            reported(person("partner_a"), noon(day))
        with CaptureQueriesContext(connection) as captured:
            assert changes.escalate(at=noon(day) + timedelta(days=7)) == number
        return len([q for q in captured if "SAVEPOINT" not in q["sql"]])

    # Six to climb; then who waits and who they are, and five for each of the two letters.
    assert queries(2, "2026-10-05") == queries(12, "2026-11-02") == 18


def test_what_was_told_is_never_changed(person, row):
    run("2026-12-10")
    assert {each.step for each in Escalation.objects.all()} == {Step.REMINDER, Step.UNTAKEN}
    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        Escalation.objects.update(days=3)
