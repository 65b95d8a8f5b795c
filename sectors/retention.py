"""How long a territory keeps data: its own figures, in SQL for the purge and in words for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, DurationField, F, Func, Max, Min, OuterRef, Value
from django.db.models.expressions import CombinedExpression

from sectors.models import Territory

# What the columns count.
UNITS = {"contact_days": "days", "text_years": "years", "log_years": "years"}


def limit(at: datetime, figure: Any, unit: str) -> CombinedExpression:
    """The moment so many days or years before `at`; `figure` is an expression, `unit` days or years."""
    span = Func(figure, template=f"make_interval({unit} => %(expressions)s)", output_field=DurationField())
    return CombinedExpression(Value(at, DateTimeField()), "-", span, output_field=DateTimeField())


def limit_of(at: datetime, column: str, path: str) -> CombinedExpression:
    """The same by a column of the territory that `path` leads to, from the row itself."""
    return limit(at, F(f"{path}__{column}"), UNITS[column])


def limit_of_outer(at: datetime, column: str, path: str) -> CombinedExpression:
    """The same inside a subquery, from the row outside it."""
    return limit(at, OuterRef(f"{path}__{column}"), UNITS[column])


def figures(column: str) -> tuple[int, str]:
    """The longest figure of the territories, and all of them in digits: "3", or "1–3". One query."""
    found = Territory.objects.aggregate(low=Min(column), high=Max(column))
    low, high = found["low"], found["high"]
    if high is None:
        high = low = getattr(Territory(), column)
    return high, str(high) if low == high else f"{low}–{high}"
