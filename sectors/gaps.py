"""When nobody holds a seat that somebody should hold. It knows neither Django nor the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

# `[from, to)`; None has no end.
Span = tuple[datetime, datetime | None]


def first_gap(spans: Iterable[Span], at: datetime) -> datetime | None:
    """The first moment from `at` on that no span covers; None where all of the time to come is covered."""
    reached = at
    for start, end in sorted(spans, key=lambda span: span[0]):
        if start > reached:
            break
        if end is None:
            return None
        reached = max(reached, end)
    return reached
