"""`/api/incidents/{reference}/photos/`: the photos of a concern, for those who read its text."""

from __future__ import annotations

from typing import Any, Final

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema

from accounts.endpoints import Endpoint
from accounts.throttles import throttle
from incidents import changes, photo_files
from incidents.models import Photo
from incidents.models.visibility import may_on
from incidents.photo_files import Folder
from incidents.schema import MOTIVE, PHOTOS, PHOTOS_SENT
from incidents.uploads import MULTIPART, admit, files_of, pictures_of
from incidents.views.access import check_told, held_in_full, reader, reading
from ogcapi.geojson import read_query

PRIVATE: Final = {"Cache-Control": "private, no-cache"}
JPEG: Final = "image/jpeg"
# Opened by itself it is a download; whatever it may hold, nothing in it runs.
AS_A_FILE: Final = PRIVATE | {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


class PhotosView(Endpoint):
    """The photos of a concern."""

    takes_photos = True

    @extend_schema(operation_id="listPhotos", parameters=[MOTIVE], responses={(200, "application/json"): PHOTOS})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The photos in their order, three at most."""
        read = reading(request, reference)
        found = list(read.incident.photos.visible_to(read.scope).filter(remark=None).order_by("rank"))
        read.log("incident.photos", count=len(found))
        return HttpResponse(_written(found, reference), content_type="application/json", headers=PRIVATE)

    @extend_schema(
        operation_id="addPhotos",
        request={MULTIPART: PHOTOS_SENT},
        responses={(201, "application/json"): PHOTOS},
    )
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The photos sent, as they are kept: one to three files called `photo`, in JPEG, PNG or HEIC.

        They are written anew: what telephones write beside the pixels (the place, the date, the owner) is gone.
        """
        admit(request)
        user, scope = reader(request)
        read_query(request.GET, ())
        incident = held_in_full(reference, scope)
        if not may_on(incident, scope, "add_photo"):
            raise PermissionDenied
        throttle(request, "photo", account=user)
        pictures = pictures_of(files_of(request))
        added = changes.add_photos(incident=incident, author=user, scope=scope, pictures=pictures)
        return HttpResponse(_written(added, reference), status=201, content_type="application/json", headers=PRIVATE)


class PhotoView(Endpoint):
    """One photo."""

    @extend_schema(
        operation_id="readPhoto",
        parameters=[MOTIVE],
        responses={(200, JPEG): {"type": "string", "format": "binary"}},
    )
    def get(self, request: HttpRequest, reference: str, key: str) -> HttpResponse:
        """The JPEG, as a file to be kept; refused (403) to the direction before it says why it reads a sector's."""
        read = reading(request, reference)
        photo = read.incident.photos.visible_to(read.scope).filter(key=key).first()
        if photo is None:
            raise Http404
        check_told(read)
        read.log("incident.photo")
        kept = get_conditional_response(request, etag=f'"{photo.digest[:32]}"')
        if kept is not None:
            return kept
        try:
            jpeg = photo_files.read(Folder.CONCERNS, photo.key)
        except FileNotFoundError:
            # A database restored without its files.
            raise Http404 from None
        return as_a_file(jpeg, f"{reference}-{photo.rank}.jpg", photo.digest)


def as_a_file(jpeg: bytes, name: str, digest: str) -> HttpResponse:
    """The answer that carries a photo and lets nothing in it run. `name`: letters, digits, dashes and a dot."""
    headers = AS_A_FILE | {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{digest[:32]}"'}
    return HttpResponse(jpeg, content_type=JPEG, headers=headers)


def _written(photos: list[Photo], reference: str) -> bytes:
    return orjson.dumps({"photos": [facts(photo, reference) for photo in photos]})


def facts(photo: Photo, reference: str) -> dict[str, Any]:
    """A photo of the concern of this reference, as it is answered."""
    return {
        "id": photo.key,
        "href": f"/api/incidents/{reference}/photos/{photo.key}/",
        "type": JPEG,
        "width": photo.width,
        "height": photo.height,
        "size_bytes": photo.size_bytes,
        "added_at": timezone.localtime(photo.added_at),
    }
