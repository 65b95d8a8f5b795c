"""The photos of a draft: taken in, looked at, taken out, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from pyproj import Geod

from frontend.drafts import Draft
from incidents import photo_files
from incidents.photo_files import Folder
from incidents.photos import MOST_PHOTOS, Picture
from incidents.uploads import picture_of
from ogcapi.geojson import FieldError, Refused
from sectors.words import metres

_GLOBE: Final = Geod(ellps="WGS84")
# Nearer than this to the place chosen, a telephone's position says nothing new.
WORTH_ASKING_M: Final = 50.0


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A photo says that it was taken there, so far from the place chosen. Told once, and kept nowhere."""

    lon: float
    lat: float
    distance: str


@dataclass(slots=True)
class Received:
    """What came of the files: what was wrong with some, and a place that one of them tells. False: nothing to say."""

    errors: list[str] = field(default_factory=list)
    elsewhere: Elsewhere | None = None

    def __bool__(self) -> bool:
        return bool(self.errors) or self.elsewhere is not None


def receive(draft: Draft, files: Sequence[UploadedFile[bytes]]) -> Received:
    """Adds the photos in these files to the draft, those that are none or too many left out and told."""
    received = Received()
    for number, file in enumerate(files, start=1):
        if len(draft.photos) >= MOST_PHOTOS:
            received.errors.append(_("A concern has three photos at most: remove one to add another."))
            break
        try:
            picture = picture_of(file)
        except Refused as refused:
            reason = refused.errors[0].message
            received.errors.append(_("Photo %(number)d: %(reason)s") % {"number": number, "reason": reason})
            continue
        if picture.digest in {photo["digest"] for photo in draft.photos}:
            continue
        draft.photos.append(
            {
                "key": photo_files.write(Folder.DRAFTS, picture.jpeg),
                "digest": picture.digest,
                "width": picture.width,
                "height": picture.height,
            }
        )
        received.elsewhere = received.elsewhere or _elsewhere(draft, picture)
    return received


def _elsewhere(draft: Draft, picture: Picture) -> Elsewhere | None:
    if picture.place is None or draft.lon is None or draft.lat is None:
        return None
    lon, lat = picture.place
    distance_m = float(_GLOBE.inv(draft.lon, draft.lat, lon, lat)[2])
    if distance_m <= max(WORTH_ASKING_M, draft.accuracy_m or 0.0):
        return None
    return Elsewhere(lon, lat, metres(distance_m))


def remove(draft: Draft, key: str) -> None:
    """Takes the photo of this key out of the draft, if it is one of its own."""
    if any(photo["key"] == key for photo in draft.photos):
        photo_files.drop(Folder.DRAFTS, key)
        draft.photos = [photo for photo in draft.photos if photo["key"] != key]


def pictures_of(draft: Draft) -> list[Picture]:
    """The photos of the draft. Raises Refused (422) when one is no longer there, which the draft then forgets."""
    found = []
    lost: list[dict[str, Any]] = []
    for photo in draft.photos:
        try:
            found.append(Picture(photo_files.read(Folder.DRAFTS, photo["key"]), photo["width"], photo["height"], None))
        except FileNotFoundError:
            lost.append(photo)
    if lost:
        draft.photos = [photo for photo in draft.photos if photo not in lost]
        message = _("A photo was kept too long without being sent, and is gone. Add it again, or send without it.")
        raise Refused([FieldError("photo", "photo_gone", message)], status=422)
    return found
