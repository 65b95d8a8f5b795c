"""How severe a problem is: a grid of its nature and of how it recurs.

The nature is the family of the concerns that it is about, by its stable code. A territory may add families of its own:
what the grid does not know is a nuisance, the mildest row.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Severity(StrEnum):
    """From the mildest to the worst; never told by a colour alone."""

    VERT = "vert"
    JAUNE = "jaune"
    ORANGE = "orange"
    ROUGE = "rouge"


class Recurrence(StrEnum):
    """How often it comes back."""

    ISOLEE = "isolee"
    RECURRENTE = "recurrente"
    INSTALLEE = "installee"


class Nature(StrEnum):
    """What kind of harm a family of concerns does."""

    NUISANCE = "nuisance"
    OFFENCE = "offence"
    VIOLENCE = "violence"


NATURES: Final[Mapping[str, Nature]] = MappingProxyType(
    {
        "occupations": Nature.NUISANCE,
        "tranquillite": Nature.NUISANCE,
        "circulation": Nature.NUISANCE,
        "degradations": Nature.OFFENCE,
        "trafics": Nature.VIOLENCE,
        "vols": Nature.OFFENCE,
        "incivilites": Nature.VIOLENCE,
        "lieux_exposes": Nature.NUISANCE,
        "autre": Nature.NUISANCE,
    }
)

_N, _R, _V = Nature, Recurrence, Severity
GRID: Final[Mapping[tuple[Nature, Recurrence], Severity]] = MappingProxyType(
    {
        (_N.NUISANCE, _R.ISOLEE): _V.VERT,
        (_N.NUISANCE, _R.RECURRENTE): _V.JAUNE,
        (_N.NUISANCE, _R.INSTALLEE): _V.ORANGE,
        (_N.OFFENCE, _R.ISOLEE): _V.VERT,
        (_N.OFFENCE, _R.RECURRENTE): _V.ORANGE,
        (_N.OFFENCE, _R.INSTALLEE): _V.ROUGE,
        (_N.VIOLENCE, _R.ISOLEE): _V.JAUNE,
        (_N.VIOLENCE, _R.RECURRENTE): _V.ORANGE,
        (_N.VIOLENCE, _R.INSTALLEE): _V.ROUGE,
    }
)


def severity_of(family: str, recurrence: Recurrence) -> Severity:
    """Return the cell of the grid for a family of concerns and how its problem recurs."""
    return GRID[NATURES.get(family, Nature.NUISANCE), recurrence]
