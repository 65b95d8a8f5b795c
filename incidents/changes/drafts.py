"""Reports begun and not sent: kept with the account, so that they are there on any device, for a short time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from incidents import photo_files
from incidents.models import KeptDraft
from incidents.photo_files import Folder
from sectors.changes import erasing

if TYPE_CHECKING:
    from accounts.models import User

# Since it was last changed. What nobody sent within a week has been reported otherwise, or is over.
DRAFT_KEPT: Final = timedelta(days=7)
MOST_DRAFTS: Final = 10


@transaction.atomic
def keep_draft(*, user: int, key: str, content: Mapping[str, Any], at: datetime, begun: bool) -> bool:
    """Whether the draft is kept under this key, with the oldest of too many forgotten.

    begun: it was kept before; then it is not if it was sent or thrown away meanwhile, on another device.
    """
    mine = KeptDraft.objects.filter(user=user)
    if begun:
        kept = mine.select_for_update().filter(key=key).first()
        if kept is None:
            return False
        if kept.content != content:
            kept.content, kept.changed_at = dict(content), at
            kept.save(update_fields=["content", "changed_at"])
        return True
    KeptDraft(user_id=user, key=key, content=dict(content), changed_at=at).save(force_insert=True)
    beyond = mine.order_by("-changed_at", "-pk").values_list("pk", flat=True)[MOST_DRAFTS:]
    drop_drafts(keys=list(beyond))
    return True


def drop_drafts(*, keys: Sequence[int], using: str | None = None) -> int:
    """How many drafts of these database keys are gone, with the files of their photos."""
    rows = KeptDraft.objects.using(using).filter(pk__in=keys)
    files = [photo["key"] for content in rows.values_list("content", flat=True) for photo in content.get("photos", ())]
    gone = rows.delete()[0]
    transaction.on_commit(lambda: _drop_files(files), using=using)
    return gone


def named_files() -> set[str]:
    """The keys of the photos that drafts name."""
    found = KeptDraft.objects.values_list("content__photos", flat=True)
    return {photo["key"] for photos in found if photos for photo in photos}


@transaction.atomic
def erase(*, user: User, at: datetime) -> None:
    """As `sectors.changes.erasing.erase`, and what the person had not sent is gone too. Raises NotErased."""
    erasing.erase(user=user, at=at)
    drop_drafts(keys=list(KeptDraft.objects.filter(user=user).values_list("pk", flat=True)))


def _drop_files(keys: Iterable[str]) -> None:
    for key in keys:
        photo_files.drop(Folder.DRAFTS, key)
