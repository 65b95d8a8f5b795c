from __future__ import annotations

import pytest

from accounts.throttles import client_address
from tests.accounts.test_throttles import asks


@pytest.mark.parametrize(
    ("hops", "peer", "forwarded", "seen"),
    [
        (0, "192.0.2.1", None, "192.0.2.1"),
        (0, "192.0.2.1", "198.51.100.7", "192.0.2.1"),  # nobody is trusted
        (1, "127.0.0.1", "198.51.100.7", "198.51.100.7"),
        (1, "127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # the left one is the client's invention
        (2, "127.0.0.1", "203.0.113.9, 198.51.100.7, 192.0.2.8", "198.51.100.7"),
        (2, "192.0.2.1", "198.51.100.7", "192.0.2.1"),  # it did not come through both
        (1, "192.0.2.1", None, "192.0.2.1"),
        (1, "192.0.2.1", "", "192.0.2.1"),
        (1, "192.0.2.1", "unknown", "192.0.2.1"),
        (1, "192.0.2.1", "' OR 1=1", "192.0.2.1"),
        (1, "", "198.51.100.7:4711", "198.51.100.7"),
        (1, "", "[2001:db8::1]:4711", "2001:db8::/64"),
        (0, "2001:db8::1", None, "2001:db8::/64"),
        (0, "fe80::1%eth0", None, "fe80::/64"),
        (0, "::ffff:192.0.2.1", None, "192.0.2.1"),
        (0, "", None, "unknown"),
    ],
)
def test_the_address_is_the_one_that_a_trusted_hop_saw(settings, hops, peer, forwarded, seen):
    settings.TRUSTED_PROXIES = hops
    assert client_address(asks(peer, forwarded)) == seen
