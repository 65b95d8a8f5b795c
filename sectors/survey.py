"""What lies around points, asked of PostGIS in one statement: the judge of every decision that is written.

The answer is a `Facts` a point (see `routing`), whatever their number. Distances and shares are measured in EPSG:2154
on `area_m`; covering is decided in EPSG:4326 on `area`, where borders are straight lines shared to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import gettext_lazy as _

from ogcapi.geojson import Refused
from sectors import prepared
from sectors.models.checks import METRIC_DOMAIN
from sectors.routing import (
    COMMUNE_REACH_M,
    HORIZON_M,
    MOST_CANDIDATES,
    WEIGHED_M,
    AgreementFact,
    Candidate,
    CategoryFact,
    CommuneFact,
    Facts,
)

# A point this close to a border, in metres, is looked at again in EPSG:4326: it may lie on it to the last bit.
EDGE_M = 0.002

# Of a smaller disc, in metres, no share can be computed: it is a point.
LEAST_DISC_M = 0.001

_WEST, _SOUTH, _EAST, _NORTH = METRIC_DOMAIN
_SQL = f"""
WITH moment AS (SELECT %(at)s::timestamptz AS at),
edition AS MATERIALIZED (
  SELECT id, territory_id, code, lower(validity) AS since FROM sectors_edition, moment WHERE validity @> at),
point AS MATERIALIZED (
  SELECT n, geom, CASE WHEN lon BETWEEN {_WEST} AND {_EAST} AND lat BETWEEN {_SOUTH} AND {_NORTH}
                       THEN ST_Transform(geom, 2154) END AS m
  FROM (SELECT n, lon, lat, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom
        FROM unnest(%(lon)s::float8[], %(lat)s::float8[]) WITH ORDINALITY AS given(lon, lat, n)) AS given)
SELECT point.n, around.found, here.found, agreed.found,
  CASE WHEN point.n = 1 THEN json_build_object(
    'territories', (SELECT json_agg(json_build_array(id, tolerance_m, triage_post_id) ORDER BY rank, code)
                    FROM sectors_territory),
    'editions', (SELECT json_object_agg(territory_id, id) FROM edition),
    'rules', (SELECT json_agg(json_build_array(category.code, rule.territory_id, rule.commune_id, rule.post_id))
              FROM sectors_categoryrule AS rule JOIN sectors_category AS category ON category.id = rule.category_id
              WHERE category.code = %(category)s))::text END
FROM point
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_array(agreement.code, sector.id)) AS found
  FROM sectors_borderagreement AS agreement
  JOIN edition ON edition.territory_id = agreement.territory_id
  JOIN sectors_sector AS sector ON sector.edition_id = edition.id AND sector.code = agreement.sector_code
  CROSS JOIN moment
  WHERE agreement.validity @> moment.at
    AND (ST_Covers(agreement.location, point.geom)
         OR agreement.reach_m > 0 AND ST_DWithin(agreement.location_m, point.m, agreement.reach_m))) AS agreed ON TRUE
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_array(id, code, territory_id, post_id, priority, covers,
    CASE WHEN away < {EDGE_M} AND on_edge THEN 0 WHEN covers THEN -away ELSE away END,
    CASE WHEN %(accuracy)s::float8 IS NULL THEN NULL
         WHEN away >= %(accuracy)s OR %(accuracy)s < {LEAST_DISC_M} THEN covers::int
         ELSE ST_Area(ST_Intersection(area_m, disc)) / ST_Area(disc) END))::text AS found
  FROM (
    SELECT sector.*, edition.territory_id, ST_Covers(sector.area, point.geom) AS covers,
      ST_Touches(sector.area, point.geom) AS on_edge, ST_Distance(ST_Boundary(sector.area_m), point.m) AS away,
      ST_Buffer(point.m, %(accuracy)s::float8, 16) AS disc
    FROM (
      (SELECT id FROM sectors_sector
       WHERE edition_id = ANY (ARRAY (SELECT id FROM edition)) AND ST_Covers(area, point.geom))
      UNION
      (SELECT id FROM sectors_sector
       WHERE edition_id = ANY (ARRAY (SELECT id FROM edition))
         AND ST_DWithin(area_m, point.m, least(greatest(%(accuracy)s::float8, {WEIGHED_M}), {HORIZON_M}))
       ORDER BY area_m <-> point.m, code LIMIT {MOST_CANDIDATES})
      UNION
      (SELECT id FROM sectors_sector
       WHERE edition_id = ANY (ARRAY (SELECT id FROM edition)) AND ST_DWithin(area_m, point.m, {HORIZON_M})
       ORDER BY area_m <-> point.m, code LIMIT 1)
      UNION
      (SELECT (pair.value ->> 1)::bigint FROM json_array_elements(agreed.found) AS pair)) AS near
    JOIN sectors_sector AS sector ON sector.id = near.id
    JOIN edition ON edition.id = sector.edition_id) AS near) AS around ON TRUE
