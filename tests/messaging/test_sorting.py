"""What a person wishes is asked by the worker, before each try, and never of a letter."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from messaging.changes import choose, owe_digests, read_notices, sort_due
from messaging.delivery import Outcome, deliver_next
from messaging.models import Message, Notice, Preference
from messaging.wishes import PARIS, digest_moment
from tests.messaging.conftest import owed

KEY = "report:7K3F-9QXM:post"


def wishes(user: User, **changed: Any) -> Preference:
    facts: dict[str, Any] = {"mail": "at_once", "bell": True, "sms": False, "quiet_from": None, "quiet_until": None}
    return choose(user=user.pk, **(facts | changed))


@pytest.fixture
def reader(person: Callable[[str], User]) -> User:
    return person("referent_a")


def to(reader: User, key: str = KEY, **changed: str) -> Message:
    return owed(key, recipient=reader.email, **changed)


def test_who_never_chose_is_written_to_at_once_and_the_bell_rings(db, gateway, reader):
    to(reader)
    assert deliver_next() is Outcome.SENT
    notice = Notice.objects.get()
    assert (notice.user, notice.reference, notice.text) == (reader, "7K3F-9QXM", "Un signalement à Gap")
    assert notice.read_at is None


def test_the_address_is_known_whatever_its_case(db, reader):
    owed(KEY, recipient=reader.email.upper())
    sort_due()
    assert Notice.objects.get().user == reader


def test_the_bell_rings_though_the_gateway_does_not_answer_and_rings_once(db, gateway, reader, caplog):
    gateway.answer_data = lambda _mail: b"451 later"
    to(reader)
    to(reader, "report:7K3F-9QXN:post")
    with caplog.at_level(logging.CRITICAL):
        assert deliver_next() is Outcome.FAILED
    assert Notice.objects.count() == 2, "both were sorted before the first was sent"
    Message.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    gateway.answer_data = lambda _mail: b"250 ok"
    assert {deliver_next(), deliver_next()} == {Outcome.SENT}
    assert Notice.objects.count() == 2


def test_the_bell_alone(db, gateway, reader):
    wishes(reader, mail="never")
    message = to(reader)
    assert deliver_next() is Outcome.NOTHING_DUE
    message.refresh_from_db()
    assert (message.state, message.attempts, Notice.objects.count()) == ("bell", 0, 1)


def test_mail_alone(db, gateway, reader):
    wishes(reader, bell=False)
    to(reader)
    assert deliver_next() is Outcome.SENT
    assert not Notice.objects.exists()


def test_in_quiet_hours_the_bell_rings_and_the_mail_waits_for_their_end(db, gateway, reader):
    here = timezone.now().astimezone(PARIS)
    start, end = here - timedelta(hours=1), (here + timedelta(hours=1)).replace(second=0, microsecond=0)
    wishes(reader, quiet_from=start.time(), quiet_until=end.time())
    message = to(reader)
    assert deliver_next() is Outcome.NOTHING_DUE
    message.refresh_from_db()
    assert (message.state, message.attempts, message.next_try_at) == ("owed", 0, end)
    assert Notice.objects.count() == 1
    # The end has come, and nothing is wished any more.
    wishes(reader)
    Message.objects.update(next_try_at=timezone.now())
    assert deliver_next() is Outcome.SENT


@pytest.mark.parametrize("key", ["reset:17:00ff", "invitation:abc:1", "password:17:x"])
def test_a_letter_leaves_at_once_whatever_is_wished(db, gateway, reader, key):
    wishes(reader, mail="never", quiet_from=time(0), quiet_until=time(23, 59, 59))
    to(reader, key)
    assert deliver_next() is Outcome.SENT
    assert not Notice.objects.exists()


def test_who_has_no_account_or_a_suspended_one_is_written_to_as_before(db, gateway, person):
    owed(KEY, recipient="poste.public@psq.example")
    owed("report:7K3F-9QXN:post", recipient=person("suspended").email)
    wishes(person("suspended"), mail="never")
    assert {deliver_next(), deliver_next()} == {Outcome.SENT}
    assert not Notice.objects.exists()


def test_wishes_are_asked_in_one_query_for_all_and_never_when_nothing_is_due(
    db, reader, person, django_assert_num_queries
):
    with django_assert_num_queries(3):  # the messages due, in a savepoint of this test's transaction
        assert sort_due() == 0
    for n in range(50):
        to((reader, person("partner_a"))[n % 2], f"report:7K3F-9Q{n:02}:post")
    with django_assert_num_queries(6):  # + who reads them, the bell, the messages
        assert sort_due() == 50
    assert Notice.objects.count() == 50


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ring_once():
    user = User.objects.create_user("referent@psq.example")
    for n in range(60):
        owed(f"report:7K3F-9Q{n:02}:post")

    def work(_: int) -> int:
        try:
            return sum(iter(sort_due, 0))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 60
    assert Notice.objects.filter(user=user).count() == 60


def test_a_text_message_is_owed_besides_to_who_wishes_it(db, reader, settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    User.objects.filter(pk=reader.pk).update(phone="06 39 98 00 01")
    wishes(reader, sms=True)
    to(reader, subject="Préoccupation 7K3F-9QXM – pour vous")
    assert {deliver_next(), deliver_next()} == {Outcome.SENT}
    assert deliver_next() is Outcome.NOTHING_DUE
    line = json.loads(Path(tmp_path, "sms", "sms.jsonl").read_text(encoding="utf-8"))
    assert (line["to"], line["text"]) == ("06 39 98 00 01", "Préoccupation 7K3F-9QXM - pour vous")


def held(reader: User, *ago: timedelta) -> None:
    """Messages held for the digest, made so long before the last 7 o'clock."""
    wishes(reader, mail="daily")
    for n, each in enumerate(ago):
        message = to(reader, f"status:7K3F-9Q{n:02}:1:2", subject=f"Préoccupation 7K3F-9Q{n:02}")
        Message.objects.filter(pk=message.pk).update(created_at=digest_moment(timezone.now()) - each)
    sort_due()


