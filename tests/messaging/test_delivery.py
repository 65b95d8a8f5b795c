from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from django.db import connection
from django.utils import timezone

from messaging import delivery
from messaging.changes import sort_due
from messaging.channels import reference
from messaging.delivery import (
    BACKOFF_AT_MOST_S,
    BACKOFF_S,
    TRIES_AT_MOST,
    Outcome,
    backoff_s,
    deliver_next,
    note,
    take,
)
from messaging.models import Message
from tests.messaging.conftest import owed


def due_now(**values: object) -> None:
    Message.objects.update(next_try_at=timezone.now() - timedelta(seconds=1), **values)


def test_an_email_leaves_as_owed_with_its_reference(db, gateway, settings):
    settings.DEFAULT_FROM_EMAIL = "PSQ Gap <psq@gap.example>"
    message = owed()
    assert deliver_next() is Outcome.SENT
    [received] = gateway.accepted
    assert str(make_header(decode_header(received["Subject"]))) == "Un signalement à Gap"
    assert (received["To"], received["From"]) == ("referent@psq.example", "PSQ Gap <psq@gap.example>")
    assert received["Message-ID"] == f"<{reference(message)}@gap.example>"
    assert received["Auto-Submitted"] == "auto-generated"
    plain, html = (part.get_payload(decode=True).decode() for part in received.get_payload())
    assert plain.replace("\r", "").startswith(message.body)
    assert '<html lang="fr">' in html
    assert "À traiter avant le 21 décembre." in html
    message.refresh_from_db()
    assert (message.state, message.attempts, message.lease_until, message.last_error) == ("sent", 1, None, "")
    assert message.sent_at is not None
    assert deliver_next() is Outcome.NOTHING_DUE


def test_what_is_due_first_leaves_first_and_what_is_not_due_stays(db, gateway):
    now = timezone.now()
    for key, minutes in (("second", -1), ("later", 5), ("first", -2)):
        owed(key, recipient=f"{key}@psq.example")
        Message.objects.filter(dedupe_key=key).update(next_try_at=now + timedelta(minutes=minutes))
    assert [deliver_next() for _ in range(3)] == [Outcome.SENT, Outcome.SENT, Outcome.NOTHING_DUE]
    assert [each["To"] for each in gateway.accepted] == ["first@psq.example", "second@psq.example"]


def test_a_refusal_is_tried_again_later_with_the_same_reference(db, gateway, caplog):
    gateway.answer_data = lambda _message: b"451 referent@psq.example: try later"
    message = owed()
    assert deliver_next() is Outcome.FAILED
    message.refresh_from_db()
    assert (message.state, message.attempts, message.lease_until) == ("owed", 1, None)
    assert message.uncertain == 0, "the gateway said no"
    wait_s = (message.next_try_at - timezone.now()).total_seconds()
    assert 0 < wait_s <= BACKOFF_S
    assert "try later" in message.last_error
    assert "referent@psq.example" not in message.last_error + caplog.text
    assert deliver_next() is Outcome.NOTHING_DUE

    gateway.answer_data = lambda _message: b"250 ok"
    due_now()
    assert deliver_next() is Outcome.SENT
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("sent", 2, "")
    assert gateway.counts() == {f"<{reference(message)}@psq.example>": 1}
    assert gateway.refused == 1


def test_after_the_last_try_it_is_dead_and_the_alarm_is_logged(db, gateway, caplog):
    gateway.answer_data = lambda _message: b"554 no"
    message = owed()
    for attempt in range(1, TRIES_AT_MOST + 1):
        due_now()
        expected = Outcome.DEAD if attempt == TRIES_AT_MOST else Outcome.FAILED
        assert deliver_next() is expected, attempt
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("dead", TRIES_AT_MOST)
    alarms = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert len(alarms) == 1
    assert message.dedupe_key in alarms[0].getMessage()
    due_now()
    assert deliver_next() is Outcome.NOTHING_DUE
    assert gateway.refused == TRIES_AT_MOST


def test_a_try_of_which_nothing_was_noted_is_counted_and_logged(db, gateway, caplog):
    message = owed()
    due_now(state="taken", attempts=3, uncertain=1)
    with caplog.at_level(logging.WARNING):
        assert deliver_next() is Outcome.SENT
    message.refresh_from_db()
    assert (message.attempts, message.uncertain) == (4, 2)
    (said,) = [each.getMessage() for each in caplog.records]
    assert message.dedupe_key in said
    assert "try 3 ended without a result" in said
    assert "2 so far" in said


def test_what_was_accepted_and_then_dropped_is_counted(db, gateway, caplog):
    gateway.answer_data = lambda _mail: None
    message = owed()
    assert deliver_next() is Outcome.FAILED
    message.refresh_from_db()
    assert (message.state, message.uncertain) == ("owed", 1)
    assert "may have left" in caplog.text
    gateway.answer_data = lambda _mail: b"250 ok"
    due_now()
    assert deliver_next() is Outcome.SENT
    message.refresh_from_db()
    assert message.uncertain == 1


