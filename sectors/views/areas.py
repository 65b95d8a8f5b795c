"""`/api/sectors/` and `/api/communes/`: the map as GeoJSON, now or at a moment. PostGIS prints, Python joins."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema

from accounts.authentication import authenticated
from accounts.endpoints import Endpoint
from accounts.throttles import throttle
from ogcapi.expressions import GeoJSONText
from ogcapi.geojson import FieldError, Refused, feature, feature_collection, read_query
from sectors.models import Commune, Competence, Sector
from sectors.serializers import COMMUNE, SECTOR, CommuneFeature, SectorFeature
from sectors.views.asked import AT, OPEN, read_limit, read_moment

CONTENT_TYPE: Final = "application/geo+json"
SECTOR_COLUMNS: Final = ("code", "name", "kind", "commune__code", "edition__code", "post__code", "post__unit__code")
_PARAMETERS: Final = [
    OpenApiParameter("at", str, description=AT),
    OpenApiParameter("limit", int, description="At most so many, with a link to the next."),
    OpenApiParameter("cursor", str, description="From a link: those after the last page."),
]


class _Areas(Endpoint):
    """Areas in force at a moment."""

    # What the rows are ordered by, and the columns that name a row in a cursor.
    order: tuple[str, ...]
    marks: tuple[str, ...]
    columns: tuple[str, ...]
    names: tuple[str, ...]
    # What GDAL and QGIS call the layer.
    title: str

    def rows(self, at: Any) -> QuerySet[Any]:
        """The areas with the columns."""
        raise NotImplementedError

    def page(self, request: HttpRequest, code: str | None = None) -> HttpResponse:
        """All of them, or the one of this code; 404 where there is none."""
        throttle(request, "areas", account=authenticated(request))
        asked = read_query(request.GET, ("at",) if code else ("at", "limit", "cursor"))
        rows = self.rows(read_moment(asked.get("at")) or timezone.now()).order_by(*self.order)
        if code is not None:
            rows = rows.filter(code=code)
        if "cursor" in asked:
            rows = self._after(rows, asked["cursor"])
        limit = read_limit(asked["limit"], most=1_000_000) if "limit" in asked else None
        found = list(
            rows.annotate(text=GeoJSONText("area")).values_list("text", *self.columns, *self.marks)[
                : None if limit is None else limit + 1
            ]
        )
        written = [feature(row[1], row[0], dict(zip(self.names, row[1:], strict=False))) for row in found[:limit]]
        if code is None:
            links = []
            if limit is not None and len(found) > limit:
                last = ":".join(str(mark) for mark in found[limit - 1][-len(self.marks) :])
                href = request.build_absolute_uri(f"{request.path}?{urlencode({**asked, 'cursor': last})}")
                links.append({"rel": "next", "type": CONTENT_TYPE, "href": href})
            body = feature_collection(written, links=links, name=self.title, numberReturned=len(written))
            return _answer(request, body)
        if not written:
            raise Http404
        return _answer(request, written[0])

    def _after(self, rows: QuerySet[Any], cursor: str) -> QuerySet[Any]:
        """The rows after the one that the cursor names. Refused: wrong_cursor."""
        last = rows.filter(**dict(zip(self.marks, cursor.split(":"), strict=False))).values_list(*self.order).first()
        if last is None or cursor.count(":") != len(self.marks) - 1:
            raise Refused([FieldError("cursor", "wrong_cursor", _("This cursor is none of ours."))])
        later, same = Q(), Q()
        for name, value in zip(self.order, last, strict=True):
            later |= same & Q(**{f"{name}__gt": value})
            same &= Q(**{name: value})
        return rows.filter(later)


class _Sectors(_Areas):
    order, marks = ("edition__territory__rank", "pk"), ("edition__code", "code")
    columns, names, title = SECTOR_COLUMNS, SECTOR, "sectors"

    def rows(self, at: Any) -> QuerySet[Any]:
        return Sector.objects.in_force(at)


class _Communes(_Areas):
    order, marks = ("code",), ("code",)
    columns, names, title = COMMUNE, COMMUNE, "communes"

    def rows(self, at: Any) -> QuerySet[Any]:
        held = Competence.objects.in_force(at).filter(commune=OuterRef("pk"))
        return Commune.objects.filter(territory__isnull=False).annotate(
            competence=Subquery(held.values("force")[:1]), unit=Subquery(held.values("unit__code")[:1])
        )


class SectorsView(_Sectors):
    """The sectors in force."""

    @extend_schema(
        operation_id="listSectors",
        parameters=_PARAMETERS,
        responses={(200, CONTENT_TYPE): SectorFeature(many=True)},  # type: ignore[no-untyped-call]
        auth=OPEN,
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        """Every sector in force, unless `limit` is given; then a link leads to the next."""
        return self.page(request)


class SectorView(_Sectors):
    """One sector."""

    @extend_schema(
        operation_id="readSector", parameters=_PARAMETERS[:1], responses={(200, CONTENT_TYPE): SectorFeature}, auth=OPEN
    )
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """The sector of this code in force."""
        return self.page(request, code)


class CommunesView(_Communes):
    """The communes served."""

    @extend_schema(
        operation_id="listCommunes",
        parameters=_PARAMETERS,
        responses={(200, CONTENT_TYPE): CommuneFeature(many=True)},  # type: ignore[no-untyped-call]
        auth=OPEN,
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        """Every commune of the territories, with who is competent there."""
        return self.page(request)


class CommuneView(_Communes):
    """One commune."""

    @extend_schema(
        operation_id="readCommune",
        parameters=_PARAMETERS[:1],
        responses={(200, CONTENT_TYPE): CommuneFeature},
        auth=OPEN,
    )
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """The commune of this INSEE code."""
        return self.page(request, code)


def _answer(request: HttpRequest, body: bytes) -> HttpResponse:
    """The body with its ETag, or 304 where the client has it already."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type=CONTENT_TYPE, headers=headers)
