"""The calendar of the posts: who holds each, who stands in, and when nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from sectors.gaps import Stay, Turn, turns
from sectors.models import Holding, Post, PostKind, Territory, Unit

# A desk answers at its own address, whoever sits there: it is never empty.
NEVER_EMPTY = frozenset({PostKind.DESK})


@dataclass(frozen=True, slots=True)
class Timetable:
    """A post, who answers for it on the days asked for, and who holds it or stands in then, gone accounts left out."""

    post: Post
    turns: Sequence[Turn[Holding]]
    holdings: Sequence[Holding]

    @property
    def gaps(self) -> list[Turn[Holding]]:
        """The times in which nobody answers; none for what answers at its own address."""
        return [] if self.post.kind in NEVER_EMPTY else [turn for turn in self.turns if turn.stay is None]


def timetables(territory: Territory, since: datetime, until: datetime, *, unit: Unit | None = None) -> list[Timetable]:
    """The posts of the territory, or of one of its units, by unit and label, on `[since, until)`. Two queries.

    A suspended account holds nothing.
    """
    posts = Post.objects.filter(territory=territory).select_related("unit").order_by("unit__name", "kind", "label_fr")
    if unit is not None:
        posts = posts.filter(unit=unit)
    rows: dict[int, list[Holding]] = {}
    held = Holding.objects.filter(
        post__territory=territory, user__is_active=True, validity__overlap=DateTimeTZRange(since, until)
    )
    for row in held.select_related("user").order_by("validity", "stand_in"):
        rows.setdefault(row.post_id, []).append(row)
    return [Timetable(post, _turns(rows.get(post.pk, ()), since, until), rows.get(post.pk, ())) for post in posts]


def _turns(rows: Sequence[Holding], since: datetime, until: datetime) -> list[Turn[Holding]]:
    return turns([Stay(row, row.validity.lower, row.validity.upper, row.stand_in) for row in rows], since, until)
