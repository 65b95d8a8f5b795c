"""Text messages: one of 160 characters that every telephone shows."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 160
_WRITTEN: Final = str.maketrans(
    {
        "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "€": "EUR", "\u00a0": " ", "\u202f": " ",
    }
)  # fmt: skip
# Of the alphabet of text messages (GSM 03.38), besides ASCII.
_KNOWN: Final = frozenset("àèéìòùäöüñÄÖÜÑÉÇ")


def short(text: str) -> str:
    """The text in the alphabet of text messages, at most 160 characters: one message, and not three."""
    written = " ".join("".join(_letter(each) for each in text.translate(_WRITTEN)).split())
    return written if len(written) <= LONGEST else written[: LONGEST - 3].rstrip() + "..."


def _letter(letter: str) -> str:
    if letter in _KNOWN or (letter.isascii() and letter.isprintable() and letter not in "`[]{}|~^\\"):
        return letter
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain if plain.isprintable() and plain not in set("`[]{}|~^\\") else " "
