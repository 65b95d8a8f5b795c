from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.models import TokenBucket, User
from accounts.throttles import (
    ADDRESS_TIMES,
    LEASE_SHARE,
    LEASES,
    LIMITS,
    Leases,
    Rate,
    allow,
    sign_in_wait,
    take,
    throttle,
    wait_of,
)
from ogcapi.problems import answers

rf = RequestFactory()
SLOW = Rate(20, 1_000_000)  # a refill that no test lives to see
SLOW_LEASED = Rate(200, 1_000_000, leased=True)


@pytest.fixture(autouse=True)
def throttled(settings):
    settings.THROTTLES = True
    settings.TRUSTED_PROXIES = 0


def later(seconds: float) -> None:
    """The clock is the database's, so the past is what moves."""
    TokenBucket.objects.update(filled_at=F("filled_at") - timedelta(seconds=seconds))


def asks(address: str, forwarded: str | None = None) -> HttpRequest:
    request = rf.get("/", REMOTE_ADDR=address)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return request


def in_threads(number: int, work):
    def with_connection(index: int):
        try:
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(with_connection, range(number)))


def test_a_bucket_gives_what_it_holds_then_says_how_long_to_wait(db, django_assert_num_queries):
    rate = Rate(3, 60)
    with django_assert_num_queries(3):
        assert [allow("a", rate=rate) for _ in range(3)] == [0.0, 0.0, 0.0]
    wait = allow("a", rate=rate)
    assert 19 < wait <= 20
    assert allow("b", rate=rate) == 0.0, "another key, another bucket"
    later(20)
    assert allow("a", rate=rate) == 0.0
    assert allow("a", rate=rate) > 19


def test_a_bucket_never_holds_more_than_full_and_a_clock_set_back_gives_nothing(db):
    rate = Rate(3, 60)
    allow("a", rate=rate)
    later(1_000_000)
    assert [bool(allow("a", rate=rate)) for _ in range(4)] == [False, False, False, True]
    later(-3600)
    assert allow("a", rate=rate) > 0
    assert TokenBucket.objects.get().tokens >= 0


def test_a_refusal_writes_nothing(db):
    rate = Rate(1, 60)
    allow("a", rate=rate)
    before = TokenBucket.objects.values().get()
    assert allow("a", rate=rate) > 0
    assert TokenBucket.objects.values().get() == before


def test_several_are_taken_at_once_or_what_there_is(db):
    assert take({"a": SLOW}, wanted=15) == (15, 0.0)
    assert take({"a": SLOW}, wanted=15) == (5, 0.0)
    taken, wait = take({"a": SLOW}, wanted=15)
    assert taken == 0
    assert 0 < wait <= 50_000


@pytest.mark.django_db(transaction=True)
def test_threads_together_get_no_more_than_one_would():
    waits = in_threads(8, lambda _: [allow("a", rate=SLOW) for _ in range(10)])
    assert sum(wait == 0.0 for each in waits for wait in each) == SLOW.tokens


@pytest.mark.django_db(transaction=True)
def test_of_two_buckets_both_are_charged_or_none_in_whatever_order_they_are_named():
    """Many threads at once, on buckets that are not there yet: nobody waits for ever, and neither gives too much."""
    wide = Rate(50, 1_000_000)
    orders = [{"a": SLOW, "z": wide}, {"z": wide, "a": SLOW}, {"b": SLOW, "z": wide}, {"z": wide, "c": SLOW}]
    taken = in_threads(8, lambda n: sum(take(orders[n % 4], wanted=1)[0] for _ in range(20)))
    left = dict(TokenBucket.objects.values_list("key", "tokens"))
    assert sum(taken) == 50, "three accounts of twenty have fifty between them"
    assert math.isclose(left["z"], 0, abs_tol=0.1)
    assert math.isclose(left["a"] + left["b"] + left["c"], 10, abs_tol=0.1), "who was refused was charged nowhere"


