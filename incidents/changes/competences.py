"""A commune passes to another service: what would pass is previewed, and passes on the day, to be acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.changes import log_access
from accounts.models import User
from incidents.changes.editions import follow_map
from incidents.letters_together import letter_of
from incidents.models import Incident, Succession
from incidents.notices_of_succession import owe_succession
from incidents.previews import Handed, passing
from messaging.changes import tell_together
from sectors import atlas
from sectors.changes import passing as changes
from sectors.holders import holder_of
from sectors.models import Commune, CompetenceChange, Post


@transaction.atomic
def preview_competence(*, by: User, commune: Commune, post: Post, start_on: date, at: datetime) -> Sequence[Handed]:
    """The open concerns that would pass, what is due first before; nothing has changed after it. Raises as `plan`."""
    # Within, the image of the map in memory would be read of what is only looked at.
    directory = atlas.current().directory
    before = transaction.savepoint()
    try:
        change = changes.plan(by=by, commune=commune, post=post, start_on=start_on, at=at)
        return passing(commune.pk, start=change.start, at=at, directory=directory)
    finally:
        transaction.savepoint_rollback(before)


def apply_competences(*, at: datetime) -> int:
    """How many concerns passed because the day of a change has come: each change once, as a whole."""
    due = CompetenceChange.objects.filter(withdrawn_at=None, applied_at=None, start__lte=at)
    count = sum(_applied(key, at) for key in due.order_by("start").values_list("pk", flat=True))
    if count:
        tell_together(letter=letter_of, at=at)
    return count


@transaction.atomic
def _applied(key: int, at: datetime) -> int:
    waiting = CompetenceChange.objects.select_for_update(of=("self",), skip_locked=True)
    waiting = waiting.filter(applied_at=None, withdrawn_at=None)
    change = waiting.select_related("commune__territory", "planned_by").filter(pk=key).first()
    if change is None:
        # Another worker is at it, or was.
        return 0
    # Those of the preview alone: what was handed on by hand stays where the change moves nothing.
    moved = [
        each.key for each in passing(change.commune_id, start=change.start, at=at, directory=atlas.current().directory)
    ]
    together = Incident.objects.filter(Q(pk__in=moved) | Q(merged_into__in=moved))
    before = dict(together.values_list("reference", "post_id"))
    count = sum(
        follow_map(key, author=change.planned_by, comment=f"competence {change.commune.code}", at=at) for key in moved
    )
    after = Incident.objects.filter(reference__in=before).order_by("due_on", "pk").values_list("reference", "post_id")
    passed: dict[tuple[int, int], list[str]] = {}
    for reference, post in after:
        if post != before[reference]:
            passed.setdefault((before[reference], post), []).append(reference)
    posts = Post.objects.in_bulk({key for pair in passed for key in pair})
    for (left, come), references in passed.items():
        holder = holder_of(come, at)
        row = Succession(post=posts[come], from_post=posts[left], at=change.start, concerns=references)
        row.to_user_id = holder.user if holder else None
        row.save()
        owe_succession(row, at)
    change.applied_at = at
    change.save(update_fields=["applied_at"])
    territory = change.commune.territory
    log_access(
        user=change.planned_by,
        operation="competence.apply",
        reference=f"commune:{change.commune.code}",
        territory=territory.code if territory else "",
    )
    return count
