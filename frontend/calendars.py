"""Service hours as a calendar that programs subscribe to: RFC 5545, a line of the week an event of every week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sectors.models import ServiceHours

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LONGEST_OCTETS: Final = 75
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
# The rule of the European Union since 1996.
_ZONE: Final = (
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Paris",
    "BEGIN:DAYLIGHT",
    "DTSTART:19960331T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "TZNAME:CEST",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "TZNAME:CET",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def calendar(post: str, name: str, hours: Sequence[ServiceHours], host: str, contact: str = "") -> str:
    """The calendar of the post of this code. An event keeps its UID as long as its weekday and hour stay."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//psq_geo//permanences//FR", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{_text(name)}", "X-WR-TIMEZONE:Europe/Paris", *_ZONE]
    for each in hours:
        lines += _event(post, name, each, host, contact)
    return "".join(f"{folded}\r\n" for line in (*lines, "END:VCALENDAR") for folded in _folded(line))


def _event(post: str, name: str, line: ServiceHours, host: str, contact: str) -> Iterator[str]:
    first = line.since + timedelta(days=(line.weekday - line.since.isoweekday()) % 7)
    yield "BEGIN:VEVENT"
    yield f"UID:{post}-{line.weekday}-{line.begins:%H%M}@{host}"
    yield f"DTSTAMP:{datetime.combine(line.since, time(), tzinfo=UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;TZID=Europe/Paris:{_moment(first, line.begins)}"
    yield f"DTEND;TZID=Europe/Paris:{_moment(first, line.ends)}"
    yield f"RRULE:FREQ=WEEKLY;BYDAY={_DAYS[line.weekday - 1]}"
    yield f"SUMMARY:{_text(name)}"
    if line.place:
        yield f"LOCATION:{_text(line.place)}"
    if contact:
        yield f"DESCRIPTION:{_text(contact)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moment(day: date, hour: time) -> str:
    return f"{day:%Y%m%d}T{hour:%H%M%S}"


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _folded(line: str) -> Iterable[str]:
    """The line in pieces of at most 75 octets, no letter cut; each but the first begins with a blank."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LONGEST_OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    yield piece
