"""The calendar of the posts as it is read: months side by side, in each who answers on which days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from incidents.deadlines import paris_date
from sectors.gaps import Turn
from sectors.models import Holding, Unit
from sectors.moments import paris_midnight
from sectors.timetable import Timetable

MONTHS: Final = 3
_YEARS: Final = range(2000, 2101)
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of Paris by its first day."""

    first: date

    @classmethod
    def read(cls, text: str, today: date) -> Month:
        """The month of this text (`2026-11`), else the running one."""
        try:
            found = date.fromisoformat(f"{text}-01")
        except ValueError:
            found = today
        return cls((found if found.year in _YEARS else today).replace(day=1))

    def after(self, months: int) -> Month:
        """The month so many months later, or earlier."""
        count = self.first.year * 12 + self.first.month - 1 + months
        return Month(date(count // 12, count % 12 + 1, 1))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after(1).first - timedelta(days=1)

    @property
    def code(self) -> str:
        """As an address names it."""
        return f"{self.first:%Y-%m}"

    @property
    def since(self) -> datetime:
        """When it begins."""
        return paris_midnight(self.first)

    @property
    def until(self) -> datetime:
        """When it is over."""
        return paris_midnight(self.after(1).first)


@dataclass(frozen=True, slots=True)
class Line:
    """Who answers from this day to that one of a month; `holding` is None where nobody does."""

    first: date
    last: date
    holding: Holding | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A post, its lines by month, its gaps with their first and last days, and who holds it or stands in.

    A `last` of None: beyond the months shown.
    """

    table: Timetable
    cells: Sequence[tuple[Month, Sequence[Line]]]
    gaps: Sequence[tuple[date, date | None]]


def months_from(first: Month) -> list[Month]:
    """The months that a page shows."""
    return [first.after(number) for number in range(MONTHS)]


def rows_of(tables: Sequence[Timetable], months: Sequence[Month]) -> list[tuple[Unit, list[Row]]]:
    """The rows of each unit, in the order of the timetables."""
    found: list[tuple[Unit, list[Row]]] = []
    for table in tables:
        if not found or found[-1][0] != table.post.unit:
            found.append((table.post.unit, []))
        cells = [(month, list(_lines(table, month))) for month in months]
        gaps = [_days_of(turn, months[-1].until) for turn in table.gaps]
        found[-1][1].append(Row(table, cells, gaps))
    return found


def _lines(table: Timetable, month: Month) -> Iterator[Line]:
    for turn in table.turns:
        since, until = max(turn.since, month.since), min(turn.until, month.until)
        if since < until:
            first, last = paris_date(since), paris_date(until - _MOMENT)
            whole = (first, last) == (month.first, month.last)
            yield Line(first, last, turn.stay.who if turn.stay else None, whole)


def _days_of(turn: Turn[Holding], end: datetime) -> tuple[date, date | None]:
    last = None if turn.until == end else paris_date(turn.until - _MOMENT)
    return paris_date(turn.since), last
