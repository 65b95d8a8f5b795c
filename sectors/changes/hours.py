"""The service hours of a post, set by who holds it or administers its territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.changes import log_access
from accounts.models import User
from sectors.changes.administering import NotAllowed
from sectors.models import Post, ServiceHours
from sectors.scope import scope_of

PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A line of a week, as `ServiceHours` keeps it."""

    weekday: int
    begins: time
    ends: time
    place: str


@transaction.atomic
def set_hours(*, by: User, post: Post, week: Sequence[Hours], at: datetime) -> bool:
    """Whether anything is another now: the week of the post is this one, and a line that stays keeps its beginning.

    Raises NotAllowed `not_theirs` for who neither holds the post nor administers its territory.
    """
    # Two who set them at once come one after the other.
    held = Post.objects.select_for_update(of=("self",)).select_related("territory").get(pk=post.pk)
    scope = scope_of(by, at)
    if held.pk not in scope.posts and held.territory_id not in scope.administered:
        raise NotAllowed("not_theirs")
    before = {Hours(row.weekday, row.begins, row.ends, row.place): row for row in held.hours.all()}
    wanted = set(week)
    if wanted == set(before):
        return False
    held.hours.filter(pk__in=[row.pk for line, row in before.items() if line not in wanted]).delete()
    since = at.astimezone(PARIS).date()
    ServiceHours.objects.bulk_create(
        ServiceHours(post=held, weekday=each.weekday, begins=each.begins, ends=each.ends, place=each.place, since=since)
        for each in sorted(wanted - set(before))
    )
    log_access(user=by, operation="hours.set", reference=f"post:{held.code}", territory=held.territory.code)
    return True
