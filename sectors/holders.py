"""Who holds a post at a moment, and who directs a territory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts import prepared
from sectors.models import Holding, Mandate, Role

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


def holders_of(posts: Collection[int], at: datetime) -> dict[int, Holder]:
    """As `holder_of`, for many posts, in one query; a post that nobody holds is not among them."""
    rows = Holding.objects.in_force(at).filter(post__in=posts, user__is_active=True).order_by("stand_in")
    # The stand-in comes last, and stays.
    return {
        post: Holder(*person)
        for post, *person in rows.values_list("post_id", "user_id", "user__email", "user__language", "stand_in")
    }


def directors_of(territories: Collection[int], at: datetime) -> dict[int, list[Holder]]:
    """Those who direct each territory at this moment, and may act. One query."""
    mandates = Mandate.objects.in_force(at).filter(role=Role.DIRECTOR, territory__in=territories, user__is_active=True)
    found: dict[int, list[Holder]] = {}
    rows = mandates.order_by("user_id").values_list("territory_id", "user_id", "user__email", "user__language")
    for territory, user, email, language in rows:
        found.setdefault(territory, []).append(Holder(user, email, language, stand_in=False))
    return found
