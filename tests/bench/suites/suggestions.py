"""Suggested problems: one statement finds where concerns keep coming back, within what the worker allows it."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from messaging.periodic import RUN_AT_MOST_S
from partnership.clusters import SQL, asked
from partnership.recurrence import LEAST, WEEKS, WIDEST_M
from tests.bench.databases import connect
from tests.bench.load import Rate
from tests.bench.measures import Comparison, Figure, Findings, say, take_turns
from tests.bench.stage import MANY, Disagreement, Stage

# Every post runs a group, and all concerns are of the weeks that are looked at: half of them at a few places of each.
STAGED: Final = (
    "INSERT INTO sectors_partnershipgroup (code, name, post_id, territory_id)"
    " SELECT 'bench-' || id, code, id, territory_id FROM sectors_post AS post"
    " WHERE NOT EXISTS (SELECT FROM sectors_partnershipgroup AS circle WHERE circle.post_id = post.id)",
    f"UPDATE incidents_incident SET reported_at = now() - random() * interval '{7 * WEEKS - 1} days'",
    """
    WITH places AS MATERIALIZED (
      SELECT DISTINCT ON (post_id, spot) post_id, spot, location
      FROM (SELECT post_id, id % 40 AS spot, location FROM incidents_incident) AS found ORDER BY post_id, spot
    )
    UPDATE incidents_incident AS incident
    SET location = ST_Translate(places.location, (random() - 0.5) * 0.0006, (random() - 0.5) * 0.0006)
    FROM places WHERE places.post_id = incident.post_id AND places.spot = (incident.id / 7) % 40 AND incident.id % 2 = 0
    """,
    "ANALYZE incidents_incident",
)
UNIT: Final = "concerns/s"
# Of what the worker gives a task.
MOST: Final = 0.1


def run(stage: Stage, findings: Findings) -> None:
    """How long the statement takes. Raises Disagreement where it finds what is no recurring place, or nothing."""
    with closing(connect(stage.town)) as connection:
        # It is only looked at: the suites after this one find the town as it was.
        connection.autocommit = False
        with connection.cursor() as cursor:
            for statement in STAGED:
                cursor.execute(statement)
            found = _found(cursor)
            rates = take_turns({"suggested problems": partial(_timed, cursor)}, stage.rounds)
        connection.rollback()
    concerns = sum(len(row[4]) for row in found)
    say(f"{len(found)} places of {concerns:,} concerns")
    figure = Figure(f"suggested problems of {MANY:,} concerns in {WEEKS} weeks", UNIT, rates["suggested problems"])
    allowed = Figure("what the worker allows", UNIT, [_rate(RUN_AT_MOST_S)] * stage.rounds)
    findings.figures.append(figure)
    # A ratio of times is the inverse of the one of rates.
    what = f"{figure.name}: time / the {RUN_AT_MOST_S:g} s that the worker allows"
    findings.comparisons.append(Comparison(what, allowed, figure, at_most=MOST))
    findings.checks.append(
        f"suggestions: every place found is of {LEAST} concerns at least and {WIDEST_M} m wide at most;"
        f" {len(found)} places of {concerns:,} concerns"
    )


def _found(cursor: Any) -> list[tuple[Any, ...]]:
    cursor.execute(SQL, asked(datetime.now(UTC)))
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    if not rows or any(len(row[4]) < LEAST or row[11] > WIDEST_M for row in rows):
        raise Disagreement(f"suggestions: {len(rows)} places, or some that are none")
    return rows


def _timed(cursor: Any) -> Rate:
    began = time.perf_counter()
    cursor.execute(SQL, asked(datetime.now(UTC)))
    cursor.fetchall()
    return _rate(time.perf_counter() - began)


def _rate(seconds: float) -> Rate:
    return Rate(MANY / seconds, seconds * 1000, seconds * 1000, 1)
