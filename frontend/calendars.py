"""Service hours as a calendar that programs subscribe to: RFC 5545, a line of the week an event of every week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from icalendar import Calendar, Event, Timezone, vRecur

from incidents.deadlines import PARIS
from sectors.models import ServiceHours

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# The rule of the European Union since 1996, without end as its events are: the library's own list of days ends.
_ZONE: Final = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
"""


def calendar(post: str, name: str, hours: Sequence[ServiceHours], host: str, contact: str = "") -> str:
    """The calendar of the post of this code. An event keeps its UID as long as its weekday and hour stay."""
    made = Calendar()
    for key, value in (
        ("version", "2.0"),
        ("prodid", "-//psq_geo//permanences//FR"),
        ("calscale", "GREGORIAN"),
        ("x-wr-calname", name),
        ("x-wr-timezone", "Europe/Paris"),
    ):
        made.add(key, value)
    made.add_component(Timezone.from_ical(_ZONE))
    for each in hours:
        made.add_component(_event(post, name, each, host, contact))
    return str(made.to_ical(), "utf-8")


def _event(post: str, name: str, line: ServiceHours, host: str, contact: str) -> Event:
    first = line.since + timedelta(days=(line.weekday - line.since.isoweekday()) % 7)
    event = Event()
    event.add("uid", f"{post}-{line.weekday}-{line.begins:%H%M}@{host}")
    event.add("dtstamp", datetime.combine(line.since, time(), tzinfo=UTC))
    event.add("dtstart", datetime.combine(first, line.begins, PARIS))
    event.add("dtend", datetime.combine(first, line.ends, PARIS))
    event.add("rrule", vRecur({"FREQ": "WEEKLY", "BYDAY": _DAYS[line.weekday - 1]}))
    event.add("summary", name)
    if line.place:
        event.add("location", line.place)
    if contact:
        event.add("description", contact)
    event.add("transp", "TRANSPARENT")
    return event
