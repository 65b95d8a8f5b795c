"""A concern is dealt with in another that tells of the same thing; and, where that was wrong, on its own again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.changes.given import log, no
from incidents.changes.handing import hand_back
from incidents.changes.recorded import locked, record
from incidents.changes.supports import count
from incidents.models import Incident, Merge, Transfer
from incidents.models.visibility import may_on
from incidents.notices_of_talk import owe_back_notice, owe_merge_notices
from incidents.refusals import OF_A_SERVICE, check_content, check_length
from incidents.workflow import OPEN, TOGETHER, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from sectors.scope import Scope


@transaction.atomic
def merge(
    *, kept: Incident, merged: Incident, author: User, scope: Scope, reason: str = "", at: datetime | None = None
) -> Merge:
    """The record that `merged` is dealt with in `kept` from now on: it takes its status, and every one that follows.

    Both are open, of one territory, in the hands of the author; kept is the one due first, so that no clock is lost by
    it. Place, text, due day and reporter of the merged one stay as they are. Raises PermissionDenied for who does not
    hold both; Refused: 409 `same_concern`, `other_territory`, `already_settled`, `already_merged`, `has_merged`,
    `suspended`, `offered`, `due_first`; 422 `too_long`, `personal_data`.
    """
    at = at or timezone.now()
    if kept.pk == merged.pk:
        _no("same_concern", _("These are one and the same concern."))
    for each in (kept, merged):
        if each.merged_into_id is not None:
            _no("already_merged", _("One of them is dealt with in another concern already."))
    first, second = (locked(each) for each in sorted((kept, merged), key=lambda each: each.pk))
    kept, merged = (first, second) if first.pk == kept.pk else (second, first)
    if not (may_on(kept, scope, "merge") and may_on(merged, scope, "merge")):
        raise PermissionDenied
    reason = _said(reason, at)
    _check(kept, merged)
    made = Merge(kept=kept, merged=merged, at=at, author=author, reason=reason, status_before=merged.status)
    made.save(force_insert=True)
    if merged.status != kept.status:
        record(merged, to=kept.status, role=TOGETHER, author=author, at=at)
    merged.merged_into, merged.updated_at = kept, at
    if merged.replied_at is not None:
        kept.replied_at = max(filter(None, (kept.replied_at, merged.replied_at)))
    merged.save(update_fields=["merged_into", "updated_at"])
    _counted(kept, at)
    owe_merge_notices(made, author, at)
    log(merged, author, "incident.merge", kept.reference)
    return made


def merge_many(
    *, incidents: Iterable[Incident], author: User, scope: Scope, reason: str = "", at: datetime | None = None
) -> tuple[Incident, list[Merge]]:
    """The one of them that is due first, and the records of the others within it; all or none. Raises as `merge`."""
    kept, *others = sorted(incidents, key=lambda each: (each.due_at, each.pk))
    with transaction.atomic():
        made = [
            merge(kept=kept, merged=each, author=author, scope=scope, reason=reason, at=at)
            for each in sorted(others, key=lambda each: each.pk)
        ]
    return kept, made


@transaction.atomic
def unmerge(*, incident: Incident, author: User, scope: Scope, reason: str = "", at: datetime | None = None) -> Merge:
    """The record of a merge that is undone: the concern is on its own again, in the status that it had before.

    It goes back to the post that had it then, if it was handed on with the other one.
    Raises PermissionDenied for who does not hold one of the two; Refused: 409 `not_merged`; 422 `too_long`,
    `personal_data`.
    """
    at = at or timezone.now()
    held = locked(incident)
    if held.merged_into_id is None:
        if not may_on(held, scope, "merge"):
            raise PermissionDenied
        _no("not_merged", _("This concern is not dealt with in another."))
    kept = locked(Incident(pk=held.merged_into_id))
    if not (may_on(held, scope, "merge") or may_on(kept, scope, "merge")):
        raise PermissionDenied
    post = held.post_id
    ended = separate(held, author=author, reason=_said(reason, at), at=at)
    if held.status != ended.status_before:
        record(held, to=ended.status_before, role=TOGETHER, author=author, at=at)
    owe_merge_notices(ended, author, at)
    if held.post_id != post:
        owe_back_notice(held, ended, author, at)
    log(held, author, "incident.unmerge", kept.reference)
    return ended


def separate(held: Incident, *, author: User, reason: str, at: datetime) -> Merge:
    """The record of the merge of this locked concern, undone; whatever its status is now it keeps."""
    ended = Merge.objects.select_related("kept", "merged__category").get(merged=held, undone_at__isnull=True)
    ended.undone_at, ended.undone_by, ended.undone_reason = at, author, reason
    ended.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    held.merged_into, held.updated_at = None, at
    held.save(update_fields=["merged_into", "updated_at"])
    _counted(ended.kept, at)
    hand_back(held, ended, author, reason, at)
    return ended


def _counted(kept: Incident, at: datetime) -> None:
    count(kept)
    kept.updated_at = at
    kept.save(update_fields=["support_count", "replied_at", "updated_at"])


def _check(kept: Incident, merged: Incident) -> None:
    if kept.territory_id != merged.territory_id:
        _no("other_territory", _("They lie in different territories."))
    for each in (kept, merged):
        if each.merged_into_id is not None:
            _no("already_merged", _("One of them is dealt with in another concern already."))
        if each.status not in OPEN:
            _no("already_settled", _("A settled concern is not merged: reopen it first."))
        if each.status == Status.SUSPENDUE:
            _no("suspended", _("The clock of one of them stands still: let it go on first."))
    if merged.group.exists():
        _no("has_merged", _("Others are dealt with in this one: keep it, or separate them first."))
    if Transfer.objects.waiting().filter(incident=merged).exists():
        _no("offered", _("It is offered to another post: wait for the answer."))
    if (merged.due_at, merged.pk) < (kept.due_at, kept.pk):
        _no("due_first", _("Keep the one that is due first: no answer becomes late by merging."))


def _said(reason: str, at: datetime) -> str:
    reason = reason.strip()
    check_length(reason, 500, field="reason")
    check_content(reason, None, at, field="reason", but=OF_A_SERVICE)
    return reason


def _no(code: str, message: _StrOrPromise) -> NoReturn:
    no(409, "incident", code, message)
