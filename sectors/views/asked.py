"""What the addresses of the map are asked, read strictly: moments, accuracies, categories."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from ogcapi.geojson import FieldError, Refused, read_number
from sectors import atlas

PARIS: Final = ZoneInfo("Europe/Paris")
# For the OpenAPI document: anybody may ask, an account with its token.
OPEN: Any = [{}, {"token": []}]
AT: Final = (
    "A moment (RFC 3339), or a date meaning 00:00 in Paris. Sectors, posts and competences are those of that moment;"
    " communes, and a competence corrected in place, are told as they are known today."
)
MOST_ACCURACY_M: Final = 100_000.0
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# ISO 8601 also knows 20260301, and RFC 3339 does not.
_DASHED = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d:\d\d)$", re.ASCII)


def read_accuracy(text: str | None) -> float | None:
    """The radius in metres of the disc the point lies in, or None where none is given."""
    return None if text is None else read_number(text, field="accuracy", low=0, high=MOST_ACCURACY_M)


def read_limit(text: str, *, most: int) -> int:
    """How many at most: a whole number from 1 to `most`."""
    number = read_number(text, field="limit", low=1, high=most)
    if number != int(number):
        raise Refused([FieldError("limit", "not_an_integer", _("Write a whole number."))])
    return int(number)


def read_category(code: Any, *, field: str = "category") -> str | None:
    """A category that some territory knows, or None where none is given. Refused: unknown_category."""
    if code is None:
        return None
    if not isinstance(code, str) or not atlas.current().directory.knows_category(code):
        raise Refused([FieldError(field, "unknown_category", _("No territory knows this category."))])
    return code


def read_moment(text: Any, *, field: str = "at", days: bool = True) -> datetime | None:
    """The moment: RFC 3339 with its offset, or (`days`) a date meaning 00:00 in Paris; None where none is given."""
    if text is None:
        return None
    moment = _parse(text, days) if isinstance(text, str) and text.isascii() else None
    if moment is None:
        message = (
            _("Write a date (2026-03-01) or a time with its offset (2026-03-01T12:00:00+01:00).")
            if days
            else _("Write a time with its offset (2026-03-01T12:00:00+01:00).")
        )
        raise Refused([FieldError(field, "invalid_moment", message)])
    if not _EARLIEST <= moment <= _LATEST:
        raise Refused([FieldError(field, "out_of_range", _("The moment must lie between 1900 and 2200."))])
    return moment


def _parse(text: str, days: bool) -> datetime | None:
    if not _DASHED.match(text):
        return None
    # In a query string an unescaped + reads as a space.
    text = re.sub(r" (?=\d\d:\d\d$)", "+", text)
    try:
        day: date | None = parse_date(text)
        if day is not None:
            return datetime.combine(day, time(), tzinfo=PARIS) if days else None
        return parse_datetime(text) if _OFFSET.search(text) else None
    except (ValueError, OverflowError):
        return None
