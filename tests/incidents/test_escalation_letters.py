"""A reader of many rungs has one letter, a bell of them all, and nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from incidents import changes
from incidents.deadlines import PARIS
from incidents.models import Escalation, Incident
from messaging.changes import choose, forget_person, owe_digests, sort_due, tell_together
from messaging.models import Message, Notice
from tests.conftest import CAST, allow_flush, load_embedded_territory
from tests.incidents.life.living import brought
from tests.incidents.sending import reported

MANY = 14
SEVEN = datetime(2026, 12, 7, 7, tzinfo=PARIS)


@pytest.fixture
def late(person: Any, monday: datetime, settings: Any) -> list[Incident]:
    """Fourteen concerns of Gap, taken in charge, whose answers were due on Friday 4 December."""
    settings.THROTTLES = False
    rows = [reported(person("partner_a"), monday, category="tag" if n % 2 else "tapage") for n in range(MANY)]
    rows = [brought(row, person("referent_a"), "prise_en_charge") for row in rows]
    Incident.objects.update(due_on=date(2026, 12, 4), due_at=datetime(2026, 12, 4, 23, 59, 59, tzinfo=PARIS))
    Message.objects.all().delete()
    return rows


def nobody(rows: Sequence[Message]) -> tuple[str, str]:
    """No letter is to be written."""
    raise AssertionError(rows)


def letters() -> list[Message]:
    return list(Message.objects.filter(dedupe_key__startswith="reminders:", channel="email").order_by("pk"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", (f"{MANY} préoccupations", "En retard (14)", "Tag", "Tapage", "4 décembre 2026")),
        ("en", (f"{MANY} concerns", "Late (14)", "Graffiti", "Noise", "Dec. 4, 2026")),
    ],
)
def test_one_letter_tells_them_all(late, person, language, said):
    User.objects.filter(pk=person("referent_a").pk).update(language=language)
    assert changes.escalate(at=SEVEN) == MANY
    (letter,) = letters()
    assert (letter.recipient, letter.language, letter.state) == (person("referent_a").email, language, "owed")
    words = f"{letter.subject}\n{letter.body}".lower()
    assert [each for each in said if each.lower() not in words] == []
    assert [row.reference for row in late if letter.body.count(row.reference) != 1] == []
    assert late[0].description not in letter.body
    assert set(Message.objects.exclude(pk=letter.pk).values_list("state", flat=True)) == {"told"}
    # The bell rings for each concern, and what is told leaves once.
    assert Notice.objects.filter(user=person("referent_a")).count() == MANY
    assert sort_due() == 1
    assert changes.escalate(at=SEVEN + timedelta(minutes=15)) == 0
    assert tell_together(letter=nobody, at=SEVEN) == 0
    assert len(letters()) == 1
    assert Notice.objects.count() == MANY


def test_one_rung_alone_leaves_as_itself(late, person):
    Incident.objects.exclude(pk=late[0].pk).update(status="repondue")
    assert changes.escalate(at=SEVEN) == 1
    message = Message.objects.get()
    assert message.dedupe_key.startswith(f"escalation:{late[0].reference}:overdue:0:2026-12-04:")
    assert (message.state, message.is_sorted) == ("owed", False)
    assert sort_due() == 1
    assert Notice.objects.get().reference == late[0].reference


def test_each_reader_has_their_own(late, person):
    assert changes.escalate(at=SEVEN + timedelta(days=1)) == 2 * MANY
    assert sorted(letter.recipient for letter in letters()) == sorted(
        person(name).email for name in ("referent_a", "director")
    )
    by_reader = {letter.recipient: letter.body for letter in letters()}
    assert "Toujours en retard (14)" in by_reader[person("director").email]
    assert "Toujours" not in by_reader[person("referent_a").email]


def wishes(user: User, **changed: Any) -> None:
    facts: dict[str, Any] = {"mail": "at_once", "bell": True, "sms": False, "quiet_from": None, "quiet_until": None}
    choose(user=user.pk, **(facts | changed))


def test_who_chose_the_digest_has_them_in_that_of_the_same_morning(late, person):
    wishes(person("referent_a"), mail="daily")
    changes.escalate(at=SEVEN)
    assert letters() == []
    assert set(Message.objects.values_list("state", flat=True)) == {"held"}
    Message.objects.update(created_at=SEVEN)
    assert owe_digests(at=SEVEN + timedelta(minutes=29)) == 0
    assert owe_digests(at=SEVEN + timedelta(minutes=30)) == 1
    assert Notice.objects.count() == MANY


def test_who_chose_the_bell_alone_has_no_letter(late, person):
    wishes(person("referent_a"), mail="never")
    changes.escalate(at=SEVEN)
    assert letters() == []
    assert set(Message.objects.values_list("state", flat=True)) == {"bell"}
    assert Notice.objects.count() == MANY


def test_quiet_hours_hold_the_letter_and_a_telephone_hears_once(late, person, settings):
    settings.DEMO = True
    reader = person("referent_a")
    User.objects.filter(pk=reader.pk).update(phone="06 39 98 00 01")
    wishes(reader, sms=True, quiet_from=time(22), quiet_until=time(8, 30))
    changes.escalate(at=SEVEN)
    (letter,) = letters()
    text = Message.objects.get(channel="sms")
    assert letter.next_try_at == text.next_try_at == datetime(2026, 12, 7, 8, 30, tzinfo=PARIS)
    assert str(MANY) in text.body


def test_what_one_that_died_had_written_is_told_by_the_next(late, person, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("incidents.changes.escalating.tell_together", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            changes.escalate(at=SEVEN)
    assert set(Message.objects.values_list("state", flat=True)) == {"together"}
    assert changes.escalate(at=SEVEN + timedelta(minutes=15)) == 0
    assert len(letters()) == 1


def test_who_is_erased_meanwhile_is_not_written_to(late, person):
    Message.objects.all().delete()
    changes.escalate(at=SEVEN)
    Message.objects.update(state="together")
    forget_person(user=person("referent_a").pk, addresses=[person("referent_a").email])
    assert tell_together(letter=nobody, at=SEVEN) == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"dead"}


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_tell_each_once():
    allow_flush()
    load_embedded_territory()
    now = timezone.now()
    for _ in range(6):
        reported(User.objects.get(email=f"{CAST['partner_a']}@psq.example"), now)
    Message.objects.all().delete()
    moment = now + timedelta(days=60)

    def run(_: int) -> int:
        try:
            return changes.escalate(at=moment, at_any_hour=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(run, range(3))) == Escalation.objects.count() == 18
    told = "\n".join(letter.body for letter in letters())
    for step in ("overdue", "untaken", "direction"):
        assert Message.objects.filter(dedupe_key__contains=f":{step}:").exists()
    waiting = Message.objects.filter(state="together").count()
    assert waiting == 0
    single = Message.objects.filter(dedupe_key__startswith="escalation:", state="owed").count()
    assert told.count("\n- ") + single == Message.objects.filter(dedupe_key__startswith="escalation:").count() == 24
