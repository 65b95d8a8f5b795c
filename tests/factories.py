"""A territory drawn for one test in Brittany, far from the embedded one: every row of it is made here, by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyproj
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.contrib.gis.geos import MultiPolygon as StoredAreas
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from shapely.geometry import MultiPolygon, Polygon

from accounts.models import User
from sectors import atlas
from sectors.atlas.directory import HELD_BY_PEOPLE
from sectors.models import (
    BorderAgreement,
    Category,
    CategoryRule,
    Commune,
    Competence,
    Edition,
    Holding,
    Post,
    Sector,
    Territory,
    Unit,
)

WEST, SOUTH, STEP = -2.5, 48.2, 0.01
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_TO_METRES = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
_TO_DEGREES = pyproj.Transformer.from_crs(2154, 4326, always_xy=True)
Point = tuple[float, float]


def corner(i: float, j: float) -> Point:
    """(lon, lat) of a crossing of the grid: 0.01 degree a step, about 743 m eastwards and 1,112 m northwards."""
    return WEST + i * STEP, SOUTH + j * STEP


def square(i: float, j: float, wide: float = 1, high: float = 1) -> Polygon:
    """A cell of the grid; neighbours share their corners to the last bit."""
    (w, s), (e, n) = corner(i, j), corner(i + wide, j + high)
    return Polygon([(w, s), (e, s), (e, n), (w, n)])


def metres(lon: float, lat: float) -> Point:
    """(x, y) in EPSG:2154."""
    return _TO_METRES.transform(lon, lat)


def degrees(x: float, y: float) -> Point:
    """(lon, lat) of a place in EPSG:2154."""
    return _TO_DEGREES.transform(x, y)


def beside(point: Point, east_m: float = 0.0, north_m: float = 0.0) -> Point:
    """The point so many metres away on the ellipsoid."""
    geod = pyproj.Geod(ellps="GRS80")
    lon, lat, _ = geod.fwd(*point, 90 if east_m >= 0 else 270, abs(east_m))
    lon, lat, _ = geod.fwd(lon, lat, 0 if north_m >= 0 else 180, abs(north_m))
    return lon, lat


def geometry(shape: Any) -> StoredAreas:
    """For a model's field: polygons become multipolygons."""
    if shape.geom_type == "Polygon":
        shape = MultiPolygon([shape])
    stored = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326)
    assert isinstance(stored, StoredAreas)
    return stored


def since(start: datetime = LONG_AGO, end: datetime | None = None) -> DateTimeTZRange:
    """`[start, end)`."""
    return DateTimeTZRange(start, end, "[)")


@dataclass
class Land:
    """One territory and what was drawn in it; posts are by code."""

    territory: Territory
    unit: Unit
    edition: Edition
    posts: dict[str, Post] = field(default_factory=dict)

    def post(self, code: str, kind: str = "sector", **more: Any) -> Post:
        """The post of this code, made where it lacks; somebody holds it, until `held` or `vacate` says otherwise."""
        if code not in self.posts:
            labels = {"label_fr": f"Poste {code}", "label_en": f"Post {code}"}
            self.posts[code] = Post.objects.create(
                territory=self.territory, unit=self.unit, code=code, kind=kind, **labels | more
            )
            if kind in HELD_BY_PEOPLE:
                somebody, _ = User.objects.get_or_create(email=f"somebody@{self.territory.code}.example")
                Holding.objects.create(post=self.posts[code], user=somebody, validity=since())
        return self.posts[code]

    def vacate(self, code: str) -> Post:
        """The post of this code, held by nobody."""
        Holding.objects.filter(post=self.post(code)).delete()
        return self.posts[code]

    def sector(self, code: str, shape: Any, *, priority: int = 100, edition: Edition | None = None) -> Sector:
        """A sector answered for by the post of the same code."""
        return Sector.objects.create(
            edition=edition or self.edition,
            code=code,
            name=f"Secteur {code}",
            kind="city_centre",
            post=self.post(code),
            priority=priority,
            area=geometry(shape),
        )

    def commune(self, code: str, shape: Any, force: str | None = "PN", *, served: bool = True) -> Commune:
        """A commune whose competence is `force` (None: not known), answered for by the desk `desk-<code>`."""
        commune = Commune.objects.create(
            code=code,
            name=f"Commune {code}",
            department=code[:2],
            territory=self.territory if served else None,
            area=geometry(shape),
        )
        if force:
            post = self.post(f"desk-{code}", "desk" if force == "PN" else "gendarmerie")
            Competence.objects.create(commune=commune, force=force, unit=self.unit, post=post, validity=since())
        return commune

    def agreement(self, code: str, sector_code: str, shape: Any, reach_m: float = 0.0, **dates: Any) -> BorderAgreement:
        """A border agreement, for ever unless `start` and `end` say otherwise."""
        reasons = {"reason_fr": f"Raison {code}", "reason_en": f"Reason {code}"}
        return BorderAgreement.objects.create(
            territory=self.territory,
            code=code,
            sector_code=sector_code,
            location=GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326),
            reach_m=reach_m,
            validity=since(**dates),
            **reasons,
        )

    def rule(self, category: str, post: Post, commune: Commune | None = None) -> CategoryRule:
        """A category of this territory and a rule that sends it to this post."""
        row, _ = Category.objects.get_or_create(
            territory=self.territory,
            code=category,
            defaults={"family": "f", "family_fr": "F", "family_en": "F", "label_fr": category, "label_en": category},
        )
        return CategoryRule.objects.create(
            territory=self.territory, category=row, commune=commune, post=post, reason_fr="Règle", reason_en="Rule"
        )

    def held(self, code: str, user: User, *, stand_in: bool = False, **dates: Any) -> Holding:
        """This person holds this post, for ever unless `start` and `end` say otherwise."""
        self.post(code).holdings.filter(user__email__startswith="somebody@").delete()
        return Holding.objects.create(post=self.posts[code], user=user, validity=since(**dates), stand_in=stand_in)


def land(code: str = "bzh", *, rank: int = 50, tolerance_m: float = 25.0, **more: Any) -> Land:
    """A territory with one edition in force since 2020 and a triage post, and nothing drawn in it yet."""
    territory = Territory.objects.create(
        code=code, name_fr=code, name_en=code, rank=rank, tolerance_m=tolerance_m, policy_version="t-1", **more
    )
    unit = Unit.objects.create(territory=territory, code=f"unit-{code}", name=f"Unité {code}", force="PN")
    made = Land(territory, unit, Edition.objects.create(territory=territory, code=f"{code}-1", validity=since()))
    territory.triage_post = made.post(f"triage-{code}", "triage")
    territory.save(update_fields=["triage_post"])
    atlas.forget()
    return made


def person(email: str, name: str = "") -> User:
    """An account without a password."""
    return User.objects.create_user(email, None, name=name)


def many(*shapes: Polygon) -> MultiPolygon:
    """One area of several parts."""
    return MultiPolygon(shapes)
