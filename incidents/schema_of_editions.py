"""The API's documents of the editions of the map, as JSON Schema."""

from __future__ import annotations

from typing import Any, Final

from sectors.models import EditionState

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_MOMENT: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
_CODE: Final[Schema] = {"type": ["string", "null"]}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}


def _object(properties: Schema, required: list[str] | None = None) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties) if required is None else required,
        "properties": properties,
    }


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


_EDITION: Final[Schema] = {
    "code": _TEXT,
    "territory": _TEXT,
    "state": {"enum": EditionState.values},
    "version": _COUNT | {"description": "How often its sectors were drawn; a change names the one it saw."},
    "note": _TEXT,
    "valid_from": _MOMENT,
    "valid_to": _MOMENT,
    "approved_at": _MOMENT,
    "applied_at": _MOMENT | {"description": "When the open concerns were handed to those who answer under it."},
}
EDITION: Final = _object(_EDITION)
EDITIONS: Final = _object({"editions": _list(EDITION)})
ONE: Final = _object({**_EDITION, "undo": _COUNT, "redo": _COUNT, "sectors": _COUNT})
BEGUN: Final = _object(
    {
        "territory": {"type": "string", "description": "Required of who draws several."},
        "code": {"type": "string", "maxLength": 40},
        "note": {"type": "string", "maxLength": 300},
        "model": {"type": "string", "description": "The edition whose sectors it begins with; without it, none."},
    },
    [],
)
ACT: Final = _object(
    {
        "version": _COUNT,
        "start_on": {"type": "string", "format": "date", "description": "To preview and to approve: from which day."},
        "keep": _list({"type": "string", "maxLength": 9}) | {"description": "To approve: concerns that stay."},
    },
    ["version"],
)
_HANDED: Final = _object(
    {
        "reference": _TEXT,
        "category": _TEXT,
        "status": _TEXT,
        "due_on": {"type": "string", "format": "date"},
        "days_left": {"type": "integer"},
        "from_post": _TEXT,
        "to_post": _TEXT,
        "from_sector": _CODE,
        "to_sector": _CODE,
        "outcome": _TEXT,
        "vacant": {
            "type": ["string", "null"],
            "description": "The post that the map names, where nobody holds it that day: `to_post` is the desk then.",
        },
    }
)
_SECTOR: Final = _object(
    {
        "code": _TEXT,
        "area_gained_m2": {"type": "number"},
        "area_lost_m2": {"type": "number"},
        "concerns_gained": _COUNT,
        "concerns_lost": _COUNT,
        "places_gained": _COUNT,
        "places_lost": _COUNT,
    }
)
ACTED: Final = _object(
    {
        **_EDITION,
        "undo": _COUNT,
        "redo": _COUNT,
        "sectors": _COUNT,
        "findings": {"type": "object", "description": "Of a check: what does not fit, as GeoJSON."},
        "changes": _list(_SECTOR) | {"description": "Of a preview: what each sector gains and loses."},
        "changing_hands": _COUNT | {"description": "Of a preview: how many open concerns."},
        "concerns": _list(_HANDED) | {"description": "Of a preview: those of them that you may see."},
    },
    [*_EDITION, "undo", "redo", "sectors"],
)
