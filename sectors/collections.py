"""The map as OGC collections: sectors, communes and editions, for anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.gis.db.models import Union
from django.db.models import F, FilteredRelation, Func, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ogcapi.collection import Collection, Field, Row
from sectors.models import Commune, Competence, Edition, Sector


class Sectors(Collection):
    """The sectors of every edition that has dates; where no time is asked about, those in force."""

    id = "sectors"
    title = _("Sectors")
    description = _("Who answers for a place in neighbourhood policing: its sector, its post and its service.")
    geometry, geometry_kind = "area", "geometry-multipolygon"
    time = ("edition__validity__startswith", "edition__validity__endswith")
    fields = (
        Field("code", "string", "code", _("Code")),
        Field("name", "string", "name", _("Name")),
        Field("kind", "string", "kind", _("Kind")),
        Field("commune", "string", "commune__code", _("INSEE code of the commune")),
        Field("edition", "string", "edition__code", _("Edition")),
        Field("territory", "string", "edition__territory__code", _("Territory")),
        Field("post", "string", "post__code", _("Post that answers")),
        Field("unit", "string", "post__unit__code", _("Service")),
        Field("valid_from", "date-time", "edition__validity__startswith", _("In force from"), filtered=False),
        Field("valid_to", "date-time", "edition__validity__endswith", _("In force until"), filtered=False),
    )
    in_tiles = ("code", "name", "kind", "commune", "post", "unit")
    # The colours that the map of the pages has for each kind.
    colour: ClassVar[Any] = [
        "match", ["get", "kind"],
        "city_centre", "#8a3d00", "economic", "#0b5a63", "dense_housing", "#5c2f86", "#3d4b53",
    ]  # fmt: skip

    def rows(self, reader: Any) -> QuerySet[Any]:
        """A draft has no dates and is nobody's to see."""
        return Sector.objects.filter(edition__validity__isnull=False)

    def standing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those in force now."""
        return rows.filter(edition__validity__contains=timezone.now())


class Communes(Collection):
    """The communes of the territories, with who is competent there today."""

    id = "communes"
    title = _("Communes")
    description = _("The communes served, and whether police or gendarmerie is competent in them.")
    geometry, geometry_kind = "area", "geometry-multipolygon"
    fid, fid_kind = "code", "string"
    fields = (
        Field("code", "string", "code", _("INSEE code")),
        Field("name", "string", "name", _("Name")),
        Field("territory", "string", "territory__code", _("Territory")),
        Field("competence", "string", "competence", _("Competent force")),
        Field("unit", "string", "unit", _("Service")),
    )
    in_tiles = ("code", "name", "competence")
    colour: ClassVar[Any] = ["match", ["get", "competence"], "PN", "#10384f", "#56646b"]

    def rows(self, reader: Any) -> QuerySet[Any]:
        """Anybody's."""
        held = Competence.objects.in_force(timezone.now()).filter(commune=OuterRef("pk"))
        return Commune.objects.filter(territory__isnull=False).annotate(
            competence=Subquery(held.values("force")[:1]), unit=Subquery(held.values("unit__code")[:1])
        )

    def read(self, rows: QuerySet[Any], shape: Func, *, stream: bool = False) -> Iterator[Row]:
        """Of a commune one competence holds at a moment: to be told, it is joined, and not looked up for each."""
        held = FilteredRelation("competences", condition=Q(competences__validity__contains=timezone.now()))
        joined: Any = rows.annotate(held=held, competence=F("held__force"), unit=F("held__unit__code"))
        return super().read(joined, shape, stream=stream)


class Editions(Collection):
    """The editions of the map, each with the area that its sectors cover together."""

    id = "editions"
    title = _("Editions")
    description = _("The dated editions of the map of sectors; at every moment one is in force in a territory.")
    geometry, geometry_kind = "covered", "geometry-multipolygon"
    fid, fid_kind = "code", "string"
    time = ("validity__startswith", "validity__endswith")
    fields = (
        Field("code", "string", "code", _("Code")),
        Field("territory", "string", "territory__code", _("Territory")),
        Field("valid_from", "date-time", "validity__startswith", _("In force from"), filtered=False),
        Field("valid_to", "date-time", "validity__endswith", _("In force until"), filtered=False),
    )
    # The area of an edition is made when somebody asks, of all its sectors: a tile of those is what a map draws.
    tiles = False

    def rows(self, reader: Any) -> QuerySet[Any]:
        """Those with dates."""
        covered = Sector.objects.filter(edition=OuterRef("pk")).order_by().values("edition")
        rows: QuerySet[Any] = Edition.objects.filter(validity__isnull=False)
        seen: QuerySet[Any] = rows.annotate(covered=Subquery(covered.annotate(all=Union("area")).values("all")))
        return seen


COLLECTIONS = (Sectors(), Communes(), Editions())
