"""`POST /api/locate/batch/`: up to 100,000 points in one pass, as JSON or as CSV with columns added."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import orjson
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from accounts.authentication import authenticated
from accounts.endpoints import Endpoint
from accounts.throttles import throttle
from ogcapi.geojson import FieldError, Findings, Refused, check_number, read_points, read_query
from sectors import atlas, bulk
from sectors.scope import scope_of
from sectors.tables import locate_csv
from sectors.views.asked import OPEN, read_category, read_moment

BODY_LIMIT: Final = 8 * 1024 * 1024
MOST_POINTS: Final = 100_000
MOST_ANONYMOUS: Final = 1_000
# Up to so many points are asked of PostGIS alone where another moment is meant.
FEW_POINTS: Final = 2_000
# A disc of a batch is cut with all sectors about: beyond this it says nothing that its centre does not.
MOST_BATCH_ACCURACY_M: Final = 1_000.0
MEMBERS: Final = {"accuracy": float | None, "category": str | None, "at": str | None}
_POINTS: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["points"],
    "properties": {
        "points": {
            "type": "array",
            "maxItems": MOST_POINTS,
            "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        },
        "accuracy": {"type": ["number", "null"], "minimum": 0, "maximum": MOST_BATCH_ACCURACY_M},
        "category": {"type": ["string", "null"]},
        "at": {"type": ["string", "null"]},
    },
}
_RESULTS: Final = {
    "type": "object",
    "required": ["count", "results"],
    "properties": {"count": {"type": "integer"}, "results": {"type": "array", "items": {"type": "object"}}},
}


class BatchView(Endpoint):
    """Who takes each of many points."""

    @extend_schema(
        operation_id="locateBatch",
        request={"application/json": _POINTS, "text/csv": {"type": "string"}},
        responses={(200, "application/json"): _RESULTS, (200, "text/csv"): {"type": "string"}},
        auth=OPEN,
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """An answer a point, in order. Writes nothing, so that a session needs no CSRF token."""
        user = authenticated(request, csrf=False)
        throttle(request, "batch", account=user)
        read_query(request.GET, ())
        most = MOST_ANONYMOUS if isinstance(user, AnonymousUser) else MOST_POINTS
        home = scope_of(user, timezone.now()).home
        content_type = request.headers.get("Content-Type", "")
        if content_type.partition(";")[0].strip().lower() == "text/csv":
            body = locate_csv(_sized(request.body), atlas.current(), most=most, home=home)
            return HttpResponse(body, content_type="text/csv; charset=utf-8")
        return _json(request.body, content_type, most, home)


def _json(body: bytes, content_type: str, most: int, home: int | None) -> HttpResponse:
    batch = read_points(body, max_points=most, content_type=content_type, max_bytes=BODY_LIMIT, allowed=MEMBERS)
    findings = Findings()
    accuracy = batch.extras.get("accuracy")
    if accuracy is not None:
        check_number(accuracy, at="accuracy", findings=findings, low=0, high=MOST_BATCH_ACCURACY_M)
    findings.refuse_if_any()
    at = read_moment(batch.extras.get("at"))
    asked: dict[str, Any] = {
        "accuracy_m": None if accuracy is None else float(accuracy),
        "category": read_category(batch.extras.get("category")),
        "home": home,
    }
    if at is not None and len(batch) <= FEW_POINTS:
        # An image of another day is worth reading for many points only.
        points = list(zip(batch.lon.tolist(), batch.lat.tolist(), strict=True))
        answers = bulk.numbered(bulk.settle_at(points, at, **asked))
    else:
        answers = bulk.settle(atlas.current() if at is None else atlas.read(at), batch.lon, batch.lat, **asked)
    # Few answers are distinct: each is printed once.
    printed = np.array([orjson.dumps(bulk.values(each)) for each in answers.distinct], dtype=object)
    results = b",".join(printed[answers.index].tolist()) if len(batch) else b""
    head: dict[str, Any] = {"count": len(batch)}
    return HttpResponse(orjson.dumps(head)[:-1] + b',"results":[' + results + b"]}", content_type="application/json")


def _sized(body: bytes) -> bytes:
    if len(body) > BODY_LIMIT:
        raise Refused([FieldError("", "too_large", _("The body is larger than 8 MB."))], status=413)
    return body
