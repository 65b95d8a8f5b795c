"""Who reads an address: the account behind it, and how its person wishes to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model

from messaging.channels import texts_leave
from messaging.wishes import Wish

_COLUMNS = (
    "email", "pk", "phone", "language",
    "preference__mail", "preference__bell", "preference__sms", "preference__quiet_from", "preference__quiet_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """The person behind an address."""

    user: int
    phone: str
    language: str
    wish: Wish = field(default_factory=Wish)

    @property
    def texted(self) -> bool:
        """Is this person sent text messages besides?"""
        return bool(self.wish.sms and self.phone) and texts_leave()


def readers_of(addresses: Collection[str]) -> dict[str, Reader]:
    """Address, in lower case -> who reads it, while they have an account in use. One query."""
    return dict(_found(email__in={address.lower() for address in addresses}))


def readers_of_numbers(numbers: Collection[str]) -> dict[str, list[Reader]]:
    """Number -> everybody in use of an account who gave it as theirs: a telephone may be shared. One query."""
    found: dict[str, list[Reader]] = {}
    for _email, reader in _found(phone__in=set(numbers)):
        found.setdefault(reader.phone, []).append(reader)
    return found


def _found(**asked: Collection[str]) -> Iterator[tuple[str, Reader]]:
    rows = get_user_model()._default_manager.filter(**asked, is_active=True).values_list(*_COLUMNS)
    for email, user, phone, language, *wish in rows:
        yield email, Reader(user, phone, language, Wish(*wish) if wish[0] is not None else Wish())
