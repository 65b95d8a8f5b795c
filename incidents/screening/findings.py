"""What the detectors say: a kind, from one token to another, and whether it can be anything else."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class FindingKind(StrEnum):
    """What was recognised. The values are stable codes; where two overlap, the first listed is kept."""

    IBAN = "iban"
    NIR = "nir"
    EMAIL = "email"
    PHONE = "phone"
    PLATE = "plate"
    NAME = "name"


class Sighting(NamedTuple):
    """A kind seen from token `first` to token `last`, both included.

    certain: nothing else is written like this; otherwise it may well be something harmless.
    """

    kind: FindingKind
    certain: bool
    first: int
    last: int
