"""A draft of the map drawn from a file: the whole edition, as one step that can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ogcapi.geojson import FieldError, Refused
from sectors.area_files import FileArea
from sectors.changes.drawing import Drawn, held, redraw
from sectors.map_files import MapFile
from sectors.models import Edition, Sector

NAMED: Final = ("code", "name", "kind", "post", "commune", "priority", "source")
_AS_CALLED: Final[Mapping[str, str]] = MappingProxyType({})


@transaction.atomic
def import_areas(
    *,
    by: User,
    edition: int,
    file: MapFile,
    seen: int,
    at: datetime,
    columns: Mapping[str, str] = _AS_CALLED,
    keep: bool = False,
) -> Edition:
    """The draft with the sectors of this file and no others; `seen` is the number of the draft that its author saw.

    A feature names its sector by `code`. What else it does not say (name, kind, post, commune, priority, source) stays
    as the draft has it; a sector that is new says its name and its kind, and is answered for by the post of its code
    unless it names another. Other properties are the author's own. columns: what the file calls any of `NAMED`.
    keep: the sectors that the file does not name stay. Raises Refused: 422 with all that is wrong, 409 as
    `drawing.redraw`, and Edition.DoesNotExist where the draft is none of this person's.
    """
    draft = held(by=by, edition=edition, at=at)
    stored = {row.code: row for row in draft.sectors.select_related("post", "commune").defer("area", "area_m")}
    drawn = [_drawn(area, stored, columns) for area in file.areas]
    errors = [
        FieldError(f"features[{place}].properties.code", "missing", _("Say the code of each sector."))
        for place, each in enumerate(drawn)
        if not each.code
    ]
    twice = [code for code, times in Counter(each.code for each in drawn).items() if code and times > 1]
    errors += [FieldError("properties.code", "repeated", _("This code stands twice.")) for _code in twice]
    if errors:
        raise Refused(errors[:20], status=422)
    left_out = set() if keep else stored.keys() - {each.code for each in drawn}
    return redraw(by=by, edition=edition, drawn=drawn, removed=left_out, seen=seen, at=at)


def _drawn(area: FileArea, stored: dict[str, Sector], columns: Mapping[str, str]) -> Drawn:
    given = {key.lower(): value for key, value in area.properties.items() if value is not None}
    given |= {name: given.get(column.lower()) for name, column in columns.items()}
    code = _text(given.get("code"))
    before = stored.get(code)
    known: dict[str, Any] = (
        {"post": code}
        if before is None
        else {
            "name": before.name,
            "kind": before.kind,
            "post": before.post.code,
            "commune": before.commune.code if before.commune else "",
            "priority": before.priority,
            "source": before.source,
        }
    )
    said: dict[str, Any] = {
        name: text for name in ("name", "kind", "post", "commune", "source") if (text := _text(given.get(name)))
    }
    priority = given.get("priority")
    if isinstance(priority, int | float) and priority == int(priority):
        said["priority"] = int(priority)
    return Drawn(**{"name": "", "kind": "", **known, **said}, code=code, area=area.wkb)


def _text(value: object) -> str:
    return str(value or "").strip()
