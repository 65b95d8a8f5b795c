"""Editions and their sectors as pages show them: rows in words, and what their maps draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import orjson
import shapely
from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import Area, AsGeoJSON, PointOnSurface
from django.db.models import Count, F, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from frontend import maps, words
from ogcapi import pages
from sectors.checking import in_degrees
from sectors.differences import Difference
from sectors.models import Edition, EditionState, Sector

# About a metre: a map of a territory needs no more.
DECIMALS: Final = 5
MOST_OTHERS: Final = 50
_AROUND_M: Final = 60.0
_FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Stand(StrEnum):
    """Where an edition stands today, in the order of the list."""

    IN_FORCE = "in_force"
    TO_COME = "to_come"
    DRAFT = "draft"
    PAST = "past"
    ABANDONED = "abandoned"


HEADINGS: Final = {
    Stand.IN_FORCE: _("In force today"),
    Stand.TO_COME: _("Approved for a day to come"),
    Stand.DRAFT: _("Drafts"),
    Stand.PAST: _("Past"),
    Stand.ABANDONED: _("Given up"),
}
TAGS: Final = {
    Stand.IN_FORCE: ("check", _("in force")),
    Stand.TO_COME: ("clock", _("to come")),
    Stand.PAST: ("eye-off", _("over")),
    Stand.ABANDONED: ("close", _("given up")),
}
DRAFTS: Final = {
    EditionState.DRAFT: ("edit", _("being drawn")),
    EditionState.CHECKED: ("check", _("checked")),
    EditionState.PREVIEWED: ("check-circle", _("previewed, to be approved")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An edition in a list. `until` is its last moment."""

    edition: Edition
    stand: Stand
    icon: str
    tag: str
    since: datetime | None
    until: datetime | None

    @property
    def heading(self) -> str:
        """What it stands under."""
        return str(HEADINGS[self.stand])


@dataclass(frozen=True, slots=True)
class SectorRow:
    """A sector of an edition in words; `km2` is measured in EPSG:2154."""

    number: int
    code: str
    name: str
    kind: str
    pattern: str
    commune: str
    post: str
    km2: float


def row(edition: Edition, at: datetime) -> Row:
    """The edition as it stands at this moment."""
    dates: Any = edition.validity
    found = stand(edition, at)
    icon, tag = DRAFTS[edition.state] if found is Stand.DRAFT else TAGS[found]
    last = dates and dates.upper
    return Row(edition, found, icon, str(tag), dates and dates.lower, last and last - timedelta(microseconds=1))


def stand(edition: Edition, at: datetime) -> Stand:
    """Where it stands at this moment."""
    dates: Any = edition.validity
    if dates is None:
        return Stand.DRAFT if edition.abandoned_at is None else Stand.ABANDONED
    if dates.lower > at:
        return Stand.TO_COME
    return Stand.IN_FORCE if dates.upper is None or dates.upper > at else Stand.PAST


def listed(territories: Sequence[int]) -> QuerySet[Edition]:
    """The editions of these territories with how many sectors they have, the latest first."""
    rows: QuerySet[Edition] = Edition.objects.filter(territory__in=territories)
    return rows.annotate(count=Count("sectors")).order_by(F("validity__startswith").desc(nulls_first=True), "-pk")


def sectors_of(edition: Edition, *, first: int = 1) -> tuple[list[SectorRow], list[dict[str, Any]]]:
    """The sectors of an edition by their codes, in words, and as features for its map, numbered from `first` on.

    One query.
    """
    rows: Any = (
        edition.sectors.select_related("post", "commune")
        .defer("area", "area_m", "commune__area", "commune__area_m")
        .annotate(shape=AsGeoJSON("area", precision=DECIMALS), at=AsGeoJSON(PointOnSurface("area")), m2=Area("area_m"))
        .order_by("code")
    )
    told, features = [], []
    for number, each in enumerate(rows, start=first):
        pattern = maps.kind_class(each.kind)
        told.append(
            SectorRow(
                number=number,
                code=each.code,
                name=each.name,
                kind=words.kind(each.kind),
                pattern=pattern,
                commune=each.commune.name if each.commune else "",
                post=words.label(each.post),
                km2=each.m2.sq_m / 1e6,
            )
        )
        features.append(feature(each.code, f"area area--{pattern}", each.shape, each.at, number))
    return told, features