def test_no_gateway_is_no_doubt(db, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    message = owed()
    assert deliver_next() is Outcome.FAILED
    message.refresh_from_db()
    assert message.uncertain == 0


def test_a_message_that_kills_its_workers_ends_dead_and_is_not_sent_again(db, gateway):
    message = owed()
    due_now(state="taken", attempts=TRIES_AT_MOST)
    assert deliver_next() is Outcome.DEAD
    message.refresh_from_db()
    assert message.state == "dead"
    assert not gateway.accepted


@pytest.mark.parametrize(
    "facts",
    [
        {"recipient": "a@psq.example\nBcc: b@psq.example"},
        {"recipient": ""},
    ],
    ids=repr,
)
def test_an_address_that_cannot_be_written_is_dead_at_once(db, gateway, facts):
    message = owed(**facts)
    assert deliver_next() is Outcome.DEAD
    message.refresh_from_db()
    assert message.state == "dead"
    assert message.last_error
    assert not gateway.accepted


@pytest.mark.parametrize("misbehaves", ["hangs", "dribbles", "closed"])
def test_a_gateway_that_does_not_end_is_given_up_within_the_lease(db, gateway, misbehaves):
    gateway.greets = misbehaves != "hangs"
    gateway.dribbles = misbehaves == "dribbles"
    if misbehaves == "closed":
        gateway.close()
    message = owed()
    # FAILED and not LOST: the result was written while the lease lasted.
    assert deliver_next(lease_s=2) is Outcome.FAILED
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("owed", 1)


def test_accepted_then_dropped_is_sent_again_and_can_be_counted(db, gateway):
    gateway.answer_data = lambda _message: None
    message = owed()
    assert deliver_next() is Outcome.FAILED
    gateway.answer_data = lambda _message: b"250 ok"
    due_now()
    assert deliver_next() is Outcome.SENT
    assert gateway.counts() == {f"<{reference(message)}@psq.example>": 2}


def test_a_worker_that_comes_back_late_changes_nothing(db):
    owed()
    sort_due()
    early = take(60)
    assert early is not None
    assert take(60) is None, "a lease is for one"
    due_now()
    assert take(60) is None, "what its reader wishes by now is asked first"
    sort_due()
    late = take(60)
    assert late is not None
    assert (early.attempts, late.attempts) == (1, 2)
    assert note(early, {"state": "sent"}) is False
    row = Message.objects.get()
    assert (row.state, row.attempts) == ("taken", 2)
    assert note(late, {"state": "sent"}) is True
    assert note(late, {"state": "owed"}) is False
    assert Message.objects.get().state == "sent"


# A table counted while it was empty is read row by row, with what is joined to it asked again for each row.
@pytest.mark.parametrize("away", [(), ("hashjoin", "mergejoin", "material"), ("hashjoin", "indexscan", "bitmapscan")])
def test_one_message_is_taken_whatever_the_planner_thinks_of_the_table(db, away):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE messaging_message")
        for way in away:
            cursor.execute(f"SET LOCAL enable_{way} = off")
    for n in range(5):
        owed(f"m{n}")
    sort_due()
    for taken in range(1, 4):
        assert take(60) is not None
        assert Message.objects.filter(state="taken").count() == taken


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_take_each_message_once():
    for n in range(40):
        owed(f"m{n}")
    sort_due()

    def work(_: int) -> list[int]:
        try:
            return [message.pk for message in iter(lambda: take(60), None)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [pk for keys in pool.map(work, range(4)) for pk in keys]
    assert len(taken) == 40
    assert set(taken) == set(Message.objects.values_list("pk", flat=True))
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_is_noted_over_a_lost_connection(gateway):
    """The server ends the connection while the gateway is spoken to; the result is written over a new one."""
    message = owed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()

    def end_connection(_message: object) -> bytes:
        try:
            with connection.cursor() as cursor:  # of this thread
                cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
        finally:
            connection.close()
        return b"250 ok"

    gateway.answer_data = end_connection
    assert deliver_next() is Outcome.SENT
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 1)
    assert len(gateway.accepted) == 1


def test_the_wait_doubles_to_a_cap_and_is_partly_chance():
    for attempt in range(1, TRIES_AT_MOST + 1):
        longest = min(BACKOFF_AT_MOST_S, BACKOFF_S * 2 ** (attempt - 1))
        waits = {backoff_s(attempt) for _ in range(50)}
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(waits) > 1
    assert backoff_s(10_000 % 1000) <= BACKOFF_AT_MOST_S
    assert delivery.GATEWAY_SHARE < 1


def test_an_sms_of_the_demonstration_is_a_line_in_a_file(db, settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.DEMO = True
    messages = [owed(f"alert:{n}", channel="sms", recipient="+33692000000", body=f"Alerte {n}\nà Gap") for n in (1, 2)]
    assert [deliver_next(), deliver_next()] == [Outcome.SENT, Outcome.SENT]
    lines = [json.loads(line) for line in (tmp_path / "sms" / "sms.jsonl").read_text().splitlines()]
    assert [(each["reference"], each["to"], each["text"]) for each in lines] == [
        (reference(each), "+33692000000", each.body) for each in messages
    ]


def test_without_a_gateway_an_sms_is_dead_and_not_lost(db, settings):
    settings.DEMO = False
    message = owed(channel="sms", recipient="+33692000000")
    assert deliver_next() is Outcome.DEAD
    message.refresh_from_db()
    assert message.last_error == "No SMS gateway is configured."
