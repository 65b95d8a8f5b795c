"""Places people know by name: communes, sectors and public places of the territory, searched in memory."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.utils.translation import gettext as _

from frontend import words
from sectors import atlas
from sectors.atlas import Atlas
from sectors.atlas.ground import Areas, Geometries
from sectors.models import OwnPlace, PublicPlace
from sectors.place_lists import fold
from sectors.scope import NOBODY, Scope

MOST: Final = 8
LONGEST: Final = 80
_RANK: Final = {"own": 0, "place": 1, "sector": 2, "commune": 3}
# Offered without being asked for; the others are found by name.
MOST_OFFERED: Final = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A named point: `kind` is commune, sector, place or own, one of the asker's organisation.

    `detail` is a sector's kind, a commune's code, a place's commune or what an organisation says of its own.
    """

    name: str
    kind: str
    detail: str
    lon: float
    lat: float
    folded: tuple[str, ...]

    @property
    def kind_word(self) -> str:
        """What it is, in the active language."""
        said = {"commune": _("commune"), "sector": _("sector"), "own": _("my place"), "place": _("public place")}
        return said[self.kind]


def search(text: str, scope: Scope = NOBODY) -> list[Place]:
    """At most eight places each of whose asked words begins one of its own; exact names and short names first.

    Those of the asker's organisations among them, for a query where there are such organisations.
    """
    asked = fold(text[:LONGEST])
    if not asked:
        return []
    near = [*_index.of(atlas.current()).beginning(asked), *own(scope)]
    found = [place for place in near if _fits(asked, place.folded)]
    found.sort(key=lambda place: (place.folded != asked, place.folded[0] != asked[0], _RANK[place.kind], place.name))
    return found[:MOST]


def own(scope: Scope, most: int | None = None) -> list[Place]:
    """The places of this person's organisations by name, the first so many or all. One query, without any none."""
    if not scope.partners:
        return []
    mine = OwnPlace.objects.visible_to(scope).annotate(at=AsWKB("location"))
    rows = list(mine.order_by("name", "pk").values_list("name", "kind", "at")[:most])
    lons, lats = _degrees(_points([at for _name, _kind, at in rows]))
    return [
        Place(name, "own", kind, lon, lat, fold(name))
        for (name, kind, _at), lon, lat in zip(rows, lons, lats, strict=True)
    ]


def of_sector(key: int) -> list[str]:
    """The names of the public places in this sector, in their order; one on a common limit stands in one of the two."""
    return _index.of(atlas.current()).named.get(key, [])


def _fits(asked: tuple[str, ...], own: tuple[str, ...]) -> bool:
    return all(any(word.startswith(start) for word in own) for start in asked)


@dataclass(slots=True)
class _Places:
    """Every place of an image: in words sorted for looking up, and the public ones by sector."""

    places: list[Place]
    named: dict[int, list[str]]
    words: list[tuple[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.words = sorted({(word, i) for i, place in enumerate(self.places) for word in place.folded})

    def beginning(self, asked: tuple[str, ...]) -> list[Place]:
        """The places with a word that begins like the longest one asked: of tens of thousands, the few worth a look."""
        start = max(asked, key=len)
        first = bisect_left(self.words, (start, -1))
        last = bisect_left(self.words, (f"{start}\x7f", -1))
        return [self.places[i] for i in sorted({i for _, i in self.words[first:last]})]


def _read(image: Atlas) -> _Places:
    """Every place of this image; one query, for the public places."""
    directory, ground = image.directory, image.ground
    rows = list(PublicPlace.objects.annotate(at=AsWKB("location")).order_by("name", "pk").values_list("name", "at"))
    points = _points([at for _name, at in rows])
    within = _covering(ground.communes, points, {key: card.code for key, card in directory.communes.items()})
    order = {key: (card.priority, card.code) for key, card in directory.sectors.items()}
    sectors = _covering(ground.sectors, points, order)
    places = []
    named: dict[int, list[str]] = {}
    for i, ((name, _at), lon, lat) in enumerate(zip(rows, *_degrees(points), strict=True)):
        commune = directory.communes.get(within.get(i, 0))
        detail = commune.name if commune and fold(commune.name) != fold(name) else ""
        places.append(Place(name, "place", detail, lon, lat, fold(name)))
        if i in sectors:
            named.setdefault(sectors[i], []).append(name)
    for key, area in zip(ground.sectors.keys, ground.sectors.areas, strict=True):
        card = directory.sectors[key]
        places.append(_inside(card.name, "sector", words.kind(card.kind), area))
    for key, area in zip(ground.communes.keys, ground.communes.areas, strict=True):
        commune = directory.communes[key]
        if commune.territory_id is not None:
            places.append(_inside(commune.name, "commune", commune.code, area))
    return _Places([place for place in places if place.folded], named)


def _points(found: Sequence[Any]) -> Geometries:
    """Of binary, all at once: an object a row would cost more than the rest of the search."""
    points: Geometries = shapely.from_wkb(np.array([bytes(each) for each in found], dtype=object))
    return points


def _degrees(points: Geometries) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes."""
    return shapely.get_x(points).tolist(), shapely.get_y(points).tolist()


def _covering(areas: Areas, points: Geometries, rank: Mapping[int, Any]) -> dict[int, int]:
    """Position of a point -> key of the area that covers it; of several the one that `rank` has first."""
    if not len(points) or not areas.keys:
        return {}
    point, area = areas.tree.query(points, predicate="intersects")
    found: dict[int, int] = {}
    for i, j in zip(point.tolist(), area.tolist(), strict=True):
        key = areas.keys[j]
        if i not in found or rank[key] < rank[found[i]]:
            found[i] = key
    return found


def _inside(name: str, kind: str, detail: str, area: Any) -> Place:
    point = shapely.point_on_surface(area)
    return Place(name, kind, detail, round(point.x, 6), round(point.y, 6), fold(name))


class _Index:
    """The places of the last image asked for, in this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ground: object = None
        self.places = _Places([], {})

    def of(self, image: Atlas) -> _Places:
        with self.lock:
            if self.ground is not image.ground:
                self.places = _read(image)
                self.ground = image.ground
            return self.places


_index = _Index()
