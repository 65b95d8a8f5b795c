"""Areas looked at by PostGIS before they are stored: sound, repaired without harm, or refused with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from sectors.models.checks import METRIC_DOMAIN, METRIC_SRID, STRAIGHT_DEG

# A repair may move at most this share of the area: more, and the drawing does not say what its author meant.
MOST_REPAIR = 0.0001
MOST_VERTICES = 200_000
_CHUNK = 500

_WEST, _SOUTH, _EAST, _NORTH = METRIC_DOMAIN
_SQL = f"""
WITH given AS MATERIALIZED (
  SELECT n, ST_Force2D(ST_SetSRID(ST_GeomFromWKB(decode(hex, 'hex')), 4326)) AS g
  FROM unnest(%s::text[]) WITH ORDINALITY AS given(hex, n)),
shaped AS MATERIALIZED (
  SELECT n, g, GeometryType(g) IN ('POLYGON', 'MULTIPOLYGON') AND NOT ST_IsEmpty(g) AS filled,
    COALESCE(ST_XMin(g) >= {_WEST} AND ST_XMax(g) <= {_EAST} AND ST_YMin(g) >= {_SOUTH} AND ST_YMax(g) <= {_NORTH},
             FALSE) AS inside,
    ST_NPoints(g) <= {MOST_VERTICES} AS small
  FROM given),
looked AS MATERIALIZED (
  SELECT *, CASE WHEN filled AND inside AND small THEN ST_IsValid(g) END AS valid FROM shaped),
mended AS MATERIALIZED (
  SELECT *, CASE WHEN valid THEN ST_Multi(g)
                 WHEN NOT valid THEN ST_Multi(ST_CollectionExtract(ST_MakeValid(g), 3)) END AS area FROM looked)
SELECT filled, inside, small, valid, CASE WHEN NOT valid THEN ST_IsValidReason(g) END,
  CASE WHEN NOT valid THEN abs(ST_Area(area) - ST_Area(g)) / NULLIF(ST_Area(g), 0) END,
  CASE WHEN NOT ST_IsEmpty(area) THEN ST_IsValid(ST_Transform(ST_Segmentize(area, {STRAIGHT_DEG}), {METRIC_SRID})) END,
  ST_AsHexEWKB(ST_ForcePolygonCCW(area))
FROM mended ORDER BY n
"""  # noqa: S608 - constants of this module only


@dataclass(frozen=True, slots=True)
class CheckedArea:
    """A MultiPolygon in EPSG:4326 with counter-clockwise exteriors, or None with `refusal` (code, sentence).

    `repair` says what was mended, "" where nothing was.
    """

    area: GEOSGeometry | None
    refusal: tuple[str, str] | None = None
    repair: str = ""


def checked(areas: Sequence[bytes]) -> list[CheckedArea]:
    """Each WKB looked at, in order; one statement for five hundred of them."""
    found: list[CheckedArea] = []
    for start in range(0, len(areas), _CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(_SQL, [[wkb.hex() or _EMPTY for wkb in areas[start : start + _CHUNK]]])
            found.extend(_verdict(_Look(*row)) for row in cursor.fetchall())
    return [
        _rounded(wkb) if verdict.refusal and verdict.refusal[0] == "invalid_in_metres" else verdict
        for wkb, verdict in zip(areas, found, strict=True)
    ]


def area_kept(hexewkb: str) -> GEOSGeometry:
    """The area that this product wrote down so, and stored before."""
    return GEOSGeometry(hexewkb)


def _rounded(wkb: bytes) -> CheckedArea:
    """The verdict on the area rounded to a centimetre: what touches itself by less may not survive the projection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsBinary(ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_ReducePrecision("
            "ST_GeomFromWKB(%s, 4326), 1e-7)), 3)))",
            [wkb],
        )
        cursor.execute(_SQL, [[bytes(cursor.fetchone()[0]).hex()]])
        verdict = _verdict(_Look(*cursor.fetchone()))
    return replace(verdict, repair="rounded to 1e-7 degrees, to be valid in metres") if verdict.area else verdict


# An empty MultiPolygon: what stands for "no geometry".
_EMPTY = "010600000000000000"


class _Look(NamedTuple):
    """What PostGIS says of one geometry; None where an earlier verdict made the question idle."""

    filled: bool
    inside: bool
    small: bool
    valid: bool | None
    reason: str | None
    share: float | None
    metric: bool | None
    hexewkb: str | None


def _verdict(look: _Look) -> CheckedArea:
    if not look.filled:
        return _refused("no_area", "a polygon that is not empty is expected")
    if not look.inside:
        return _refused("out_of_bounds", f"it leaves the bounds of the metric system: {METRIC_DOMAIN} (degrees)")
    if not look.small:
        return _refused("too_many_vertices", f"at most {MOST_VERTICES} vertices are taken")
    if not look.valid and (look.share is None or look.share > MOST_REPAIR):
        moved = "all" if look.share is None else f"{look.share:.2%}"
        return _refused("invalid_area", f"{look.reason}; repairing it would change {moved} of its area")
    if not look.metric or look.hexewkb is None:
        return _refused("invalid_in_metres", "carried to metres (EPSG:2154) it is not valid any more")
    repair = "" if look.valid else f"repaired ({look.reason}; {look.share or 0.0:.4%} of its area)"
    return CheckedArea(GEOSGeometry(look.hexewkb), repair=repair)


def _refused(code: str, message: str) -> CheckedArea:
    return CheckedArea(None, (code, message))
