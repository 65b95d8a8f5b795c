"""Photos join a concern, and leave it when their time is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from incidents import photo_files
from incidents.changes.drafts import named_files
from incidents.models import Incident, Photo, Remark
from incidents.models.visibility import may_on
from incidents.photo_files import Folder
from incidents.photos import MOST_PHOTOS, Picture
from incidents.workflow import OPEN
from ogcapi.geojson import FieldError, Refused
from sectors import atlas

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope

# No transaction runs so long: a file this old that no row names will never have one.
ORPHANED_AFTER: Final = timedelta(hours=24)
# No step of a report takes so long: a file this old that no draft names will never have one.
ORPHANED_DRAFT_AFTER: Final = timedelta(hours=12)


@transaction.atomic
def add_photos(*, incident: Incident, author: User, scope: Scope, pictures: Sequence[Picture]) -> list[Photo]:
    """The photos as they are kept, those that the concern already had among them: a photo sent twice is kept once.

    Raises PermissionDenied for who may not add to it as it stands now; Refused: 409 `settled`, 422 `too_many_photos`.
    """
    locked: Incident = (
        Incident.objects.select_for_update(of=("self",))
        .select_related("sector")
        .defer("sector__area", "sector__area_m")
        .get(pk=incident.pk)
    )
    if not may_on(locked, scope, "add_photo"):
        raise PermissionDenied
    if locked.status not in OPEN:
        message = _("A settled concern takes no more photos: reopen it first.")
        raise Refused([FieldError("status", "settled", message)], status=409)
    return attach(incident=locked, author=author, pictures=pictures)


@transaction.atomic
def attach(
    *, incident: Incident, author: User, pictures: Sequence[Picture], remark: Remark | None = None
) -> list[Photo]:
    """As `add_photos`, for a concern that the caller has just made or holds locked; three more with each remark."""
    held = {photo.digest: photo for photo in incident.photos.filter(remark=remark)}
    fresh = {picture.digest: picture for picture in pictures if picture.digest not in held}
    if len(held) + len(fresh) > MOST_PHOTOS:
        message = _("Three photos at most.") if remark else _("A concern has three photos at most.")
        raise Refused([FieldError("photo", "too_many_photos", message)], status=422)
    free = [rank for rank in range(1, MOST_PHOTOS + 1) if rank not in {photo.rank for photo in held.values()}]
    for rank, (digest, picture) in zip(free, fresh.items(), strict=False):
        # The file first: what is stored and not committed is swept, what is committed is stored.
        photo = Photo(
            incident=incident,
            remark=remark,
            rank=rank,
            key=photo_files.write(Folder.CONCERNS, picture.jpeg),
            digest=digest,
            width=picture.width,
            height=picture.height,
            size_bytes=len(picture.jpeg),
            author=author,
            added_at=timezone.now(),
        )
        photo.save(force_insert=True)
        held[digest] = photo
    if fresh:
        # What reads only what changed since it last asked finds the photos too.
        incident.updated_at = timezone.now()
        incident.save(update_fields=["updated_at"])
        territory = atlas.current().directory.territories.get(incident.territory_id)
        log_access(
            user=author,
            operation="incident.photo.add",
            reference=f"incident:{incident.reference}",
            count=len(fresh),
            territory=territory.code if territory else "",
        )
    return [held[picture.digest] for picture in pictures]


def drop_photos(*, incidents: Iterable[int], using: str) -> int:
    """How many photos of these concerns (keys) are gone, rows and files: for the purge, in its transaction.

    The database refuses it to anybody else. A file that outlives a crash in between is swept.
    """
    found = Photo.objects.using(using).filter(incident_id__in=list(incidents))
    keys = list(found.values_list("key", flat=True))
    found.delete()
    transaction.on_commit(lambda: _drop_files(keys), using=using)
    return len(keys)


def _drop_files(keys: Iterable[str]) -> None:
    for key in keys:
        photo_files.drop(Folder.CONCERNS, key)


def sweep(*, at: datetime) -> dict[str, int]:
    """How many files were removed that no draft names, and that no photo of a concern names."""
    forgotten = set(photo_files.written_before(Folder.DRAFTS, at - ORPHANED_DRAFT_AFTER)) - named_files()
    for key in forgotten:
        photo_files.drop(Folder.DRAFTS, key)
    old = list(photo_files.written_before(Folder.CONCERNS, at - ORPHANED_AFTER))
    orphans = set(old) - set(Photo.objects.filter(key__in=old).values_list("key", flat=True))
    for key in orphans:
        photo_files.drop(Folder.CONCERNS, key)
    return {"drafts": len(forgotten), "orphans": len(orphans)}
