"""How much is answered in time, and how long posts have concerns in hand: one query a question, however many they are.

A rate is of the concerns whose answer was due in a period, as they stand at a moment. The answer that counts is the one
that stands: what was reopened and not answered again is open, and late if its day is over, as the desk shows it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery

from incidents.deadlines import LAST_SECOND, overdue_bound, paris_date
from incidents.figures import Rate, may_tell
from incidents.hands import WAITING
from incidents.models import Incident, StatusChange
from incidents.workflow import SETTLED, Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

# What a concern is settled by for the first time; it is closed later.
ANSWERED: Final = (Status.REPONDUE, Status.NON_RETENUE)
QUARTERS: Final = 4
KEPT_S: Final = 3600


def rate(concerns: QuerySet[Incident], first: date, last: date, at: datetime) -> Rate:
    """The rate of those of these concerns that were due from `first` to `last`, as they stood at `at`. One query."""
    found = _standing(concerns, first, last, at).aggregate(**_sides(at))
    return Rate(first, last, **found)


def rates_by_post(concerns: QuerySet[Incident], first: date, last: date, at: datetime) -> dict[int, Rate]:
    """The same by the post that has them now; posts of which nothing was due are not among them. One query."""
    rows: Any = _standing(concerns, first, last, at).values("post_id").annotate(**_sides(at)).order_by("post_id")
    found = {row.pop("post_id"): Rate(first, last, **row) for row in rows}
    return {post: each for post, each in found.items() if each.counted}


def quarters(at: datetime) -> list[tuple[date, date]]:
    """The first and the last day of the quarters that are over at this moment, the latest first."""
    today = paris_date(at)
    starts = [
        date(each // 4, each % 4 * 3 + 1, 1)
        for each in range(today.year * 4 + (today.month - 1) // 3, today.year * 4 + (today.month - 1) // 3 - 5, -1)
    ]
    return [(start, end - timedelta(days=1)) for start, end in zip(starts[1:], starts, strict=False)][:QUARTERS]


def published_rates(at: datetime) -> list[tuple[str, Rate]]:
    """What may be told to everybody: territory and rate, the latest quarter first; kept for an hour.

    Each as it stood when its quarter ended, so that a figure once published never moves.
    """
    told: list[tuple[str, Rate]] = []
    for first, last in quarters(at):
        name = f"answers:{first}"
        kept: list[tuple[str, Rate]] | None = cache.get(name)
        if kept is None:
            kept = _published(first, last)
            cache.set(name, kept, KEPT_S)
        told += kept
    return told


def _published(first: date, last: date) -> list[tuple[str, Rate]]:
    ended = datetime.combine(last, LAST_SECOND) + timedelta(seconds=1)
    rows: Any = _standing(Incident.objects.all(), first, last, ended).values("territory__code", "partner", "author")
    shares: dict[str, tuple[Counter[str], Counter[str]]] = {}
    sums: dict[str, Counter[str]] = {}
    for row in rows.annotate(**_sides(ended)).order_by():
        code, partner, author = row.pop("territory__code"), row.pop("partner"), row.pop("author")
        # What is reported for an organisation is its own, whoever of its people wrote it.
        reporter = f"{partner or ''}/{'' if partner else author}"
        on_time, others = shares.setdefault(code, (Counter(), Counter()))
        on_time[reporter] += row["on_time"]
        others[reporter] += row["late"] + row["overdue"]
        sums[code] = sums.get(code, Counter()) + Counter(row)
    return [
        (code, Rate(first, last, **{name: sums[code][name] for name in ("on_time", "late", "overdue")}))
        for code, sides in sorted(shares.items())
        if may_tell(*sides)
    ]


def _standing(concerns: QuerySet[Incident], first: date, last: date, at: datetime) -> QuerySet[Any]:
    """The concerns due in the period, each with its status at that moment and when its answer was given."""
    past = StatusChange.objects.filter(incident=OuterRef("pk"), at__lte=at).order_by("-at", "-pk")
    return concerns.filter(due_on__range=(first, last)).annotate(
        standing=Subquery(past.values("status_to")[:1]),
        answered_at=Subquery(past.filter(status_to__in=ANSWERED).values("at")[:1]),
    )


def _sides(at: datetime) -> dict[str, Count]:
    settled = Q(standing__in=sorted(SETTLED))
    # The last second of a due day is one whole second.
    in_time = Q(answered_at__lt=F("due_at") + timedelta(seconds=1))
    return {
        "on_time": Count("pk", filter=settled & in_time),
        "late": Count("pk", filter=settled & ~in_time),
        "overdue": Count("pk", filter=~settled & Q(standing__isnull=False, due_at__lte=overdue_bound(at))),
    }


@dataclass(frozen=True, slots=True)
class InHand:
    """How many concerns a post had, and how long they waited for it in all."""

    concerns: int
    waited: timedelta


# As `incidents.hands` reckons it for one concern.
HANDS: Final = """
WITH concern(id) AS ({concerns}), held AS (
  SELECT incident_id, post_id, at AS since,
    lead(at, 1, %s) OVER (PARTITION BY incident_id ORDER BY at, id) AS until
  FROM incidents_routing WHERE incident_id IN (SELECT id FROM concern) AND at <= %s
), waiting AS (
  SELECT incident_id, status_to AS status, at AS since,
    lead(at, 1, %s) OVER (PARTITION BY incident_id ORDER BY at, id) AS until
  FROM incidents_statuschange WHERE incident_id IN (SELECT id FROM concern) AND at <= %s
)
SELECT post_id, count(DISTINCT incident_id),
  coalesce(sum(least(held.until, waiting.until) - greatest(held.since, waiting.since))
    FILTER (WHERE waiting.status = ANY (%s)
      AND least(held.until, waiting.until) > greatest(held.since, waiting.since)), interval '0')
FROM held JOIN waiting USING (incident_id)
GROUP BY post_id
"""


def hands_by_post(concerns: QuerySet[Incident], at: datetime) -> dict[int, InHand]:
    """How long each post has had these concerns in hand until this moment, what it gave on included. One query."""
    chosen, values = concerns.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(HANDS.format(concerns=chosen), [*values, at, at, at, at, sorted(WAITING)])
        return {post: InHand(count, waited) for post, count, waited in cursor.fetchall()}
