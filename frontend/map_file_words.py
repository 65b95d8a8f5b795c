"""What is wrong with a file of sectors, in sentences that name the feature that they are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogcapi.geojson import Refused
from sectors.area_files import FileArea
from sectors.file_tables import Defect, Defects

_DEFECTS: Final = MappingProxyType(
    {
        "too_large": gettext_lazy("The file is too large: 20 MB at most, 100 MB unpacked."),
        "unknown_kind": gettext_lazy("This is no GeoJSON, no GeoPackage and no zip with a Shapefile."),
        "unreadable": gettext_lazy("The file could not be read: it is damaged, or would take too long."),
        "encoding": gettext_lazy("The texts of the file are not UTF-8: save it in this encoding."),
        "no_layer": gettext_lazy("The file holds no layer, or the zip no .shp."),
        "several_layers": gettext_lazy("The file holds several layers: save the one of the sectors alone."),
        "no_crs": gettext_lazy("The file does not say its coordinate system: choose it in the list."),
        "unknown_crs": gettext_lazy(
            "The coordinate system of the file is none of the list: save it in Lambert-93 or in WGS 84."
        ),
        "other_crs": gettext_lazy("The file says another coordinate system than the one that you chose."),
        "empty": gettext_lazy("The file holds no feature."),
        "too_many_features": gettext_lazy("The file holds more than 20,000 features."),
        "no_geometry": gettext_lazy("it has no geometry"),
        "no_area": gettext_lazy("a polygon is expected"),
        "curves": gettext_lazy("it is drawn with curves: save it with straight lines"),
        "path": gettext_lazy("The zip holds a path that leads out of it."),
        "link": gettext_lazy("The zip holds a link instead of a file."),
        "encrypted": gettext_lazy("The zip asks for a password."),
        "unknown_entry": gettext_lazy("The zip holds a file that is no part of a Shapefile."),
        "part_missing": gettext_lazy(
            "The zip lacks a part of its Shapefile: the .shp, the .shx and the .dbf are expected."
        ),
        "too_many_entries": gettext_lazy("The zip holds more than 30 files."),
    }
)
# What is told of one feature names it.
_FEATURE: Final = re.compile(r"feature (\d+)")
_MEMBER: Final = re.compile(r"features\[(\d+)\](?:\.properties\.(\w+)|\.(\w+))?")
_MEMBERS: Final = MappingProxyType(
    {
        "code": gettext_lazy("code"),
        "name": gettext_lazy("name"),
        "kind": gettext_lazy("kind"),
        "post": gettext_lazy("post"),
        "commune": gettext_lazy("commune"),
        "priority": gettext_lazy("priority"),
        "source": gettext_lazy("source"),
        "geometry": gettext_lazy("border"),
    }
)
MOST: Final = 50


def of_defects(defects: Defects) -> list[str]:
    """What could not be read, a sentence each."""
    return [_of_defect(each) for each in defects.found[:MOST]]


def of_refusal(refused: Refused, areas: Sequence[FileArea], column: str = "code") -> list[str]:
    """What may not be drawn, a sentence each. column: what the file calls the code of a sector."""
    found = []
    for each in refused.errors[:MOST]:
        named = _MEMBER.fullmatch(each.field)
        if named is None:
            found.append(str(each.message))
            continue
        place = int(named[1])
        code = _code(areas[place], column) if place < len(areas) else ""
        what = _MEMBERS.get(named[2] or named[3] or "")
        found.append(_sentence(place + 1, code, str(what or ""), str(each.message)))
    if any(each.code == "out_of_bounds" for each in refused.errors):
        found.append(
            _("Look at the coordinate system of the file, and whether the longitude comes before the latitude.")
        )
    if any(each.code == "missing" for each in refused.errors):
        columns = sorted({key for area in areas[:100] for key in area.properties})
        found.append(_("The columns of the file are: %(names)s.") % {"names": ", ".join(columns[:40]) or "–"})
    return found


def _of_defect(defect: Defect) -> str:
    said = str(_DEFECTS.get(defect.code, defect.message))
    named = _FEATURE.match(defect.table)
    return _sentence(int(named[1]), "", "", said) if named else said


def _sentence(number: int, code: str, what: str, said: str) -> str:
    whose = _("Feature %(number)s (%(code)s)") if code else _("Feature %(number)s")
    told = whose % {"number": number, "code": code}
    return " – ".join(part for part in (told, what, said) if part)


def _code(area: FileArea, column: str) -> str:
    values = {key.lower(): value for key, value in area.properties.items()}
    return str(values.get(column.lower()) or "")[:80]
