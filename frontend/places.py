"""Places people know by name: communes, sectors and public places of the territory, searched in memory."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

import shapely
from django.utils.translation import gettext as _

from frontend import words
from sectors import atlas
from sectors.atlas import Atlas
from sectors.models import PublicPlace

MOST: Final = 8
LONGEST: Final = 80
_RANK: Final = {"place": 0, "sector": 1, "commune": 2}
_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A named point: `kind` is commune, sector or place; `detail` is a sector's kind or a commune's code."""

    name: str
    kind: str
    detail: str
    lon: float
    lat: float
    folded: tuple[str, ...]

    @property
    def kind_word(self) -> str:
        """What it is, in the active language."""
        if self.kind == "commune":
            return _("commune")
        return _("sector") if self.kind == "sector" else _("public place")


def fold(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return tuple(_WORD.findall(plain))


def search(text: str) -> list[Place]:
    """At most eight places each of whose asked words begins one of its own; exact names and short names first."""
    asked = fold(text[:LONGEST])
    if not asked:
        return []
    found = [place for place in _index.of(atlas.current()) if _fits(asked, place.folded)]
    found.sort(key=lambda place: (place.folded != asked, place.folded[0] != asked[0], _RANK[place.kind], place.name))
    return found[:MOST]


def _fits(asked: tuple[str, ...], own: tuple[str, ...]) -> bool:
    return all(any(word.startswith(start) for word in own) for start in asked)


def _read(image: Atlas) -> list[Place]:
    """Every place of this image; one query, for the public places."""
    directory, ground = image.directory, image.ground
    places = [
        Place(row["name"], "place", "", row["location"].x, row["location"].y, fold(row["name"]))
        for row in PublicPlace.objects.values("name", "location")
    ]
    for key, area in zip(ground.sectors.keys, ground.sectors.areas, strict=True):
        card = directory.sectors[key]
        places.append(_inside(card.name, "sector", words.kind(card.kind), area))
    for key, area in zip(ground.communes.keys, ground.communes.areas, strict=True):
        commune = directory.communes[key]
        if commune.territory_id is not None:
            places.append(_inside(commune.name, "commune", commune.code, area))
    return [place for place in places if place.folded]


def _inside(name: str, kind: str, detail: str, area: Any) -> Place:
    point = shapely.point_on_surface(area)
    return Place(name, kind, detail, round(point.x, 6), round(point.y, 6), fold(name))


class _Index:
    """The places of the last image asked for, in this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ground: object = None
        self.places: list[Place] = []

    def of(self, image: Atlas) -> list[Place]:
        with self.lock:
            if self.ground is not image.ground:
                self.places = _read(image)
                self.ground = image.ground
            return self.places


_index = _Index()
