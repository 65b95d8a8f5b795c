"""How a person is told of a concern or a problem: a rule of what they wish and of the hour."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
# When the day's digest is made, in Paris: after the day's reminders, which are owed at 7 o'clock.
DIGEST_AT: Final = time(7, 30)

# How the key of a message about a concern begins; PostgreSQL reads it as Python does.
CONCERN: Final = r"^[a-z][a-z0-9_-]*:([0-9A-Z]{4}-[0-9A-Z]{4})(?::|$)"
_CONCERN: Final = re.compile(CONCERN)
# Of one about a problem of a group.
PROBLEM: Final = r"^problem\.[a-z][a-z0-9_]*:([0-9A-Z]{4}-[0-9A-Z]{4})(?::|$)"
_PROBLEM: Final = re.compile(PROBLEM)
# Of one about the minutes of a meeting.
MINUTES: Final = r"^minutes\.[a-z][a-z0-9_]*:([0-9A-Z]{4}-[0-9A-Z]{4})(?::|$)"
_MINUTES: Final = re.compile(MINUTES)
# Of one about any of them.
OF_ONE: Final = rf"{CONCERN}|{PROBLEM}|{MINUTES}"
# Of a letter about a meeting: it leaves at once, with its calendar file, and leads there.
_MEETING: Final = re.compile(r"^group\.[a-z][a-z0-9_]*:([0-9A-Z]{4}-[0-9A-Z]{4})(?::|$)")
# And of one about several concerns, or to whoever holds a post.
NEWS: Final = rf"{OF_ONE}|^(?:digest|reminders|contact):"
# How the key of a message begins whose reader is led elsewhere than to the thing itself -> the name of that page.
_PAGES: Final = {"problem.rate": "problem_rate", "problem.rate_later": "problem_rate"}
_ROOMS: Final = {"problem": "problem", "minutes": "meeting_minutes", "group": "meeting"}


class Way(StrEnum):
    """What becomes of a message now: sent, sent later, held for the digest, or left to the bell."""

    NOW = "now"
    LATER = "later"
    DIGEST = "digest"
    BELL = "bell"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person chose; the defaults are those of who never did. mail: `at_once`, `daily` or `never`."""

    mail: str = "at_once"
    bell: bool = True
    sms: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None


_MAIL: Final = {"daily": Way.DIGEST, "never": Way.BELL}


def concern_of(dedupe_key: str) -> str:
    """The reference of the concern that a message is about; "" for one that is about none."""
    found = _CONCERN.match(dedupe_key)
    return found.group(1) if found else ""


def problem_of(dedupe_key: str) -> str:
    """The reference of the problem that a message is about; "" for any other message."""
    found = _PROBLEM.match(dedupe_key)
    return found.group(1) if found else ""


def minutes_of(dedupe_key: str) -> str:
    """The reference of the meeting whose minutes a message is about; "" for any other message."""
    found = _MINUTES.match(dedupe_key)
    return found.group(1) if found else ""


def meeting_of(dedupe_key: str) -> str:
    """The reference of the meeting that a letter calls, changes or calls off; "" for any other message."""
    found = _MEETING.match(dedupe_key)
    return found.group(1) if found else ""


def reference_of(dedupe_key: str) -> str:
    """The reference of the concern, the problem or the minutes that a message is about; "" for a letter."""
    return concern_of(dedupe_key) or problem_of(dedupe_key) or minutes_of(dedupe_key)


def page_of(dedupe_key: str) -> str:
    """The name of the page to which such a message leads, by that reference."""
    kind = dedupe_key.partition(":")[0]
    room = kind.partition(".")[0] if "." in kind else ""
    return _PAGES.get(kind) or _ROOMS.get(room, "concern")


def is_news(dedupe_key: str) -> bool:
    """Is it of a concern or a problem, or of several: the day's digest, or a letter of reminders?"""
    return bool(reference_of(dedupe_key)) or dedupe_key.startswith(("digest:", "reminders:"))


def way_of(wish: Wish, at: datetime) -> tuple[Way, datetime]:
    """What becomes of an e-mail about a concern at this moment, and when it is looked at again."""
    way = _MAIL.get(wish.mail)
    return (way, at) if way is not None else hour_of(wish, at)


def hour_of(wish: Wish, at: datetime) -> tuple[Way, datetime]:
    """NOW, or LATER with the end of the quiet hours."""
    end = quiet_end(wish, at)
    return (Way.NOW, at) if end is None else (Way.LATER, end)


def quiet_end(wish: Wish, at: datetime) -> datetime | None:
    """The end of the quiet hours that `at` lies in; None outside of them, or without any."""
    start, end = wish.quiet_from, wish.quiet_until
    if start is None or end is None:
        return None
    here = at.astimezone(PARIS)
    clock = here.time()
    over_midnight = start > end
    if not (start <= clock or clock < end if over_midnight else start <= clock < end):
        return None
    day = here.date() + timedelta(days=1 if over_midnight and clock >= start else 0)
    return datetime.combine(day, end, PARIS)


def digest_moment(at: datetime) -> datetime:
    """The last moment, at `at` or before it, at which a digest was to be made."""
    here = at.astimezone(PARIS)
    today = datetime.combine(here.date(), DIGEST_AT, PARIS)
    return today if today <= here else datetime.combine(here.date() - timedelta(days=1), DIGEST_AT, PARIS)