def test_the_digest_tells_all_that_was_held_once(db, gateway, reader):
    held(reader, timedelta(hours=5), timedelta(hours=4), -timedelta(seconds=1))
    assert deliver_next() is Outcome.NOTHING_DUE
    assert Notice.objects.count() == 3, "the bell does not wait"
    assert owe_digests(at=timezone.now()) == 1
    assert owe_digests(at=timezone.now()) == 0
    digest = Message.objects.get(dedupe_key__startswith="digest:")
    assert digest.subject.startswith("2 messages")
    assert "- Préoccupation 7K3F-9Q00\n- Préoccupation 7K3F-9Q01" in digest.body
    assert "7K3F-9Q02" not in digest.body
    assert deliver_next() is Outcome.SENT
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["told", "told", "held", "sent"]
    tomorrow = timezone.now() + timedelta(days=1)
    assert owe_digests(at=tomorrow) == 1
    assert owe_digests(at=tomorrow) == 0


def test_what_is_held_after_the_digest_was_made_waits_for_the_next(db, reader):
    held(reader, timedelta(hours=5))
    now = timezone.now()
    assert owe_digests(at=now) == 1
    late = to(reader, "status:7K3F-9QZZ:1:2")
    Message.objects.filter(pk=late.pk).update(created_at=digest_moment(now) - timedelta(minutes=1))
    sort_due()
    assert owe_digests(at=now) == 0
    assert owe_digests(at=now + timedelta(days=1)) == 1


def test_the_digest_speaks_its_readers_language_and_keeps_their_quiet_hours(db, reader):
    User.objects.filter(pk=reader.pk).update(language="en")
    held(reader, timedelta(hours=5))
    wishes(reader, mail="daily", quiet_from=time(0), quiet_until=time(23, 59, 59))
    assert owe_digests(at=timezone.now()) == 1
    digest = Message.objects.get(dedupe_key__startswith="digest:")
    assert digest.subject.startswith("1 message about your concerns")
    assert digest.language == "en"
    assert digest.next_try_at > datetime.now(UTC)


@pytest.mark.django_db(transaction=True)
def test_two_runs_of_the_digest_at_once_owe_one():
    user = User.objects.create_user("referent@psq.example")
    held(user, *[timedelta(hours=1)] * 30)
    now = timezone.now()

    def work(_: int) -> int:
        try:
            return owe_digests(at=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert Message.objects.filter(state="told").count() == 30
    assert Message.objects.get(dedupe_key__startswith="digest:").body.count("- Préoccupation") == 30


@pytest.mark.parametrize(
    "wrong",
    [{"mail": "never", "bell": False}, {"quiet_from": time(7)}, {"quiet_from": time(7), "quiet_until": time(7)}],
)
def test_wishes_by_which_nobody_is_told_are_not_kept(db, reader, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        wishes(reader, **wrong)


def test_one_reads_ones_own_bell(db, reader, person):
    to(reader)
    to(reader, "status:7K3F-9QXM:1:2")
    to(reader, "status:7K3F-9QXN:1:2")
    owed("status:7K3F-9QXN:1:3", recipient=person("partner_a").email)
    sort_due()
    assert read_notices(user=reader.pk, reference="7K3F-9QXM") == 2
    assert read_notices(user=reader.pk, reference="7K3F-9QXM") == 0
    foreign = Notice.objects.get(user=person("partner_a"))
    assert read_notices(user=reader.pk, keys=[foreign.pk]) == 0
    assert read_notices(user=reader.pk) == 1
    assert Notice.objects.filter(read_at=None).get() == foreign
