"""What is sent to the addresses of messages, support, merges and satisfaction, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from incidents.models import Settled, Stage
from incidents.models.grouping import LONGEST_NOTE
from incidents.models.remark import LONGEST_REMARK
from incidents.views.reading import LONGEST_REASON, check_decision, check_text
from ogcapi.geojson import FieldError, Findings, check_members

# Which members each decision takes; those with a star may be left out.
GROUPINGS: Final = {"merge": ("into", "reason*"), "separate": ("reason*",)}
_LONGEST: Final = {"into": 20, "reason": LONGEST_REASON}


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it was sent."""

    text: str
    internal: bool


def read_said(document: dict[str, Any]) -> Said:
    """The message; else Refused (400) with every defect named."""
    findings = Findings()
    check_members(document, at="", findings=findings, allowed={"text": str, "internal": bool}, required=("text",))
    text = _text(document, "text", LONGEST_REMARK, findings, empty=False)
    findings.refuse_if_any()
    return Said(text, bool(document.get("internal", False)))


def read_support(document: dict[str, Any]) -> tuple[str, str | None]:
    """The note and the code of the organisation; else Refused (400)."""
    findings = Findings()
    check_members(document, at="", findings=findings, allowed={"note": str | None, "partner": str | None})
    note = _text(document, "note", LONGEST_NOTE, findings)
    findings.refuse_if_any()
    return note, document.get("partner")


def read_rating(document: dict[str, Any]) -> tuple[str, str, str | None]:
    """The answer, the comment and which question, if that was said; else Refused (400)."""
    findings = Findings()
    allowed = {"answer": str, "comment": str | None, "stage": str | None}
    check_members(document, at="", findings=findings, allowed=allowed, required=("answer",))
    comment = _text(document, "comment", 500, findings)
    for name, known, message in (
        ("answer", Settled, _("Answer oui, en_partie or non.")),
        ("stage", Stage, _("There is no such question.")),
    ):
        given = document.get(name)
        if isinstance(given, str) and given not in known:
            findings.take(FieldError(name, f"unknown_{name}", message))
    findings.refuse_if_any()
    return document["answer"], comment, document.get("stage")


def read_grouping(document: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The decision and its members; else Refused (400), also for a member that this decision does not take."""
    findings = Findings()
    taken = check_decision(document, GROUPINGS, dict.fromkeys(_LONGEST, str), findings)
    given = {
        name: _text(document, name, _LONGEST[name], findings, empty=optional)
        for name, optional in taken.items()
        if isinstance(document.get(name), str)
    }
    findings.refuse_if_any()
    return document["decision"], given


def _text(document: dict[str, Any], name: str, longest: int, findings: Findings, *, empty: bool = True) -> str:
    given = document.get(name)
    return check_text(given, name, longest, findings, empty=empty) if isinstance(given, str) else ""
