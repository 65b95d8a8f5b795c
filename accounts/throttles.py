"""How often somebody may ask: token buckets in PostgreSQL, so that the limit is one for all workers.

A bucket holds `Rate.tokens` and is refilled evenly over `Rate.seconds`; one atomic statement, on the clock of the
database, refills and takes. What an account asks is counted twice by that statement, for the account and, more widely,
for the address it asks from (docs/adr/0011): from both buckets, or from none.

For very frequent requests a process may *lease*: it takes several tokens at once and spends them from memory. The first
lease is of one token and each next one twice the last, up to `tokens / LEASE_SHARE`.

What holds: a token is charged before it is spent, so in any window of t seconds no more than
`tokens * (1 + t / seconds)` requests pass, plus what leases taken earlier still hold, at most
`tokens / LEASE_SHARE` in each process (with 2 workers and 600 a minute: 120).

Call it outside a transaction: inside one the bucket stays locked until the end, and a rollback gives the token back.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import OperationalError, connection
from psycopg2.errorcodes import DEADLOCK_DETECTED
from rest_framework.exceptions import Throttled

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from accounts.models import User

LEASE_SHARE: Final = 10
# All accounts together that ask from one address: so many times what one of them may. An office is behind one address.
ADDRESS_TIMES: Final = 10
KEYS_IN_MEMORY: Final = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many tokens at once, refilled evenly over so many seconds. leased: may be taken in advance by a process."""

    tokens: int
    seconds: float
    leased: bool = False

    def of_an_address(self) -> Rate:
        """The wider one, of all the accounts that ask from an address."""
        return replace(self, tokens=self.tokens * ADDRESS_TIMES)


# fmt: off
LIMITS: Final[Mapping[str, Rate]] = {
    "locate":        Rate(600, 60, leased=True),  # an account, or an anonymous address
    "areas":         Rate(120, 60),               # an account, or an anonymous address
    "tiles":         Rate(1200, 60, leased=True), # an account, or an anonymous address, that draws a map of tiles
    "places":        Rate(300, 60, leased=True),  # an account, or an anonymous address, that looks places up on pages
    "figures":       Rate(60, 60),                # an account, or an anonymous address
    "read":          Rate(600, 60, leased=True),  # an account that reads concerns
    "batch":         Rate(30, 60),                # an account, or an anonymous address
    "report":        Rate(60, 3600),              # an account
    "draw":          Rate(1200, 3600),            # an account that draws sectors of drafts by a program
    "status":        Rate(600, 3600),             # an account that moves concerns, offers them or hands them over
    "photo":         Rate(60, 3600),              # an account: each is up to three photos to decode
    "contact":       Rate(20, 3600),              # an account that writes to a post what is no concern
    "export":        Rate(20, 3600),              # an account that takes a table of concerns, or its own data, away
    "token":         Rate(10, 3600),              # an account that makes itself API tokens
    "login":         Rate(10, 600),               # an account from an address, existing or not
    "second_factor": Rate(10, 600),               # an account whose codes somebody tries, from anywhere
    "login_address": Rate(100, 600),              # all accounts from an address: one password tried on everybody
    "reset":         Rate(5, 3600),               # links to choose a new password, for an account, existing or not
    "reset_address": Rate(30, 3600),              # the same, asked from an address
    "confirm":       Rate(10, 3600),              # passwords typed, and links asked, by an account on its own page
    "invite":        Rate(60, 3600),              # invitations sent by an account
}
# fmt: on
LONGEST_REFILL_S: Final = max(rate.seconds for rate in LIMITS.values())

