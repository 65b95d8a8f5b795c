"""Problems that concerns suggest: found by the clock, and set aside by the référent with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.permissions import relations
from incidents.changes.given import no, said
from incidents.models import Incident
from incidents.models.visibility import seen_in_full
from incidents.references import new_reference
from partnership.changes.concerns import join
from partnership.changes.proposing import propose
from partnership.clusters import clusters
from partnership.models import Fate, Problem, ProblemConcern, Suggestion
from partnership.recurrence import Cluster, Earlier, grown, same
from partnership.severity import Recurrence
from sectors import atlas

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

# What one run writes of a suggestion that is still there.
_SEEN = ("concerns", "extent", "facts", "seen_at")


@transaction.atomic
def suggest(*, at: datetime) -> int:
    """How many suggestions are new: the others that still hold are told as they stand now, and the rest is withdrawn.

    Run twice, nothing is suggested twice; of two runs at once, one does nothing. What was decided on stays as it is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('partnership.suggest', 0))")
        if not cursor.fetchone()[0]:
            return 0
    before = _before()
    kept: list[Suggestion] = []
    fresh: list[Suggestion] = []
    for cluster in clusters(at=at):
        rows = before.get((cluster.post, cluster.family), [])
        waiting = {row.pk: row for row in rows if row.settled_at is None and row not in kept}
        found = same(cluster.concerns, (Earlier(row.pk, frozenset(row.concerns), None) for row in waiting.values()))
        if found is not None:
            kept.append(_told(waiting[found.key], cluster, at))
            continue
        settled = _settled_there(cluster, rows)
        if settled is None or grown(settled.count, cluster.since(settled.settled_at or at)):
            fresh.append(_made(cluster, settled, at))
    withdrawn = {row.pk for rows in before.values() for row in rows if row.settled_at is None}
    withdrawn -= {row.pk for row in kept}
    Suggestion.objects.filter(pk__in=withdrawn).delete()
    Suggestion.objects.bulk_update(kept, _SEEN)
    Suggestion.objects.bulk_create(fresh)
    return len(fresh)


@transaction.atomic
def accept(
    *,
    suggestion: Suggestion,
    author: User,
    scope: Scope,
    title: str,
    recurrence: str = Recurrence.RECURRENTE,
    at: datetime | None = None,
) -> Problem:
    """The problem that the suggestion becomes, with its concerns and an extent around them.

    Raises PermissionDenied for who does not run the group; Refused: 409 `already_settled`, what `propose` refuses.
    """
    at = at or timezone.now()
    held = held_suggestion(suggestion, scope)
    held.problem = propose(
        author=author,
        scope=scope,
        title=title,
        family=held.family,
        recurrence=recurrence,
        post=held.post.code,
        incidents=_still_free(held, scope),
        suggested=True,
        at=at,
    )
    settled(held, Fate.ACCEPTED, author, at)
    return held.problem


@transaction.atomic
def merge(
    *, suggestion: Suggestion, problem: Problem, author: User, scope: Scope, at: datetime | None = None
) -> Problem:
    """The problem with the concerns of the suggestion in it.

    Raises PermissionDenied for who does not run both groups; Refused: 409 `already_settled`, what `join` refuses.
    """
    at = at or timezone.now()
    held = held_suggestion(suggestion, scope)
    held.problem = join(problem=problem, incidents=_still_free(held, scope), author=author, scope=scope, at=at)
    settled(held, Fate.MERGED, author, at)
    return held.problem


@transaction.atomic
def dismiss(
    *, suggestion: Suggestion, author: User, scope: Scope, reason: str, at: datetime | None = None
) -> Suggestion:
    """The suggestion set aside, with a reason: it comes back only if it grows.

    Raises PermissionDenied for who does not run the group; Refused: 409 `already_settled`; 422 of the reason.
    """
    at = at or timezone.now()
    held = held_suggestion(suggestion, scope)
    held.reason = said(reason, at)
    return settled(held, Fate.DISMISSED, author, at)


def held_suggestion(suggestion: Suggestion, scope: Scope) -> Suggestion:
    """The suggestion as it stands, held until the transaction ends: one that waits for this person.

    Raises PermissionDenied for who does not run the group; Refused (409) `already_settled`, `withdrawn`.
    """
    rows = Suggestion.objects.select_for_update(of=("self",)).select_related("post")
    held = rows.filter(pk=suggestion.pk).first()
    if held is None:
        # Its concerns were settled meanwhile, and the clock took it back.
        no(409, "suggestion", "withdrawn", _("This suggestion holds no more: its concerns were settled meanwhile."))
    if not relations(scope.roles, "run_problem") or held.post_id not in scope.posts:
        raise PermissionDenied
    if held.fate != Fate.WAITING:
        no(409, "suggestion", "already_settled", _("This suggestion was decided on already."))
    return held


def settled(held: Suggestion, fate: Fate, author: User, at: datetime) -> Suggestion:
    """The held suggestion with what was decided, written and logged."""
    held.fate, held.settled_at, held.settled_by = fate, at, author
    held.save(update_fields=["fate", "settled_at", "settled_by", "reason", "problem"])
    log_access(
        user=author,
        operation="suggestion.settle",
        reference=f"suggestion:{held.reference}",
        territory=atlas.current().directory.territories[held.territory_id].code,
        recipient="",
    )
    return held


def _still_free(held: Suggestion, scope: Scope) -> list[Incident]:
    """Its concerns that the person still has and that are in no problem: some may have gone elsewhere meanwhile."""
    taken = ProblemConcern.objects.filter(incident=OuterRef("pk"), until__isnull=True)
    found = Incident.objects.visible_to(scope).filter(~Exists(taken), seen_in_full(scope), pk__in=held.concerns)
    return list(found.order_by("pk"))


def _before() -> dict[tuple[int, str], list[Suggestion]]:
    """Every suggestion by post and family; those that were decided on with the latest first."""
    found: dict[tuple[int, str], list[Suggestion]] = {}
    for row in Suggestion.objects.select_for_update().order_by(F("settled_at").desc(nulls_first=True), "pk"):
        found.setdefault((row.post_id, row.family), []).append(row)
    return found


def _settled_there(cluster: Cluster, rows: list[Suggestion]) -> Suggestion | None:
    """What was decided last at this place: on some of these concerns, or on a place that lies in this one."""
    concerns = set(cluster.concerns)
    decided = (row for row in rows if row.settled_at is not None)
    there = (row for row in decided if concerns.intersection(row.concerns) or cluster.extent.intersects(row.extent))
    return next(there, None)


def _told(row: Suggestion, cluster: Cluster, at: datetime) -> Suggestion:
    row.concerns, row.extent, row.facts, row.seen_at = list(cluster.concerns), cluster.extent, cluster.facts, at
    return row


def _made(cluster: Cluster, earlier: Suggestion | None, at: datetime) -> Suggestion:
    return Suggestion(
        reference=new_reference(),
        territory_id=cluster.territory,
        post_id=cluster.post,
        family=cluster.family,
        concerns=list(cluster.concerns),
        extent=cluster.extent,
        facts=cluster.facts,
        made_at=at,
        seen_at=at,
        earlier=earlier,
    )
