"""Dates in words as French writes them: "1er janvier", then "2 janvier"."""

from __future__ import annotations

from typing import Any

from django.utils.dateformat import DateFormat
from django.utils.translation import get_language


def install() -> None:
    """The day of the month without a zero, wherever Django writes it: only dates in words do."""
    DateFormat.j = _day  # type: ignore[method-assign, assignment]


def _day(written: Any) -> int | str:
    day: int = written.data.day
    return "1er" if day == 1 and (get_language() or "").startswith("fr") else day
