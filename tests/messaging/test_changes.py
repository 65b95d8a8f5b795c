from __future__ import annotations

import pytest
from django.db import transaction

from messaging.changes import message as made
from messaging.changes import owe
from messaging.models import Message
from tests.messaging.conftest import owed


def test_a_message_is_owed_once_by_one_statement(db, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1):
        owe(made(dedupe_key="a", channel="email", recipient="a@psq.example", subject="One", body="1"))
    with transaction.atomic(), django_assert_num_queries(1):
        owe(made(dedupe_key="a", channel="sms", recipient="b@psq.example", subject="Two", body="2"))
    message = Message.objects.get()
    assert (message.channel, message.recipient, message.subject, message.body) == ("email", "a@psq.example", "One", "1")
    assert (message.state, message.attempts, message.last_error, message.sent_at) == ("owed", 0, "", None)


def test_the_debt_goes_with_the_transaction_that_causes_it(db):
    with transaction.atomic():
        owed("a")
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_a_subject_is_one_line_and_no_byte_stops_a_report(db):
    message = owed(subject="Gap\r\nBcc: x@psq.example\0" + "é" * 300, body="a\0b")
    assert message.subject.startswith("Gap Bcc: x@psq.example é"[:22])
    assert "\n" not in message.subject
    assert len(message.subject) == 200
    assert message.body == "ab"


def test_an_unknown_channel_is_a_mistake_of_ours(db):
    with pytest.raises(ValueError, match="pigeon"):
        owed(channel="pigeon")
