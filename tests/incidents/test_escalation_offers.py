"""The clock of an offer: both posts are reminded that nobody has answered it, then the direction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from incidents import changes
from incidents.deadlines import PARIS, Policy, offer_due
from incidents.models import Incident, Transfer
from messaging.models import Message
from sectors import atlas
from sectors.models import Holding, Post, Territory
from sectors.scope import scope_of
from tests.incidents.life.living import brought, moved
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
TO = "gap-economique"


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=PARIS)


def offer(incident: Incident, author: Any, at: datetime) -> Transfer:
    return changes.offer(incident=incident, to_post=TO, reason="Zone", author=author, scope=scope_of(author, at), at=at)


@pytest.fixture
def row(person: Any, monday: datetime) -> Incident:
    """In charge in the hyper-centre since Monday 23 November, and offered to the economic areas: till Thursday."""
    referent = person("referent_a")
    incident = brought(reported(person("partner_a"), monday), referent, "prise_en_charge")
    assert offer(incident, referent, monday).due_on == date(2026, 11, 26)
    Message.objects.all().delete()
    return incident


def run(day: str) -> list[tuple[str, str]]:
    """(step, who) of what is owed by a run at noon of this day."""
    Message.objects.all().delete()
    changes.escalate(at=noon(day))
    owed = Message.objects.filter(dedupe_key__startswith="escalation:").order_by("pk")
    return [(key.split(":")[2], who.split("@")[0]) for key, who in owed.values_list("dedupe_key", "recipient")]


def test_both_posts_are_reminded_and_then_the_direction(row):
    found = {day: run(f"2026-11-{day}") for day in (24, 26, 27, 28, 30)}
    assert {day: told for day, told in found.items() if told} == {
        27: [("offer", "referent.gap1"), ("offer", "referent.gap2")],
        30: [("unanswered", "direction")],
    }
    assert run("2026-12-01") == []
    # The concern's own clock runs on beside it.
    assert run("2026-12-14")[0] == ("reminder", "referent.gap1")


@pytest.mark.parametrize("how", ["accept", "refuse", "withdraw"])
def test_what_was_answered_reminds_nobody(row, person, how):
    who = person("referent_a" if how == "withdraw" else "referent_b")
    said = {"reason": "Hors secteur"} if how == "refuse" else {}
    at = noon("2026-11-26")
    getattr(changes, how)(incident=row, author=who, scope=scope_of(who, at), at=at, **said)
    # Accepted, it is to be taken in charge anew.
    assert [step for step, _ in run("2026-11-27")] == []


def test_offered_again_it_has_a_clock_of_its_own(row, person):
    assert run("2026-11-27")
    referent, other, at = person("referent_a"), person("referent_b"), noon("2026-11-27")
    changes.refuse(incident=row, author=other, scope=scope_of(other, at), reason="Non", at=at)
    assert offer(row, referent, at).due_on == date(2026, 12, 2)
    assert run("2026-12-02") == []
    assert run("2026-12-03") == [("offer", "referent.gap1"), ("offer", "referent.gap2")]


def test_the_direction_is_told_of_a_receiver_whom_nobody_is(row):
    Holding.objects.filter(post__code=TO).delete()
    Post.objects.filter(code=TO).update(email="")
    assert run("2026-11-27") == [("offer", "referent.gap1"), ("offer", "direction")]
    Transfer.objects.update(due_on=date(2026, 11, 27))
    Post.objects.filter(code=TO).update(email="zone@psq.example")
    assert run("2026-11-30") == [("offer", "referent.gap1"), ("offer", "zone")]


def test_who_holds_both_posts_is_told_once(row, person):
    holding = Holding.objects.get(post__code=TO, stand_in=False)
    holding.user = person("referent_a")
    holding.save()
    assert run("2026-11-27") == [("offer", "referent.gap1")]


def test_a_concern_whose_clock_stands_still_reminds_nobody(row, person):
    moved(row, person("referent_a"), "suspendue", noon("2026-11-24"))
    assert run("2026-11-27") == []


def test_each_territory_has_its_own_days(row, person):
    Territory.objects.update(offer_days=1)
    atlas.forget()
    referent, monday = person("referent_a"), noon("2026-11-23")
    other = brought(reported(person("partner_a"), monday), referent, "prise_en_charge", monday)
    assert offer(other, referent, monday).due_on == date(2026, 11, 24)
    # What was promised before stays.
    assert Transfer.objects.get(incident=row).due_on == date(2026, 11, 26)
    assert offer_due(noon("2026-12-24"), Policy(version="p", days=30, offer_days=2)) == date(2026, 12, 29)


@pytest.mark.parametrize(("language", "said"), [("fr", "est proposée par"), ("en", "is offered by")])
def test_the_words_name_both_posts_and_the_day(row, person, language, said):
    reader = person("referent_b")
    reader.language = language
    reader.save()
    run("2026-11-27")
    body = Message.objects.get(recipient=reader.email).body
    assert said in body
    assert row.reference in body
    assert "26" in body
    assert row.description not in body


def test_the_api_says_until_when(row, client_of):
    answer = client_of("referent_a").get(f"/api/incidents/{row.reference}/transfers/").json()
    assert answer["transfers"][0]["due_on"] == "2026-11-26"
