"""Who holds a post at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


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
        cursor.execute(
            "SELECT person.id, person.email, person.language, holding.stand_in"
            " FROM sectors_holding AS holding JOIN accounts_user AS person ON person.id = holding.user_id"
            " WHERE holding.post_id = %s AND holding.validity @> %s::timestamptz AND person.is_active"
            " ORDER BY holding.stand_in DESC LIMIT 1",
            [post, at],
        )
        row = cursor.fetchone()
    return Holder(*row) if row else None
