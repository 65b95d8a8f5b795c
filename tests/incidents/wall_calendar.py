"""Days as a calendar on the wall shows them."""

from __future__ import annotations

from datetime import date, datetime

from incidents.deadlines import PARIS, Policy

THIRTY_DAYS = Policy(version="test-1", days=30)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def day(text: str) -> date:
    """Read "Mon 2026-11-02", and refuse a weekday that is not the right one."""
    weekday, iso = text.split()
    parsed = date.fromisoformat(iso)
    assert WEEKDAYS[parsed.weekday()] == weekday, f"{iso} is no {weekday}"
    return parsed


def at_ten(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 10, tzinfo=PARIS)
