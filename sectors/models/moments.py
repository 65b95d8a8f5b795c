"""Rows that hold on dates: `[from, to)` in a range column named `validity`."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.gis.db import models


class DatedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """A QuerySet of rows with a `validity`."""

    def in_force(self, at: datetime) -> Self:
        """The rows that hold at this moment."""
        return self.filter(validity__contains=at)
