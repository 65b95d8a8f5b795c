"""The page on which a draft is drawn, in words: its sectors, what the checker found, and what the map is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import shapely
from django.contrib.gis.db.models.functions import Area, AsWKB
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from frontend import maps, outlines, words
from sectors.boundaries import Finding
from sectors.checking import as_features
from sectors.models import Edition, Territory

KINDS: Final = MappingProxyType(
    {
        "invalid": _("Border that crosses itself"),
        "gap": _("Gap between neighbours"),
        "overlap": _("Overlap"),
        "sliver": _("Splinter"),
        "near_miss": _("Borders that nearly meet"),
        "outside_commune": _("Outside its commune"),
        "hole": _("Hole"),
    }
)
SEVERITIES: Final = MappingProxyType(
    {
        "error": ("alert", "late", _("error: it cannot come into force so")),
        "warning": ("alert", "soon", _("to be looked at")),
        "notice": ("info", "calm", _("notice")),
    }
)
MEANS: Final = MappingProxyType(
    {
        "make_valid": _("Draw the same ground soundly"),
        "snap": _("Make the borders meet"),
        "assign": _("Give the piece to its longest neighbour"),
        "yield": _("Leave the ground to one of the two"),
        "fill": _("Fill the gap"),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """A sector of a draft: `outline` is its area as a person types it, `km2` measured in EPSG:2154."""

    code: str
    name: str
    kind: str
    kind_told: str
    pattern: str
    post: str
    post_told: str
    outline: str
    km2: float
    commune: str
    box: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words, under the number by which its repair is accepted; `changes` are (sector, gained, lost)."""

    number: int
    what: str
    icon: str
    tone: str
    weight: str
    sectors: tuple[str, ...]
    size_m2: float
    reason: str
    repair: str
    changes: tuple[tuple[str, float, float], ...]


def rows_of(edition: Edition) -> tuple[list[Row], dict[str, Any]]:
    """The sectors by their codes, in words, and as the GeoJSON the map draws: every number as it is stored. A query."""
    found = edition.sectors.select_related("post", "commune").defer("area", "area_m").order_by("code")
    rows, features = [], []
    measured: QuerySet[Any] = found.annotate(wkb=AsWKB("area"), m2=Area("area_m"))
    for each in measured:
        area, pattern = shapely.from_wkb(bytes(each.wkb)), maps.kind_class(each.kind)
        told = Row(
            code=each.code,
            name=each.name,
            kind=each.kind,
            kind_told=words.kind(each.kind),
            pattern=pattern,
            post=each.post.code,
            post_told=words.label(each.post),
            outline=outlines.written(area),
            km2=each.m2.sq_m / 1e6,
            commune=each.commune.name if each.commune else "",
            box=area.bounds,
        )
        rows.append(told)
        features.append({"code": each.code, "name": each.name, "pattern": pattern, "area": _rings(area)})
    return rows, {"version": edition.number, "sectors": features}


def towns(rows: Iterable[Row]) -> list[tuple[str, tuple[float, ...]]]:
    """Each commune that has sectors, and the box around them in degrees: where the map is looked at."""
    boxes: dict[str, list[tuple[float, ...]]] = {}
    for row in rows:
        if row.commune:
            boxes.setdefault(row.commune, []).append(row.box)
    found = {name: tuple(zip(*of, strict=True)) for name, of in sorted(boxes.items())}
    return [
        (name, (min(west), min(south), max(east), max(north))) for name, (west, south, east, north) in found.items()
    ]


def told(findings: Iterable[Finding], names: Mapping[str, str]) -> list[Told]:
    """The findings in words, numbered as `checking.as_features` numbers them."""
    return [_told(number, finding, names) for number, finding in enumerate(findings, start=1)]


def data(drawing: Mapping[str, Any], findings: Sequence[Finding], agreements: Mapping[str, Any]) -> dict[str, Any]:
    """What the map's script is given, ready for JSON."""
    return {**drawing, "findings": as_features(findings), "agreements": agreements}


def kinds(edition: Edition) -> list[tuple[str, str]]:
    """The kinds that a sector of this draft may be of: those that are known, and those that it has. A query."""
    own = set(edition.sectors.values_list("kind", flat=True)) - set(words.KINDS)
    return [(code, words.kind(code)) for code in (*words.KINDS, *sorted(own))]


def posts(territory: Territory) -> list[tuple[str, str]]:
    """The posts that may answer for a sector of this territory. A query."""
    return sorted(((post.code, words.label(post)) for post in territory.posts.all()), key=lambda pair: pair[1])


def _told(number: int, finding: Finding, names: Mapping[str, str]) -> Told:
    icon, tone, weight = SEVERITIES[finding.severity]
    repair = finding.repair
    changes = () if repair is None else repair.changes
    return Told(
        number=number,
        what=str(KINDS[finding.kind]),
        icon=icon,
        tone=tone,
        weight=str(weight),
        sectors=tuple(names.get(code, code) for code in finding.sectors),
        size_m2=finding.size_m2,
        reason=finding.reason,
        repair="" if repair is None else str(MEANS[repair.means]),
        changes=tuple((names.get(each.code, each.code), each.gained_m2, each.lost_m2) for each in changes),
    )


def _rings(area: Any) -> list[Any]:
    """Polygons of rings of positions, without those that close them."""
    return [
        [[[x, y] for x, y, *_z in ring.coords[:-1]] for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(area)
    ]
