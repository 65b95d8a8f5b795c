"""A problem of the hyper-centre of Gap."""

from __future__ import annotations

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from partnership.models import Problem
from sectors.models import Commune, Post, Territory

SQUARE = Polygon.from_bbox((6.078, 44.559, 6.08, 44.561))


@pytest.fixture
def problem(person, monday) -> Problem:
    """Signalled and not retained yet, with a square of 159 by 222 m around the middle of Gap."""
    made = Problem(
        reference="AAAA-0001",
        territory=Territory.objects.get(code="05"),
        post=Post.objects.get(code="gap-hyper-centre"),
        commune=Commune.objects.get(code="05061"),
        family="tranquillite",
        title="Bruit place Jean Marcellin",
        extent=MultiPolygon(SQUARE),
        recurrence="recurrente",
        severity="jaune",
        origin="referent",
        proposed_by=person("referent_a"),
        proposed_at=monday,
    )
    made.save()
    return made
