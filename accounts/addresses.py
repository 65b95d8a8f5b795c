"""The token that proves that a new e-mail address is its asker's: signed, for a day, and for one change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core import signing

if TYPE_CHECKING:
    from accounts.models import User

SALT: Final = "accounts.addresses"
HOLDS_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Asked:
    """What a token says: whose address is to become which, and the mark of the account when it was asked."""

    user: int
    new: str
    mark: str


def mark(user: User) -> str:
    """What is another one once the address or the password has changed."""
    return hashlib.sha256(f"{user.email} {user.password}".encode()).hexdigest()[:16]


def token(user: User, new: str) -> str:
    """A token for this account and this address."""
    return signing.dumps([user.pk, new, mark(user)], salt=SALT)


def read(text: str) -> Asked | None:
    """What the token says; None for one that is not ours or too old."""
    try:
        return Asked(*signing.loads(text, salt=SALT, max_age=HOLDS_S))
    except signing.BadSignature:
        return None