def before(edition: Edition, start: datetime) -> Edition | None:
    """The edition of its territory that is in force when this one begins. One query."""
    others = Edition.objects.filter(territory=edition.territory_id, validity__startswith__lt=start)
    found: Edition | None = others.exclude(pk=edition.pk).order_by("-validity__startswith").first()
    return found


def box_of(*editions: Edition) -> tuple[float, ...] | None:
    """West, south, east and north of their sectors in degrees; None where there is none. One query."""
    found: tuple[float, ...] | None = Sector.objects.filter(edition__in=editions).aggregate(box=Extent("area"))["box"]
    return found


def feature(fid: str, look: str, shape: str, at: str, number: int | None = None) -> dict[str, Any]:
    """A feature of a map of ours, from GeoJSON texts: `look` is its classes, `number` is written at the point `at`."""
    properties = {"look": look, "number": number, "at": orjson.loads(at)["coordinates"] if at else None}
    return {"type": "Feature", "id": fid, "properties": properties, "geometry": orjson.Fragment(shape)}


def carried(features: Iterable[dict[str, Any]]) -> SafeString:
    """The features as the content of a script element of data; "" where there are none."""
    return pages.carried(orjson.dumps(each) for each in features)


def found_in(edition: Edition, features: Sequence[dict[str, Any]]) -> SafeString:
    """The sectors of an edition and what was found in it, for its map; where nothing was found, nothing and no map."""
    return carried([*outlines_of(edition), *features]) if features else SafeString()


def of_metres(fid: str, look: str, shape: BaseGeometry, number: int | None = None) -> dict[str, Any]:
    """The same, from a geometry in EPSG:2154."""
    shown = in_degrees(shape)
    middle = shapely.point_on_surface(shown)
    return feature(fid, look, shapely.to_geojson(shown), "" if middle.is_empty else shapely.to_geojson(middle), number)


def outlines_of(edition: Edition) -> list[dict[str, Any]]:
    """The sectors as outlines, under what is found in them. One query."""
    rows = edition.sectors.annotate(shape=AsGeoJSON("area", precision=DECIMALS)).order_by("code")
    found = rows.values_list("code", "shape")
    return [feature(f"outline-{code}", "shape shape--outline", shape, "") for code, shape in found]


def names_of(*editions: Edition) -> dict[str, str]:
    """What the sectors of these editions are called, by their codes; the last one's own words. One query."""
    order = {edition.pk: place for place, edition in enumerate(editions)}
    rows = Sector.objects.filter(edition__in=editions).values_list("edition", "code", "name")
    return {code: name for _edition, code, name in sorted(rows, key=lambda each: order[each[0]])}


def around(where: BaseGeometry) -> tuple[float, ...]:
    """West, south, east and north around a place in EPSG:2154, with some ground to see where one is."""
    return tuple(in_degrees(shapely.box(*shapely.buffer(where, _AROUND_M).bounds)).bounds)


def others(edition: Edition) -> list[str]:
    """The codes of the editions that it may be compared with, the latest first. One query."""
    rows = Edition.objects.filter(territory=edition.territory_id, abandoned_at__isnull=True).exclude(pk=edition.pk)
    return list(rows.order_by("-pk").values_list("code", flat=True)[:MOST_OTHERS])


def last_before(edition: Edition) -> Edition | None:
    """The edition that this one takes the place of, or would: None where there was none. One query."""
    dates: Any = edition.validity
    return before(edition, dates.lower if dates else _FAR)


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A piece of ground that another sector or post answers for, in words; "" for no sector."""

    number: int
    from_sector: str
    from_post: str
    to_sector: str
    to_post: str
    size_m2: float


def difference_rows(
    found: Sequence[Difference], editions: Sequence[Edition], posts: Mapping[str, str]
) -> list[DifferenceRow]:
    """What differs, in words. One query."""
    names = names_of(*editions) if editions else {}
    return [
        DifferenceRow(
            number=number,
            from_sector=names.get(each.from_sector or "", ""),
            from_post=posts.get(each.from_post or "", ""),
            to_sector=names.get(each.to_sector or "", ""),
            to_post=posts.get(each.to_post or "", ""),
            size_m2=each.size_m2,
        )
        for number, each in enumerate(found, start=1)
    ]


def of_differences(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """The same as features of the map, under their numbers: ground that gets a sector, that loses it, that changes."""
    shapes = []
    for number, each in enumerate(found, start=1):
        kind = "lost" if each.to_sector is None else "gained" if each.from_sector is None else "moved"
        shapes.append(feature(str(number), f"shape shape--{kind}", each.area, each.at, number))
    return shapes
