"""What the items of a collection are asked for: every parameter of OGC API Features, read strictly.

A parameter that is unknown, repeated or means nothing is refused (400) by its name. A `limit` above the highest is
taken for the highest, as the standard has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .collection import BIGGEST, Collection, Field
from .conditions import LANGUAGES, read_filter, read_language
from .crs import CRS84, Box, Crs, boxes, read_crs
from .geojson import FieldError, Refused, read_bbox, read_number, read_query
from .media import FORMATS

if TYPE_CHECKING:
    from django.http import HttpRequest

USUAL, MOST = 1_000, 10_000
# Of a page for a person.
USUAL_SHOWN, MOST_SHOWN = 50, 1_000
PAGE: Final = ("limit", "offset", "cursor", "sortby")
GENERAL: Final = (
    *PAGE, "bbox", "bbox-crs", "datetime", "crs", "properties", "f", "filter", "filter-lang", "filter-crs",
)  # fmt: skip
# What is asked of a download whose address names its format.
NAMED: Final = tuple(each for each in GENERAL if each != "f")
# What is asked of features wherever they are drawn: no page, no box, no reference system.
DRAWN: Final = ("datetime", "properties", "f", "filter", "filter-lang", "filter-crs")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))?", re.ASCII)
_INTEGER: Final = re.compile(r"-?\d{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, understood. `limit` is None for all there is, which only a stream gives."""

    crs: Crs
    format: str
    limit: int | None
    offset: int | None = None
    cursor: int | str | None = None
    sortby: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    box_srid: int = 4326
    since: datetime | None = None
    until: datetime | None = None
    timed: bool = False
    names: tuple[str, ...] | None = None
    filters: tuple[tuple[Field, object], ...] = ()
    where: Q | None = None
    # As it was written, for links and logs.
    given: Mapping[str, str] = field(default_factory=dict)


def read_asked(
    request: HttpRequest,
    collection: Collection,
    *,
    known: Sequence[str] = GENERAL,
    formats: Sequence[str] = tuple(FORMATS),
    page: bool = False,
) -> Asked:
    """The question of a request for items, or of one that takes the `known` parameters and `formats` alone, the first
    of which is told where none is asked for; `page`: it is to be answered with one for a person. Refused (400)."""
    own = {each.name: each for each in collection.fields if each.filtered and each.name not in GENERAL}
    given = read_query(request.GET, (*known, *own))
    if page:
        # Of a form, what was left empty was not asked.
        given = {name: text for name, text in given.items() if text}
    form = "html" if page else read_format(given, formats)
    limit = _limit(given.get("limit"), form)
    if "cursor" in given and given.keys() & {"offset", "sortby"}:
        raise _refused("cursor", "cursor_alone", _("A cursor goes with neither offset nor sortby."))
    box_crs = read_crs(given.get("bbox-crs"), field="bbox-crs")
    language = read_language(given.get("filter-lang", LANGUAGES[0]))
    filter_crs = read_crs(given.get("filter-crs"), field="filter-crs")
    since, until = _interval(given["datetime"]) if "datetime" in given else (None, None)
    return Asked(
        # A map for a person is in degrees, whatever was asked for.
        crs=CRS84 if page else read_crs(given.get("crs"), field="crs"),
        format=form,
        limit=limit,
        offset=int(_whole(given["offset"], "offset", 0)) if "offset" in given else None,
        cursor=_fid(collection, given["cursor"], "cursor") if "cursor" in given else None,
        sortby=_order(collection, given["sortby"]) if "sortby" in given else (),
        boxes=tuple(boxes(read_bbox(given["bbox"], heights=True), box_crs, field="bbox")) if "bbox" in given else (),
        box_srid=box_crs.srid,
        since=since,
        until=until,
        timed="datetime" in given,
        names=_names(collection, given["properties"]) if "properties" in given else None,
        filters=tuple((own[name], _value(own[name], text)) for name, text in given.items() if name in own),
        where=read_filter(given["filter"], language, collection, filter_crs) if "filter" in given else None,
        given=given,
    )


def read_format(given: Mapping[str, str], formats: Sequence[str]) -> str:
    """The format asked for, the first of these where none is. Refused (400)."""
    form = given.get("f", formats[0])
    if form not in formats:
        message = format_lazy(_("The formats here: {formats}."), formats=", ".join(formats))
        raise _refused("f", "unknown_format", message)
    return form


