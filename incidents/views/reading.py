"""What the addresses of concerns are sent, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incidents.words import REFUSALS
from incidents.workflow import Status
from ogcapi.geojson import (
    FieldError,
    Findings,
    Refused,
    check_members,
    check_number,
    read_feature,
    read_json,
    read_query,
)
from sectors.views.asked import MOST_ACCURACY_M, read_category, read_moment

BODY_LIMIT: Final = 1024 * 1024
JSON: Final = ("application/json",)
GEOJSON: Final = ("application/json", "application/geo+json")
LONGEST_DESCRIPTION: Final = 1000
LEAST_MOTIVE: Final = 5
LONGEST_MOTIVE: Final = 200
LONGEST_REASON: Final = 500
LONGEST_ANSWER: Final = 4000
LONGEST: Final = {"to": 80, "recipient": 160, "reason": LONGEST_REASON}
PROPERTIES: Final = {
    "category": str,
    "description": str,
    "accuracy_m": float | None,
    "occurred_at": str | None,
    "external_reference": str | None,
    "partner": str | None,
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
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
    # Of `request.headers` all would be read to know one.
    content_type = request.META.get("CONTENT_TYPE")
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
        occurred_at=read_moment(given.get("occurred_at"), field="properties.occurred_at", days=False),
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
    key: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None or _KEY.fullmatch(key):
        return key
    message = _("The key is 1 to 200 printable ASCII characters.")
    raise Refused([FieldError("Idempotency-Key", "invalid_key", message)])


@dataclass(frozen=True, slots=True)
class StatusRead:
    """A move as it was asked for."""

    status: str
    reason: str
    answer: str
    until: date | None


def read_status(document: dict[str, Any]) -> StatusRead:
    """The status asked for and what is said with it; else Refused (400) with every defect named."""
    findings = Findings()
    allowed = {"status": str, "reason": str | None, "answer": str | None, "until": str | None}
    check_members(document, at="", findings=findings, allowed=allowed, required=("status",))
    status = document.get("status")
    if isinstance(status, str) and status not in set(Status):
        findings.take(FieldError("status", "status_unknown", REFUSALS["status_unknown"]))
    reason, answer = (
        check_text(text, name, longest, findings, empty=True) if isinstance(text := document.get(name), str) else ""
        for name, longest in (("reason", LONGEST_REASON), ("answer", LONGEST_ANSWER))
    )
    until = check_day(document.get("until"), "until", findings)
    findings.refuse_if_any()
    return StatusRead(document["status"], reason, answer, until)


def check_day(text: object, field: str, findings: Findings) -> date | None:
    """The day written YYYY-MM-DD, None for no text; notes `not_a_date`."""
    if not isinstance(text, str):
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        findings.take(FieldError(field, "not_a_date", _("Write a day as 2026-12-31.")))
    return day


@dataclass(frozen=True, slots=True)
class DecisionRead:
    """What is decided of an offer or of a handover, with the members that this decision has."""

    decision: str
    given: dict[str, Any]


# Which members each decision takes; those with a star may be left out.
DECISIONS: Final = {
    "offer": ("to", "reason"),
    "accept": (),
    "refuse": ("reason", "out_of_sector*"),
    "withdraw": (),
    "assign": ("to", "reason"),
    "hand_over": ("to", "recipient", "reason"),
    "acknowledge": ("to", "reason*"),
}
_MEMBERS: Final = {"to": str, "recipient": str, "reason": str, "out_of_sector": bool}


def check_decision(
    document: dict[str, Any], decisions: Mapping[str, Sequence[str]], kinds: Mapping[str, Any], findings: Findings
) -> dict[str, bool]:
    """The members that the decision of this document takes, and whether each may be left out; notes what is wrong.

    kinds: of every member that there is; all may stand beside a decision that there is not, which is the defect then.
    """
    decision = document.get("decision")
    members = decisions.get(decision) if isinstance(decision, str) else None
    if members is None and isinstance(decision, str):
        findings.take(FieldError("decision", "unknown_decision", _("There is no such decision.")))
    taken = (
        dict.fromkeys(kinds, True) if members is None else {name.rstrip("*"): name.endswith("*") for name in members}
    )
    allowed = {"decision": str, **{name: kinds[name] for name in taken}}
    required = ["decision", *(name for name, optional in taken.items() if not optional)]
    check_members(document, at="", findings=findings, allowed=allowed, required=required)
    return taken


def read_decision(document: dict[str, Any]) -> DecisionRead:
    """The decision and its members; else Refused (400), also for a member that this decision does not take."""
    findings = Findings()
    given: dict[str, Any] = {}
    for name, optional in check_decision(document, DECISIONS, _MEMBERS, findings).items():
        value = document.get(name)
        if isinstance(value, str) and name in LONGEST:
            given[name] = check_text(value, name, LONGEST[name], findings, empty=optional)
        elif name in document:
            given[name] = value
    findings.refuse_if_any()
    return DecisionRead(document["decision"], given)


def read_motive(request: HttpRequest, *others: str) -> tuple[str, dict[str, str]]:
    """Why this is read, as the address says it, "" where it does not; and the `others` of the query string.

    Refused (400): too_short, too_long, and as `read_query`.
    """
    findings = Findings()
    asked = read_query(request.GET, (*others, "motive"))
    motive = check_text(asked.pop("motive", ""), "motive", LONGEST_MOTIVE, findings, empty=True)
    if motive and len(motive) < LEAST_MOTIVE:
        findings.take(FieldError("motive", "too_short", _("Say why in a few words.")))
    findings.refuse_if_any()
    return motive, asked


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
