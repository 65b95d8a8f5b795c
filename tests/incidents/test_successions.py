"""A post changes hands: who comes is given what is open and the note of who left, once, and says that it arrived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from accounts.retention import Rule
from incidents.changes import successions
from incidents.models import Incident, Succession
from messaging.models import Message
from ogcapi.geojson import Refused
from sectors import atlas
from sectors.models import Holding, Post
from sectors.moments import paris_midnight
from sectors.scope import scope_of
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
Cast = Callable[[str], User]
# The night on which the clocks go back is among the days around.
MIDNIGHT = paris_midnight(date(2026, 10, 26))
BEFORE = MIDNIGHT - timedelta(days=2)
NOTE = "Rendez-vous avec le bailleur le 3, clés du local chez le gardien."


@pytest.fixture
def post(db: None) -> Post:
    """The hyper-centre of Gap."""
    return Post.objects.get(code="gap-hyper-centre")


def hold(post: Post, user: User, since: Any, until: Any = None, *, stand_in: bool = False) -> Holding:
    return Holding.objects.create(post=post, user=user, validity=DateTimeTZRange(since, until), stand_in=stand_in)


def leave(post: Post) -> None:
    """Who holds the post leaves it at midnight."""
    held = Holding.objects.get(post=post)
    held.validity = DateTimeTZRange(held.validity.lower, MIDNIGHT)
    held.save()
    atlas.forget()


def letters() -> list[Message]:
    return list(Message.objects.filter(dedupe_key__startswith="succession:").order_by("pk"))


def test_who_comes_is_given_what_is_open_with_the_note_once(post, person: Cast):
    leave(post)
    hold(post, person("referent_briancon"), MIDNIGHT)
    first = reported(person("partner_a"), BEFORE)
    other = reported(person("partner_a"), BEFORE + timedelta(hours=1), category="rodeo")
    due = {first.pk: first.due_at, other.pk: other.due_at}
    successions.write_note(by=person("referent_a"), post=post, note=NOTE, at=BEFORE)
    assert successions.pass_on(at=MIDNIGHT - timedelta(microseconds=1)) == 0
    assert successions.pass_on(at=MIDNIGHT) == 1
    assert successions.pass_on(at=MIDNIGHT + timedelta(hours=1)) == 0
    row = Succession.objects.get()
    assert (row.at, row.from_user, row.to_user, row.note) == (
        MIDNIGHT, person("referent_a"), person("referent_briancon"), NOTE,
    )  # fmt: skip
    assert row.concerns == [first.reference, other.reference]
    (letter,) = letters()
    assert letter.recipient == person("referent_briancon").email
    assert letter.subject == "Vous prenez le poste : Référent Gap hyper-centre"
    assert all(each in letter.body for each in (NOTE, first.reference, other.reference, "2 préoccupations y sont"))
    # No text of a concern leaves with it, and no clock moved.
    assert first.description not in letter.body
    assert dict(Incident.objects.values_list("pk", "due_at")) == due


def test_where_nobody_comes_the_desk_is_told(post, person: Cast):
    leave(post)
    found = reported(person("partner_a"), BEFORE)
    successions.write_note(by=person("referent_a"), post=post, note=NOTE, at=BEFORE)
    assert successions.pass_on(at=MIDNIGHT + timedelta(minutes=5)) == 1
    (letter,) = letters()
    assert letter.recipient == Post.objects.get(code="desk-gap").email
    assert letter.subject.startswith("Plus personne ne le tient")
    assert found.reference in letter.body


def test_who_comes_after_a_gap_finds_what_came_meanwhile(post, person: Cast):
    leave(post)
    hold(post, person("referent_briancon"), MIDNIGHT + timedelta(days=3))
    old = reported(person("partner_a"), BEFORE)
    meanwhile = reported(person("partner_a"), MIDNIGHT + timedelta(days=1))
    assert meanwhile.post.code == "desk-gap"
    assert successions.pass_on(at=MIDNIGHT + timedelta(days=3)) == 2
    assert Succession.objects.get(to_user=person("referent_briancon")).concerns == [old.reference, meanwhile.reference]


def test_a_stand_in_is_given_the_list_and_gives_it_back(post, person: Cast):
    stand_in = person("referent_b")
    hold(post, stand_in, MIDNIGHT, MIDNIGHT + timedelta(days=4), stand_in=True)
    reported(person("partner_a"), BEFORE)
    successions.write_note(by=person("referent_a"), post=post, note="Rien de pressant.", at=BEFORE)
    assert successions.pass_on(at=MIDNIGHT) == 1
    successions.write_note(by=stand_in, post=post, note="Un rodéo réglé.", at=MIDNIGHT + timedelta(days=2))
    assert successions.pass_on(at=MIDNIGHT + timedelta(days=4)) == 1
    told = [(row.from_user, row.to_user, row.note) for row in Succession.objects.order_by("at")]
    assert told == [
        (person("referent_a"), stand_in, "Rien de pressant."),
        (stand_in, person("referent_a"), "Un rodéo réglé."),
    ]
    assert [letter.recipient for letter in letters()] == [stand_in.email, person("referent_a").email]


def test_a_renewal_is_no_change_of_hands(post, person: Cast):
    leave(post)
    hold(post, person("referent_a"), MIDNIGHT)
    assert successions.pass_on(at=MIDNIGHT) == 0


def test_a_note_written_after_leaving_still_reaches_who_came_until_it_is_received(post, person: Cast):
    leave(post)
    successor = person("referent_briancon")
    hold(post, successor, MIDNIGHT)
    successions.pass_on(at=MIDNIGHT)
    later = MIDNIGHT + timedelta(days=1)
    successions.write_note(by=person("referent_a"), post=post, note=NOTE, at=later)
    row = Succession.objects.get()
    assert (row.note, row.at) == (NOTE, MIDNIGHT)
    successions.receive(by=successor, row=row, posts=scope_of(successor, later).posts, at=later)
    with pytest.raises(Refused) as refused:
        successions.write_note(by=person("referent_a"), post=post, note="Encore", at=later)
    assert (refused.value.status, refused.value.errors[0].code) == (409, "received")


def test_saying_twice_that_it_arrived_is_saying_it_once(post, person: Cast):
    leave(post)
    successor = person("referent_briancon")
    hold(post, successor, MIDNIGHT)
    successions.pass_on(at=MIDNIGHT)
    for minutes in (5, 9):
        at = MIDNIGHT + timedelta(minutes=minutes)
        successions.receive(by=successor, row=Succession.objects.get(), posts=scope_of(successor, at).posts, at=at)
    row = Succession.objects.get()
    assert (row.received_by, row.received_at) == (successor, MIDNIGHT + timedelta(minutes=5))


def test_only_who_holds_the_post_receives_and_only_who_held_it_writes(post, person: Cast):
    leave(post)
    hold(post, person("referent_briancon"), MIDNIGHT)
    successions.pass_on(at=MIDNIGHT)
    at = MIDNIGHT + timedelta(hours=1)
    for name in ("referent_a", "referent_b", "director"):
        user = person(name)
        with pytest.raises(PermissionDenied):
            successions.receive(by=user, row=Succession.objects.get(), posts=scope_of(user, at).posts, at=at)
    for name, moment in (("referent_b", at), ("director", at), ("referent_a", at + timedelta(days=20))):
        with pytest.raises(PermissionDenied):
            successions.write_note(by=person(name), post=post, note=NOTE, at=moment)


@pytest.mark.parametrize(
    ("note", "code"),
    [("  ", "required"), ("x" * 2001, "too_long"), ("La voiture AB-123-CD y stationne.", "personal_data")],
)
def test_a_note_is_screened_as_every_text(post, person: Cast, note: str, code: str):
    with pytest.raises(Refused) as refused:
        successions.write_note(by=person("referent_a"), post=post, note=note, at=BEFORE)
    assert (refused.value.status, refused.value.errors[0].code) == (422, code)
    assert not Succession.objects.exists()


def test_it_is_seen_by_who_has_a_part_in_it(post, person: Cast):
    leave(post)
    hold(post, person("referent_briancon"), MIDNIGHT)
    successions.pass_on(at=MIDNIGHT)
    at = MIDNIGHT + timedelta(hours=1)
    seen = {
        name
        for name in ("referent_a", "referent_b", "referent_briancon", "partner_a", "mayor_gap", "director", "auditor")
        if Succession.objects.visible_to(scope_of(person(name), at)).exists()
    }
    assert seen == {"referent_a", "referent_briancon"}


def test_it_is_forgotten_after_a_year(post, person: Cast):
    leave(post)
    successions.write_note(by=person("referent_a"), post=post, note=NOTE, at=BEFORE)
    successions.pass_on(at=MIDNIGHT)
    rule: Rule = successions.SUCCESSION
    assert not rule.overdue(MIDNIGHT + timedelta(days=365), "default").exists()
    rule.forget(rule.overdue(MIDNIGHT + timedelta(days=366), "default"))
    assert not Succession.objects.exists()
