"""What quiet hours hold at first they hold at every new try, whatever ended the one before."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.changes import sort_due
from messaging.delivery import Outcome, deliver_next, take
from messaging.models import Message, Notice
from tests.messaging.conftest import owed
from tests.messaging.test_sorting import KEY, to, wishes


@pytest.fixture
def reader(person: Callable[[str], User]) -> User:
    return person("referent_a")


def test_a_new_try_in_quiet_hours_waits_for_their_end(db, gateway, reader, caplog):
    gateway.answer_data = lambda _mail: b"451 later"
    message = to(reader)
    with caplog.at_level(logging.CRITICAL):
        assert deliver_next() is Outcome.FAILED
    wishes(reader, quiet_from=time(0), quiet_until=time(23, 59, 59))
    Message.objects.update(next_try_at=timezone.now())
    assert deliver_next() is Outcome.NOTHING_DUE
    message.refresh_from_db()
    assert (message.attempts, message.state) == (1, "owed")
    assert message.next_try_at > timezone.now()


def waits_for_the_end_of_quiet_hours(reader: User, message: Message, state: str) -> None:
    """After a first try, at a moment when another would be due, in the quiet hours that began meanwhile."""
    wishes(reader, sms=True, quiet_from=time(0), quiet_until=time(23, 59, 59))
    Message.objects.filter(pk=message.pk).update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert deliver_next() is Outcome.NOTHING_DUE
    message.refresh_from_db()
    assert (message.attempts, message.state) == (1, state)
    assert message.next_try_at > timezone.now()
    # And leaves once nothing is wished any more.
    wishes(reader)
    Message.objects.filter(pk=message.pk).update(next_try_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("key", ["digest:2026-11-22:00ff", "reminders:00ff:17"])
def test_a_new_try_of_what_tells_of_several_concerns_waits_too(db, gateway, reader, caplog, key):
    gateway.answer_data = lambda _mail: b"451 later"
    message = to(reader, key)
    with caplog.at_level(logging.CRITICAL):
        assert deliver_next() is Outcome.FAILED
    waits_for_the_end_of_quiet_hours(reader, message, "owed")
    gateway.answer_data = lambda _mail: b"250 ok"
    assert deliver_next() is Outcome.SENT
    assert not Notice.objects.exists(), "each concern has its own line"


def test_a_new_try_of_a_text_message_waits_too_for_all_who_read_the_number(
    db, reader, person, settings, tmp_path, caplog
):
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    Path(tmp_path, "sms").write_text("no folder", encoding="utf-8")
    User.objects.filter(pk__in=[reader.pk, person("partner_a").pk]).update(phone="06 39 98 00 01")
    wishes(person("partner_a"), sms=True)
    message = owed(f"{KEY}:sms", channel="sms", recipient="06 39 98 00 01", subject="")
    with caplog.at_level(logging.CRITICAL):
        assert deliver_next() is Outcome.FAILED
    waits_for_the_end_of_quiet_hours(reader, message, "owed")
    Path(tmp_path, "sms").unlink()
    assert deliver_next() is Outcome.SENT


@pytest.mark.parametrize("key", [KEY, "digest:2026-11-22:00ff"])
def test_what_was_in_the_hands_of_a_worker_that_died_waits_too(db, gateway, reader, key, caplog):
    message = to(reader, key)
    sort_due()
    assert take(60) is not None
    waits_for_the_end_of_quiet_hours(reader, message, "taken")
    with caplog.at_level(logging.CRITICAL):
        assert deliver_next() is Outcome.SENT
    message.refresh_from_db()
    assert (message.attempts, message.uncertain) == (2, 1)
