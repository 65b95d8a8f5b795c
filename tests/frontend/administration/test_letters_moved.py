"""Whoever corrects a wrong address or number does not lose what was given up because of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import addresses
from accounts.changes import confirm_address, describe
from accounts.models import User
from messaging.models import Message
from sectors.letters import undelivered
from sectors.models import Post, Territory
from tests.messaging.conftest import owed
from tests.sectors import tiny

Person = Callable[[str], User]
Seen = Callable[[str], Client]
WRONG, NEW = "06 39 98 00 00", "06 39 98 00 01"


def letter(user: User, key: str, state: str, **changed: str) -> Message:
    row = owed(key, **{"recipient": user.email} | changed)
    Message.objects.filter(pk=row.pk).update(state=state)
    return row


def now_of(*rows: Message) -> list[tuple[str, str]]:
    """Address and state of each, as they are stored."""
    found = Message.objects.in_bulk([row.pk for row in rows])
    return [(found[row.pk].recipient, found[row.pk].state) for row in rows]


def given_up() -> int:
    alarm = undelivered([Territory.objects.get(code="05").pk])
    return alarm.count if alarm else 0


def test_a_corrected_address_keeps_the_alarm_and_is_where_a_new_try_goes(seen_by: Seen, person: Person) -> None:
    user = person("partner_a")
    old, new = user.email, "juste@psq.example"
    dead = [letter(user, key, "dead") for key in ("status:7K3F-9QXM:1:2", "digest:2026-11-22:00ff", "password:1:x")]
    waiting = {state: letter(user, f"status:7K3F-9QXN:{state}", state) for state in ("owed", "held", "together")}
    sent = letter(user, "status:7K3F-9QXP:1:2", "sent")
    warning = letter(user, "second_factor:reset:1", "owed")
    other = letter(person("partner_b"), "status:7K3F-9QXQ:1:2", "dead")
    assert given_up() == 4

    assert confirm_address(token=addresses.token(user, new)) is not None

    assert now_of(*dead) == [(new, "dead")] * 3
    assert now_of(*waiting.values()) == [(new, state) for state in waiting]
    assert now_of(sent, warning) == [(old, "sent"), (old, "owed")], "a warning is for whom it was written to"
    assert now_of(other) == [(person("partner_b").email, "dead")]
    assert Message.objects.get(dedupe_key__startswith="address-left:").recipient == old
    assert given_up() == 4
    page = seen_by("director").get(reverse("undelivered"))
    named = {line.letter.row.recipient: line.to.name for line in page.context["lines"]}
    assert named[new] == str(User.objects.get(pk=user.pk))
    seen_by("administrator").post(reverse("administration_letters_again"), {"message": "all"})
    assert now_of(*dead) == [(new, "owed")] * 3
    assert given_up() == 0


@pytest.mark.parametrize(
    ("phone", "becomes", "alarm"), [(NEW, (NEW, "dead"), 1), (WRONG, (WRONG, "dead"), 1), ("", (WRONG, "closed"), 0)]
)
def test_so_does_a_corrected_number_and_one_taken_away_closes_what_waits(
    person: Person, phone: str, becomes: tuple[str, str], alarm: int
) -> None:
    user = person("partner_a")
    describe(user=user, name=user.name, phone=WRONG, language="fr")
    text = letter(user, "status:7K3F-9QXM:1:2:sms", "dead", channel="sms", recipient=WRONG)
    mail = letter(user, "status:7K3F-9QXM:1:2", "owed", recipient=WRONG)
    describe(user=user, name=user.name, phone=phone, language="fr")
    assert now_of(text, mail) == [becomes, (WRONG, "owed")]
    assert given_up() == alarm


def test_a_number_that_another_still_reads_stays(person: Person) -> None:
    for name in ("partner_a", "partner_b"):
        describe(user=person(name), name="", phone=WRONG, language="fr")
    text = letter(person("partner_a"), "status:7K3F-9QXM:1:2:sms", "dead", channel="sms", recipient=WRONG)
    describe(user=person("partner_a"), name="", phone=NEW, language="fr")
    assert now_of(text) == [(WRONG, "dead")]
    assert given_up() == 1


@pytest.mark.parametrize(("read_by", "moved"), [("nobody", True), ("post", False), ("person", False)])
def test_so_does_the_address_of_a_post_in_the_territory_s_file(tmp_path, person: Person, read_by, moved) -> None:
    label = 'label_fr = "Triage"'
    tiny.run("load_territory", tiny.write(tmp_path, (label, f'{label}\nemail = "faux@psq.example"')))
    if read_by == "post":
        Post.objects.filter(code="gap-hyper-centre").update(email="faux@psq.example")
    if read_by == "person":
        User.objects.filter(pk=person("partner_a").pk).update(email="faux@psq.example")
    dead = owed("report:7K3F-9QXM:post", recipient="faux@psq.example")
    Message.objects.filter(pk=dead.pk).update(state="dead")
    said = tiny.run("load_territory", tiny.write(tmp_path, (label, f'{label}\nemail = "juste@psq.example"')))
    assert "changed: post tiny-triage (email)" in said
    assert now_of(dead) == [("juste@psq.example" if moved else "faux@psq.example", "dead")]
    assert (undelivered([Territory.objects.get(code="tiny").pk]) is not None) is moved
