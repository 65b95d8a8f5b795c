"""The purge as a machine: dry by default, in batches, by the owner alone, one rule's failure not another's."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override

from accounts import retention
from accounts.changes import create_token, log_access, purging
from accounts.changes.forgetting import BUCKET, MESSAGE, MESSAGE_TEXT, SESSION, TOKEN
from accounts.changes.purging import NotTheOwner, purge
from accounts.models import AccessLog, ApiToken, BrowserSession, RetentionRun, TokenBucket
from accounts.tasks import purge as daily
from messaging.models import Message, MessageState

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SOON, LATE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("purge", *arguments, stdout=out)
    return out.getvalue()


def sessions(number: int) -> None:
    for n in range(number):
        BrowserSession.objects.create(session_key=f"old{n}", session_data="", expire_date=LATE)


def test_what_ended_goes_in_batches_and_the_rest_stays(somebody, monkeypatch):
    monkeypatch.setattr(purging, "ROWS_AT_ONCE", 2)
    sessions(5)
    BrowserSession.objects.create(session_key="good", session_data="", expire_date=SOON)
    create_token(user=somebody, name="old", ttl=timedelta(seconds=-1))
    create_token(user=somebody, name="good", ttl=timedelta(days=1))
    TokenBucket.objects.create(key="full", tokens=0, filled_at=NOW - timedelta(days=1))
    TokenBucket.objects.create(key="used", tokens=0, filled_at=NOW)

    run = purge(at=NOW, by="test", commit=True, chosen=[SESSION, BUCKET, TOKEN])

    assert run.counts == {"session": {"": 5}, "bucket": {"": 1}, "token": {"": 1}}
    assert run.total == 7
    assert (run.failures, run.dry_run, run.by, run.at) == ({}, False, "test", NOW)
    assert list(BrowserSession.objects.values_list("pk", flat=True)) == ["good"]
    assert list(TokenBucket.objects.values_list("pk", flat=True)) == ["used"]
    assert list(ApiToken.objects.values_list("name", flat=True)) == ["good"]
    # Idempotent: a second run finds nothing.
    assert purge(at=NOW, by="test", commit=True).total == 0


def test_a_dry_run_counts_the_same_and_forgets_nothing():
    sessions(3)
    dry = purge(at=NOW, by="test", commit=False)
    assert dry.counts["session"] == {"": 3}
    assert BrowserSession.objects.count() == 3
    assert RetentionRun.objects.get().dry_run is True
    assert purge(at=NOW, by="test", commit=True).counts["session"] == dry.counts["session"]


@pytest.mark.parametrize(
    ("state", "age_days", "forgotten"),
    [
        (MessageState.SENT, 29, False),
        (MessageState.SENT, 31, True),
        (MessageState.DEAD, 59, False),
        (MessageState.DEAD, 61, True),
        (MessageState.CLOSED, 59, False),
        (MessageState.CLOSED, 61, True),
        (MessageState.OWED, 900, False),  # still to be sent
        (MessageState.TAKEN, 900, False),
    ],
)
def test_a_message_that_left_loses_its_words(state, age_days, forgotten):
    then = NOW - timedelta(days=age_days)
    Message.objects.create(
        dedupe_key="k", channel="email", recipient="a@psq.example", subject="s", body="b", state=state,
        created_at=then, sent_at=then if state == MessageState.SENT else None,
    )  # fmt: skip
    run = purge(at=NOW, by="test", commit=True, chosen=[MESSAGE_TEXT, MESSAGE])
    kept = Message.objects.get()
    assert (kept.recipient, kept.subject, kept.body) == (("", "", "") if forgotten else ("a@psq.example", "s", "b"))
    assert kept.dedupe_key == "k"
    assert run.total == int(forgotten)


def test_after_three_years_nothing_is_left_of_a_message():
    then = NOW - timedelta(days=1100)
    Message.objects.create(dedupe_key="k", channel="email", recipient="", body="", state="sent", created_at=then)
    purge(at=NOW, by="test", commit=True, chosen=[MESSAGE])
    assert not Message.objects.exists()


def broken(rule: retention.Rule, error: Exception) -> retention.Rule:
    def overdue(at: datetime, using: str) -> object:
        raise error

    return retention.Rule(**{name: getattr(rule, name) for name in rule.__slots__} | {"overdue": overdue})


def test_one_rule_that_fails_stops_no_other():
    sessions(1)
    run = purge(at=NOW, by="test", commit=True, chosen=[broken(TOKEN, ValueError("no")), SESSION])
    assert run.failures == {"token": "ValueError: no"}
    assert run.counts == {"session": {"": 1}}
    assert RetentionRun.objects.get().failures == run.failures


def test_a_rule_that_forgets_nothing_does_not_run_for_ever():
    sessions(1)
    idle = retention.Rule(
        **{name: getattr(SESSION, name) for name in SESSION.__slots__} | {"forget": lambda rows: None}
    )
    assert "still there" in purge(at=NOW, by="test", commit=True, chosen=[idle]).failures["session"]


def test_who_does_not_own_the_tables_forgets_nothing(monkeypatch, settings):
    sessions(1)
    monkeypatch.setattr(purging, "OWNS", "SELECT false WHERE %s IS NOT NULL")
    with pytest.raises(NotTheOwner):
        purge(at=NOW, by="test", commit=True)
    with pytest.raises(CommandError, match="PSQ_OWNER"):
        told("--commit")
    with pytest.raises(NotTheOwner):
        daily()
    assert BrowserSession.objects.count() == 1


def test_the_account_of_a_run_is_never_changed():
    run = purge(at=NOW, by="test", commit=False)
    for statement in ("UPDATE accounts_retentionrun SET by = 'x'", "DELETE FROM accounts_retentionrun"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(statement)
    assert RetentionRun.objects.get().pk == run.pk


APPEND_ONLY = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s ORDER BY 1"


def tables(trigger: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(APPEND_ONLY, [trigger])
        return [row[0] for row in cursor.fetchall()]


def test_rows_written_once_are_neither_changed_nor_truncated(somebody):
    log_access(user=somebody, operation="test")
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    once = tables("psq_append_only")
    # Minutes are written once from the day that they are validated.
    assert {*once, *tables("psq_validated")} == set(tables("psq_never_truncated"))
    assert {"accounts_accesslog", "incidents_routing", "incidents_statuschange"} <= set(once)
    for table in once:
        # As the product has it: the tests themselves end by a flush (see conftest).
        connection.cursor().execute(f"ALTER TABLE {table} ENABLE TRIGGER psq_never_truncated")
        with pytest.raises(DatabaseError, match="never truncated"), transaction.atomic():
            connection.cursor().execute(f"TRUNCATE {table} CASCADE")
    assert AccessLog.objects.filter(operation="test").count() == 1


def test_the_command_is_dry_and_tells_what_why_and_how_many():
    sessions(2)
    words = told()
    assert "session: Session of a person signed in" in words
    assert "Kept 8 hours. It ends by itself." in words
    assert "2 of no territory" in words
    assert "nothing was forgotten" in words
    assert BrowserSession.objects.count() == 2
    assert "2 rows were forgotten" in told("--commit", "--rule", "session")
    assert not BrowserSession.objects.exists()
    assert [(r.dry_run, r.total) for r in RetentionRun.objects.order_by("pk")] == [(True, 2), (False, 2)]


def test_the_command_as_json():
    sessions(2)
    document = json.loads(told("--json", "--by", "the auditor"))
    assert (document["dry_run"], document["by"], document["total"]) == (True, "the auditor", 2)
    (found,) = [rule for rule in document["rules"] if rule["code"] == "session"]
    assert found["counts"] == {"": 2}
    assert all(rule["what"] and rule["why"] and rule["kept"] for rule in document["rules"])


def test_a_rule_that_is_not_there():
    with pytest.raises(CommandError, match="no rule sesion"):
        told("--rule", "sesion")


def test_every_rule_speaks_both_languages():
    codes = [rule.code for rule in retention.rules()]
    assert len(codes) == len(set(codes)) >= 9
    for rule in retention.rules():
        words = []
        for language in ("fr", "en"):
            with override(language):
                words.append((str(rule.what), str(rule.why)))
                assert rule.kept()
        assert words[0][0] != words[1][0]


def test_the_worker_runs_it_every_day(settings):
    assert settings.PERIODIC_TASKS["accounts.tasks.purge"] == 86_400
    sessions(1)
    daily()
    assert RetentionRun.objects.get().by == "worker"
