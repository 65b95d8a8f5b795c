"""An edition looked at by the checker of borders, and what it finds as GeoJSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from shapely.geometry.base import BaseGeometry

from sectors.boundaries import Drawn, Finding, look
from sectors.models import Commune, Edition
from sectors.models.checks import METRIC_SRID

_TO_DEGREES: Final = pyproj.Transformer.from_crs(METRIC_SRID, 4326, always_xy=True)


def drawn_of(edition: Edition) -> list[Drawn]:
    """Its sectors with their areas in EPSG:2154, in the order of their codes. One query."""
    rows = edition.sectors.annotate(wkb=AsWKB("area_m")).order_by("code").values_list("code", "wkb", "commune__code")
    return [Drawn(code, shapely.from_wkb(bytes(wkb)), commune or "") for code, wkb, commune in rows]


def findings_of(edition: Edition) -> list[Finding]:
    """What does not fit in this edition, what weighs most first. Two queries."""
    drawn = drawn_of(edition)
    named = Commune.objects.filter(code__in={each.commune for each in drawn}).annotate(wkb=AsWKB("area_m"))
    communes = {code: shapely.from_wkb(bytes(wkb)) for code, wkb in named.values_list("code", "wkb")}
    return look(drawn, communes)


def in_degrees(shape: BaseGeometry) -> BaseGeometry:
    """The geometry carried from EPSG:2154 to EPSG:4326, longitude first."""

    def carried(positions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lon, lat = _TO_DEGREES.transform(positions[:, 0], positions[:, 1])
        return np.column_stack([lon, lat])

    moved: BaseGeometry = shapely.transform(shape, carried)
    return moved


def as_features(findings: Iterable[Finding]) -> dict[str, Any]:
    """The findings as a GeoJSON FeatureCollection in EPSG:4326, to seven decimals; `number` names one of them.

    A repair is told by its means, what it moves, and each sector that it changes with its area before and after.
    """
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": number,
                "geometry": _printed(finding.where),
                "properties": {
                    "number": number,
                    "kind": finding.kind,
                    "severity": finding.severity,
                    "sectors": list(finding.sectors),
                    "size_m2": round(finding.size_m2, 2),
                    "reason": finding.reason,
                    "repair": None if finding.repair is None else finding.repair.means,
                    "moved_m2": None if finding.repair is None else round(finding.repair.moved_m2, 2),
                    "changes": [
                        {
                            "sector": change.code,
                            "gained_m2": round(change.gained_m2, 2),
                            "lost_m2": round(change.lost_m2, 2),
                            "before": _printed(change.before),
                            "after": _printed(change.after),
                        }
                        for change in (finding.repair.changes if finding.repair else ())
                    ],
                },
            }
            for number, finding in enumerate(findings, 1)
        ],
    }


def _printed(shape: BaseGeometry) -> dict[str, Any] | None:
    if shape.is_empty:
        return None
    rounded = shapely.transform(in_degrees(shape), lambda positions: np.round(positions, 7))
    return dict(shapely.geometry.mapping(rounded))