# The rows are locked, in one order, before their tokens are read, so two takers never see the same ones. A refusal
# changes none of them, and answers what there is in each. A bucket that another taker made after this statement began
# is met by the insertion alone, which charges what is left in it.
TAKE: Final = """
WITH asked AS (
    SELECT * FROM unnest(%(keys)s::text[], %(full)s::float8[], %(per_second)s::float8[]) AS asked (key, full_at, rate)
), locked AS MATERIALIZED (
    SELECT key, tokens, filled_at FROM accounts_tokenbucket WHERE key = ANY (%(keys)s) ORDER BY key FOR UPDATE
), levels AS MATERIALIZED (
    SELECT key, full_at, rate, coalesce(least(full_at, tokens + rate
        * greatest(0, extract(epoch FROM clock_timestamp() - filled_at))), full_at) AS level
    FROM asked LEFT JOIN locked USING (key)
), taken AS (
    INSERT INTO accounts_tokenbucket AS bucket (key, tokens, filled_at)
    SELECT key, level - %(wanted)s, clock_timestamp() FROM levels
    WHERE (SELECT min(level) FROM levels) >= %(wanted)s ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        tokens = CASE WHEN bucket.key IN (SELECT key FROM locked) THEN excluded.tokens
            ELSE bucket.tokens - %(wanted)s END,
        filled_at = greatest(bucket.filled_at, excluded.filled_at)
    WHERE bucket.key IN (SELECT key FROM locked) OR bucket.tokens >= %(wanted)s
    RETURNING key
)
SELECT (SELECT count(*) FROM taken), level, rate FROM levels
"""


def allow(key: str, *, rate: Rate) -> float:
    """0.0 when allowed, and the token is spent; else the seconds until there is one. No query when THROTTLES is off."""
    return _spend({key: rate})


def wait_of(request: HttpRequest, name: str, account: User | AnonymousUser | None) -> float:
    """Counts the request against `LIMITS[name]`; 0.0 when it is allowed, else the seconds to wait.

    An account counts with all its tokens and sessions, and together with the others of its address; who has no account
    counts as an address. account: who asks, as `authenticated` answered: asked from the request it may cost queries.
    """
    if not settings.THROTTLES:
        return 0.0
    rate, address = LIMITS[name], client_address(request)
    if account is None or not account.pk:
        return _spend({f"{name}:{address}": rate})
    return _spend({f"{name}:account:{account.pk}": rate, f"{name}:address:{address}": rate.of_an_address()})


def throttle(request: HttpRequest, name: str, *, account: User | AnonymousUser | None = None) -> None:
    """Nothing, or Throttled (429) where `wait_of` says to wait."""
    wait = wait_of(request, name, account)
    if wait:
        raise Throttled(wait)


def _spend(buckets: Mapping[str, Rate]) -> float:
    """A token of each: 0.0, or the seconds to wait. Leased ones are spent in this order, up to the first refusal."""
    if not settings.THROTTLES:
        return 0.0
    if all(rate.leased for rate in buckets.values()):
        return next((wait for key, rate in buckets.items() if (wait := LEASES.spend(key, rate))), 0.0)
    return take(buckets, wanted=1)[1]


def sign_in_wait(request: HttpRequest, email: str) -> float:
    """0.0 when a password may be tried for this address, else the seconds to wait.

    The same whether the account exists or not; case, accents and look-alike letters make no second account.
    """
    address = client_address(request)
    account = hashlib.sha256(bare_account(email).encode("utf-8", "replace")).hexdigest()[:32]
    return _spend({f"login:{address}:{account}": LIMITS["login"], f"login_address:{address}": LIMITS["login_address"]})


def may_reset(email: str) -> bool:
    """May a link be sent to this account once more? The answer to the asker is the same."""
    account = hashlib.sha256(bare_account(email).encode("utf-8", "replace")).hexdigest()[:32]
    return not allow(f"reset:{account}", rate=LIMITS["reset"])


