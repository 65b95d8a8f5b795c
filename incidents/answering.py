"""How much is answered in time, and how long posts have concerns in hand: one query a question, however many they are.

A rate is of the concerns whose answer was due in a period, as they stand at a moment. The answer that counts is the one
that stands: what was reopened and not answered again is open, and late if its day is over, as the desk shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.core.cache import cache
from django.db import connection
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, When
from django.db.models.lookups import LessThan

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
_ONE_SECOND: Final = timedelta(seconds=1)


def rates(concerns: QuerySet[Incident], periods: Sequence[tuple[date, date]], at: datetime) -> list[Rate]:
    """The rates of those of these concerns that were due in each period, as they stand now, at `at`. One query.

    The periods lie apart from each other.
    """
    within = [When(due_on__range=each, then=number) for number, each in enumerate(periods)]
    due = concerns.filter(due_on__range=(min(first for first, _ in periods), max(last for _, last in periods)))
    rows: Any = due.annotate(period=Case(*within, output_field=IntegerField())).values("period")
    found = {row.pop("period"): row for row in rows.annotate(**_sides_now(at)).order_by()}
    none = {"on_time": 0, "settled": 0, "overdue": 0}
    return [_rate(first, last, **found.get(number, none)) for number, (first, last) in enumerate(periods)]


def worst_posts(
    concerns: QuerySet[Incident], first: date, last: date, at: datetime, most: int
) -> list[tuple[int, Rate]]:
    """The same by the post that has them now: up to so many posts, those with the most late concerns first. One query.

    Posts of which nothing was due are not among them.
    """
    rows: Any = concerns.filter(due_on__range=(first, last)).values("post_id").annotate(**_sides_now(at))
    counted = rows.filter(Q(settled__gt=0) | Q(overdue__gt=0))
    worst = counted.order_by("-overdue", (F("settled") - F("on_time")).desc(), "post_id")
    return [(row.pop("post_id"), _rate(first, last, **row)) for row in worst[:most]]


def _rate(first: date, last: date, on_time: int, settled: int, overdue: int) -> Rate:
    return Rate(first, last, on_time, settled - on_time, overdue)


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
    rows: Any = standing(Incident.objects.all(), first, last, ended).values("territory__code", "partner", "author")
    shares: dict[str, tuple[Counter[str], Counter[str]]] = {}
    sums: dict[str, Counter[str]] = {}
    for row in rows.annotate(**sides(ended)).order_by():
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


def standing(concerns: QuerySet[Incident], first: date, last: date, at: datetime) -> QuerySet[Any]:
    """The concerns due in the period, each with its status at that moment and when its answer was given."""
    past = StatusChange.objects.filter(incident=OuterRef("pk"), at__lte=at).order_by("-at", "-pk")
    return concerns.filter(due_on__range=(first, last)).annotate(
        standing=Subquery(past.values("status_to")[:1]),
        answered_at=Subquery(past.filter(status_to__in=ANSWERED).values("at")[:1]),
    )


def sides(at: datetime) -> dict[str, Count]:
    """What a rate counts of such concerns."""
    settled = Q(standing__in=sorted(SETTLED))
    # The last second of a due day is one whole second.
    in_time = Q(answered_at__lt=F("due_at") + _ONE_SECOND)
    return {
        "on_time": Count("pk", filter=settled & in_time),
        "late": Count("pk", filter=settled & ~in_time),
        "overdue": Count("pk", filter=~settled & Q(standing__isnull=False, due_at__lte=overdue_bound(at))),
    }


def _sides_now(at: datetime) -> dict[str, Any]:
    """The same of concerns as they stand: their status is their own, and when each was answered is asked once."""
    answers = StatusChange.objects.filter(incident=OuterRef("pk"), status_to__in=ANSWERED, at__lte=at).order_by("-at")
    settled = Q(status__in=sorted(SETTLED))
    in_time = LessThan(Subquery(answers.values("at")[:1]), F("due_at") + _ONE_SECOND)
    return {
        "on_time": Count("pk", filter=settled & Q(in_time)),
        "settled": Count("pk", filter=settled),
        "overdue": Count("pk", filter=~settled & Q(due_at__lte=overdue_bound(at))),
    }


@dataclass(frozen=True, slots=True)
class InHand:
    """How many concerns a post or a person had, and how long they waited for it in all."""

    concerns: int
    waited: timedelta


# As `incidents.hands` reckons it for one concern.
HISTORIES: Final = """
WITH concern(id) AS ({concerns}), held AS (
  SELECT incident_id, post_id, at AS since,
    lead(at, 1, %s) OVER (PARTITION BY incident_id ORDER BY at, id) AS until
  FROM incidents_routing WHERE incident_id IN (SELECT id FROM concern) AND at <= %s
), waiting AS (
  SELECT incident_id, status_to AS status, at AS since,
    lead(at, 1, %s) OVER (PARTITION BY incident_id ORDER BY at, id) AS until
  FROM incidents_statuschange WHERE incident_id IN (SELECT id FROM concern) AND at <= %s
)"""
POSTS: Final = """
SELECT post_id, count(DISTINCT incident_id),
  coalesce(sum(least(held.until, waiting.until) - greatest(held.since, waiting.since))
    FILTER (WHERE waiting.status = ANY (%s)
      AND least(held.until, waiting.until) > greatest(held.since, waiting.since)), interval '0')
FROM held JOIN waiting USING (incident_id)
WHERE post_id = ANY (%s)
GROUP BY post_id
"""
# A post is held by its stand-in while there is one.
PERSONS: Final = """, person AS (
  SELECT post_id, user_id, unnest(tstzmultirange(validity) - CASE WHEN stand_in THEN '{{}}' ELSE coalesce((
    SELECT range_agg(other.validity) FROM sectors_holding AS other
    WHERE other.post_id = holding.post_id AND other.stand_in), '{{}}') END) AS span
  FROM sectors_holding AS holding
)
SELECT post_id, user_id, count(DISTINCT incident_id), sum(upper(had) - lower(had))
FROM held JOIN waiting USING (incident_id) JOIN person USING (post_id)
CROSS JOIN LATERAL (SELECT span * tstzrange(held.since, held.until) * tstzrange(waiting.since, waiting.until))
  AS common (had)
WHERE waiting.status = ANY (%s) AND NOT isempty(had) AND post_id = ANY (%s)
GROUP BY post_id, user_id
ORDER BY post_id, 4 DESC, user_id
"""


def hands_by_post(concerns: QuerySet[Incident], posts: Collection[int], at: datetime) -> dict[int, InHand]:
    """How long each of these posts has had the concerns in hand until now, what it gave on included. One query."""
    return {post: InHand(count, waited) for post, count, waited in _asked(POSTS, concerns, posts, at)}


def hands_by_holder(concerns: QuerySet[Incident], posts: Collection[int], at: datetime) -> dict[int, dict[int, InHand]]:
    """The same by post and person: how long the concerns waited for whoever held the post then, longest first.

    One query; while nobody held a post they waited for nobody.
    """
    found: dict[int, dict[int, InHand]] = {}
    for post, person, count, waited in _asked(PERSONS, concerns, posts, at):
        found.setdefault(post, {})[person] = InHand(count, waited)
    return found


def _asked(what: str, concerns: QuerySet[Incident], posts: Collection[int], at: datetime) -> list[Any]:
    if not posts:
        return []
    had = concerns.filter(routings__post__in=posts)
    chosen, values = had.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        statement = (HISTORIES + what).format(concerns=chosen)
        cursor.execute(statement, [*values, at, at, at, at, sorted(WAITING), list(posts)])
        return list(cursor.fetchall())
