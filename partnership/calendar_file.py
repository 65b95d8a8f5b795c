"""A meeting as a calendar file (RFC 5545), for the calendars that people use: set, changed or called off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from icalendar import Calendar, Event

from partnership.life import MeetingState

if TYPE_CHECKING:
    from partnership.models import Meeting

_STATUS: Final = {MeetingState.ANNULEE: "CANCELLED"}


def invitation(meeting: Meeting) -> str:
    """The text of the file. The same meeting keeps its UID, and its SEQUENCE grows with each change of it.

    It names the group, the place and the hours, and nothing of the agenda: a calendar is read by others.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//psq_geo//partnership//FR")
    calendar.add("version", "2.0")
    # No answer is waited for: a program sends it, and nobody reads what comes back.
    calendar.add("method", "CANCEL" if meeting.state == MeetingState.ANNULEE else "PUBLISH")
    event = Event()
    event.add("uid", f"meeting-{meeting.reference}@{_host()}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.updated_at)
    event.add("dtstart", meeting.begins_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", meeting.group.name)
    event.add("location", meeting.place)
    event.add("status", _STATUS.get(MeetingState(meeting.state), "CONFIRMED"))
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def _host() -> str:
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].strip("> ")