def bare_account(email: str) -> str:
    """The address without blanks, case and accents: what is counted as one account."""
    plain = unicodedata.normalize("NFKD", email.strip().casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def client_address(request: HttpRequest) -> str:
    """The address that counts: as the outermost of our TRUSTED_PROXIES saw it, never what a client wrote itself.

    An IPv6 client owns a whole /64, so that network is its address; text that is no address counts as the peer.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    hops = settings.TRUSTED_PROXIES
    if hops > 0:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        seen = _network(forwarded[-hops]) if len(forwarded) >= hops else None
        if seen is not None:
            return seen
    return _network(peer) or "unknown"


def _network(text: str) -> str | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address.packed[:8] + bytes(8), 64)))
    return str(address)


def take(buckets: Mapping[str, Rate], *, wanted: int) -> tuple[int, float]:
    """How many tokens were taken of each, at most `wanted`, and, where none was, the seconds to wait: one query, rarely
    two."""
    facts: dict[str, Any] = {
        "keys": list(buckets),
        "full": [float(rate.tokens) for rate in buckets.values()],
        "per_second": [rate.tokens / rate.seconds for rate in buckets.values()],
    }
    wait_s = 0.0
    while wanted:
        rows = _rows({**facts, "wanted": wanted})
        if rows[0][0] == len(buckets):
            return wanted, 0.0
        wait_s = max((1 - level) / per_second for _taken, level, per_second in rows)
        wanted = min(int(min(level for _taken, level, _rate in rows)), wanted - 1)
    return 0, max(wait_s, 0.001)


def _rows(facts: Mapping[str, Any]) -> list[Any]:
    """What `TAKE` answers. Of three that make two buckets at the same moment, one may hold the second bucket already
    and wait for the first: PostgreSQL ends one of them, which had taken nothing and asks again."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(TAKE, facts)
        except OperationalError as error:
            if connection.in_atomic_block or getattr(error.__cause__, "pgcode", None) != DEADLOCK_DETECTED:
                raise
            cursor.execute(TAKE, facts)
        return list(cursor.fetchall())


@dataclass(slots=True)
class Lease:
    """Tokens of one key held by this process; times are of the process's monotonic clock."""

    left: int
    size: int
    ends_at: float
    refused_until: float = 0.0


class Leases:
    """The leases of this process. Threads share it; only the counting is under its lock, never a query."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[str, Lease] = {}
        self._being_leased: set[str] = set()

    def spend(self, key: str, rate: Rate) -> float:
        """0.0 and one token less, else the seconds to wait. A query only when the lease is used up or too old."""
        now = time.monotonic()
        with self._lock:
            lease = self._held.get(key)
            if lease is not None:
                if lease.left > 0 and now < lease.ends_at:
                    lease.left -= 1
                    return 0.0
                # Nobody gives a token back, so a refusal holds until the next one is due: no query to hear it again.
                if now < lease.refused_until:
                    return lease.refused_until - now
            # One thread leases at a time: two leases of one process would double what it may hold.
            alone = key not in self._being_leased
            if alone:
                self._being_leased.add(key)
        if not alone:
            return take({key: rate}, wanted=1)[1]
        size = 1 if lease is None else min(lease.size * 2, max(1, rate.tokens // LEASE_SHARE))
        try:
            taken, wait = take({key: rate}, wanted=size)
        except BaseException:
            with self._lock:
                self._being_leased.discard(key)
            raise
        with self._lock:
            self._being_leased.discard(key)
            now = time.monotonic()
            if key not in self._held and len(self._held) >= KEYS_IN_MEMORY:
                self._forget(now)
            self._held[key] = Lease(
                left=max(0, taken - 1),
                size=max(1, taken),
                ends_at=now + rate.seconds,
                refused_until=0.0 if taken else now + wait,
            )
        return wait

    def clear(self) -> None:
        """Nothing is held any more; for tests."""
        with self._lock:
            self._held.clear()

    def _forget(self, now: float) -> None:
        """Room for new keys: those that ended go, else all of them (each then begins again with a lease of one)."""
        self._held = {key: lease for key, lease in self._held.items() if now < lease.ends_at}
        if len(self._held) >= KEYS_IN_MEMORY:
            self._held = {}


LEASES: Final = Leases()
