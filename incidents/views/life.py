"""`/api/incidents/{reference}/status/` and `…/transfers/`: the life of a concern, and in whose hands it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import orjson
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema

from accounts.changes import log_access
from accounts.endpoints import Endpoint
from accounts.models import User
from accounts.throttles import throttle
from incidents import changes, features
from incidents.models import Handover, Incident, StatusChange, Suspension, Transfer
from incidents.models.visibility import may_on
from incidents.schema import INCIDENT
from incidents.schema_of_life import DECISION, STATUS, STATUSES, TRANSFERS
from incidents.views.access import held_in_full, reader, territory_code
from incidents.views.listing import CONTENT_TYPE
from incidents.views.reading import body_of, read_decision, read_status
from ogcapi.geojson import read_query

JSON: Final = "application/json"
PRIVATE: Final = {"Cache-Control": "private, no-cache"}
# What is new after it.
MAKES: Final = frozenset({"offer", "assign", "hand_over"})


class StatusView(Endpoint):
    """The moves of a concern."""

    @extend_schema(operation_id="listStatusChanges", responses={(200, JSON): STATUSES})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Every move, the newest first, and when the clock stood still; a reporter sees those made public."""
        user, scope = reader(request)
        read_query(request.GET, ())
        incident = held_in_full(reference, scope)
        inside = may_on(incident, scope, "hold_desk")
        found = incident.status_changes.select_related("author").order_by("-pk")
        shown = [_change(row, inside=inside) for row in found if inside or row.is_public]
        body = {"changes": shown, "suspensions": [_suspension(row) for row in incident.suspensions.order_by("-pk")]}
        log_access(
            user=user,
            operation="incident.statuses",
            reference=f"incident:{reference}",
            territory=territory_code(incident.territory_id),
        )
        return HttpResponse(orjson.dumps(body), content_type=JSON, headers=PRIVATE)

    @extend_schema(operation_id="changeStatus", request={JSON: STATUS}, responses={(200, CONTENT_TYPE): INCIDENT})
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The concern in its new status."""
        user, scope = reader(request)
        read_query(request.GET, ())
        incident = held_in_full(reference, scope)
        if not may_on(incident, scope, "change_status"):
            raise PermissionDenied
        throttle(request, "status", account=user)
        asked = read_status(body_of(request))
        changes.change_status(
            incident=incident,
            author=user,
            scope=scope,
            to=asked.status,
            reason=asked.reason,
            answer=asked.answer,
            until=asked.until,
        )
        body = features.one(reference, scope, timezone.now())
        return HttpResponse(body or b"", content_type=CONTENT_TYPE, headers=PRIVATE)


class TransfersView(Endpoint):
    """The offers of a concern to other posts, and its handovers outside."""

    @extend_schema(operation_id="listTransfers", responses={(200, JSON): TRANSFERS})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Offers and handovers, the newest first: for those who answer for the concern or are asked to."""
        user, scope = reader(request)
        read_query(request.GET, ())
        incident = held_in_full(reference, scope)
        if not may_on(incident, scope, "hold_desk"):
            raise PermissionDenied
        log_access(
            user=user,
            operation="incident.transfers",
            reference=f"incident:{reference}",
            territory=territory_code(incident.territory_id),
        )
        return _transfers(incident, 200)

    @extend_schema(
        operation_id="decideTransfer",
        request={JSON: DECISION},
        responses={(200, JSON): TRANSFERS, (201, JSON): TRANSFERS},
    )
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Offers and handovers after one more decision: 201 where there is a new one, 200 where one was answered."""
        user, scope = reader(request)
        read_query(request.GET, ())
        incident = held_in_full(reference, scope)
        if not may_on(incident, scope, "hold_desk"):
            raise PermissionDenied
        throttle(request, "status", account=user)
        asked = read_decision(body_of(request))
        given = {_NAMED.get((asked.decision, name), name): value for name, value in asked.given.items()}
        _DECIDED[asked.decision](incident=incident, author=user, scope=scope, **given)
        return _transfers(incident, 201 if asked.decision in MAKES else 200)


_DECIDED: Final[dict[str, Callable[..., object]]] = {
    "offer": changes.offer,
    "accept": changes.accept,
    "refuse": changes.refuse,
    "withdraw": changes.withdraw,
    "assign": changes.assign,
    "hand_over": changes.hand_over,
    "acknowledge": changes.acknowledge,
}
# (decision, member) -> the argument, where its name is another.
_NAMED: Final = {
    ("offer", "to"): "to_post",
    ("assign", "to"): "to_post",
    ("acknowledge", "reason"): "note",
}


def _transfers(incident: Incident, status: int) -> HttpResponse:
    offers = Transfer.objects.filter(incident=incident).select_related(
        "from_post", "to_post", "offered_by", "answered_by"
    )
    told = incident.handovers.select_related("author", "acknowledged_by")
    body = {"transfers": [_transfer(row) for row in offers], "handovers": [_handover(row) for row in told]}
    return HttpResponse(orjson.dumps(body), status=status, content_type=JSON, headers=PRIVATE)


def _moment(at: Any) -> Any:
    return at and timezone.localtime(at)


def _name(person: User | None) -> str | None:
    return str(person) if person else None


def _change(row: StatusChange, *, inside: bool) -> dict[str, Any]:
    return {
        "at": _moment(row.at),
        "from": row.status_from or None,
        "to": row.status_to,
        "reason": row.reason or None,
        "answer": row.answer or None,
        "public": row.is_public,
        # To a reporter the police answers, and not one of its people.
        "author": _name(row.author) if inside else None,
    }


def _suspension(row: Suspension) -> dict[str, Any]:
    return {"reason": row.reason, "since": _moment(row.since), "until": row.until, "ended_at": _moment(row.ended_at)}


def _transfer(row: Transfer) -> dict[str, Any]:
    return {
        "state": row.state,
        "from": row.from_post.code,
        "to": row.to_post.code,
        "reason": row.reason,
        "offered_at": _moment(row.offered_at),
        "offered_by": _name(row.offered_by),
        "answered_at": _moment(row.answered_at),
        "answered_by": _name(row.answered_by),
        "answer": row.answer or None,
        "out_of_sector": row.out_of_sector,
    }


def _handover(row: Handover) -> dict[str, Any]:
    return {
        "to": row.to,
        "recipient": row.recipient,
        "reason": row.reason,
        "at": _moment(row.at),
        "author": _name(row.author),
        "acknowledged_at": _moment(row.acknowledged_at),
        "acknowledged_by": _name(row.acknowledged_by),
        "acknowledgement": row.acknowledgement or None,
    }