@pytest.mark.django_db(transaction=True)
def test_leases_of_two_processes_and_their_threads_keep_one_limit():
    processes = [Leases(), Leases()]
    waits = in_threads(8, lambda n: [processes[n % 2].spend("a", SLOW_LEASED) for _ in range(60)])
    assert sum(wait == 0.0 for each in waits for wait in each) <= SLOW_LEASED.tokens
    # What a process still holds was charged: after the others are refused, both together spend exactly the rest.
    rest = [processes[n].spend("a", SLOW_LEASED) for n in (0, 1) for _ in range(SLOW_LEASED.tokens)]
    spent = [wait for each in waits for wait in each] + rest
    assert sum(wait == 0.0 for wait in spent) == SLOW_LEASED.tokens


@pytest.mark.django_db(transaction=True)
def test_a_process_holds_no_more_than_its_share_however_many_threads():
    leases = Leases()
    for _ in range(20):
        in_threads(4, lambda _: leases.spend("a", SLOW_LEASED))
        held = SLOW_LEASED.tokens - TokenBucket.objects.get().tokens
        assert sum(lease.left for lease in leases._held.values()) <= SLOW_LEASED.tokens // LEASE_SHARE
        assert held <= SLOW_LEASED.tokens


def test_a_lease_begins_small_and_soon_spares_nearly_every_query(db, django_assert_num_queries):
    rate = Rate(600, 1_000_000, leased=True)
    # 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 + … : a passer-by takes a single token from the bucket
    with django_assert_num_queries(1):
        assert allow("a", rate=rate) == 0.0
    assert math.isclose(TokenBucket.objects.get().tokens, 599, abs_tol=0.1)
    with django_assert_num_queries(6):
        assert not any(allow("a", rate=rate) for _ in range(122))
    with django_assert_num_queries(5):
        assert not any(allow("a", rate=rate) for _ in range(300))


def test_a_refused_client_that_insists_costs_no_queries(db, django_assert_num_queries):
    rate = Rate(10, 1_000_000, leased=True)
    waits = [allow("a", rate=rate) for _ in range(11)]
    assert [bool(wait) for wait in waits] == [False] * 10 + [True]
    with django_assert_num_queries(0):
        assert all(allow("a", rate=rate) > 0 for _ in range(1000))


def test_a_lease_ends_and_what_it_held_is_not_spent_later(db):
    rate = Rate(40, 1_000_000, leased=True)
    for _ in range(2):
        allow("a", rate=rate)
    lease = LEASES._held["a"]
    assert lease.left == 1
    lease.ends_at = 0.0
    assert allow("a", rate=rate) == 0.0
    assert TokenBucket.objects.get().tokens < 40 - 3


@pytest.mark.django_db(transaction=True)
def test_a_failing_database_keeps_no_key_from_leasing_again():
    leases = Leases()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '1ms'; SET search_path = pg_catalog")
    with pytest.raises(Exception, match="accounts_tokenbucket"):
        leases.spend("a", SLOW_LEASED)
    connection.close()
    assert leases.spend("a", SLOW_LEASED) == 0.0
    assert not leases._being_leased


def test_memory_is_bounded(db, monkeypatch):
    monkeypatch.setattr("accounts.throttles.KEYS_IN_MEMORY", 5)
    leases = Leases()
    for n in range(23):
        assert leases.spend(f"k{n}", SLOW_LEASED) == 0.0
    assert len(leases._held) <= 5


def test_switched_off_nothing_is_asked(settings, db, django_assert_num_queries):
    settings.THROTTLES = False
    with django_assert_num_queries(0):
        assert not any(allow("a", rate=Rate(1, 60)) for _ in range(10))
        for _ in range(700):
            throttle(asks("192.0.2.1"), "locate")
        assert sign_in_wait(asks("192.0.2.1"), "a@psq.example") == 0.0


def test_the_limits_are_the_promised_ones():
    assert (LIMITS["report"].tokens, LIMITS["report"].seconds) == (60, 3600)
    assert (LIMITS["locate"].tokens, LIMITS["locate"].seconds) == (600, 60)
    assert (LIMITS["batch"].tokens, LIMITS["batch"].seconds) == (30, 60)
    assert (LIMITS["login"].tokens, LIMITS["login"].seconds) == (10, 600)


