"""The map as OGC collections: sectors, communes, editions, border agreements, citizen watch, for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.contrib.gis.db.models import GeometryField, Union
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import Polygon
from django.db.models import (
    Case,
    DateField,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ogcapi.collection import Collection, Field
from sectors import standing
from sectors.models import BorderAgreement, CitizenWatch, CitizenWatchState, Commune, Competence, Edition, Sector
from sectors.models.checks import METRIC_SRID

if TYPE_CHECKING:
    from accounts.models import User
    from sectors.scope import Scope


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has signed in, and what they cover."""

    user: User
    scope: Scope


class OfTheMap(Collection):
    """What the map says to anybody, which changes with it alone."""

    def state(self) -> str:
        """That of the map."""
        return standing.state()


class Sectors(OfTheMap):
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


class Communes(OfTheMap):
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
        return Commune.objects.filter(territory__isnull=False)

    def asked_about(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Looked up for each: to count the rows, or to put them in order, nothing else is to be joined to them."""
        held = Competence.objects.in_force(timezone.now()).filter(commune=OuterRef("pk"))
        seen: QuerySet[Any] = rows.annotate(
            competence=Subquery(held.values("force")[:1]), unit=Subquery(held.values("unit__code")[:1])
        )
        return seen

    def joined(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of a commune one competence holds at a moment: to be told, it is joined, and not looked up for each."""
        held = FilteredRelation("competences", condition=Q(competences__validity__contains=timezone.now()))
        joined: QuerySet[Any] = rows.annotate(held=held, competence=F("held__force"), unit=F("held__unit__code"))
        return joined


class Editions(OfTheMap):
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

    def rows(self, reader: Any) -> QuerySet[Any]:
        """Those with dates."""
        return _covered(Edition.objects.filter(validity__isnull=False))

    def extent(self, reader: Any) -> Any:
        """That of their sectors, which are not put together for it."""
        return Sectors().extent(reader)

    def across(self, rows: QuerySet[Any], area: Polygon) -> QuerySet[Any]:
        """With the sectors around the tile alone: what they cover together is made when somebody asks."""
        return _covered(rows, area__bboverlaps=area).filter(covered__isnull=False)


def _covered(rows: QuerySet[Any], **near: Any) -> QuerySet[Any]:
    """The editions with what their sectors cover together, or those of their sectors alone that lie near."""
    covered = Sector.objects.filter(edition=OuterRef("pk"), **near).order_by().values("edition")
    seen: QuerySet[Any] = rows.annotate(covered=Subquery(covered.annotate(all=Union("area")).values("all")))
    return seen


_degrees, _metres = GeometryField(srid=4326), GeometryField(srid=METRIC_SRID)


class BorderAgreements(OfTheMap):
    """Where one sector answers whatever its limits say; where no time is asked about, what holds now."""

    id = "border-agreements"
    title = _("Border agreements")
    description = _(
        "Where one sector answers whatever the limits say, and why: small areas, and lines as wide as they reach."
    )
    geometry, geometry_kind = "held", "geometry-multipolygon"
    fid, fid_kind = "code", "string"
    time = ("validity__startswith", "validity__endswith")
    fields = (
        Field("code", "string", "code", _("Code")),
        Field("territory", "string", "territory__code", _("Territory")),
        Field("sector", "string", "sector_code", _("Sector that answers")),
        Field("reach_m", "number", "reach_m", _("How far a line reaches on each side, in metres")),
        Field("reason", "string", "reason", _("Reason"), filtered=False),
        Field("valid_from", "date-time", "validity__startswith", _("In force from"), filtered=False),
        Field("valid_to", "date-time", "validity__endswith", _("In force until"), filtered=False),
    )
    in_tiles = ("code", "sector", "reason")
    colour: ClassVar[Any] = "#8a1c5e"

    def rows(self, reader: Any) -> QuerySet[Any]:
        """Anybody's, with the reason in the reader's language.

        A layer of lines and areas together is drawn by no GIS program: all are areas here.
        """
        told = "reason_fr" if (get_language() or "fr").startswith("fr") else "reason_en"
        rows = BorderAgreement.objects.annotate(
            reason=F(told), breadth=Func("location", function="ST_Dimension", output_field=IntegerField())
        )
        # Without a reach a line is as good as never met, but to be seen it has a breadth.
        wide = Func("location_m", Greatest("reach_m", Value(0.5)), function="ST_Buffer", output_field=_metres)
        held = Case(When(reach_m=0, breadth=2, then="location"), default=Transform(wide, 4326), output_field=_degrees)
        seen: QuerySet[Any] = rows.annotate(held=Func(held, function="ST_Multi", output_field=_degrees))
        return seen

    def standing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those in force now."""
        return rows.filter(validity__contains=timezone.now())


# A protocol renewed in silence ends a term later each time; without a day of signing nobody knows.
_ENDS: Final = (
    "(signed_on + make_interval(years => years * (1 + CASE WHEN tacit"
    " THEN greatest(0, extract(year FROM age(%(expressions)s::date, signed_on))::int / years) ELSE 0 END)))::date"
)


class CitizenWatches(Collection):
    """The citizen-watch protocols, once they are signed: where, until when, and how many take part, never who."""

    id = "citizen-watch"
    title = _("Citizen watch")
    description = _("The communes with a citizen-watch protocol, its state, its days, and the number of volunteers.")
    geometry, geometry_kind = "perimeter", "geometry-multipolygon"
    fid, fid_kind = "code", "string"
    fields = (
        Field("code", "string", "code", _("Code")),
        Field("commune", "string", "commune__code", _("INSEE code of the commune")),
        Field("name", "string", "commune__name", _("Commune")),
        Field("territory", "string", "territory__code", _("Territory")),
        Field("state", "string", "state", _("State of the protocol")),
        Field("signed_on", "date", "signed_on", _("Signed on")),
        Field("years", "integer", "years", _("For how many years")),
        Field("tacit", "boolean", "tacit", _("Renewed tacitly")),
        Field("ends_on", "date", "ends_on", _("End of the present term"), filtered=False),
        Field("review_on", "date", "review_on", _("Next review on")),
        Field("volunteers", "integer", "told", _("Number of volunteers, from five on"), filtered=False),
    )
    in_tiles = ("code", "name", "state")
    colour: ClassVar[Any] = "#1f6b3a"
    # Public figures hide counts under five; of so few volunteers somebody would be known.
    fewest_told: ClassVar[int] = 5

    def rows(self, reader: Any) -> QuerySet[Any]:
        """Anybody's, but for those that are not signed yet."""
        rows = CitizenWatch.objects.told()
        seen: QuerySet[Any] = rows.annotate(
            perimeter=Coalesce("area", "commune__area", output_field=_degrees),
            # One that is closed has no present term.
            ends_on=Case(
                When(
                    ~Q(state=CitizenWatchState.CLOSED),
                    then=Func(Value(timezone.localdate()), template=_ENDS, output_field=DateField()),
                ),
                output_field=DateField(),
            ),
            told=Case(When(volunteers__gte=self.fewest_told, then="volunteers"), output_field=IntegerField()),
        )
        return seen


COLLECTIONS = (Sectors(), Communes(), Editions(), BorderAgreements(), CitizenWatches())
