"""The public figures of a month, asked of the database in one aggregated query.

Counted is the first decision on each concern, as it was reported: it is never changed, and no month is told any more of
which a concern may have been forgotten. So a figure once published never moves, and nobody learns from two of them what
became of one concern.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count, Min, Q

from incidents.figures import Area, Counted, Figures, publish
from incidents.models import Routing
from incidents.models.history import Trigger
from sectors.models import Sector, Territory

PARIS: Final = ZoneInfo("Europe/Paris")
# The last so many months that are over are published, at most.
MONTHS: Final = 24
KEPT_S: Final = 3600


def published(now: datetime) -> list[str]:
    """The months that are published at this moment, the latest first; how many is kept for an hour.

    What was settled on the day it was reported is forgotten first, so many years later: its month is told no more then.
    """
    number: int | None = cache.get("figures:months")
    if number is None:
        years = Territory.objects.aggregate(least=Min("text_years"))["least"]
        number = min(MONTHS, 12 * years - 1) if years else MONTHS
        cache.set("figures:months", number, KEPT_S)
    return months_before(now, number)


def months_before(now: datetime, number: int) -> list[str]:
    """So many months that are over at this moment (`2026-10`), the latest first; the running one is not."""
    local = now.astimezone(PARIS)
    last = local.year * 12 + local.month - 2
    return [f"{each // 12:04}-{each % 12 + 1:02}" for each in range(last, last - number, -1)]


def bounds(month: str) -> tuple[datetime, datetime]:
    """The first moment of the month in Paris, and of the next."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1
    start, end = (datetime(each // 12, each % 12 + 1, 1, tzinfo=PARIS) for each in (count, count + 1))
    return start, end


def figures(month: str) -> Figures:
    """What may be told of the concerns reported in this month, which must be over; kept for an hour."""
    kept: Figures | None = cache.get(f"figures:{month}")
    if kept is None:
        kept = publish(_counted(month))
        cache.set(f"figures:{month}", kept, KEPT_S)
    return kept


def sectors_of(month: str) -> dict[Area, str]:
    """The name of each sector that was in force at some time of the month, by its territory's code and its own."""
    rows = Sector.objects.filter(edition__validity__overlap=bounds(month)).order_by("edition__validity")
    named = rows.values_list("edition__territory__code", "code", "name")
    return {(territory, code): name for territory, code, name in named}


def _counted(month: str) -> list[Counted]:
    start, end = bounds(month)
    rows = (
        # Elsewhere the metres of EPSG:2154 mean nothing, and nothing is published.
        Routing.objects.filter(Q(sector__isnull=False) | Q(commune__isnull=False), cell_x__isnull=False)
        .filter(trigger=Trigger.REPORT, at__gte=start, at__lt=end)
        .values(
            "sector__code",
            "sector__edition__territory__code",
            "category__family",
            "incident__partner",
            "incident__author",
            "cell_x",
            "cell_y",
        )
        .annotate(found=Count("pk"))
        .order_by()
    )
    return [
        Counted(
            sector=(row["sector__edition__territory__code"], row["sector__code"]) if row["sector__code"] else None,
            place=(row["cell_x"] or 0, row["cell_y"] or 0, row["category__family"]),
            # What is reported for an organisation is its own, whoever of its people wrote it.
            reporter=f"{row['incident__partner'] or ''}/{'' if row['incident__partner'] else row['incident__author']}",
            count=row["found"],
        )
        for row in rows
    ]
