from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.authentication import authenticated
from accounts.changes import create_token, create_user, log_access, suspend
from accounts.models import AccessLog, ApiToken
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_authentication import asked


def test_an_account_is_known_by_its_address_in_any_case(somebody):
    assert somebody.email == "personne@psq.example"
    assert somebody.check_password(PASSWORD)
    assert somebody.password.startswith("argon2$argon2id$")
    with pytest.raises(IntegrityError), transaction.atomic():
        create_user(email="PERSONNE@psq.example ", password=PASSWORD)
    with pytest.raises(ValueError, match="address"):
        create_user(email="", password=PASSWORD)


def test_an_account_without_password_lets_nobody_in(db):
    user = create_user(email="sans@psq.example", password=None, is_staff=True)
    assert not user.has_usable_password()
    assert user.is_staff


def test_only_the_digest_of_a_token_is_kept(somebody):
    clear = create_token(user=somebody, name="x" * 200, ttl=timedelta(days=1))
    row = ApiToken.objects.get()
    assert clear.startswith("psq_")
    assert clear not in (row.digest, row.token_key)
    assert len(row.name) == 80


def test_suspending_ends_tokens_and_sessions_of_this_account_alone(somebody):
    other = create_user(email="autre@psq.example", password=PASSWORD)
    mine, theirs = Client(), Client()
    mine.force_login(somebody)
    theirs.force_login(other)
    kept = create_token(user=other, name="", ttl=timedelta(days=1))
    gone = create_token(user=somebody, name="", ttl=timedelta(days=1))

    suspend(user=somebody)

    assert not somebody.is_active
    type(somebody).objects.filter(pk=somebody.pk).update(is_active=True)  # reinstated later: nothing old comes back
    assert not mine.session.get("_auth_user_id")
    assert theirs.session["_auth_user_id"] == str(other.pk)
    assert authenticated(asked(f"Token {kept}")) == other
    assert ApiToken.objects.count() == 1
    with pytest.raises(Exception, match=r"token|jeton"):
        authenticated(asked(f"Token {gone}"))


def test_an_access_is_one_row_by_one_statement(somebody, django_assert_num_queries):
    before = timezone.now() - timedelta(minutes=1)
    with django_assert_num_queries(1):
        log_access(
            user=somebody,
            operation="list",
            references=[f"incident:{n}" for n in range(10_050)],
            count=1500,
            territory="05",
            motive="statistics",
            recipient="prefecture",
        )
    row = AccessLog.objects.get()
    assert (row.user, row.operation, row.count, row.territory) == (somebody, "list", 1500, "05")
    assert (row.motive, row.recipient, row.reference) == ("statistics", "prefecture", "")
    assert row.references == [f"incident:{n}" for n in range(10_000)]
    assert row.at > before


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_an_access_is_written_whatever_its_texts(nobody, db):
    log_access(user=nobody, operation="x" * 50, reference="r" * 300, motive="a\0b" + "é" * 300)
    row = AccessLog.objects.get()
    assert (row.user, row.count) == (None, None)
    assert (len(row.operation), len(row.reference), len(row.motive)) == (40, 200, 200)
    assert row.motive.startswith("abé")


def test_an_access_goes_with_the_transaction_that_it_tells_of(somebody):
    with transaction.atomic():
        log_access(user=somebody, operation="report")
        transaction.set_rollback(True)
    assert not AccessLog.objects.exists()


def test_the_token_command_ends_with_a_token_that_works(somebody):
    out = StringIO()
    call_command("token", "PERSONNE@psq.example", "--days", "3", "--name", "QGIS", stdout=out)
    clear = out.getvalue().splitlines()[-1].split()[-1]
    assert authenticated(asked(f"Token {clear}")) == somebody
    row = ApiToken.objects.get()
    assert row.name == "QGIS"
    assert timedelta(days=2, hours=23) < row.expiry - timezone.now() <= timedelta(days=3)


def test_the_token_command_says_why_not(somebody):
    with pytest.raises(CommandError, match=r"No account has the address nobody@psq\.example"):
        call_command("token", "nobody@psq.example")
    for days in ("0", "-1", "99999999999"):
        with pytest.raises(CommandError, match="--days"):
            call_command("token", somebody.email, "--days", days)
    suspend(user=somebody)
    with pytest.raises(CommandError, match="suspended"):
        call_command("token", somebody.email)
    assert not ApiToken.objects.exists()
