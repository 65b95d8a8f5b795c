"""`/api/incidents/`: report a concern, list those one may see."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry, LineString, Point, Polygon
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema

from accounts.endpoints import Endpoint
from accounts.models import User
from accounts.permissions import may
from accounts.throttles import throttle
from incidents import changes, features
from incidents.models import Incident, ReceivedVia
from incidents.models.visibility import seen_in_full
from incidents.refusals import warnings
from incidents.reporters import on_behalf, partner_for
from incidents.schema import INCIDENT, INCIDENTS, MOTIVE, REPORT
from incidents.views.access import log_rows, motive_of, reader
from incidents.views.reading import GEOJSON, ReportRead, body_of, read_key, read_report
from incidents.workflow import Status
from ogcapi.geojson import FieldError, Refused, feature_collection, read_bbox, read_query
from sectors import atlas
from sectors.locating import referent
from sectors.scope import Scope
from sectors.views.asked import read_category, read_limit, read_moment

PARAMETERS: Final = ("status", "sector", "category", "overdue", "bbox", "since", "limit", "cursor")
USUAL_LIMIT, MOST_LIMIT = 100, 1000
CONTENT_TYPE: Final = "application/geo+json"
# A place in the order: the reference of the last row, which its reader knows, and no key, whose steps would count what
# others report. Signed so that it cannot be made, it holds whatever becomes of the concern it was taken from.
# In degrees, up to the 70th parallel, beyond which the street is a step of less.
_STREET: Final = 0.001
_CURSOR: Final = Signer(salt="incidents.cursor")


class IncidentsView(Endpoint):
    """The concerns that the account may see; a new one."""

    @extend_schema(
        operation_id="listIncidents",
        parameters=[*(OpenApiParameter(name, str) for name in PARAMETERS), MOTIVE],
        responses={(200, CONTENT_TYPE): INCIDENTS},
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        """A page of concerns, the latest first, with a link to the next. The direction says why it reads the words."""
        user, scope = reader(request)
        if not may(scope.roles, "list"):
            raise PermissionDenied
        motive, asked = motive_of(request, *PARAMETERS)
        limit = read_limit(asked.get("limit", str(USUAL_LIMIT)), most=MOST_LIMIT)
        queryset = filtered(features.shown_to(scope), asked, scope).order_by("-pk")
        found = features.rows(queryset[: limit + 1])
        now = timezone.now()
        written = [features.written(row, now, motive=motive) for row in found[:limit]]
        territories, references = (
            [row[features.COLUMNS.index(name)] for row in found[:limit]] for name in ("territory_id", "reference")
        )
        links = [{"rel": "self", "type": CONTENT_TYPE, "href": request.build_absolute_uri()}]
        if len(found) > limit:
            given = {"motive": motive} if "motive" in request.GET else {}
            query = urlencode({**asked, **given, "limit": str(limit), "cursor": _CURSOR.sign(references[-1])})
            links.append(
                {"rel": "next", "type": CONTENT_TYPE, "href": request.build_absolute_uri(f"{request.path}?{query}")}
            )
        log_rows(
            zip(territories, references, strict=True),
            home=scope.home,
            user=user,
            operation="incident.list",
            reference=urlencode(asked),
            motive=motive,
        )
        body = feature_collection(written, links=links, name="incidents", numberReturned=len(written))
        return HttpResponse(body, content_type=CONTENT_TYPE, headers={"Cache-Control": "private, no-cache"})

    @extend_schema(
        operation_id="reportIncident",
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        request={"application/geo+json": REPORT, "application/json": REPORT},
        responses={(201, CONTENT_TYPE): INCIDENT},
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """The stored concern: its reference, who takes it, why and by when."""
        user, scope = reader(request)
        read_query(request.GET, ())
        throttle(request, "report", account=user)
        report = read_report(body_of(request, GEOJSON))
        key = read_key(request)
        given = facts_of(report, user, scope)
        if key is None:
            incident = changes.report(**given)
            return _created(request, incident.reference, _words(incident, scope), replayed=False)
        once = changes.once(
            user=user,
            key=key,
            request=request.body,
            make=lambda: changes.report(**given),
            words=lambda incident: _words(incident, scope),
        )
        return _created(request, once.reference, once.body, replayed=once.replayed)


def facts_of(report: ReportRead, user: User, scope: Scope) -> dict[str, Any]:
    """What `changes.report` is told of a report by a program. Raises as `partner_for`."""
    partner = partner_for(scope, report.partner)
    role = atlas.current().directory.asked_by.get(report.category)
    if role is not None and role not in scope.roles:
        message = _("This nature is not for your role: choose another one.")
        raise Refused([FieldError("properties.category", "not_for_you", message)], status=422)
    return {
        "author": user,
        "partner": partner,
        "on_behalf": on_behalf(scope, partner),
        "home": scope.home,
        "received_via": ReceivedVia.API,
        **{name: getattr(report, name) for name in _TAKEN},
    }


_TAKEN: Final = ("lon", "lat", "category", "description", "accuracy_m", "occurred_at", "external_reference")


def _words(incident: Incident, scope: Scope) -> str:
    """The answer to a report: the Feature, whom it reaches, and what in its texts may be of a person."""
    now, directory = timezone.now(), atlas.current().directory
    members: dict[str, object] = {}
    if (post := directory.posts.get(incident.post_id)) is not None:
        members["referent"] = referent(post, named=True)
    members |= warnings(
        {"properties.description": incident.description, "properties.external_reference": incident.external_reference}
    )
    body = features.just_stored(incident, directory, now, **members)
    return (body or features.one(incident.reference, scope, now, **members) or b"").decode()


def _created(request: HttpRequest, reference: str, body: str, *, replayed: bool) -> HttpResponse:
    headers = {"Location": f"{request.scheme}://{request.get_host()}/api/incidents/{reference}/"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return HttpResponse(body, status=201, content_type=CONTENT_TYPE, headers=headers)


def filtered(queryset: QuerySet[Incident], asked: dict[str, str], scope: Scope) -> QuerySet[Incident]:
    """The concerns that the parameters ask for. Refused (400) for a value that means nothing.

    What a reader in part is not told cannot be asked about either: such rows are found by what they show alone.
    """
    full = seen_in_full(scope)
    if "status" in asked:
        if asked["status"] not in set(Status):
            raise Refused([FieldError("status", "unknown_status", _("There is no such status."))])
        queryset = queryset.filter(status=asked["status"])
    if "sector" in asked:
        queryset = queryset.filter(full, sector__code=asked["sector"])
    if "category" in asked:
        queryset = queryset.filter(category__code=read_category(asked["category"]))
    if "overdue" in asked:
        late = Q(pk__in=Incident.objects.overdue(timezone.now()).values("pk"))
        queryset = queryset.filter(full, late if _flag(asked["overdue"], "overdue") else ~late)
    if "since" in asked:
        queryset = queryset.filter(full, updated_at__gte=read_moment(asked["since"], field="since"))
    if "bbox" in asked:
        queryset = queryset.filter(in_box(read_bbox(asked["bbox"]), full))
    if "cursor" in asked:
        try:
            last = _CURSOR.unsign(asked["cursor"])
        except BadSignature:
            message = _("Follow the links: this cursor leads nowhere.")
            raise Refused([FieldError("cursor", "unknown_cursor", message)]) from None
        queryset = queryset.filter(pk__lt=Subquery(Incident.objects.filter(reference=last).values("pk")))
    return queryset


def in_box(box: tuple[float, float, float, float], full: Q) -> Q:
    """Rows whose shown place lies in the box; west above east goes round the antimeridian."""
    west, south, east, north = box
    boxes = (
        [(west, south, east, north)] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]
    )
    found = Q(pk__in=[])
    for each in boxes:
        area, around = _box(*each), _box(*_widened(*each))
        at_street = Q(street_location__intersects=area, location__intersects=around)
        found |= (full & Q(location__intersects=area)) | (~full & at_street)
    return found


def around(area: Polygon) -> GEOSGeometry:
    """The box with what lies around it of which the street may be in it: to use the index, and to be cut after."""
    return Polygon.from_bbox(_widened(*area.extent))


def _widened(west: float, south: float, east: float, north: float) -> tuple[float, float, float, float]:
    """The box with more than the 20 m that the street of a concern may lie away: only to use the index."""
    return (
        max(-180.0, west - _STREET),
        max(-90.0, south - _STREET),
        min(180.0, east + _STREET),
        min(90.0, north + _STREET),
    )


def _box(west: float, south: float, east: float, north: float) -> GEOSGeometry:
    """The box; a polygon without an inside would meet nothing, not even the point it is made of."""
    if west < east and south < north:
        return Polygon.from_bbox((west, south, east, north))
    corners = ((west, south), (east, north))
    return Point(*corners[0], srid=4326) if corners[0] == corners[1] else LineString(*corners, srid=4326)


def _flag(text: str, field: str) -> bool:
    if text not in {"true", "false"}:
        raise Refused([FieldError(field, "not_a_boolean", _("Write true or false."))])
    return text == "true"
