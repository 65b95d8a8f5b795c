"""The sectors of the drafts as an OGC collection that is written: how a GIS program draws a new map.

For whoever draws no map there is no such collection. `version` is the number of the draft at which a sector was last
drawn. A change names what its author saw, by If-Match or by that number in the feature it sends: a program that sends
every property it was told (QGIS does) overwrites nothing that somebody else drew meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.throttles import throttle
from ogcapi.collection import Collection, Field
from ogcapi.geojson import FieldError, Refused
from ogcapi.writing import Created, Given, Writer
from sectors.changes import drawing
from sectors.changes.drawing import Drawn
from sectors.collections import Reader, Sectors
from sectors.models import Edition, Sector

if TYPE_CHECKING:
    from types import UnionType

    from django.http import HttpRequest


class Drawing(Writer):
    """Each change is a step of the draft, which is undone as every other."""

    properties: ClassVar[Mapping[str, type | UnionType]] = {
        "edition": str | None,
        "code": str,
        "name": str,
        "kind": str,
        "commune": str | None,
        "post": str,
        "priority": int | None,
        "source": str | None,
        "version": int | None,
    }
    required = ("code", "name", "kind", "post")

    def methods(self, reader: Any) -> tuple[str, ...]:
        """All of them: the collection is there for those alone who draw."""
        return ("POST", "PUT", "DELETE")

    def hold(self, reader: Any, fid: int | str) -> None:
        """The draft, which every change of a sector of it locks first."""
        list(Edition.objects.select_for_update(of=("self",)).filter(sectors=fid).values_list("pk"))

    def create(self, request: HttpRequest, reader: Any, given: Given) -> Created:
        """The new sector of the draft that it names, of the only one where it names none."""
        throttle(request, "draw", account=reader.user)
        made = drawing.add(
            by=reader.user, edition=_draft(reader, given), drawn=_drawn(given), at=timezone.now()
        )  # fmt: skip
        return Created(made.pk)

    def replace(self, request: HttpRequest, reader: Any, fid: int | str, given: Given, *, matched: bool) -> None:
        """The sector as it was sent. Refused: 409 `changed_meanwhile`, `another_draft`; 428 where nothing was seen."""
        throttle(request, "draw", account=reader.user)
        row = Sector.objects.select_related("edition").only("version", "edition__code", "edition__number").get(pk=fid)
        if given.properties.get("edition") not in {None, row.edition.code}:
            message = _("A sector stays in its draft.")
            raise Refused([FieldError("properties.edition", "another_draft", message)], status=409)
        seen = row.edition.number if matched else given.properties.get("version")
        if seen is None:
            message = _("Send If-Match, or the version of the sector that you saw.")
            raise Refused([FieldError("properties.version", "precondition_required", message)], status=428)
        drawing.replace(
            by=reader.user, sector=row.pk, drawn=_drawn(given), seen=seen, at=timezone.now(), by_others=not matched
        )

    def delete(self, request: HttpRequest, reader: Any, fid: int | str) -> None:
        """The draft has the sector no more; undone, it is back under its number."""
        throttle(request, "draw", account=reader.user)
        drawing.remove(by=reader.user, sector=int(fid), seen=None, at=timezone.now())


class DraftSectors(Collection):
    """The sectors of the drafts of the territories whose map the reader draws."""

    id = "draft-sectors"
    title = _("Sectors of drafts")
    description = _("The sectors of the editions that are being drawn; what is changed here decides nothing yet.")
    geometry, geometry_kind = "area", "geometry-multipolygon"
    fields = (
        Field("edition", "string", "edition__code", _("Draft")),
        Field("code", "string", "code", _("Code")),
        Field("name", "string", "name", _("Name")),
        Field("kind", "string", "kind", _("Kind")),
        Field("commune", "string", "commune__code", _("INSEE code of the commune")),
        Field("post", "string", "post__code", _("Post that answers")),
        Field("priority", "integer", "priority", _("Priority")),
        Field("source", "string", "source", _("Source")),
        Field("version", "integer", "version", _("Version of the draft when it was last drawn")),
    )
    in_tiles = ("edition", "code", "name", "kind", "post")
    colour: ClassVar[Any] = Sectors.colour
    writer = Drawing()

    def rows(self, reader: Any) -> QuerySet[Any] | None:
        """Those of the territories where this reader draws; of an edition with dates none."""
        if not isinstance(reader, Reader) or not (drawn := reader.scope.over("draw_edition")):
            return None
        return Sector.objects.filter(edition__in=Edition.objects.drafts().filter(territory__in=drawn))

    def as_of(self, reader: Any) -> str:
        """The last change of a draft: a file of them is of that moment."""
        drafts = Edition.objects.drafts().filter(territory__in=reader.scope.over("draw_edition"))
        return str(drafts.aggregate(last=Max("updated_at"))["last"])


def _draft(reader: Reader, given: Given) -> int:
    """The key of the draft that a new sector names. Refused (422): `unknown_draft`, `draft_required`."""
    drafts = Edition.objects.drafts().filter(territory__in=reader.scope.over("draw_edition"))
    code = given.properties.get("edition")
    found = list((drafts if code is None else drafts.filter(code=code)).values_list("pk", flat=True)[:2])
    if len(found) == 1:
        return int(found[0])
    why, message = _NO_DRAFT[code is None and bool(found)]
    raise Refused([FieldError("properties.edition", why, message)], status=422)


_NO_DRAFT: Final[dict[bool, tuple[str, Any]]] = {
    True: ("draft_required", _("There are several drafts: say in which one.")),
    False: ("unknown_draft", _("There is no such draft; begin one first.")),
}


def _drawn(given: Given) -> Drawn:
    told = given.properties
    return Drawn(
        code=told["code"], name=told["name"], kind=told["kind"], post=told["post"], area=bytes(given.geometry.wkb),
        commune=told.get("commune") or "", priority=100 if told.get("priority") is None else told["priority"],
        source=told.get("source") or "",
    )  # fmt: skip


COLLECTIONS = (DraftSectors(),)
