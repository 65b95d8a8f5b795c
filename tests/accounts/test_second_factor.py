"""The second factor's own rules, and every change to it."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.changes import create_user
from accounts.changes import second_factor as changes
from accounts.models import AccessLog, User
from accounts.permissions import ROLES
from messaging.models import Message

KEY = "3132333435363738393031323334353637383930"


def now(key: str = KEY, *, steps: int = 0) -> str:
    """The code that an application shows, so many times thirty seconds from now."""
    return f"{totp(bytes.fromhex(key), t0=-30 * steps):06d}"


@pytest.fixture(autouse=True)
def _still(monday):
    """Time stands still, so that a code does not change under the test."""


@pytest.fixture
def protected(somebody: User) -> User:
    codes = changes.set_up(user=somebody, key=KEY, code=now(steps=-1))
    assert codes is not None
    somebody.codes = codes  # type: ignore[attr-defined]
    return somebody


@pytest.mark.parametrize(
    ("roles", "superuser", "must"),
    [
        ((), False, False),
        (("partner",), False, False),
        (("mayor",), False, False),
        (("mayor", "partner"), False, False),
        (("referent",), False, True),
        (("director",), False, True),
        (("administrator",), False, True),
        (("auditor",), False, True),
        (("partner", "auditor"), False, True),
        ((), True, True),
    ],
)
def test_whose_role_needs_one(roles, superuser, must):
    assert second_factor.mandatory(roles, superuser=superuser) is must
    assert set(ROLES) >= second_factor.MANDATORY


def test_the_address_is_what_applications_read():
    address = urlsplit(second_factor.address(KEY, account="léa@psq.example", issuer="psq: Gap"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    facts = parse_qs(address.query)
    assert facts == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["psq  Gap"], "digits": ["6"], "period": ["30"],
    }  # fmt: skip
    assert second_factor.secret_text(KEY) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert second_factor.picture("otpauth://totp/x").startswith("data:image/svg+xml")


def test_keys_and_codes_are_never_twice_the_same():
    assert len({second_factor.fresh_key() for _ in range(50)}) == 50
    assert {len(second_factor.fresh_key()) for _ in range(9)} == {40}
    codes = second_factor.fresh_codes()
    assert len(set(codes)) == second_factor.RECOVERY_CODES == 10
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)


@pytest.mark.parametrize(
    "typed", ["1OIL-2345-6789", "1oil 2345 6789", " 1o1l23456789 ", "10112345 6789", "1011–2345–6789"]
)
def test_a_recovery_code_is_read_however_it_is_typed(typed):
    assert second_factor.tidy(typed) == "101123456789"
    assert second_factor.digest(typed, account=1) == second_factor.digest("1011-2345-6789", account=1)
    assert second_factor.digest(typed, account=2) != second_factor.digest(typed, account=1)


def test_set_up_keeps_the_key_and_only_digests_of_the_codes(somebody):
    assert changes.set_up(user=somebody, key=KEY, code=now(steps=5)) is None
    assert changes.set_up(user=somebody, key=KEY, code="12345") is None
    assert not second_factor.has_one(somebody)
    codes = changes.set_up(user=somebody, key=KEY, code=now())
    assert codes is not None
    assert len(codes) == second_factor.codes_left(somebody) == 10
    assert second_factor.has_one(somebody)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not {code.replace("-", "") for code in codes} & kept
    assert Message.objects.get().recipient == somebody.email
    assert AccessLog.objects.get().operation == "second_factor.add"


def test_the_code_that_confirmed_opens_nothing_again(somebody):
    changes.set_up(user=somebody, key=KEY, code=now())
    assert not changes.show_code(user=somebody, code=now()).passed


@pytest.mark.parametrize(("steps", "passed"), [(-3, False), (-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_of_this_moment_or_of_the_one_beside_it(somebody, steps, passed):
    with time_machine.travel(time.time() - 3600, tick=False):
        changes.set_up(user=somebody, key=KEY, code=now())
    assert changes.show_code(user=somebody, code=now(steps=steps)).passed is passed


def test_a_code_is_used_once(protected):
    assert changes.show_code(user=protected, code=now()).passed
    assert not changes.show_code(user=protected, code=now()).passed
    with time_machine.travel(time.time() + 60, tick=False):
        assert not changes.show_code(user=protected, code=now(steps=-2)).passed


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_code_are_one_way_in(settings):
    settings.OTP_TOTP_THROTTLE_FACTOR = 0
    user = create_user(email="deux@psq.example", password=None)
    changes.set_up(user=user, key=KEY, code=now(steps=-1))
    code = now()

    def show() -> bool:
        try:
            return changes.show_code(user=user, code=code).passed
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(each.result() for each in [threads.submit(show) for _ in range(4)]) == [False] * 3 + [True]


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "+12345", "1_2345", "-12345"])
def test_what_no_code_is_costs_no_try(protected, code):
    assert not changes.show_code(user=protected, code=code).passed
    assert TOTPDevice.objects.get().throttling_failure_count == 0


def test_each_wrong_code_makes_the_next_wait_longer(protected, settings):
    settings.OTP_TOTP_THROTTLE_FACTOR = 1
    start = time.time()
    for wait in (1, 2, 4, 8):
        assert changes.show_code(user=protected, code="000000") == changes.Checked(False)
        locked = changes.show_code(user=protected, code=now())
        assert (locked.passed, locked.wait_s) == (False, wait), "a right one is not looked at"
        start += wait
        time_machine_moves(start)
    assert changes.show_code(user=protected, code=now()).passed
    assert TOTPDevice.objects.get().throttling_failure_count == 0


def time_machine_moves(moment: float) -> None:
    """The frozen clock of the test goes on to this moment."""
    from time_machine import travel

    travellers.append(travel(moment, tick=False))
    travellers[-1].start()


travellers: list[time_machine.travel] = []


@pytest.fixture(autouse=True)
def _come_back():
    yield
    while travellers:
        travellers.pop().stop()


def test_a_recovery_code_is_used_once_and_told(protected):
    code = protected.codes[3]
    assert changes.use_recovery_code(user=protected, code=code.lower().replace("-", " ")).passed
    assert second_factor.codes_left(protected) == 9
    assert "code de secours" in Message.objects.latest("pk").subject
    assert not changes.use_recovery_code(user=protected, code=code).passed


def test_a_recovery_code_is_nobody_elses(protected, somebody):
    other = create_user(email="autre@psq.example", password=None)
    assert not changes.use_recovery_code(user=other, code=protected.codes[0]).passed
    changes.set_up(user=other, key=second_factor.fresh_key(), code="000000")
    assert not changes.use_recovery_code(user=other, code=protected.codes[0]).passed
    assert second_factor.codes_left(protected) == 10


def test_wrong_recovery_codes_wait_too(protected, settings):
    settings.OTP_STATIC_THROTTLE_FACTOR = 1
    assert changes.use_recovery_code(user=protected, code="0000-0000-0000") == changes.Checked(False)
    assert changes.use_recovery_code(user=protected, code=protected.codes[0]) == changes.Checked(False, 1.0)


def test_new_codes_end_the_old_ones(protected):
    fresh = changes.renew_codes(user=protected)
    assert second_factor.codes_left(protected) == 10
    assert not changes.use_recovery_code(user=protected, code=protected.codes[0]).passed
    protected.refresh_from_db()
    with time_machine.travel(time.time() + timedelta(minutes=1).total_seconds(), tick=False):
        assert changes.use_recovery_code(user=protected, code=fresh[0]).passed


def test_another_application_ends_the_one_before(protected):
    other = second_factor.fresh_key()
    changes.set_up(user=protected, key=other, code=now(other, steps=-1))
    assert TOTPDevice.objects.count() == 1
    assert not changes.show_code(user=protected, code=now()).passed
    assert not changes.use_recovery_code(user=protected, code=protected.codes[0]).passed


@pytest.mark.parametrize("by_admin", [False, True])
def test_removed_it_is_gone_and_told(protected, by_admin):
    chief = create_user(email="chef@psq.example", password=None) if by_admin else None
    assert changes.remove(user=protected, by=chief, motive="Téléphone perdu" if by_admin else "")
    assert not second_factor.has_one(protected)
    assert second_factor.codes_left(protected) == 0
    log = AccessLog.objects.latest("pk")
    assert (log.user, log.operation) == (
        (chief, "second_factor.reset") if by_admin else (protected, "second_factor.remove")
    )
    assert log.reference == f"account:{protected.pk}"
    assert Message.objects.latest("pk").recipient == protected.email
    assert not changes.remove(user=protected), "nothing is told twice"


@pytest.mark.parametrize(("language", "said"), [("fr", "ajouté"), ("en", "was added")])
def test_the_notice_is_in_the_persons_language(db, language, said):
    user = create_user(email="x@psq.example", password=None, language=language)
    changes.set_up(user=user, key=KEY, code=now())
    notice = Message.objects.get()
    assert said in notice.subject
    assert KEY not in notice.body
