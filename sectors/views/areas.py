"""`/api/sectors/` and `/api/communes/`: the map as GeoJSON, now or at a moment. PostGIS prints, Python joins."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema

from accounts.authentication import authenticated
from accounts.endpoints import Endpoint
from accounts.throttles import throttle
from ogcapi.expressions import GeoJSONText
from ogcapi.geojson import feature, feature_collection, read_query
from sectors.models import Commune, Competence, Sector
from sectors.serializers import COMMUNE, SECTOR, CommuneFeature, SectorFeature
from sectors.views.asked import OPEN, read_limit, read_moment

CONTENT_TYPE: Final = "application/geo+json"
SECTOR_COLUMNS: Final = ("code", "name", "kind", "commune__code", "edition__code", "post__code", "post__unit__code")
_PARAMETERS: Final = [
    OpenApiParameter("at", str, description="A moment (RFC 3339), or a date meaning 00:00 in Paris."),
    OpenApiParameter("limit", int),
]


class _Areas(Endpoint):
    """Areas in force at a moment."""

    columns: tuple[str, ...]
    names: tuple[str, ...]
    # What GDAL and QGIS call the layer.
    title: str

    def rows(self, at: Any) -> QuerySet[Any]:
        """The areas, ordered, with the columns."""
        raise NotImplementedError

    def page(self, request: HttpRequest, code: str | None = None) -> HttpResponse:
        """All of them, or the one of this code; 404 where there is none."""
        throttle(request, "areas", account=authenticated(request))
        asked = read_query(request.GET, ("at",) if code else ("at", "limit"))
        rows = self.rows(read_moment(asked.get("at")) or timezone.now())
        if code is not None:
            rows = rows.filter(code=code)
        if "limit" in asked:
            rows = rows[: read_limit(asked["limit"], most=1_000_000)]
        written = [
            feature(row[1], row[0], dict(zip(self.names, row[1:], strict=True)))
            for row in rows.annotate(text=GeoJSONText("area")).values_list("text", *self.columns)
        ]
        if code is None:
            return _answer(request, feature_collection(written, name=self.title, numberReturned=len(written)))
        if not written:
            raise Http404
        return _answer(request, written[0])


class _Sectors(_Areas):
    columns, names, title = SECTOR_COLUMNS, SECTOR, "sectors"

    def rows(self, at: Any) -> QuerySet[Any]:
        return Sector.objects.in_force(at).order_by("edition__territory__rank", "pk")


class _Communes(_Areas):
    columns, names, title = COMMUNE, COMMUNE, "communes"

    def rows(self, at: Any) -> QuerySet[Any]:
        held = Competence.objects.in_force(at).filter(commune=OuterRef("pk"))
        return (
            Commune.objects.filter(territory__isnull=False)
            .annotate(competence=Subquery(held.values("force")[:1]), unit=Subquery(held.values("unit__code")[:1]))
            .order_by("code")
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
        """Every sector in force, unless `limit` is given."""
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
