"""The places where two editions of a map differ, in SQL: what lies within reach of none is answered as before."""

from __future__ import annotations

from typing import Final

from sectors.routing import MOST_ACCURACY_M

# The sectors of both editions, by their codes: `pair` has those that are not the same; `another` has another post.
BOTH: Final = """
was AS (SELECT code, post_id, priority, area, area_m FROM sectors_sector WHERE edition_id = %(was)s),
will AS (SELECT code, post_id, priority, area, area_m FROM sectors_sector WHERE edition_id = %(will)s),
pair AS MATERIALIZED (
  SELECT code, was.area_m AS old, will.area_m AS new, was.area AS old_degrees, will.area AS new_degrees,
    was.post_id IS DISTINCT FROM will.post_id OR was.priority IS DISTINCT FROM will.priority AS another
  FROM was FULL JOIN will USING (code)
  WHERE was.post_id IS DISTINCT FROM will.post_id OR was.priority IS DISTINCT FROM will.priority
    OR ST_AsBinary(was.area) IS DISTINCT FROM ST_AsBinary(will.area))
"""
# Where they differ, in EPSG:4326, in pieces that are quickly compared. Of two moments the agreements of both count.
CHANGED: Final = f"""
{BOTH},
changed AS MATERIALIZED (
  SELECT ST_Transform(ST_Segmentize(ST_Subdivide(differs, 64), 5000), 4326) AS piece
  FROM (SELECT ST_SymDifference(old, new) AS differs FROM pair WHERE NOT another
        UNION ALL SELECT old FROM pair WHERE another AND old IS NOT NULL
        UNION ALL SELECT new FROM pair WHERE another AND new IS NOT NULL
          AND ST_AsBinary(new) IS DISTINCT FROM ST_AsBinary(old)
        UNION ALL
        SELECT ST_Buffer(location_m, reach_m + 1) FROM sectors_borderagreement
        WHERE validity && tstzrange(%(before)s, %(at)s, '[]')
          AND sector_code IN (SELECT code FROM pair WHERE another)) AS each)
"""  # noqa: S608 - constants of ours alone
# What lies within reach of a piece is more than what is near: in degrees, of which a metre is at most this many, with
# some metres for edges that are straight in metres alone. It is decided exactly after.
REACH: Final = "(greatest(%(tolerance)s::float8, {metres}) + 10) / 38000"
FARTHEST: Final = REACH.format(metres=MOST_ACCURACY_M)
