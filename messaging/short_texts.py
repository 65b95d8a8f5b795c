"""Text messages: one of 160 characters that every telephone shows, and what a text would cost as it stands."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 160
# Characters of one message alone, and of each of several, for either alphabet (3GPP TS 23.038 and 23.040).
_ROOM: Final = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
_WRITTEN: Final = str.maketrans(
    {
        "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "€": "EUR", "\u00a0": " ", "\u202f": " ",
    }
)  # fmt: skip
# Of the alphabet of text messages (GSM 03.38), besides ASCII.
_KNOWN: Final = frozenset("àèéìòùäöüñÄÖÜÑÉÇ")


_ACCENTED: Final = frozenset("àèéìòùäöüñÄÖÜÑÉÇåÅøØæÆß¡¿£$¥§¤ΔΦΓΛΩΠΨΣΘΞ\n\r")
# Written with an escape: two characters each.
_TWO: Final = frozenset("^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a text takes: its alphabet (`GSM-7` or `UCS-2`), its length in characters of it, and how many messages."""

    alphabet: str
    length: int
    segments: int


def cost(text: str) -> Cost:
    """What the text takes if it is sent as it stands."""
    if all(letter in _ACCENTED or letter in _TWO or _is_plain(letter) for letter in text):
        alphabet, length = "GSM-7", sum(2 if letter in _TWO else 1 for letter in text)
    else:
        alphabet, length = "UCS-2", len(text.encode("utf-16-be")) // 2
    alone, each = _ROOM[alphabet]
    return Cost(alphabet, length, 1 if length <= alone else -(-length // each))


def short(text: str) -> str:
    """The text in the alphabet of text messages, at most 160 characters: one message, and not three."""
    written = " ".join("".join(_letter(each) for each in text.translate(_WRITTEN)).split())
    return written if len(written) <= LONGEST else written[: LONGEST - 3].rstrip() + "..."


def _letter(letter: str) -> str:
    if letter in _KNOWN or _is_plain(letter):
        return letter
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain if plain.isprintable() and plain not in set("`[]{}|~^\\") else " "


def _is_plain(letter: str) -> bool:
    """Is it of ASCII and of the alphabet of text messages, in one character?"""
    return letter.isascii() and letter.isprintable() and letter != "`" and letter not in _TWO
