"""The API's documents of what is said about a concern, of merges and of satisfaction, as JSON Schema."""

from __future__ import annotations

from typing import Any, Final

from incidents.models import Settled, Side, Stage
from incidents.models.grouping import LONGEST_NOTE
from incidents.models.remark import LONGEST_REMARK
from incidents.schema import PHOTOS, PHOTOS_SENT
from incidents.workflow import Status

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": ["string", "null"]}
_MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
_REFERENCE: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 20}
_PHOTOS: Final[Schema] = PHOTOS["properties"]["photos"]


def _object(properties: Schema, required: list[str] | None = None) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties) if required is None else required,
        "properties": properties,
    }


def _list(name: str, item: Schema) -> Schema:
    return _object({name: {"type": "array", "items": item}})


SAID: Final = _object(
    {
        "text": {"type": "string", "minLength": 1, "maxLength": LONGEST_REMARK},
        "internal": {"type": "boolean", "description": "For the desk alone: its reporter never sees it."},
    },
    ["text"],
)
SAID_WITH_PHOTOS: Final = _object(
    {
        "text": {"type": "string", "minLength": 1, "maxLength": LONGEST_REMARK},
        "photo": PHOTOS_SENT["properties"]["photo"],
    },
    ["text", "photo"],
)
MESSAGE: Final = _object(
    {
        "at": _MOMENT,
        "side": {"enum": Side.values},
        "internal": {"type": "boolean"},
        "text": _TEXT,
        "author": _TEXT,
        "photos": _PHOTOS,
    }
)
MESSAGES: Final = _list("messages", MESSAGE)
TIMELINE: Final = _list(
    "entries",
    _object(
        {
            "at": _MOMENT,
            "kind": {
                "enum": [
                    "report", "routing", "transfer", "handover", "merge", "support", "status", "remark", "satisfaction",
                ]
            },
            "title": {"type": "string", "description": "In the language of the request."},
            "text": _TEXT,
            "author": _TEXT,
            "internal": {"type": "boolean"},
            "side": {"enum": [*Side.values, None]},
            "status": {"enum": [*map(str, Status), None]},
            "until": {"type": ["string", "null"], "format": "date"},
            "concern": {"type": ["string", "null"], "description": "The merged concern that it happened to."},
            "link": {"type": ["string", "null"], "description": "Another concern that the title names."},
            "photos": _PHOTOS,
        }
    ),
)  # fmt: skip
SUPPORT: Final = _object(
    {
        "note": {"type": ["string", "null"], "maxLength": LONGEST_NOTE, "description": "For the desk alone."},
        "partner": {"type": ["string", "null"], "description": "Code of the organisation that says so."},
    },
    [],
)
SUPPORTED: Final = _object({"reference": _REFERENCE, "supports": {"type": ["integer", "null"], "minimum": 0}})
GROUPING: Final[Schema] = {
    "oneOf": [
        _object(
            {
                "decision": {"const": "merge"},
                "into": {**_REFERENCE, "description": "The concern that is kept."},
                "reason": {"type": "string", "maxLength": 500},
            },
            ["decision", "into"],
        ),
        _object(
            {"decision": {"const": "separate"}, "reason": {"type": "string", "maxLength": 500}},
            ["decision"],
        ),
    ]
}
GROUP: Final = _object(
    {
        "into": {**_TEXT, "description": "The concern that this one is dealt with in."},
        "merged": {"type": "array", "items": _REFERENCE, "description": "Those that are dealt with in this one."},
        "nearby": {
            "type": "array",
            "items": _object(
                {
                    "reference": _REFERENCE,
                    "category": {"type": "string"},
                    "distance_m": {"type": "integer", "minimum": 0},
                    "status": {"enum": [*map(str, Status)]},
                    "same_category": {"type": "boolean"},
                }
            ),
        },
    }
)
RATING: Final = _object(
    {
        "answer": {"enum": Settled.values},
        "comment": {"type": ["string", "null"], "maxLength": 500},
        "stage": {"enum": [*Stage.values, None]},
    },
    ["answer"],
)
RATINGS: Final = _object(
    {
        "questions": {
            "type": "array",
            "items": _object(
                {
                    "stage": {"enum": Stage.values},
                    "asked_at": _MOMENT,
                    "answer": {"enum": [*Settled.values, None]},
                    "comment": _TEXT,
                    "answered_at": {"type": ["string", "null"], "format": "date-time"},
                }
            ),
        },
        "reopen_until": {
            "type": ["string", "null"],
            "format": "date",
            "description": "Whoever is not content reopens it until this day: POST …/status/.",
        },
    }
)
