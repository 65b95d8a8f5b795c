"""What the addresses of problems and meetings are sent, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Final

from incidents.views.reading import check_day, check_decision, check_text
from ogcapi.geojson import Findings, check_members, read_polygons
from partnership.changes.extents import MOST_POSITIONS
from partnership.changes.meetings import LONGEST_PLACE
from partnership.models.action import LONGEST_DETAILS
from partnership.models.diagnosis import LONGEST_DIAGNOSIS
from partnership.models.problem import LONGEST_REASON, LONGEST_TEXT, LONGEST_TITLE
from sectors.views.asked import read_moment

# Which members each decision takes; those with a star may be left out.
DECISIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "retain": ("recurrence*", "extent*"),
    "move": ("status", "reason*"),
    "suspend": ("reason", "until*"),
    "reorient": ("to", "reason"),
    "close": ("result", "reason*"),
    "join": ("concerns",),
    "remove": ("concern",),
    "contribute": ("phase", "text", "partner*"),
    "diagnose": ("text",),
    "sign": ("version", "partner*"),
    "give": ("title", "due_on", "owner*", "details*", "confidential*"),
    "turn": ("action", "status", "reason*"),
    "decline": ("action", "reason"),
    "give_again": ("action", "owner", "due_on*"),
    "evaluate": ("text*", "criteria*", "observed*", "begun_on*", "done_on*"),
    "rate": ("grade", "comment*", "partner*"),
}
OF_MEETINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "change": ("begins_at", "ends_at", "place"),
    "call_off": ("reason",),
    "hold": (),
    "build_agenda": (),
    "add_point": ("title", "confidential*"),
    "move_point": ("point", "rank"),
    "remove_point": ("point",),
    "note": ("point", "text"),
    "attend": ("presence", "partner*", "people*"),
    "decide": ("text", "problem*", "owner*", "due_on*", "confidential*"),
    "draft": ("text", "confidential*"),
    "validate": (),
    "addendum": ("text", "confidential*"),
}
PLAN: Final[tuple[str, ...]] = ("group", "begins_at", "ends_at", "place", "invited*")
PROPOSAL: Final[Mapping[str, type | UnionType]] = {
    "title": str,
    "family": str,
    "description": str | None,
    "recurrence": str,
    "post": str | None,
    "confidential": bool,
}
MOST_CONCERNS: Final = 200
MOST_CRITERIA: Final = 40
MOST_INVITED: Final = 200
_MEMBERS: Final[Mapping[str, type | UnionType]] = {
    "action": int,
    "begins_at": str,
    "begun_on": str,
    "comment": str,
    "concern": str,
    "concerns": list,
    "confidential": bool,
    "criteria": list,
    "details": str,
    "done_on": str,
    "due_on": str,
    "ends_at": str,
    "extent": dict,
    "grade": int,
    "group": str,
    "invited": list,
    "observed": dict,
    "owner": str | None,
    "partner": str | None,
    "people": int,
    "phase": str,
    "place": str,
    "point": int,
    "presence": str,
    "problem": str,
    "rank": int,
    "reason": str,
    "recurrence": str,
    "result": str,
    "status": str,
    "text": str,
    "title": str,
    "to": str,
    "until": str,
    "version": int,
}
_LONGEST: Final = {
    "comment": LONGEST_REASON,
    "description": LONGEST_TEXT,
    "details": LONGEST_DETAILS,
    "place": LONGEST_PLACE,
    "reason": LONGEST_REASON,
    "text": LONGEST_DIAGNOSIS,
    "title": LONGEST_TITLE,
}
_CODES: Final = frozenset({
    "begins_at", "concern", "ends_at", "family", "group", "owner", "partner", "phase", "post", "presence", "problem",
    "recurrence", "result", "status", "to",
})  # fmt: skip
LONGEST_CODE: Final = 80
_MOMENTS: Final = ("begins_at", "ends_at")
_DAYS: Final = frozenset({"begun_on", "done_on", "due_on", "until"})
# Lists of texts: how many at most, and what one looks like.
_LISTS: Final = {"concerns": (MOST_CONCERNS, '["XXXX-XXXX"]'), "criteria": (MOST_CRITERIA, '["code"]'),
          "invited": (MOST_INVITED, '["code"]')}  # fmt: skip
_BIGGEST: Final = 32_767


@dataclass(frozen=True, slots=True)
class Decided:
    """What is decided of a problem, with the members that this decision has."""

    decision: str
    given: dict[str, Any]


def read_decision(document: dict[str, Any], decisions: Mapping[str, tuple[str, ...]] = DECISIONS) -> Decided:
    """The decision and its members; else Refused (400) with every defect, also a member that it does not take."""
    findings = Findings()
    taken = check_decision(document, decisions, _MEMBERS, findings)
    given = {
        name: _value(name, document[name], findings, empty=optional)
        for name, optional in taken.items()
        if name in document
    }
    findings.refuse_if_any()
    if "extent" in given:
        given["polygons"] = read_polygons(given.pop("extent"), at="extent", max_positions=MOST_POSITIONS)
    return Decided(document["decision"], _with_moments(given))


def read_plan(document: dict[str, Any]) -> dict[str, Any]:
    """The group's code, the hours and the place of a meeting, and who is invited; else Refused (400)."""
    findings = Findings()
    names = [name.rstrip("*") for name in PLAN]
    required = [name for name in PLAN if not name.endswith("*")]
    allowed = {name: _MEMBERS[name] for name in names}
    check_members(document, at="", findings=findings, allowed=allowed, required=required)
    given = {name: _value(name, document[name], findings, empty=False) for name in names if name in document}
    findings.refuse_if_any()
    return _with_moments(given)


