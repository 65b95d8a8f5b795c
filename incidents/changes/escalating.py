"""The ladder is climbed: whoever is to be reminded of a concern now is owed a message, once.

One statement finds all that is at a rung and was not told so, and writes it down; what it wrote is told in the same
transaction. So a process that dies in between has told nobody, and of two that run at the same time each tells its own
part: a concern that the other has, or that somebody is just moving, is passed over and looked at the next time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from incidents.deadlines import paris_date
from incidents.escalation import RUNNING, Rung, Step, is_humane, rungs
from incidents.letters_together import letter_of
from incidents.models import Incident, Transfer
from incidents.notices_of_escalation import Offered, Reached, escalation_notices
from incidents.policies import policy_of
from incidents.workflow import UNTAKEN
from messaging.changes import owe, tell_together
from sectors import atlas

# Territory, version of its policy, and one of its rungs.
_Ladders = list[tuple[int, str, Rung]]

# So many in one transaction: it holds them for a moment in which nobody can move them.
BATCH: Final = 1000

OF_AN_OFFER: Final = frozenset({Step.OFFER, Step.UNANSWERED})
LATE: Final = frozenset({Step.OVERDUE, Step.DIRECTION})
# The clocks are columns of `incident`, and of the offer that waits; a reminder that was passed before the concern came
# in is none. Of one that was settled and is open again nobody is told that it is late while it rests (docs/adr/0010).
CLIMB: Final = """
WITH rung AS (
  SELECT * FROM unnest(%(territory)s::bigint[], %(version)s::text[], %(step)s::text[], %(days)s::int[],
    %(clock)s::text[], %(first)s::date[], %(last)s::date[])
    AS rung(territory_id, version, step, days, clock, first, last)
), reached AS (
  SELECT incident.id, rung.step, rung.days, counted.day, rung.version
  FROM incidents_incident AS incident
  JOIN rung ON rung.territory_id = incident.territory_id
  LEFT JOIN incidents_transfer AS offer ON offer.incident_id = incident.id AND offer.state = 'offered'
  CROSS JOIN LATERAL (SELECT CASE rung.clock
      WHEN 'due' THEN CASE WHEN rung.step = ANY (%(late)s)
        THEN greatest(incident.due_on, incident.rests_until) ELSE incident.due_on END
      WHEN 'triage' THEN (incident.triage_due_at AT TIME ZONE 'Europe/Paris')::date
      WHEN 'taken' THEN CASE WHEN incident.triage_due_at IS NULL
        THEN (incident.taken_due_at AT TIME ZONE 'Europe/Paris')::date END
      WHEN 'offer' THEN offer.due_on
    END AS day) AS counted
  WHERE incident.status = ANY (%(open)s)
    AND incident.merged_into_id IS NULL
    AND (rung.clock IN ('due', 'offer') OR incident.status = ANY (%(untaken)s))
    AND counted.day BETWEEN rung.first AND rung.last
    AND (rung.step <> 'reminder'
      OR counted.day - rung.days > (incident.reported_at AT TIME ZONE 'Europe/Paris')::date)
    AND NOT EXISTS (
      SELECT FROM incidents_escalation AS told
      WHERE told.incident_id = incident.id AND told.step = rung.step AND told.days = rung.days
        AND told.day = counted.day)
  ORDER BY incident.id, rung.step
  LIMIT %(most)s
  FOR NO KEY UPDATE OF incident SKIP LOCKED
)
INSERT INTO incidents_escalation (incident_id, step, days, day, at, policy_version)
SELECT id, step, days, day, %(at)s, version FROM reached
ON CONFLICT DO NOTHING
RETURNING incident_id, step, days, day
"""


def escalate(*, at: datetime, at_any_hour: bool = False) -> int:
    """How many rungs were reached and told now. Run twice, or by several at once, each is told once.

    A territory's ladder rests at night and on its days off, unless `at_any_hour`: what is reached then is told on the
    next working day. A reader of several rungs has one letter of all. Four statements for a thousand rungs, and one
    that finds no more; then a few for each reader.
    """
    ladders = _ladders(at, at_any_hour)
    total = 0
    while found := _climb(at, ladders):
        total += found
    # Also what one that died had written: nobody has told it.
    tell_together(letter=letter_of, at=at)
    return total


def pass_over(*, at: datetime) -> int:
    """How many rungs count as told although nobody was: of concerns that are made up, and not of the trade."""
    ladders = _ladders(at, at_any_hour=True)
    total = 0
    while found := len(_written(at, ladders)):
        total += found
    return total


@transaction.atomic
def _climb(at: datetime, ladders: _Ladders) -> int:
    written = _written(at, ladders)
    if written:
        concerns = _concerns({row[0] for row in written})
        offers = _offers({key for key, step, _, _ in written if step in OF_AN_OFFER})
        reached = [Reached(Step(step), days, day, offers.get(key), *concerns[key]) for key, step, days, day in written]
        owe(*escalation_notices(reached, at))
    return len(written)


def _written(at: datetime, ladders: _Ladders) -> list[tuple[int, str, int, date]]:
    """The rungs now written down: concern, step, days and day of each."""
    if not ladders:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CLIMB, _asked(at, ladders))
        return list(cursor.fetchall())


def _ladders(at: datetime, at_any_hour: bool) -> _Ladders:
    """The rungs of every territory whose people are reminded at this moment."""
    today = paris_date(at)
    policies = ((card.id, policy_of(card)) for card in atlas.current().directory.territories.values())
    return [
        (territory, policy.version, rung)
        for territory, policy in policies
        if at_any_hour or is_humane(at, policy.holiday_zone)
        for rung in rungs(today, policy)
    ]


def _asked(at: datetime, ladders: _Ladders) -> dict[str, Any]:
    """What the statement takes."""
    return {
        "territory": [territory for territory, _, _ in ladders],
        "version": [version for _, version, _ in ladders],
        "step": [rung.step.value for _, _, rung in ladders],
        "days": [rung.days for _, _, rung in ladders],
        "clock": [rung.clock.value for _, _, rung in ladders],
        "first": [rung.first for _, _, rung in ladders],
        "last": [rung.last for _, _, rung in ladders],
        "open": sorted(RUNNING),
        "late": sorted(LATE),
        "untaken": sorted(UNTAKEN),
        "at": at,
        "most": BATCH,
    }


def _concerns(keys: set[int]) -> dict[int, tuple[Any, ...]]:
    """What a notice says of each concern, in the order of `Reached` after `offer`. One query."""
    rows = Incident.objects.filter(pk__in=keys).values_list(
        "pk", "reference", "territory_id", "post_id", "post__email", "post__label_fr", "post__label_en",
        "category__label_fr", "category__label_en", "due_on",
    )  # fmt: skip
    return {key: tuple(rest) for key, *rest in rows}


def _offers(keys: set[int]) -> dict[int, Offered]:
    """To whom each of these concerns is offered. One query, or none."""
    waiting = Transfer.objects.waiting().filter(incident__in=keys)
    rows: Any = waiting.values_list(
        "incident_id", "to_post_id", "to_post__email", "to_post__label_fr", "to_post__label_en"
    )
    return {key: Offered(*rest) for key, *rest in rows} if keys else {}
