"""Where concerns keep coming back, asked of PostGIS in one statement however many there are.

Distances are those of EPSG:2154. Concerns outside its domain, within another, turned down, or already of a problem are
left out; so are those of a post that runs no group.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from incidents.workflow import Status
from partnership.facts import PARIS, Told, facts_of
from partnership.life import State
from partnership.recurrence import LEAST, LEAST_WEEKS, MARGIN_M, REACHES_M, WEEKS, WIDEST_M, Cluster
from sectors.models.checks import METRIC_DOMAIN, METRIC_SRID

_LABELS: Final = ", ".join(
    f"ST_ClusterDBSCAN(point_m, {reach}, {LEAST}) OVER (PARTITION BY post_id, family) AS at_{reach}"
    for reach in REACHES_M
)
_REACHED: Final = " UNION ALL ".join(
    f"SELECT labelled.*, {reach} AS reach, at_{reach} AS label FROM labelled WHERE at_{reach} IS NOT NULL"  # noqa: S608 - our own numbers
    for reach in REACHES_M
)
# Each concern belongs to the widest cluster that is one place; what is left of a narrower one may be too few.
SQL: Final = f"""
WITH asked AS MATERIALIZED (
  SELECT incident.id, incident.post_id, incident.territory_id, incident.partner_id, incident.reported_at,
    incident.occurred_at, category.family, category.code AS category, incident.location,
    ST_Transform(incident.location, {METRIC_SRID}) AS point_m,
    date_trunc('week', incident.reported_at AT TIME ZONE 'Europe/Paris') AS week
  FROM incidents_incident AS incident
  JOIN sectors_category AS category ON category.id = incident.category_id
  JOIN sectors_partnershipgroup AS circle ON circle.post_id = incident.post_id
  WHERE incident.reported_at >= %(since)s AND incident.reported_at <= %(at)s AND incident.merged_into_id IS NULL
    AND incident.status <> %(turned_down)s AND incident.location && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s,
    %(north)s, 4326)
    AND NOT EXISTS (
      SELECT FROM partnership_problemconcern AS member
      JOIN partnership_problem AS problem ON problem.id = member.problem_id
      WHERE member.incident_id = incident.id AND member.until IS NULL AND problem.state <> %(not_retained)s
    )
), labelled AS MATERIALIZED (SELECT *, {_LABELS} FROM asked),
reached AS MATERIALIZED ({_REACHED}),
fitting AS (
  SELECT post_id, family, reach, label FROM (
    SELECT post_id, family, reach, label, ST_ConvexHull(ST_Collect(point_m)) AS hull FROM reached GROUP BY 1, 2, 3, 4
  ) AS hulls WHERE ST_MaxDistance(hull, hull) <= {WIDEST_M}
), chosen AS (
  SELECT DISTINCT ON (reached.id) reached.* FROM reached JOIN fitting USING (post_id, family, reach, label)
  ORDER BY reached.id, reach DESC
), placed AS (
  SELECT post_id, territory_id, family, reach, label, ST_Collect(point_m) AS points,
    array_agg(id ORDER BY id) AS concerns, array_agg(reported_at ORDER BY id) AS reported,
    array_agg(occurred_at ORDER BY id) AS occurred, array_agg(category::text ORDER BY id) AS categories,
    array_agg(partner_id ORDER BY id) AS partners, array_agg(ST_X(location) ORDER BY id) AS lons,
    array_agg(ST_Y(location) ORDER BY id) AS lats
  FROM chosen GROUP BY 1, 2, 3, 4, 5 HAVING count(*) >= {LEAST} AND count(DISTINCT week) >= {LEAST_WEEKS}
)
SELECT post_id, territory_id, family, reach, concerns, reported, occurred, categories, partners, lons, lats,
  ST_MaxDistance(points, points) AS span,
  (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ST_Distance(ST_Centroid(points), part.geom))
    FROM ST_Dump(points) AS part) AS middle,
  ST_Multi(ST_Transform(ST_Buffer(ST_ConvexHull(points), {MARGIN_M}, 'quad_segs=4'), 4326)) AS extent
FROM placed ORDER BY post_id, family, concerns[1]
"""  # noqa: S608 - our own numbers


def clusters(*, at: datetime) -> list[Cluster]:
    """The places at which concerns kept coming back in the weeks before this moment, by post and family. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, asked(at))
        return [_cluster(row, at) for row in cursor.fetchall()]


def asked(at: datetime) -> dict[str, Any]:
    """What the statement is given at this moment."""
    west, south, east, north = METRIC_DOMAIN
    return {
        "since": at - timedelta(weeks=WEEKS),
        "at": at,
        "turned_down": Status.NON_RETENUE,
        "not_retained": State.NON_RETENUE,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }


def _cluster(row: tuple[Any, ...], at: datetime) -> Cluster:
    (
        post,
        territory,
        family,
        reach,
        concerns,
        reported,
        occurred,
        categories,
        partners,
        lons,
        lats,
        span,
        middle,
        area,
    ) = row
    told = (
        Told(reported_at, occurred_at, category, partner, (lon, lat))
        for reported_at, occurred_at, category, partner, lon, lat in zip(
            reported, occurred, categories, partners, lons, lats, strict=True
        )
    )
    lengths = {"span_m": round(span), "middle_m": round(middle), "reach_m": reach, "window_weeks": WEEKS}
    return Cluster(
        post=post,
        territory=territory,
        family=family,
        concerns=tuple(concerns),
        reported_at=tuple(reported),
        span_m=span,
        middle_m=middle,
        reach_m=reach,
        extent=GEOSGeometry(area),
        facts={**facts_of(told, until=at.astimezone(PARIS).date()), **lengths},
    )
