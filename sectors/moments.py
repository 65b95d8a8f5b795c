"""Days of the territory's files as moments: a day begins at 00:00 in Paris."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def paris_midnight(day: date) -> datetime:
    """00:00 in Paris on this day."""
    return datetime.combine(day, time(), PARIS)
