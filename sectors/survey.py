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

from accounts import prepared
from ogcapi.geojson import Refused
from sectors.holders import Holder
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
WITH edition AS MATERIALIZED (
  SELECT array_agg(id) AS ids, json_object_agg(territory_id, id) AS by_territory
  FROM sectors_edition WHERE validity @> %(at)s::timestamptz),
rule AS MATERIALIZED (
  SELECT category.code, rule.territory_id, rule.commune_id, rule.post_id
  FROM sectors_categoryrule AS rule JOIN sectors_category AS category ON category.id = rule.category_id
  WHERE category.code = %(category)s),
point AS MATERIALIZED (
  SELECT n, geom, m, accuracy, ST_Buffer(m, accuracy, 16) AS disc
  FROM (SELECT n, geom, accuracy, CASE WHEN lon BETWEEN {_WEST} AND {_EAST} AND lat BETWEEN {_SOUTH} AND {_NORTH}
                             THEN ST_Transform(geom, 2154) END AS m
        FROM (SELECT n, lon, lat, accuracy, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom
              FROM unnest(%(lon)s::float8[], %(lat)s::float8[], %(accuracy)s::float8[])
                WITH ORDINALITY AS given(lon, lat, accuracy, n)) AS given
        OFFSET 0) AS given)
SELECT point.n, around.found, here.found, agreed.found, holding.found,
  CASE WHEN point.n = 1 THEN json_build_object(
    'territories', (SELECT json_agg(json_build_array(id, tolerance_m, triage_post_id) ORDER BY rank, code)
                    FROM sectors_territory),
    'editions', edition.by_territory,
    'rules', (SELECT json_agg(json_build_array(code, territory_id, commune_id, post_id)) FROM rule))::text END
FROM point CROSS JOIN edition
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_array(agreement.code, sector.id)) AS found, array_agg(sector.id) AS ids
  FROM sectors_borderagreement AS agreement
  JOIN sectors_edition AS its ON its.territory_id = agreement.territory_id AND its.id = ANY (edition.ids)
  JOIN sectors_sector AS sector ON sector.edition_id = its.id AND sector.code = agreement.sector_code
  WHERE agreement.validity @> %(at)s
    AND (ST_Covers(agreement.location, point.geom)
         OR agreement.reach_m > 0 AND ST_DWithin(agreement.location_m, point.m, agreement.reach_m))) AS agreed ON TRUE
LEFT JOIN LATERAL (
  SELECT array_agg(id) AS ids FROM sectors_sector
  WHERE edition_id = ANY (edition.ids) AND ST_Covers(area, point.geom)) AS covering ON TRUE
LEFT JOIN LATERAL (
  SELECT array_agg(id) AS ids
  FROM (SELECT id FROM sectors_sector
        WHERE edition_id = ANY (edition.ids)
          AND ST_DWithin(area_m, point.m, least(greatest(point.accuracy, {WEIGHED_M}), {HORIZON_M}))
        ORDER BY area_m <-> point.m, code LIMIT {MOST_CANDIDATES}) AS near) AS weighed ON TRUE
LEFT JOIN LATERAL (
  SELECT id FROM sectors_sector
  WHERE weighed.ids IS NULL AND edition_id = ANY (edition.ids) AND ST_DWithin(area_m, point.m, {HORIZON_M})
  ORDER BY area_m <-> point.m, code LIMIT 1) AS nearest ON TRUE
LEFT JOIN LATERAL (
  SELECT array_agg(post_id) AS posts, json_agg(json_build_array(id, code, territory_id, post_id, priority, covers,
    CASE WHEN away < {EDGE_M} AND ST_Touches(area, point.geom) THEN 0 WHEN covers THEN -away ELSE away END,
    CASE WHEN point.accuracy IS NULL THEN NULL
         WHEN away >= point.accuracy OR point.accuracy < {LEAST_DISC_M} THEN covers::int
         ELSE ST_Area(ST_Intersection(area_m, point.disc)) / ST_Area(point.disc) END))::text AS found
  FROM (
    SELECT sector.id, sector.code, its.territory_id, post_id, priority, area, area_m,
      ST_Covers(area, point.geom) AS covers, ST_Distance(ST_Boundary(area_m), point.m) AS away
    FROM sectors_sector AS sector JOIN sectors_edition AS its ON its.id = sector.edition_id
    WHERE sector.id = ANY (covering.ids || weighed.ids || nearest.id || agreed.ids)
    OFFSET 0) AS near) AS around ON TRUE
