"""`/api/incidents/{reference}/status/` and `…/transfers/`: the life of a concern, and in whose hands it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema

from accounts.endpoints import Endpoint
from accounts.models import User
from accounts.throttles import throttle
from incidents import changes, features
from incidents.models import Handover, StatusChange, Suspension, Transfer
from incidents.models.visibility import may_on
from incidents.schema import INCIDENT, MOTIVE, with_warnings
from incidents.schema_of_life import DECISION, STATUS, STATUSES, TRANSFERS
from incidents.views.access import Reading, held_in_full, reader, reading, warned
from incidents.views.listing import CONTENT_TYPE
from incidents.views.reading import body_of, read_decision, read_status
from ogcapi.geojson import read_query

JSON: Final = "application/json"
PRIVATE: Final = {"Cache-Control": "private, no-cache"}
# What is new after it.
MAKES: Final = frozenset({"offer", "assign", "hand_over"})


class StatusView(Endpoint):
    """The moves of a concern."""

    @extend_schema(operation_id="listStatusChanges", parameters=[MOTIVE], responses={(200, JSON): STATUSES})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Every move, the newest first, and when the clock stood still; a reporter sees those made public."""
        read = reading(request, reference)
        inside = may_on(read.incident, read.scope, "hold_desk")
        found = read.incident.status_changes.select_related("author").order_by("-pk")
        shown = [read.told(_change(row, inside=inside), "reason", "answer") for row in found if inside or row.is_public]
        stops = [_suspension(row) for row in read.incident.suspensions.order_by("-pk")]
        body = {"changes": shown, "suspensions": stops}
        read.log("incident.statuses")
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
        told = warned(incident, scope, {"reason": asked.reason, "answer": asked.answer})
        body = features.one(reference, scope, timezone.now(), **told)
        return HttpResponse(body or b"", content_type=CONTENT_TYPE, headers=PRIVATE)


class TransfersView(Endpoint):
    """The offers of a concern to other posts, and its handovers outside."""

    @extend_schema(operation_id="listTransfers", parameters=[MOTIVE], responses={(200, JSON): TRANSFERS})
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Offers and handovers, the newest first: for those who answer for the concern or are asked to."""
        read = reading(request, reference)
        if not may_on(read.incident, read.scope, "hold_desk"):
            raise PermissionDenied
        read.log("incident.transfers")
        return _transfers(read, 200)

    @extend_schema(
        operation_id="decideTransfer",
        request={JSON: DECISION},
        responses={(200, JSON): with_warnings(TRANSFERS), (201, JSON): with_warnings(TRANSFERS)},
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
        texts = {name: asked.given.get(name, "") for name in ("recipient", "reason")}
        told = warned(incident, scope, texts)
        return _transfers(Reading(user, scope, incident, ""), 201 if asked.decision in MAKES else 200, told)


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


def _transfers(read: Reading, status: int, told: Mapping[str, object] = features.NO_MEMBERS) -> HttpResponse:
    offers = Transfer.objects.filter(incident=read.incident).select_related(
        "from_post", "to_post", "offered_by", "answered_by"
    )
    handed = read.incident.handovers.select_related("author", "acknowledged_by")
    body = {
        "transfers": [read.told(_transfer(row), "reason", "answer") for row in offers],
        "handovers": [read.told(_handover(row), "reason", "acknowledgement") for row in handed],
        **told,
    }
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
        "due_on": row.due_on,
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