def _with_moments(given: dict[str, Any]) -> dict[str, Any]:
    moments = {name: read_moment(given[name], field=name, days=False) for name in _MOMENTS if name in given}
    return given | moments


def read_proposal(document: dict[str, Any]) -> dict[str, Any]:
    """The members of `changes.propose` in this Feature, whose geometry may be null; else Refused (400)."""
    findings = Findings()
    names = ("type", "geometry", "properties")
    check_members(document, at="", findings=findings, allowed=names, required=names)
    if document.get("type") != "Feature":
        findings.add("type", "wrong_type", expected='"Feature"')
    properties = document.get("properties")
    if isinstance(properties, dict):
        check_members(properties, at="properties", findings=findings, allowed=PROPOSAL, required=("title", "family"))
    else:
        findings.add("properties", "not_an_object")
        properties = {}
    given = {
        name: _value(name, properties[name], findings, empty=name == "description", at="properties.")
        for name in PROPOSAL
        if properties.get(name) is not None
    }
    findings.refuse_if_any()
    if document["geometry"] is not None:
        given["polygons"] = read_polygons(document["geometry"], max_positions=MOST_POSITIONS)
    return given


def _value(name: str, value: Any, findings: Findings, *, empty: bool, at: str = "") -> Any:
    field = f"{at}{name}"
    if name in _DAYS and isinstance(value, str):
        return check_day(value, field, findings)
    # A text where something else belongs was noted as such before.
    longest = LONGEST_CODE if name in _CODES else _LONGEST.get(name)
    if isinstance(value, str) and longest is not None:
        return check_text(value, field, longest, findings, empty=empty)
    if isinstance(value, int) and not isinstance(value, bool) and not 0 <= value <= _BIGGEST:
        findings.add(field, "out_of_range", low=0, high=_BIGGEST)
    if name in _LISTS and isinstance(value, list):
        most, expected = _LISTS[name]
        if len(value) > most:
            findings.add(field, "out_of_range", low=0, high=most)
        elif not all(isinstance(each, str) and len(each) <= LONGEST_CODE for each in value):
            findings.add(field, "wrong_type", expected=expected)
    if name == "observed" and isinstance(value, dict) and not all(isinstance(each, bool) for each in value.values()):
        findings.add(field, "wrong_type", expected='{"code": true}')
    return value