def read_fid(collection: Collection, text: str) -> int | str | None:
    """The id that an address names; None where no feature can have it."""
    try:
        return _fid(collection, text, "id")
    except Refused:
        return None


def _fid(collection: Collection, text: str, name: str) -> int | str:
    if collection.fid_kind == "integer":
        return _integer(text, name)
    if not text.isprintable() or len(text) > 100:
        raise _refused(name, "unknown_cursor", _("Follow the links: this cursor leads nowhere."))
    return text


def _limit(text: str | None, form: str) -> int | None:
    """None for all there is. A page for a person is short, and drawn as a whole."""
    usual, most = {"json": (USUAL, MOST), "html": (USUAL_SHOWN, MOST_SHOWN)}.get(form, (None, None))
    if text is None:
        return usual
    asked = int(_whole(text, "limit", 1))
    return asked if most is None else min(asked, most)


def _whole(text: str, name: str, low: int) -> float:
    number = read_number(text, field=name)
    if number != int(number):
        raise _refused(name, "not_an_integer", _("Write a whole number."))
    if not low <= number <= BIGGEST:
        raise _refused(name, "out_of_range", _("Write a whole number from %(low)s on.") % {"low": low})
    return min(number, 2.0**62)


def _integer(text: str, name: str) -> int:
    if not _INTEGER.fullmatch(text) or abs(int(text)) > BIGGEST:
        raise _refused(name, "not_an_integer", _("Write a whole number."))
    return int(text)


def _interval(text: str) -> tuple[datetime | None, datetime | None]:
    """From when to when: a moment, a day, or two of them with `/`, where `..` or nothing is an open end."""
    parts = text.split("/")
    if len(parts) == 1:
        return _moment(parts[0], last=False), _moment(parts[0], last=True)
    if len(parts) != 2 or all(part in {"", ".."} for part in parts):
        raise _refused("datetime", "invalid_moment", _("Write a moment, or two with a / between them."))
    since, until = (None if part in {"", ".."} else _moment(part, last=bool(place)) for place, part in enumerate(parts))
    if since is not None and until is not None and since > until:
        raise _refused("datetime", "reversed_interval", _("An interval begins before it ends."))
    return since, until


def _moment(text: str, *, last: bool) -> datetime:
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        day: date | None = parse_date(text)
        if day is None:
            moment = parse_datetime(text)
            if moment is None:
                raise ValueError
            return moment.astimezone(UTC)
        begins = datetime.combine(day, time(), UTC)
        return begins + timedelta(days=1, microseconds=-1) if last else begins
    except (ValueError, OverflowError):
        message = _("Write a date (2026-03-01) or a time with its offset (2026-03-01T12:00:00Z).")
        raise _refused("datetime", "invalid_moment", message) from None


def _names(collection: Collection, text: str) -> tuple[str, ...]:
    names = tuple(text.split(",")) if text else ()
    for name in names:
        if collection.field(name) is None:
            raise _refused("properties", "unknown_property", _("The collection has no such property."))
    return names


def _order(collection: Collection, text: str) -> tuple[str, ...]:
    """As Django orders: a minus before what falls. In a query string an unescaped + reads as a space."""
    order = []
    for each in text.split(","):
        sign = "-" if each.startswith("-") else ""
        found = collection.field(each.lstrip("+- ") if each[:1] in "+- " else each)
        if found is None or not collection.sortable(found):
            raise _refused("sortby", "unknown_property", _("The collection has no such property."))
        order.append(f"{sign}{found.column}")
    return tuple(order)


def _value(each: Field, text: str) -> Any:
    """The value that a property is compared with. Refused (400) where it can be none of its kind."""
    match each.kind:
        case "integer":
            return _integer(text, each.name)
        case "number":
            return read_number(text, field=each.name)
        case "boolean":
            if text not in {"true", "false"}:
                raise _refused(each.name, "not_a_boolean", _("Write true or false."))
            return text == "true"
        case "date" | "date-time":
            moment = _moment(text, last=False)
            return moment.date() if each.kind == "date" else moment
        case _:
            return text


def _refused(name: str, code: str, message: Any) -> Refused:
    return Refused([FieldError(name, code, message)])
