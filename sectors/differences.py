"""What moves from whom to whom between two editions of a territory, as PostGIS sees it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson
from django.db import connection

from sectors.models import Edition

# What rounding leaves between two areas that are drawn alike.
LEAST_M2: Final = 1.0


@dataclass(frozen=True, slots=True)
class Difference:
    """A piece of ground that another sector or another post answers for; None: no sector.

    `area` and `at`, a point in it, are GeoJSON text in EPSG:4326; `size_m2` is measured in EPSG:2154.
    """

    from_sector: str | None
    from_post: str | None
    to_sector: str | None
    to_post: str | None
    size_m2: float
    area: str
    at: str


# Sectors drawn to the same digits with the same post are looked at only where a changed one touches them.
_SQL: Final = """
WITH old AS MATERIALIZED (
  SELECT s.code, p.code AS post, s.area, s.area_m FROM sectors_sector AS s
  JOIN sectors_post AS p ON p.id = s.post_id WHERE s.edition_id = %(old)s),
new AS MATERIALIZED (
  SELECT s.code, p.code AS post, s.area, s.area_m FROM sectors_sector AS s
  JOIN sectors_post AS p ON p.id = s.post_id WHERE s.edition_id = %(new)s),
same AS MATERIALIZED (
  SELECT old.code FROM old JOIN new ON new.code = old.code AND new.post = old.post AND new.area = old.area),
pieces AS (
  SELECT old.code AS from_sector, old.post AS from_post, new.code AS to_sector, new.post AS to_post,
    ST_Intersection(old.area_m, new.area_m) AS piece
  FROM old JOIN new ON ST_Intersects(old.area_m, new.area_m)
  WHERE (old.code, old.post) <> (new.code, new.post)
    AND NOT (old.code IN (SELECT code FROM same) AND new.code IN (SELECT code FROM same))
  UNION ALL
  SELECT old.code, old.post, NULL, NULL, COALESCE(ST_Difference(old.area_m,
    (SELECT ST_Union(new.area_m) FROM new WHERE new.area_m && old.area_m)), old.area_m)
  FROM old WHERE old.code NOT IN (SELECT code FROM same)
  UNION ALL
  SELECT NULL, NULL, new.code, new.post, COALESCE(ST_Difference(new.area_m,
    (SELECT ST_Union(old.area_m) FROM old WHERE old.area_m && new.area_m)), new.area_m)
  FROM new WHERE new.code NOT IN (SELECT code FROM same)),
ground AS (
  SELECT from_sector, from_post, to_sector, to_post, ST_CollectionExtract(piece, 3) AS piece FROM pieces)
SELECT from_sector, from_post, to_sector, to_post, ST_Area(piece),
  ST_AsGeoJSON(ST_ForcePolygonCCW(ST_Transform(ST_Multi(piece), 4326)), 7),
  ST_AsGeoJSON(ST_Transform(ST_PointOnSurface(piece), 4326), 7)
FROM ground WHERE ST_Area(piece) >= %(least)s
ORDER BY from_sector NULLS FIRST, to_sector NULLS FIRST
"""


def differences(old: Edition, new: Edition) -> list[Difference]:
    """The pieces that change hands from the one edition to the other, by sector; none where they agree. One query."""
    asked: dict[str, int | float] = {"old": old.pk, "new": new.pk, "least": LEAST_M2}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, asked)
        return [Difference(*row) for row in cursor.fetchall()]


def as_features(found: list[Difference]) -> dict[str, Any]:
    """The differences as a GeoJSON FeatureCollection in EPSG:4326."""
    features = []
    for each in found:
        properties = asdict(each)
        area = orjson.Fragment(properties.pop("area"))
        del properties["at"]
        properties["size_m2"] = round(each.size_m2, 1)
        features.append({"type": "Feature", "properties": properties, "geometry": area})
    return {"type": "FeatureCollection", "features": features}
