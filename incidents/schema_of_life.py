"""The API's documents of a concern's life, as JSON Schema for the OpenAPI description."""

from __future__ import annotations

from typing import Any, Final

from incidents.models import HandoverTo, TransferState
from incidents.workflow import SUSPENSION_REASONS, Status

Schema = dict[str, Any]

_STATUSES: Final = [str(each) for each in Status]
_TEXT: Final[Schema] = {"type": ["string", "null"]}
_MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
_LATER: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
_REASON: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 500}
_POST: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 80, "description": "Code of a post."}
_HANDED: Final[Schema] = {"enum": list(HandoverTo.values)}


def _object(properties: Schema, required: list[str] | None = None, **more: Any) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties) if required is None else required,
        "properties": properties,
        **more,
    }


def _decision(decision: str, required: Schema, **more: Schema) -> Schema:
    """The body of one decision."""
    named = {"decision": {"const": decision}, **required}
    return _object({**named, **more}, list(named))


STATUS: Final = _object(
    {
        "status": {"enum": _STATUSES},
        "reason": {
            **_TEXT,
            "maxLength": 500,
            "description": f"For suspendue one of: {', '.join(SUSPENSION_REASONS)}.",
        },
        "answer": {**_TEXT, "maxLength": 4000, "description": "For repondue: what the reporter is told."},
        "until": {"type": ["string", "null"], "format": "date", "description": "For suspendue: its last day."},
    },
    ["status"],
)
STATUSES: Final = _object(
    {
        "changes": {
            "type": "array",
            "items": _object(
                {
                    "at": _MOMENT,
                    "from": {"enum": [*_STATUSES, None]},
                    "to": {"enum": _STATUSES},
                    "reason": _TEXT,
                    "answer": _TEXT,
                    "public": {"type": "boolean"},
                    "author": _TEXT,
                }
            ),
        },
        "suspensions": {
            "type": "array",
            "items": _object(
                {
                    "reason": {"enum": list(SUSPENSION_REASONS)},
                    "since": _MOMENT,
                    "until": {"type": "string", "format": "date"},
                    "ended_at": _LATER,
                }
            ),
        },
    }
)
DECISION: Final[Schema] = {
    "oneOf": [
        _decision("offer", {"to": _POST, "reason": _REASON}),
        _decision("accept", {}),
        _decision("refuse", {"reason": _REASON}, out_of_sector={"type": "boolean"}),
        _decision("withdraw", {}),
        _decision("assign", {"to": _POST, "reason": _REASON}),
        _decision(
            "hand_over",
            {"to": _HANDED, "recipient": {"type": "string", "minLength": 1, "maxLength": 160}, "reason": _REASON},
        ),
        _decision("acknowledge", {"to": _HANDED}, reason={"type": "string", "maxLength": 500}),
    ]
}
TRANSFERS: Final = _object(
    {
        "transfers": {
            "type": "array",
            "items": _object(
                {
                    "state": {"enum": list(TransferState.values)},
                    "from": {"type": "string"},
                    "to": {"type": "string"},
                    "reason": _TEXT,
                    "offered_at": _MOMENT,
                    "offered_by": _TEXT,
                    "due_on": {"type": ["string", "null"], "format": "date", "description": "Until when to answer."},
                    "answered_at": _LATER,
                    "answered_by": _TEXT,
                    "answer": _TEXT,
                    "out_of_sector": {"type": "boolean"},
                }
            ),
        },
        "handovers": {
            "type": "array",
            "items": _object(
                {
                    "to": _HANDED,
                    "recipient": {"type": "string"},
                    "reason": _TEXT,
                    "at": _MOMENT,
                    "author": _TEXT,
                    "acknowledged_at": _LATER,
                    "acknowledged_by": _TEXT,
                    "acknowledgement": _TEXT,
                }
            ),
        },
    }
)
