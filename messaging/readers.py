"""Who reads an address: the account behind it, and how its person wishes to be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model

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


def readers_of(addresses: Collection[str]) -> dict[str, Reader]:
    """Address, in lower case -> who reads it, while they have an account in use. One query."""
    asked = {address.lower() for address in addresses}
    rows = get_user_model()._default_manager.filter(email__in=asked, is_active=True).values_list(*_COLUMNS)
    return {
        email: Reader(user, phone, language, Wish(*wish) if wish[0] is not None else Wish())
        for email, user, phone, language, *wish in rows
    }
