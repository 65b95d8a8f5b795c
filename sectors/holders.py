"""Who holds a post at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from sectors import prepared

_STATEMENT = prepared.Statement(
    "psq_holder",
    "SELECT person.id, person.email, person.language, holding.stand_in"
    " FROM sectors_holding AS holding JOIN accounts_user AS person ON person.id = holding.user_id"
    " WHERE holding.post_id = %(post)s AND holding.validity @> %(at)s::timestamptz AND person.is_active"
    " ORDER BY holding.stand_in DESC LIMIT 1",
    {"post": "bigint", "at": "timestamptz"},
)


@dataclass(frozen=True, slots=True)
class Holder:
    """The person who answers for a post: the stand-in during an absence."""

    user: int
    email: str
    language: str
    stand_in: bool


def holder_of(post: int, at: datetime) -> Holder | None:
    """The holder, asked of the database, or None for a post that nobody holds. One query."""
    with connection.cursor() as cursor:
        _STATEMENT.run(cursor, {"post": post, "at": at})
        row = cursor.fetchone()
    return Holder(*row) if row else None
