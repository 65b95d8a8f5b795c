"""What the addresses of concerns are sent, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ogcapi.geojson import FieldError, Findings, Refused, check_members, check_number, read_feature, read_json
from sectors.views.asked import MOST_ACCURACY_M, read_category, read_moment

BODY_LIMIT: Final = 1024 * 1024
JSON: Final = ("application/json",)
GEOJSON: Final = ("application/json", "application/geo+json")
LONGEST_DESCRIPTION: Final = 1000
PROPERTIES: Final = {
    "category": str,
    "description": str,
    "accuracy_m": float | None,
    "occurred_at": str | None,
    "external_reference": str | None,
    "partner": str | None,
}
_KEY = re.compile(r"[\x20-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class ReportRead:
    """A report as it was sent, in the right shapes."""

    lon: float
    lat: float
    category: str
    description: str
    accuracy_m: float | None
    occurred_at: datetime | None
    external_reference: str
    partner: str | None


def body_of(request: HttpRequest, accepted: tuple[str, ...] = JSON) -> dict[str, Any]:
    """The JSON object of the request. Refused: 400, 413, 415."""
    content_type = request.headers.get("Content-Type")
    return read_json(request.body, content_type=content_type, accepted=accepted, max_bytes=BODY_LIMIT)


def read_report(document: dict[str, Any]) -> ReportRead:
    """The report in this Feature; else Refused (400) with every defect named."""
    feature = read_feature(document, allowed=PROPERTIES, required=("category", "description"))
    given = feature.properties
    findings = Findings()
    if given.get("accuracy_m") is not None:
        check_number(given["accuracy_m"], at="properties.accuracy_m", findings=findings, low=0, high=MOST_ACCURACY_M)
    description = check_text(given["description"], "properties.description", LONGEST_DESCRIPTION, findings)
    external = check_text(
        given.get("external_reference") or "", "properties.external_reference", 100, findings, empty=True
    )
    findings.refuse_if_any()
    return ReportRead(
        lon=feature.lon,
        lat=feature.lat,
        category=read_category(given["category"], field="properties.category") or "",
        description=description,
        accuracy_m=None if given.get("accuracy_m") is None else float(given["accuracy_m"]),
        occurred_at=read_moment(given.get("occurred_at"), field="properties.occurred_at"),
        external_reference=external,
        partner=given.get("partner"),
    )


def check_text(text: str, field: str, longest: int, findings: Findings, *, empty: bool = False) -> str:
    """The text without blanks around it; notes `required` and `too_long`."""
    text = text.strip()
    if not text and not empty:
        findings.add(field, "required")
    if len(text) > longest:
        findings.take(FieldError(field, "too_long", _("At most %(limit)s characters.") % {"limit": longest}))
    return text


def read_key(request: HttpRequest) -> str | None:
    """The Idempotency-Key header, or None. Refused (400): 1 to 200 printable characters."""
    key = request.headers.get("Idempotency-Key")
    if key is None or _KEY.fullmatch(key):
        return key
    message = _("The key is 1 to 200 printable ASCII characters.")
    raise Refused([FieldError("Idempotency-Key", "invalid_key", message)])


def read_move(document: dict[str, Any]) -> tuple[object, str]:
    """The new position, not yet read, and the reason; else Refused (400)."""
    findings = Findings()
    check_members(
        document,
        at="",
        findings=findings,
        allowed={"coordinates": list, "reason": str},
        required=("coordinates", "reason"),
    )
    reason = document.get("reason")
    text = check_text(reason, "reason", 500, findings) if isinstance(reason, str) else ""
    findings.refuse_if_any()
    return document["coordinates"], text
