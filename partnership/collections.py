"""Problems as an OGC collection: of each reader those that they may see, their extent as the geometry.

For whoever is nobody, or sees no problem by any role, there is no such collection. What the direction reads across the
groups comes without anybody's words: a GIS program asks for no motive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Func, Q, QuerySet
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.permissions import may
from accounts.throttles import throttle
from incidents.views.access import log_rows
from ogcapi.collection import Collection, Field, Row
from partnership import features
from partnership.models import Problem
from sectors.collections import Reader

if TYPE_CHECKING:
    from django.http import HttpRequest


class Problems(Collection):
    """The problems that the reader may see."""

    id = "problems"
    title = _("Problems")
    description = _("The problems of the groups that you may see, with the extent that was drawn.")
    geometry, geometry_kind = "extent", "geometry-multipolygon"
    fid, fid_kind = "reference", "string"
    fields = (
        Field("reference", "string", "reference", _("Reference")),
        Field("status", "string", "state", _("State")),
        Field("result", "string", "result", _("Result")),
        Field("family", "string", "family", _("Family of natures")),
        Field("severity", "string", "severity", _("Severity")),
        Field("recurrence", "string", "recurrence", _("Recurrence")),
        Field("post", "string", "post__code", _("Post that answers")),
        Field("commune", "string", "commune__code", _("Commune")),
        Field("title", "string", "title", _("Title"), filtered=False),
        Field("proposed_at", "date-time", "proposed_at", _("Proposed"), filtered=False),
        Field("due_on", "date", "due_on", _("Answer due by")),
        Field("overdue", "boolean", "due_at", _("Late"), filtered=False),
        Field("concerns", "integer", "pk", _("Concerns"), filtered=False),
        Field("closed_at", "date-time", "closed_at", _("Closed"), filtered=False),
        Field("updated_at", "date-time", "updated_at", _("Last change"), filtered=False),
    )
    # A tile would hold the whole of an extent over and over; there are few problems, and items carry them.
    tiles = False
    colour = "#6a4a00"

    def rows(self, reader: Any) -> QuerySet[Any] | None:
        """What `visible_to` says, and nothing beside it."""
        if not isinstance(reader, Reader) or not may(reader.scope.roles, "see_problem"):
            return None
        return features.shown_to(reader.scope)

    def told(self, field: Field) -> Q | None:
        """What a reader in part is not told cannot be asked about."""
        return None if field.name in features.IN_PART else Q(full=True)

    def sortable(self, field: Field) -> bool:
        """By what everybody is told who sees a problem at all: an order would tell the rest."""
        return field.name in features.IN_PART and field.filtered

    def read(self, rows: QuerySet[Any], shape: Func, *, stream: bool = False) -> Iterator[Row]:
        """As `features` prints them everywhere else."""
        now, names = timezone.now(), [field.name for field in self.fields]
        found: Any = rows.annotate(shape=shape).values("shape", *features.COLUMNS)
        for row in found.iterator(chunk_size=2_000) if stream else found:
            properties = features.told(row, now)
            kept = {name: properties[name] for name in names}
            # What is carried away as a whole goes without what somebody wrote.
            yield Row(row["reference"], row["shape"], kept | {"title": None} if stream else kept)

    def on_stream(self, request: HttpRequest, reader: Any) -> None:
        """Counted as the exports of the pages are. Raises Throttled (429)."""
        throttle(request, "export", account=reader.user)

    def on_read(self, request: HttpRequest, reader: Any, fids: Sequence[object], asked: Mapping[str, str]) -> None:
        """The access log of each territory keeps who read which."""
        log_read(reader, [str(fid) for fid in fids], operation="problem.ogc", asked=urlencode(asked))


def log_read(reader: Reader, references: Sequence[str], *, operation: str, asked: str) -> None:
    """The access log of each territory keeps who read which of its problems; the reader's own, that there were none."""
    rows = Problem.objects.filter(reference__in=references).values_list("territory_id", "reference")
    log_rows(
        rows, home=reader.scope.home, kind="problem", user=reader.user, operation=operation, reference=asked
    )  # fmt: skip


COLLECTIONS = (Problems(),)
