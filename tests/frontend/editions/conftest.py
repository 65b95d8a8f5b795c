"""A draft of the map of Hautes-Alpes: the east of Gap's hyper-centre is for the référent of the economic areas."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
import shapely
from shapely.geometry import box

from accounts.models import User
from sectors.changes import drafts, drawing
from sectors.changes.drawing import Drawn
from sectors.models import Edition
from tests.incidents.sending import GAP

# The eastern part of the hyper-centre, with the place of most concerns of the tests in it.
EAST = box(GAP[0] - 0.001, 44, 7, 45)
Person = Callable[[str], User]


@pytest.fixture
def draft(person: Person, monday: datetime) -> Edition:
    """The map of today with the hyper-centre in two, at its first version."""
    director = person("director")
    model = Edition.objects.get(territory__code="05")
    made = drafts.begin(by=director, territory=model.territory_id, at=monday, model=model.pk, code="05-essai")
    old = made.sectors.get(code="gap-hyper-centre")
    whole = shapely.from_wkb(bytes(old.area.wkb))
    west = Drawn(old.code, old.name, old.kind, post="gap-hyper-centre", area=whole.difference(EAST).wkb)
    east = Drawn("gap-est", "Gap – Est", old.kind, post="gap-economique", area=whole.intersection(EAST).wkb)
    return drawing.redraw(by=director, edition=made.pk, drawn=[west, east], seen=0, at=monday)
