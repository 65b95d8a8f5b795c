"""A concern of a sector whose post nobody holds goes to the desk, which is told, and must hand it on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from incidents.changes.decided import decide
from incidents.models import Incident, Routing
from incidents.records import decided_again
from messaging.models import Message
from sectors import atlas
from sectors.models import Holding, Post
from sectors.moments import paris_midnight
from sectors.scope import scope_of
from tests.incidents.sending import GAP, GAP_DESK, reported

pytestmark = pytest.mark.django_db
MIDNIGHT = paris_midnight(date(2026, 12, 1))


@pytest.fixture
def ended(db) -> Holding:
    """The time of who holds the hyper-centre of Gap, which ends at midnight."""
    held = Holding.objects.get(post__code="gap-hyper-centre")
    held.validity = DateTimeTZRange(held.validity.lower, MIDNIGHT)
    held.save()
    atlas.forget()
    return held


def test_what_comes_after_midnight_waits_at_the_desk_with_the_clock_of_a_desk(ended, person):
    author = person("partner_a")
    before = reported(author, MIDNIGHT - timedelta(microseconds=1))
    after = reported(author, MIDNIGHT)
    assert (before.post.code, after.post.code) == ("gap-hyper-centre", "desk-gap")
    assert (before.outcome, after.outcome) == ("inside", "inside")
    assert before.sector_id == after.sector_id
    assert before.triage_due_at is None
    assert after.triage_due_at is not None
    at_desk = reported(author, MIDNIGHT, GAP_DESK)
    assert after.triage_due_at == at_desk.triage_due_at
    # The day of the answer is that of any concern of this moment.
    assert after.due_on == at_desk.due_on


def test_the_desk_is_told_and_the_person_gone_is_not(ended, person):
    found = reported(person("partner_a"), MIDNIGHT)
    told = Message.objects.get(dedupe_key=f"report:{found.reference}:post")
    assert told.recipient == Post.objects.get(code="desk-gap").email


def test_whoever_takes_the_post_up_finds_what_came_meanwhile(ended, person):
    found = reported(person("partner_a"), MIDNIGHT)
    later = MIDNIGHT + timedelta(days=2)
    successor = person("referent_briancon")
    assert not Incident.objects.visible_to(scope_of(successor, later)).filter(pk=found.pk).exists()
    Holding.objects.create(post=ended.post, user=successor, validity=DateTimeTZRange(later, None))
    assert Incident.objects.visible_to(scope_of(successor, later)).filter(pk=found.pk).exists()


def test_the_record_says_who_was_stood_in_for_and_decides_again_alike(ended, person):
    reported(person("partner_a"), MIDNIGHT, GAP, accuracy_m=20.0)
    row = Routing.objects.get()
    assert (row.settings["vacant"], row.settings["desk"]) == ("gap-hyper-centre", "desk-gap")
    again = decided_again(row.candidates, row.settings, row.accuracy_m)
    assert (again.post, again.sector, again.outcome) == ("desk-gap", "gap-hyper-centre", "inside")


def test_a_post_that_is_held_costs_no_statement_more(person, django_assert_num_queries):
    author = person("partner_a")
    reported(author, MIDNIGHT)
    with django_assert_num_queries(1):
        decide(*GAP, MIDNIGHT, accuracy_m=None, category="tapage", home=None)
