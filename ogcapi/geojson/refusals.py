"""Why an input is refused: stable codes, the field each one is about, and words for people."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

MOST_ERRORS: Final = 20

MESSAGES: Final[dict[str, "_StrOrPromise"]] = {
    # the request
    "unsupported_media_type": _("Send one of these media types: {accepted}."),
    "unsupported_charset": _("Send UTF-8; no other character set is read."),
    "too_large": _("The body may hold {limit} bytes at most."),
    # the bytes
    "empty_body": _("The body is empty."),
    "byte_order_mark": _("Remove the byte order mark at the start of the body."),
    "invalid_encoding": _("This is not UTF-8."),
    "null_character": _("A null character is not allowed."),
    "lone_surrogate": _("Half of a surrogate pair is not a character."),
    "invalid_json": _("This is not JSON (line {line}, column {column})."),
    "too_deep": _("Brackets may be nested {limit} deep at most."),
    # the members
    "not_an_object": _("A JSON object is expected."),
    "duplicate_member": _("This member is given twice."),
    "unknown_member": _("This member is unknown or may not be set."),
    "crs_not_allowed": _("Coordinates are WGS 84 longitude and latitude; no other reference system is read."),
    "required": _("This is required."),
    "wrong_type": _("Expected here: {expected}."),
    # the numbers
    "not_a_number": _("A number is expected."),
    "not_finite": _("A finite number is expected."),
    "out_of_range": _("A number from {low} to {high} is expected."),
    # the geometry
    "wrong_geometry_type": _("The geometry type must be {expected}."),
    "wrong_length": _("Exactly two numbers are expected: longitude, latitude."),
    "three_dimensional": _("Heights are not read: give longitude and latitude only."),
    "empty_geometry": _("The geometry is empty."),
    "ring_too_short": _("A ring has four positions at least."),
    "ring_not_closed": _("The first and the last position of a ring must be the same."),
    "too_many_positions": _("The geometry may hold {limit} positions at most."),
    "too_many_points": _("The list may hold {limit} points at most."),
    # the query string
    "unknown_parameter": _("This parameter is unknown."),
    "repeated_parameter": _("This parameter is given twice."),
    "wrong_bbox": _("Give west,south,east,north, with south not above north."),
}

STATUS: Final = {
    "too_large": 413,
    "too_many_positions": 413,
    "too_many_points": 413,
    "unsupported_media_type": 415,
    "unsupported_charset": 415,
}

TITLES: Final[dict[int, "_StrOrPromise"]] = {
    400: _("The request is malformed"),
    409: _("The request conflicts with the present state"),
    413: _("The request is too large"),
    415: _("The media type is not supported"),
    422: _("The content is refused"),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One defect: where (`geometry.coordinates[0]`; empty for the whole), a stable code, a translatable sentence."""

    field: str
    code: str
    message: "_StrOrPromise"


def field_error(field: str, code: str, **facts: object) -> FieldError:
    """The FieldError of one of the codes above; `facts` fill its sentence."""
    message = MESSAGES[code]
    return FieldError(field, code, format_lazy(message, **facts) if facts else message)


class Refused(Exception):  # noqa: N818 - it is the client who errs
    """An input that is not taken: an HTTP status, a code, words, and the fields concerned.

    Raised by the readers with 400, 413 or 415. Callers may raise it for their own reasons, such as
    `Refused([FieldError("geometry", "in_the_sea", _("…"))], status=422)`.
    """

    def __init__(
        self,
        errors: Sequence[FieldError],
        *,
        status: int | None = None,
        code: str | None = None,
        title: "_StrOrPromise | None" = None,
        detail: "_StrOrPromise | None" = None,
        retry_after_s: int | None = None,
    ) -> None:
        codes = {error.code for error in errors}
        self.errors: list[FieldError] = list(errors)
        self.status = status or max((STATUS.get(each, 400) for each in codes), default=400)
        # Several kinds of defect have no common code of their own.
        self.code = code or (codes.pop() if len(codes) == 1 else "invalid")
        self.title: _StrOrPromise = title or TITLES.get(self.status, TITLES[400])
        self.detail: _StrOrPromise = detail or (errors[0].message if errors else self.title)
        self.retry_after_s = retry_after_s
        super().__init__(self.status, self.code)

    def __str__(self) -> str:
        return f"{self.status} {self.code}: " + ", ".join(f"{error.field or '-'} {error.code}" for error in self.errors)


def refusal(field: str, code: str, **facts: object) -> Refused:
    """A Refused of one defect, not yet raised."""
    return Refused([field_error(field, code, **facts)])


class Findings:
    """The defects met while reading one document, in order, at most twenty of them."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def add(self, field: str, code: str, **facts: object) -> None:
        """Note one of the codes above; ignored once the list is full."""
        self.take(field_error(field, code, **facts))

    def take(self, error: FieldError) -> None:
        """Note a defect described elsewhere; ignored once the list is full."""
        if not self.full:
            self.errors.append(error)

    @property
    def full(self) -> bool:
        """Whether reading on would tell nothing more."""
        return len(self.errors) >= MOST_ERRORS

    def refuse_if_any(self) -> None:
        """Nothing, or Refused with all that was found."""
        if self.errors:
            raise Refused(self.errors)


_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


def member_path(at: str, name: str) -> str:
    """The path of a member: `at.name`; or `at["na me"]`, cut and in ASCII, where a name is not an identifier."""
    if _PLAIN_NAME.fullmatch(name):
        return f"{at}.{name}" if at else name
    return f"{at}[{json.dumps(name[:40])}]"
