"""Concerns as an OGC collection: of each reader those that they may see, in the form in which they may see them.

For whoever is nobody, or has no role that lists concerns, there is no such collection. What the direction reads across
sectors comes without anybody's words: a GIS program asks for no motive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.contrib.gis.geos import Polygon
from django.db.models import BooleanField, Case, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessLog
from accounts.permissions import may
from accounts.throttles import throttle
from incidents import features
from incidents.adding import Reporting
from incidents.deadlines import overdue_bound
from incidents.models import Incident, Position
from incidents.views.access import log_in_all, log_rows, territory_code
from incidents.views.listing import around, in_box
from incidents.workflow import OPEN
from ogcapi.collection import Collection, Field, Row
from ogcapi.expressions import TimeText
from sectors.collections import Communes, Reader

if TYPE_CHECKING:
    from django.http import HttpRequest

# Within this time a tile that is looked at again is the same look.
TILE_KEPT: Final = timedelta(hours=1)
REFERENCE_LENGTH: Final = 200


class Incidents(Collection):
    """The concerns that the reader may see."""

    id = "incidents"
    title = _("Concerns")
    description = _("The concerns that you may see: exactly where you answer for them, else to the street.")
    geometry, geometry_kind = "shown", "geometry-point"
    fid, fid_kind = "reference", "string"
    time = ("reported_at", "reported_at")
    fields = (
        Field("reference", "string", "reference", _("Reference")),
        Field("status", "string", "status", _("State")),
        Field("category", "string", "category__code", _("Nature")),
        Field("description", "string", "description", _("Description"), filtered=False),
        Field("outcome", "string", "outcome", _("How it was decided"), filtered=False),
        Field("reason", "string", "reason", _("Why this post"), filtered=False),
        Field("sector", "string", "sector__code", _("Sector")),
        Field("post", "string", "post__code", _("Post that answers")),
        Field("unit", "string", "unit__code", _("Service")),
        Field("partner", "string", "partner__code", _("Organisation")),
        Field("month", "string", "reported_at", _("Month"), filtered=False),
        Field("reported_at", "date-time", "reported_at", _("Reported"), filtered=False),
        Field("due_on", "date", "due_on", _("Answer due by")),
        Field("overdue", "boolean", "due_at", _("Late"), filtered=False),
        Field("updated_at", "date-time", "updated_at", _("Last change"), filtered=False),
        Field("suspended_until", "date", "due_on", _("Suspended until"), filtered=False),
        Field("supports", "integer", "support_count", _("Others concerned"), filtered=False),
        Field("position", "string", "reference", _("How precise the place is"), filtered=False),
    )

    in_tiles = ("reference", "status", "category", "overdue", "position")
    # Its extent is that of the territories, and somebody may report from anywhere.
    bounded = False
    # The rows lie in the order in which they were reported, which those who see in part are not told.
    tile_order = "reference"
    tile_group = "territory_id"
    colour: ClassVar[Any] = [
        "case", ["==", ["get", "overdue"], True], "#b3161b",
        ["match", ["get", "status"], ["repondue", "close", "non_retenue"], True, False], "#126b3f", "#b34000",
    ]  # fmt: skip

    writer = Reporting()

    def rows(self, reader: Any) -> QuerySet[Any] | None:
        """What `visible_to` says, and nothing beside it."""
        if not isinstance(reader, Reader) or not may(reader.scope.roles, "list"):
            return None
        return features.shown_to(reader.scope)

    def during(self, rows: QuerySet[Any], since: datetime | None, until: datetime | None) -> QuerySet[Any]:
        """When it was reported is told to those alone who see it in full."""
        return super().during(rows, since, until).filter(full=True)

    def within(self, rows: QuerySet[Any], boxes: Sequence[Polygon]) -> QuerySet[Any]:
        """Where the shown place lies in a box."""
        found = Q(pk__in=())
        for box in boxes:
            found |= in_box(box.extent, Q(full=True)) if box.srid == 4326 else Q(shown__intersects=box)
        return rows.filter(found)

    def across(self, rows: QuerySet[Any], area: Polygon) -> QuerySet[Any]:
        """By the index of the exact place, as far around as the street may be: the tile is cut by what is shown."""
        return rows.filter(location__bboverlaps=around(area))

    def told(self, field: Field) -> Q | None:
        """What a reader in part is not told cannot be asked about."""
        return None if field.name in features.IN_PART else Q(full=True)

    def sortable(self, field: Field) -> bool:
        """By what everybody is told who is told of a concern at all: an order would tell the rest."""
        return field.name in features.IN_PART and field.filtered

    def read(self, rows: QuerySet[Any], shape: Func, *, stream: bool = False) -> Iterator[Row]:
        """As `features` prints them everywhere else."""
        now, names = timezone.now(), [field.name for field in self.fields]
        zone = timezone.get_current_timezone()
        found: Any = features.columns(rows, shape)
        for row in found.iterator(chunk_size=2_000) if stream else found:
            reference, text, properties = features.told(row, now, zone=zone)
            told = {name: properties[name] for name in names}
            # What is carried away as a whole goes without what somebody wrote: for that, an export says why.
            yield Row(reference, text, told | {"description": None} if stream else told)

    def drawn(self, field: Field) -> Any:
        """As `features` prints it, and nobody's words: null for a reader who is not told."""
        if field.name not in _DRAWN:
            return None
        made = _DRAWN[field.name]
        known = F(field.column) if made is None else made()
        if field.name in features.IN_PART:
            return known
        told = Q(full=True) | Q(grouped=True) if field.name in features.IN_GROUP else Q(full=True)
        return Case(When(told, then=known))

    def extent(self, reader: Any) -> Any:
        """Of the territories that are served, whatever lies in them: it tells of no concern."""
        return Communes().extent(reader)

    def interval(self, reader: Any) -> tuple[datetime | None, datetime | None] | None:
        """Open at both ends: the first and the last would tell of concerns that are shown in part."""
        return None, None

    def on_stream(self, request: HttpRequest, reader: Any) -> None:
        """Counted as the exports of the pages are. Raises Throttled (429)."""
        throttle(request, "export", account=reader.user)

    def on_read(self, request: HttpRequest, reader: Any, fids: Sequence[object], asked: Mapping[str, str]) -> None:
        """The access log of each territory keeps who read which."""
        log_read(reader, [str(fid) for fid in fids], operation="incident.ogc", asked=urlencode(asked))

    def on_tile(self, request: HttpRequest, reader: Any, asked: str, told: int, groups: Sequence[Any]) -> None:
        """The access log of each territory keeps which tile was drawn: once an hour, however often it is looked at."""
        log_tile(reader, asked, told, groups)


