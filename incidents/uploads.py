"""Files in a request: taken only where photos are, kept in memory alone, and counted before they are read."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _

from incidents.photos import MOST_BYTES, MOST_BYTES_SENT, MOST_PHOTOS, PhotoRefused, Picture, written_anew
from ogcapi.geojson import FieldError, Refused
from ogcapi.geojson.refusals import refusal

MULTIPART: Final = "multipart/form-data"
# A form without files is a few thousand bytes.
MOST_FORM_BYTES: Final = 1024 * 1024
FIELD: Final = "photo"

WORDS: Final = {
    "empty": _("This file is empty."),
    "too_large": _("This photo is larger than 10 MB."),
    "not_a_photo": _("This is no photo in JPEG, PNG or HEIC."),
    "too_many_pixels": _("This photo has more than 51 million pixels."),
    "unreadable": _("This photo is damaged or cannot be read."),
    "busy": _("Other photos are being read. Try again in a moment."),
}
STATUS: Final = {"too_large": 413, "busy": 503}

V = TypeVar("V", bound=Callable[..., Any])


class InMemory(MemoryFileUploadHandler):
    """Keeps files in memory whatever their size, since the whole request was counted: no original touches a disk."""

    def handle_raw_input(self, *_args: Any, **_options: Any) -> None:
        """Says so before the first byte is read."""
        self.activated = True


class NoFile(FileUploadHandler):
    """Passes over every file."""

    def new_file(self, *_args: Any, **_options: Any) -> None:
        """None of it is read."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Never called."""
        return None

    def file_complete(self, file_size: int) -> None:
        """There is no file."""


def takes_photos(view: V) -> V:
    """The page, whose form may carry photos, or another file."""
    view.takes_photos = True  # type: ignore[attr-defined] # what psq_geo.uploads looks for
    return view


def is_too_large(request: HttpRequest, *, takes: bool) -> bool:
    """Does the form hold more than this page takes, photos or none? If not, it is made ready to be read."""
    if announced(request) > (MOST_BYTES_SENT if takes else MOST_FORM_BYTES):
        return True
    request.upload_handlers = [InMemory(request) if takes else NoFile(request)]
    return False


def announced(request: HttpRequest) -> int:
    """How many bytes the body has, as its sender says; no more are ever read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def is_multipart(request: HttpRequest) -> bool:
    """Is the body a form with parts?"""
    return request.content_type == MULTIPART


def admit(request: HttpRequest) -> None:
    """Nothing, with the request ready to be read by whatever reads it first. Raises Refused (413)."""
    if announced(request) > MOST_BYTES_SENT:
        raise refusal("", "too_large", limit=MOST_BYTES_SENT)
    if is_multipart(request):
        request.upload_handlers = [InMemory(request)]


def files_of(request: HttpRequest) -> list[UploadedFile[bytes]]:
    """The one to three files of an admitted request, called `photo`, which holds nothing else. Raises Refused."""
    return form_of(request, ())[1]


def form_of(request: HttpRequest, named: Collection[str]) -> tuple[dict[str, str], list[UploadedFile[bytes]]]:
    """Of an admitted request the fields of these names, and its one to three files called `photo`. Raises Refused."""
    if not is_multipart(request):
        raise refusal("", "unsupported_media_type", accepted=MULTIPART)
    try:
        fields, files = set(request.POST) - {"csrfmiddlewaretoken"}, request.FILES
    except (MultiPartParserError, TooManyFieldsSent, TooManyFilesSent):
        raise Refused([FieldError("", "invalid_multipart", _("This is not multipart/form-data."))]) from None
    unknown = sorted((fields - set(named)) | (set(files) - {FIELD}))
    if unknown:
        raise Refused(
            [FieldError(name[:40], "unknown_member", _("Only files called photo are taken.")) for name in unknown[:20]]
        )
    found = files.getlist(FIELD)
    if not found:
        raise refusal(FIELD, "required")
    if len(found) > MOST_PHOTOS:
        raise Refused([FieldError(FIELD, "too_many_photos", _("A concern has three photos at most."))], status=422)
    given = {name: request.POST[name] for name in named if name in fields}
    for name, text in given.items():
        if "\0" in text:
            raise refusal(name, "null_character")
    return given, found


def pictures_of(files: list[UploadedFile[bytes]]) -> list[Picture]:
    """The photos, written anew; all or none. Raises Refused: 413, 422, 503, naming the file by its place."""
    return [picture_of(file, field=f"{FIELD}[{index}]") for index, file in enumerate(files)]


def pictures_joined(files: list[UploadedFile[bytes]]) -> list[Picture]:
    """The photos that a page's form joins to its words, written anew; all or none. Raises Refused: 413, 422, 503."""
    if len(files) > MOST_PHOTOS:
        raise Refused([FieldError(FIELD, "too_many_photos", _("Three photos at most."))], status=422)
    return [picture_of(file) for file in files]


def picture_of(file: UploadedFile[bytes], *, field: str = FIELD) -> Picture:
    """The photo in this file, written anew. Raises Refused: 413, 422, 503."""
    # Larger than any photo: not even its bytes are put together.
    data = b"" if (file.size or 0) > MOST_BYTES else file.read()
    try:
        if (file.size or 0) > MOST_BYTES:
            raise PhotoRefused("too_large")
        return written_anew(data)
    except PhotoRefused as refused:
        status = STATUS.get(refused.code, 422)
        raise Refused(
            [FieldError(field, refused.code, WORDS[refused.code])],
            status=status,
            retry_after_s=2 if status == 503 else None,
        ) from None
