"""`/api/incidents/{reference}/`: one concern, why it went where it went, and moving its pin."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema

from accounts.changes import log_access
from accounts.endpoints import Endpoint
from accounts.throttles import throttle
from incidents import changes, features
from incidents.models import Routing
from incidents.models.visibility import may_on
from incidents.schema import INCIDENT, MOTIVE, MOVE, ROUTINGS
from incidents.views.access import held_in_full, motive_of, reader, reading, territory_code, warned
from incidents.views.listing import CONTENT_TYPE
from incidents.views.reading import body_of, read_move
from ogcapi.expressions import GeoJSONText
from ogcapi.geojson import read_position, read_query
from sectors import atlas
from sectors.words import sentence

PRIVATE = {"Cache-Control": "private, no-cache"}


class IncidentView(Endpoint):
    """One concern."""

    @extend_schema(
        operation_id="readIncident",
        parameters=[MOTIVE],
        responses={(200, CONTENT_TYPE): INCIDENT},
    )
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The concern as a Feature, in full or in part. The direction says why it reads what a sector holds."""
        user, scope = reader(request)
        motive, _asked = motive_of(request)
        found = features.read(reference, scope, timezone.now(), motive)
        if found is None:
            raise Http404
        body, territory = found
        log_access(
            user=user,
            operation="incident.read",
            reference=f"incident:{reference}",
            territory=territory_code(territory),
            motive=motive,
        )
        return HttpResponse(body, content_type=CONTENT_TYPE, headers=PRIVATE)


class RoutingsView(Endpoint):
    """The decisions on who takes a concern."""

    @extend_schema(operation_id="listRoutings", parameters=[MOTIVE], responses={(200, "application/json"): ROUTINGS})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Every decision, the newest first, with all that it rested on."""
        read = reading(request, reference)
        found = (
            Routing.objects.filter(incident=read.incident)
            .annotate(text=GeoJSONText("location", digits=15))
            .select_related("edition", "sector", "post", "unit", "commune", "category", "author")
            .order_by("-pk")
        )
        body = orjson.dumps({"routings": [read.told(_routing(row), "comment") for row in found]})
        read.log("incident.routing")
        return HttpResponse(body, content_type="application/json", headers=PRIVATE)


class MoveView(Endpoint):
    """A pin put elsewhere."""

    @extend_schema(
        operation_id="moveIncident", request={"application/json": MOVE}, responses={(200, CONTENT_TYPE): INCIDENT}
    )
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The concern at its new place, routed again; its due date stands."""
        user, scope = reader(request)
        incident = held_in_full(reference, scope)
        if not may_on(incident, scope, "move"):
            raise PermissionDenied
        read_query(request.GET, ())
        throttle(request, "report", account=user)
        coordinates, reason = read_move(body_of(request))
        lon, lat = read_position(coordinates, at="coordinates")
        moved = changes.move(incident=incident, author=user, scope=scope, lon=lon, lat=lat, reason=reason)
        now = timezone.now()
        # Moved out of one's sight, the concern is told once more to the one who knew it and chose its place.
        told, directory = warned(incident, scope, {"reason": reason}), atlas.current().directory
        body = features.one(reference, scope, now, **told) or features.just_stored(moved, directory, now, **told)
        return HttpResponse(body or b"", content_type=CONTENT_TYPE, headers=PRIVATE)


def _routing(row: Any) -> dict[str, Any]:
    return {
        "at": timezone.localtime(row.at),
        "trigger": row.trigger,
        "outcome": row.outcome,
        "rule": row.rule,
        "geometry": orjson.Fragment(row.text),
        "accuracy_m": row.accuracy_m,
        "category": row.category.code,
        "edition": row.edition and row.edition.code,
        "sector": row.sector and row.sector.code,
        "post": row.post.code,
        "unit": row.unit.code,
        "commune": row.commune and row.commune.code,
        "co_readers": row.co_readers,
        "border": row.border,
        "candidates": row.candidates,
        "settings": row.settings,
        "reason": sentence(row.reason),
        "author": str(row.author),
        "comment": row.comment or None,
    }