def _late() -> Case:
    late = Q(status__in=sorted(OPEN), due_at__lte=overdue_bound(timezone.now()))
    return Case(When(late, then=True), default=False, output_field=BooleanField())


# What a tile may hold of a concern, as it would be told to somebody who sees it in full; None: as its column has it.
_DRAWN: Final[Mapping[str, Callable[[], Any] | None]] = {
    **dict.fromkeys(("reference", "status", "category", "sector", "post", "unit", "partner", "due_on", "supports")),
    "month": lambda: TimeText("reported_at", form="YYYY-MM", zone=timezone.get_current_timezone_name()),
    "reported_at": lambda: TimeText("reported_at"),
    "updated_at": lambda: TimeText("updated_at"),
    "overdue": _late,
    "position": lambda: Case(When(full=True, then=Value(str(Position.EXACT))), default=Value(str(Position.STREET))),
}


def log_read(reader: Reader, references: Sequence[str], *, operation: str, asked: str) -> None:
    """The access log of each territory keeps who read which of its concerns; the reader's own, that there were none."""
    rows = Incident.objects.filter(reference__in=references).values_list("territory_id", "reference")
    log_rows(rows, home=reader.scope.home, user=reader.user, operation=operation, reference=asked)


def log_tile(reader: Reader, asked: str, told: int, territories: Sequence[int]) -> None:
    """A row for the tile and each territory that has none yet of this reader's within `TILE_KEPT`; one query or two.

    It names the tile, which says where, and not what lay there: a window full of map is thirty tiles.
    """
    entry = {"operation": "incident.tile", "reference": asked[:REFERENCE_LENGTH]}
    # By the clock of the database, which dates the rows.
    known = set(
        AccessLog.objects.filter(user=reader.user, at__gt=Now() - TILE_KEPT, **entry).values_list(
            "territory", flat=True
        )
    )
    missing = [key for key in territories if territory_code(key) not in known]
    if missing:
        log_in_all(missing, user=reader.user, count=told if len(territories) == 1 else None, **entry)


COLLECTIONS = (Incidents(),)
