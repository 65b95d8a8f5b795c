"""`/api/incidents/{reference}/support/` and `…/group/`: the same thing reported more than once."""

from __future__ import annotations

from typing import Final

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from accounts.endpoints import Endpoint
from accounts.throttles import throttle
from incidents import changes
from incidents.models import Incident
from incidents.models.visibility import may_on
from incidents.nearby import reported_beside
from incidents.reporters import partner_for
from incidents.schema import MOTIVE, with_warnings
from incidents.schema_of_talk import GROUP, GROUPING, SUPPORT, SUPPORTED
from incidents.views.access import held_in_full, in_sight, reader, reading, warned
from incidents.views.reading import body_of
from incidents.views.reading_talk import read_grouping, read_support
from ogcapi.geojson import FieldError, Refused, read_query
from sectors.scope import Scope

JSON: Final = "application/json"
UNKNOWN: Final = _("You read no concern of this reference.")
PRIVATE: Final = {"Cache-Control": "private, no-cache"}


class SupportView(Endpoint):
    """ "Me too"."""

    @extend_schema(
        operation_id="supportIncident", request={JSON: SUPPORT}, responses={(200, JSON): with_warnings(SUPPORTED)}
    )
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The concern supported, once for each organisation: said again, it changes nothing.

        Its count is told to those who read the concern in full.
        """
        user, scope = reader(request)
        read_query(request.GET, ())
        incident = in_sight(reference, scope)
        if not may_on(incident, scope, "support"):
            raise PermissionDenied
        throttle(request, "report", account=user)
        note, code = read_support(body_of(request))
        partner = partner_for(scope, code, field="partner")
        changes.support(incident=incident, author=user, scope=scope, partner=partner, note=note)
        full = may_on(incident, scope, "read_text")
        counted = Incident.objects.get(pk=incident.pk).support_count if full else None
        told = warned(incident, scope, {"note": note})
        body = {"reference": incident.reference, "supports": counted, **told}
        return HttpResponse(orjson.dumps(body), content_type=JSON, headers=PRIVATE)


class GroupView(Endpoint):
    """Concerns dealt with together."""

    @extend_schema(operation_id="readGroup", parameters=[MOTIVE], responses={(200, JSON): GROUP})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Where it is dealt with, what is dealt with in it, and what was reported near it lately: for the desk."""
        read = reading(request, reference)
        if not may_on(read.incident, read.scope, "hold_desk"):
            raise PermissionDenied
        read.log("incident.group")
        return _group(read.incident, read.scope)

    @extend_schema(operation_id="decideGroup", request={JSON: GROUPING}, responses={(200, JSON): with_warnings(GROUP)})
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The concern merged into another, or on its own again."""
        user, scope = reader(request)
        read_query(request.GET, ())
        incident = _on_desk(reference, scope)
        throttle(request, "status", account=user)
        decision, given = read_grouping(body_of(request))
        reason = given.get("reason", "")
        if decision == "separate":
            changes.unmerge(incident=incident, author=user, scope=scope, reason=reason)
        else:
            try:
                kept = held_in_full(given["into"], scope)
            except Http404:
                raise Refused([FieldError("into", "unknown_concern", UNKNOWN)], status=422) from None
            changes.merge(kept=kept, merged=incident, author=user, scope=scope, reason=reason)
        told = warned(incident, scope, {"reason": reason})
        return _group(Incident.objects.get(pk=incident.pk), scope, **told)


def _on_desk(reference: str, scope: Scope) -> Incident:
    incident = held_in_full(reference, scope)
    if not may_on(incident, scope, "hold_desk"):
        raise PermissionDenied
    return incident


def _group(incident: Incident, scope: Scope, **told: object) -> HttpResponse:
    into = Incident.objects.visible_to(scope).filter(group=incident).values_list("reference", flat=True).first()
    merged = Incident.objects.visible_to(scope).filter(merged_into=incident)
    near = reported_beside(incident, scope, timezone.now())
    body = {
        "into": into,
        "merged": list(merged.order_by("pk").values_list("reference", flat=True)),
        "nearby": [
            {
                "reference": card.reference,
                "category": card.category,
                "distance_m": card.distance_m,
                "status": card.status,
                "same_category": card.same_category,
            }
            for card in near
        ],
        **told,
    }
    return HttpResponse(orjson.dumps(body), content_type=JSON, headers=PRIVATE)
