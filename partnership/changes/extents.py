"""The extent of a problem: drawn by somebody, or drawn around its concerns where nobody did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django.contrib.gis.db.models import Collect
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.utils.translation import gettext_lazy as _

from incidents.models import Incident
from partnership.refusals import no
from sectors.changes.geometry import checked
from sectors.models.checks import METRIC_SRID

# A problem is a place: beyond this it is a policy. Square metres.
LARGEST_M2: Final = 20_000_000
MOST_POSITIONS: Final = 2_000
# So wide is the strip around the concerns that nobody drew an extent for, in metres.
AROUND_M: Final = 50
# Corners in a quarter of a circle.
_QUARTER: Final = 4

Rings = Sequence[Sequence[tuple[float, float]]]


def drawn(polygons: Sequence[Rings]) -> MultiPolygon:
    """The extent of these polygons (rings of (lon, lat), EPSG:4326), sound and not too large.

    Raises Refused (422): `no_area`, `out_of_bounds`, `too_many_vertices`, `invalid_area`, `invalid_in_metres`,
    `too_large`.
    """
    shape = MultiPolygon(*(Polygon(*rings) for rings in polygons), srid=4326)
    verdict = checked([bytes(shape.wkb)])[0]
    if verdict.area is None:
        code, _sentence = verdict.refusal or ("invalid_area", "")
        no(422, "extent", code, _("This drawing is no area that can be kept: draw it again, without crossing itself."))
    if verdict.area.transform(METRIC_SRID, clone=True).area > LARGEST_M2:
        no(422, "extent", "too_large", _("Draw the place where the problem is: at most 20 square kilometres."))
    assert isinstance(verdict.area, MultiPolygon)  # noqa: S101 - what `checked` makes
    return verdict.area


def around(incidents: Iterable[int]) -> MultiPolygon | None:
    """What lies within `AROUND_M` of the concerns of these keys, as one area; None for no concern. One query."""
    rows = Incident.objects.filter(pk__in=list(incidents))
    points = rows.aggregate(points=Collect(Transform("location", METRIC_SRID)))["points"]
    if points is None:
        return None
    area = points.convex_hull.buffer(AROUND_M, _QUARTER)
    area.transform(4326)
    return MultiPolygon(area, srid=4326)
