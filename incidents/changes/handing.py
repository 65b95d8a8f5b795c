"""A concern comes into the hands of another post: by an offer accepted, by the direction, or back out of a merge."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from incidents.changes.recorded import await_taker, record
from incidents.models import Incident, Merge, Routing
from incidents.models.history import Trigger
from incidents.workflow import HANDING, after_rerouting
from sectors.holders import holder_of
from sectors.models.territory import PostKind

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.models import Post

# Who takes a concern for good; a desk or the triage must still hand it on.
_TAKES: frozenset[str] = frozenset({PostKind.SECTOR, PostKind.GENDARMERIE})


def hand(held: Incident, post: Post, author: User, reason: str, at: datetime, *, to: str = "") -> None:
    """The locked concern in the hands of this post, routed by hand: a recorded change, and no status of its own.

    to: its status there, as if just reported unless another is given.
    """
    to = to or after_rerouting(held.status)
    last = held.routings.order_by("-pk").first()
    held.post, held.unit_id = post, post.unit_id
    held.co_reader_posts = [key for key in held.co_reader_posts if key != post.pk]
    held.reason = {**held.reason, "handed": {"fr": post.label_fr, "en": post.label_en}}
    held.updated_at = at
    if post.kind in _TAKES:
        held.triage_due_at = None
    holder = holder_of(post.pk, at)
    Routing(
        incident=held,
        at=at,
        trigger=Trigger.MANUAL,
        location=held.location,
        accuracy_m=held.accuracy_m,
        category_id=held.category_id,
        edition_id=last.edition_id if last else None,
        outcome=held.outcome,
        rule="manual",
        sector_id=held.sector_id,
        post=post,
        unit_id=held.unit_id,
        commune_id=held.commune_id,
        holder_id=holder.user if holder else None,
        co_readers=held.co_readers,
        border=held.border,
        candidates=last.candidates if last else [],
        settings=last.settings if last else {},
        reason=held.reason,
        author=author,
        comment=reason,
    ).save(force_insert=True)
    if held.status != to:
        record(held, to=to, role=HANDING, author=author, at=at, reason=reason)
    await_taker(held, at)
    held.save(
        update_fields=["post", "unit", "co_reader_posts", "reason", "triage_due_at", "taken_due_at", "updated_at"]
    )


def hand_back(held: Incident, ended: Merge, author: User, reason: str, at: datetime) -> None:
    """The separated concern, locked, with the post that had it, in its status: handed on by hand was the other one.

    Where a pin or a limit was moved meanwhile, that stands: it was about this very place.
    """
    rows = list(held.routings.select_related("post").order_by("pk"))
    own = [row for row in rows if row.at < ended.at or row.trigger != Trigger.MANUAL]
    if own and own[-1].post_id != held.post_id:
        hand(held, own[-1].post, author, reason, at, to=held.status)