def test_beyond_the_limit_the_answer_is_429_with_the_seconds_to_wait(somebody):
    @answers("POST")
    def report(request: HttpRequest) -> HttpResponse:
        throttle(request, "report", account=somebody)
        return HttpResponse(status=201)

    statuses = [report(rf.post("/", REMOTE_ADDR=f"192.0.2.{n}")).status_code for n in range(60)]
    assert statuses == [201] * 60
    response = report(rf.post("/"))
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert response.headers["Content-Type"] == "application/problem+json"


def test_an_account_and_its_address_are_counted_by_one_statement(somebody, django_assert_num_queries):
    here = asks("192.0.2.1")
    with django_assert_num_queries(1):
        throttle(here, "report", account=somebody)
    with django_assert_num_queries(1):
        throttle(here, "report", account=somebody)
    left = {key: round(tokens) for key, tokens in TokenBucket.objects.values_list("key", "tokens")}
    assert left == {f"report:account:{somebody.pk}": 58, "report:address:192.0.2.1": 60 * ADDRESS_TIMES - 2}


def test_an_account_that_is_refused_takes_nothing_from_its_neighbours(somebody):
    here = asks("192.0.2.1")
    waits = [wait_of(here, "batch", somebody) for _ in range(40)]
    assert [bool(wait) for wait in waits] == [False] * 30 + [True] * 10
    neighbours = TokenBucket.objects.get(key="batch:address:192.0.2.1")
    assert math.isclose(neighbours.tokens, 30 * ADDRESS_TIMES - 30, abs_tol=5)
    assert wait_of(asks("198.51.100.7"), "batch", somebody) > 0, "from elsewhere it is the same account"


@pytest.mark.parametrize("name", ["report", "read"])  # one that is asked each time, one that is leased
def test_many_accounts_of_one_address_are_limited_together(db, settings, monkeypatch, name):
    settings.TRUSTED_PROXIES = 1
    monkeypatch.setitem(LIMITS, name, Rate(4, 1_000_000, leased=LIMITS[name].leased))
    crowd = [User.objects.create_user(f"person{n}@psq.example") for n in range(ADDRESS_TIMES + 1)]
    # What a client writes itself into the header makes no other address of it.
    waits = [
        wait_of(asks("127.0.0.1", f"203.0.113.{n}, 198.51.100.7"), name, person) for n in range(4) for person in crowd
    ]
    assert sum(wait == 0.0 for wait in waits) == 4 * ADDRESS_TIMES
    newcomer = User.objects.create_user("newcomer@psq.example")
    assert wait_of(asks("127.0.0.1", "198.51.100.7"), name, newcomer) > 0
    assert wait_of(asks("127.0.0.1", "198.51.100.8"), name, User.objects.create_user("other@psq.example")) == 0.0


def test_anonymous_requests_count_by_address(db):
    throttle(asks("192.0.2.1"), "batch", account=AnonymousUser())
    throttle(asks("2001:db8:1:2:3::1"), "batch")
    throttle(asks("2001:db8:1:2:ffff::9"), "batch")
    assert sorted(TokenBucket.objects.values_list("key", flat=True)) == ["batch:192.0.2.1", "batch:2001:db8:1:2::/64"]


def test_an_account_tried_under_disguised_names_is_one_account(db):
    here = asks("192.0.2.1")
    disguises = [
        "jose@psq.example",
        " José@psq.example",
        "JOSE@PSQ.EXAMPLE",
        "ｊｏｓｅ@psq.example",
        "jose\u0301@psq.example",
    ]
    assert not any(sign_in_wait(here, disguises[n % 5]) for n in range(10))
    assert all(sign_in_wait(here, each) > 0 for each in disguises)
    assert sign_in_wait(here, "other@psq.example") == 0.0
    assert sign_in_wait(asks("192.0.2.2"), "jose@psq.example") == 0.0
    assert not TokenBucket.objects.filter(key__contains="psq.example").exists(), "no address is kept in clear"


def test_many_accounts_from_one_address_are_limited_together(db):
    here = asks("192.0.2.1")
    waits = [sign_in_wait(here, f"account{n}@psq.example") for n in range(101)]
    assert not any(waits[:100])
    assert waits[100] > 0
