"""The API's documents of problems, as JSON Schema for the OpenAPI description."""

from __future__ import annotations

from typing import Any, Final

from partnership.life import ActionState, MeetingState, Outcome, State
from partnership.models import Origin, Phase, Presence
from partnership.severity import Recurrence, Severity
from partnership.telling import PARTS

Schema = dict[str, Any]


def _enum(values: Any, *, null: bool = True) -> Schema:
    return {"enum": [*(str(each) for each in values), *([None] if null else [])]}


def _maybe(kind: str, **more: Any) -> Schema:
    return {"type": [kind, "null"], **more}


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


_CODE: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 80}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
_REASON: Final[Schema] = {"type": "string", "maxLength": 500}
_EXTENT: Final[Schema] = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {"type": {"enum": ["Polygon", "MultiPolygon"]}, "coordinates": {"type": "array"}},
}
_MOMENT: Final = _maybe("string", format="date-time")
_PROPERTIES: Final[Schema] = {
    "reference": {"type": "string"},
    "status": _enum(State, null=False),
    "result": _enum(Outcome),
    "result_reason": _maybe("string"),
    "family": {"type": "string"},
    "severity": _enum(Severity),
    "recurrence": _enum(Recurrence),
    "post": {"type": "string"},
    "commune": _maybe("string"),
    "title": _maybe("string"),
    "description": _maybe("string"),
    "origin": _enum(Origin.values),
    "partner": _maybe("string"),
    "proposed_at": _MOMENT,
    "retained_at": _MOMENT,
    "due_on": _maybe("string", format="date"),
    "overdue": _maybe("boolean"),
    "closed_at": _MOMENT,
    "concerns": _maybe("integer"),
    "confidential": _maybe("boolean"),
    "updated_at": _MOMENT,
    "motive_required": {"type": "boolean"},
}


def _feature(properties: Schema, **more: Schema) -> Schema:
    members = {"type": {"const": "Feature"}, "geometry": {"oneOf": [_EXTENT, {"type": "null"}]}, **more}
    return _object({**members, "properties": properties}, [*members, "properties"])


PROPOSAL: Final = _feature(
    _object(
        {
            "title": {"type": "string", "minLength": 1, "maxLength": 160},
            "family": _CODE,
            "description": _maybe("string", maxLength=4000),
            "recurrence": _enum(Recurrence, null=False),
            "post": _maybe("string", maxLength=80),
            "confidential": {"type": "boolean"},
        },
        ["title", "family"],
    )
)
_TOLD: Final = _object(_PROPERTIES, list(_PROPERTIES))
PROBLEM: Final = _feature(_TOLD, id={"type": "string"}, **{name: _maybe("array") for name in PARTS})
PROBLEMS: Final[Schema] = {
    "type": "object",
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": _feature(_TOLD, id={"type": "string"})},
    },
}


MEETING: Final[Schema] = {
    "type": "object",
    "properties": {
        "reference": {"type": "string"},
        "group": {"type": "string"},
        "status": _enum(MeetingState, null=False),
        "begins_at": _MOMENT,
        "ends_at": _MOMENT,
        "place": {"type": "string"},
        "reason": _maybe("string"),
        "motive_required": {"type": "boolean"},
        "invited": _maybe("array", items={"type": "string"}, description="Empty: all organisations of the group."),
        "agenda": _maybe("array"),
        "attendance": _maybe("array"),
        "decisions": _maybe("array"),
        "minutes": _maybe("object"),
    },
}
MEETINGS: Final[Schema] = {"type": "object", "properties": {"meetings": {"type": "array", "items": MEETING}}}


def _decision(name: str, required: Schema, **more: Schema) -> Schema:
    named = {"decision": {"const": name}, **required}
    return _object({**named, **more}, list(named))


_TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 20_000}
_NUMBER: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 32_767}
_OWNER: Final = _maybe("string", maxLength=80, description="Code of an organisation of the group; null: the police.")
_PARTNER: Final = _maybe("string", maxLength=80, description="In whose name, for who speaks for several.")
DECISION: Final[Schema] = {
    "oneOf": [
        _decision("retain", {}, recurrence=_enum(Recurrence, null=False), extent=_EXTENT),
        _decision("move", {"status": _enum(State, null=False)}, reason=_REASON),
        _decision("suspend", {"reason": _CODE}, until=_DAY),
        _decision("reorient", {"to": _CODE, "reason": _REASON}),
        _decision("close", {"result": _enum(Outcome, null=False)}, reason=_REASON),
        _decision("join", {"concerns": {"type": "array", "items": {"type": "string"}, "maxItems": 200}}),
        _decision("remove", {"concern": _CODE}),
        _decision("contribute", {"phase": _enum(Phase.values, null=False), "text": _TEXT}, partner=_PARTNER),
        _decision("diagnose", {"text": _TEXT}),
        _decision("sign", {"version": _NUMBER}, partner=_PARTNER),
        _decision(
            "give",
            {"title": {"type": "string", "minLength": 1, "maxLength": 160}, "due_on": _DAY},
            owner=_OWNER,
            details={"type": "string", "maxLength": 2000},
            confidential={"type": "boolean"},
        ),
        _decision("turn", {"action": _NUMBER, "status": _enum(ActionState, null=False)}, reason=_REASON),
        _decision("decline", {"action": _NUMBER, "reason": _REASON}),
        _decision("give_again", {"action": _NUMBER, "owner": _OWNER}, due_on=_DAY),
        _decision(
            "evaluate",
            {},
            text=_TEXT,
            criteria={"type": "array", "items": _CODE, "maxItems": 40},
            observed={"type": "object", "additionalProperties": {"type": "boolean"}},
            begun_on=_DAY,
            done_on=_DAY,
        ),
        _decision("rate", {"grade": _NUMBER}, comment=_REASON, partner=_PARTNER),
    ]
}
_HOURS: Final[Schema] = {
    "begins_at": {"type": "string", "format": "date-time"},
    "ends_at": {"type": "string", "format": "date-time"},
    "place": {"type": "string", "minLength": 1, "maxLength": 200},
}
_INVITED: Final[Schema] = {
    "type": "array",
    "items": _CODE,
    "maxItems": 200,
    "description": "Codes of organisations of the group; none: all of them, whoever joins later too.",
}
PLAN: Final = _object({"group": _CODE, **_HOURS, "invited": _INVITED}, ["group", *_HOURS])
OF_MEETING: Final[Schema] = {
    "oneOf": [
        _decision("change", _HOURS),
        _decision("call_off", {"reason": _REASON}),
        *(_decision(name, {}) for name in ("hold", "build_agenda", "validate")),
        _decision("add_point", {"title": {"type": "string", "maxLength": 160}}, confidential={"type": "boolean"}),
        _decision("move_point", {"point": _NUMBER, "rank": _NUMBER}),
        _decision("remove_point", {"point": _NUMBER}),
        _decision("note", {"point": _NUMBER, "text": _TEXT}),
        _decision("attend", {"presence": _enum(Presence.values, null=False)}, partner=_OWNER, people=_NUMBER),
        _decision(
            "decide", {"text": _TEXT}, problem=_CODE, owner=_OWNER, due_on=_DAY, confidential={"type": "boolean"}
        ),
        _decision("draft", {"text": _TEXT}, confidential={"type": "boolean"}),
        _decision("addendum", {"text": _TEXT}, confidential={"type": "boolean"}),
    ]
}
