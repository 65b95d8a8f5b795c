"""What the database itself holds true of every geometry: the second line behind the strict reader."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.geos import Polygon
from django.db.models import BooleanField, CheckConstraint, Func

# EPSG:2154 (RGF93 / Lambert-93): metres on metropolitan France, where distances and shares are measured.
METRIC_SRID = 2154
# Where Lambert-93 is defined well enough to measure in; no area may lie outside, and no point outside is projected.
METRIC_DOMAIN = (-30.0, 20.0, 40.0, 70.0)
# Longest stretch of a border, in degrees, kept straight when it is carried to metres: 0.002° is at most 222 m, on
# which the straight line of EPSG:4326 and that of EPSG:2154 differ by less than a millimetre.
STRAIGHT_DEG = 0.002


class _Holds(Func):
    output_field = BooleanField()


def _within(west: float, south: float, east: float, north: float) -> str:
    """SQL text: the geometry's box lies in these bounds. NaN and Infinity fail it."""
    return (
        f"(ST_XMin(%(expressions)s) >= {west} AND ST_XMax(%(expressions)s) <= {east}"
        f" AND ST_YMin(%(expressions)s) >= {south} AND ST_YMax(%(expressions)s) <= {north})"
    )


def geometry_checks(table: str, field: str) -> tuple[CheckConstraint, ...]:
    """Constraints: an area is valid, not empty, of at most 200,000 vertices, and finite inside the metric domain."""
    return (
        CheckConstraint(name=f"{table}_{field}_valid", condition=_Holds(field, template="ST_IsValid(%(expressions)s)")),
        CheckConstraint(
            name=f"{table}_{field}_filled",
            condition=_Holds(
                field, template="(NOT ST_IsEmpty(%(expressions)s) AND ST_NPoints(%(expressions)s) <= 200000)"
            ),
        ),
        CheckConstraint(name=f"{table}_{field}_bounds", condition=_Holds(field, template=_within(*METRIC_DOMAIN))),
        # Carried to metres it must still be valid, or shares of it could not be computed.
        CheckConstraint(
            name=f"{table}_{field}_m_valid", condition=_Holds(f"{field}_m", template="ST_IsValid(%(expressions)s)")
        ),
    )


def point_check(table: str, field: str) -> CheckConstraint:
    """Constraint: a point is a point of the globe, neither empty nor of NaN.

    As short as it can be said: PostgreSQL reads a check anew for each statement, and the bounds of three points were a
    sixth of what a report costs it.
    """
    return CheckConstraint(
        name=f"{table}_{field}_globe",
        condition=_Holds(
            field,
            # The operator says no to an empty point; NaN passes it, and is more than any number here.
            template=f"(%(expressions)s @ '{_globe()}'::geometry"
            " AND ST_X(%(expressions)s) <= 180 AND ST_Y(%(expressions)s) <= 90)",
        ),
    )


def _globe() -> str:
    box = Polygon.from_bbox((-180, -90, 180, 90))
    box.srid = 4326
    return str(box.hexewkb.decode())


def metres(field: str, output: type[models.GeometryField[Any, Any]]) -> models.GeneratedField:
    """A stored column: the geometry in EPSG:2154, its borders following the straight lines of EPSG:4326."""
    carried = Func(
        field,
        template=f"ST_Transform(ST_Segmentize(%(expressions)s, {STRAIGHT_DEG}), {METRIC_SRID})",
        output_field=output(srid=METRIC_SRID),
    )
    # Django makes no index of its own for a generated column: each model declares it.
    return models.GeneratedField(expression=carried, output_field=output(srid=METRIC_SRID), db_persist=True)
