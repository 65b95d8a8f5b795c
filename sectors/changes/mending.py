"""A draft of the map with one repair of the checker made, after a person has looked at it."""

from __future__ import annotations

from datetime import datetime

import shapely
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ogcapi.geojson import FieldError, Refused
from sectors.boundaries import Finding
from sectors.changes.cutting import named, redrawn
from sectors.changes.drawing import held, redraw
from sectors.checking import findings_of, in_degrees
from sectors.models import Edition


@transaction.atomic
def mend(*, by: User, edition: int, finding: Finding, seen: int, at: datetime) -> Edition:
    """The draft with the repair of this finding, as one step that can be undone.

    The draft is looked at again: raises Refused (409) `changed_meanwhile` where it no longer shows the very same
    finding, (422) `no_repair` where there is none to make, and as `drawing.redraw`.
    """
    draft = held(by=by, edition=edition, at=at)
    repair = finding.repair
    if repair is None:
        raise Refused([FieldError("finding", "no_repair", _("Only a person can say what was meant here."))], status=422)
    shown = [(one.kind, one.sectors, shapely.to_wkb(one.where)) for one in findings_of(draft)]
    if (finding.kind, finding.sectors, shapely.to_wkb(finding.where)) not in shown:
        message = _("The draft was changed meanwhile: look at it as it stands now.")
        raise Refused([FieldError("version", "changed_meanwhile", message)], status=409)
    after = {change.code: change.after for change in repair.changes}
    rows = named(draft, after).values()
    drawn = [redrawn(row, shapely.to_wkb(in_degrees(after[row.code]))) for row in rows]
    return redraw(by=by, edition=edition, drawn=drawn, seen=seen, at=at)