LEFT JOIN LATERAL (
  SELECT json_build_array(commune.id, commune.territory_id, held.force, held.unit_id, held.post_id, away)::text AS found
  FROM (
    (SELECT id, territory_id, 0 AS away FROM sectors_commune WHERE ST_Covers(area, point.geom) ORDER BY code LIMIT 1)
    UNION ALL
    (SELECT id, territory_id, ST_Distance(area_m, point.m) AS away FROM sectors_commune
     WHERE ST_DWithin(area_m, point.m, {COMMUNE_REACH_M}) AND NOT ST_Covers(area, point.geom)
     ORDER BY away, code LIMIT 1)
    ORDER BY away LIMIT 1) AS commune
  CROSS JOIN moment
  LEFT JOIN sectors_competence AS held ON held.commune_id = commune.id AND held.validity @> moment.at) AS here ON TRUE
ORDER BY point.n
"""  # noqa: S608 - only constants are filled in; what is asked goes as parameters


# Planning this statement takes longer than running it for one point.
_STATEMENT = prepared.Statement(
    "psq_survey",
    _SQL,
    {"lon": "float8[]", "lat": "float8[]", "at": "timestamptz", "accuracy": "float8", "category": "text"},
)


class NoTerritory(Refused, LookupError):  # noqa: N818 - a refusal, as its base
    """Nothing can be decided: no territory with a triage post is loaded. 503, until one is."""

    def __init__(self) -> None:
        detail = _("No territory is loaded yet.")
        super().__init__([], status=503, code="no_territory", title=detail, detail=detail, retry_after_s=60)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What PostGIS said of one point, and the key of the edition in force in each territory at that moment."""

    facts: Facts
    editions: dict[int, int]


def survey(
    points: Sequence[tuple[float, float]],
    at: datetime,
    *,
    accuracy_m: float | None = None,
    category: str | None = None,
    home: int | None = None,
) -> list[Surveyed]:
    """The facts of each (lon, lat) in EPSG:4326 at this moment, in order; one statement for all of them.

    `category` is a code whose rules apply; `home` is the territory whose triage takes what is outside, by default the
    installation's first. Raises NoTerritory.
    """
    if not points:
        return []
    lon, lat = (list(axis) for axis in zip(*points, strict=True))
    parameters: dict[str, Any] = {"lon": lon, "lat": lat, "at": at, "accuracy": accuracy_m, "category": category}
    with connection.cursor() as cursor:
        _STATEMENT.run(cursor, parameters)
        rows = cursor.fetchall()
    frame = orjson.loads(rows[0][4])
    editions = {int(territory): edition for territory, edition in (frame["editions"] or {}).items()}
    shared = _shared(frame, home) | {"accuracy_m": accuracy_m}
    return [Surveyed(_facts(row, shared), editions) for row in rows]


def _shared(frame: dict[str, Any], home: int | None) -> dict[str, Any]:
    """The facts that are the same for every point."""
    territories = frame["territories"] or []
    triage = {key: post for key, _tolerance, post in territories if post is not None}
    if not triage:
        raise NoTerritory
    territory = home if home in triage else next(iter(triage))
    return {
        "tolerance_m": {key: tolerance for key, tolerance, _ in territories},
        "rules": [CategoryFact(*rule) for rule in frame["rules"] or ()],
        "triage_territory": territory,
        "triage_post": triage[territory],
    }


def _facts(row: tuple[Any, ...], shared: dict[str, Any]) -> Facts:
    _n, around, here, agreed, _frame = row
    candidates = [Candidate(*values) for values in orjson.loads(around or "[]")]
    by_sector = {candidate.sector: candidate for candidate in candidates}
    return Facts(
        candidates=candidates,
        commune=CommuneFact(*orjson.loads(here)) if here else None,
        agreements=[AgreementFact(code, by_sector[sector]) for code, sector in agreed or ()],
        **shared,
    )