LEFT JOIN LATERAL (
  SELECT id, territory_id, 0::float8 AS away FROM sectors_commune
  WHERE ST_Covers(area, point.geom) ORDER BY code LIMIT 1) AS inside ON TRUE
LEFT JOIN LATERAL (
  SELECT id, territory_id, ST_Distance(area_m, point.m) AS away FROM sectors_commune
  WHERE inside.id IS NULL AND ST_DWithin(area_m, point.m, {COMMUNE_REACH_M})
  ORDER BY away, code LIMIT 1) AS beside ON TRUE
LEFT JOIN LATERAL (
  SELECT held.post_id AS post, json_build_array(commune.id, coalesce(inside.territory_id, beside.territory_id),
    held.force, held.unit_id, held.post_id, coalesce(inside.away, beside.away))::text AS found
  FROM (SELECT coalesce(inside.id, beside.id) AS id) AS commune
  LEFT JOIN sectors_competence AS held ON held.commune_id = commune.id AND held.validity @> %(at)s
  WHERE commune.id IS NOT NULL) AS here ON TRUE
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_array(holding.post_id, person.id, person.email, person.language, holding.stand_in)
                  ORDER BY holding.stand_in)::text AS found
  FROM sectors_holding AS holding JOIN accounts_user AS person ON person.id = holding.user_id
  WHERE holding.validity @> %(at)s AND person.is_active AND holding.post_id = ANY (
    ARRAY (SELECT post_id FROM rule UNION ALL SELECT triage_post_id FROM sectors_territory)
    || around.posts || here.post)) AS holding ON TRUE
ORDER BY point.n
"""  # noqa: S608 - only constants are filled in; what is asked goes as parameters


# Planning this statement takes longer than running it for one point.
_STATEMENT = prepared.Statement(
    "psq_survey",
    _SQL,
    {"lon": "float8[]", "lat": "float8[]", "accuracy": "float8[]", "at": "timestamptz", "category": "text"},
)


class NoTerritory(Refused, LookupError):  # noqa: N818 - a refusal, as its base
    """Nothing can be decided: no territory with a triage post is loaded. 503, until one is."""

    def __init__(self) -> None:
        detail = _("No territory is loaded yet.")
        super().__init__([], status=503, code="no_territory", title=detail, detail=detail, retry_after_s=60)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What PostGIS said of one point: the key of the edition in force in each territory at that moment, and who holds
    each post that may take it, where somebody does."""

    facts: Facts
    editions: dict[int, int]
    holders: dict[int, Holder]


def survey(
    points: Sequence[tuple[float, float]],
    at: datetime,
    *,
    accuracy_m: float | Sequence[float | None] | None = None,
    category: str | None = None,
    home: int | None = None,
) -> list[Surveyed]:
    """The facts of each (lon, lat) in EPSG:4326 at this moment, in order; one statement for all of them.

    `accuracy_m` is of all of them, or of each. `category` is a code whose rules apply; `home` is the territory whose
    triage takes what is outside, by default the installation's first. Raises NoTerritory.
    """
    if not points:
        return []
    lon, lat = (list(axis) for axis in zip(*points, strict=True))
    discs = list(accuracy_m) if isinstance(accuracy_m, Sequence) else [accuracy_m] * len(lon)
    parameters: dict[str, Any] = {"lon": lon, "lat": lat, "accuracy": discs, "at": at, "category": category}
    with connection.cursor() as cursor:
        _STATEMENT.run(cursor, parameters)
        rows = cursor.fetchall()
    frame = orjson.loads(rows[0][5])
    editions = {int(territory): edition for territory, edition in (frame["editions"] or {}).items()}
    shared = _shared(frame, home)
    return [
        Surveyed(_facts(row, shared | {"accuracy_m": disc}), editions, _holders(row))
        for row, disc in zip(rows, discs, strict=True)
    ]


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


def _holders(row: tuple[Any, ...]) -> dict[int, Holder]:
    # The stand-in comes last, and stays.
    return {post: Holder(*person) for post, *person in orjson.loads(row[4] or "[]")}


def _facts(row: tuple[Any, ...], shared: dict[str, Any]) -> Facts:
    _n, around, here, agreed, _held, _frame = row
    candidates = [Candidate(*values) for values in orjson.loads(around or "[]")]
    by_sector = {candidate.sector: candidate for candidate in candidates}
    return Facts(
        candidates=candidates,
        commune=CommuneFact(*orjson.loads(here)) if here else None,
        agreements=[AgreementFact(code, by_sector[sector]) for code, sector in agreed or ()],
        **shared,
    )
