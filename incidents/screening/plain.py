"""A text brought to plain letters, digits and signs, with the way back to what was typed.

Full-width or circled digits, no-break spaces, soft hyphens, zero-width characters and accents would each hide a
phone number from a pattern. They are folded here (compatibility decomposition, marks and invisible characters
dropped), and every plain character still knows where it comes from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

_KEPT_IN_MEMORY: Final = 2048
_MOST_SEPARATORS: Final = 3

_SIGNS: Final = {
    "\n": "\n",
    "\r": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    "\t": " ",
    "\u2800": " ",  # a blank braille pattern: a symbol that shows nothing
    "\u2212": "-",
    "\u2044": "/",
    "\u2215": "/",
    "\u00b7": ".",
    "\u2022": ".",
    "\u2027": ".",
    "\u2219": ".",
    "\u22c5": ".",
    "\u3002": ".",
    "\u30fb": ".",
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    # Letters by their category, and yet nothing to see.
    "\u115f": "",
    "\u1160": "",
    "\u3164": "",
    "\uffa0": "",
}
# Letters of other alphabets that nobody tells from ours.
_ALIKE: Final = dict(
    zip("АВЕЗКМНОРСТУХаеорсухіѕјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABE3KMHOPCTYXaeopcyxisjABEZHIKMNOPTYXo", strict=True)
)
_BY_CATEGORY: Final = {"Zs": " ", "Pd": "-", "Cf": "", "Mn": "", "Me": "", "Cc": "", "Cs": ""}


class Kind(Enum):
    """What a token is made of."""

    DIGITS = 1
    LETTERS = 2
    BLANK = 3
    SIGN = 4


@dataclass(slots=True)
class Token:
    """A run of digits, letters or blanks, or one sign; `start` and `end` are in the plain text."""

    kind: Kind
    text: str
    start: int
    end: int


class Step(NamedTuple):
    """The next run of digits or letters, and what separates it from the one before."""

    to: int
    separator: str


class _Plain(dict[int, str]):
    """Code point to plain text, for `str.translate`; remembers a bounded number of them."""

    def __missing__(self, point: int) -> str:
        plain = "".join(_fold(part) for part in unicodedata.normalize("NFKD", chr(point)))
        if len(self) < _KEPT_IN_MEMORY:
            self[point] = plain
        return plain


def _fold(character: str) -> str:
    sign = _SIGNS.get(character, _ALIKE.get(character))
    if sign is not None:
        return sign
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return _BY_CATEGORY.get(category, character)


_PLAIN: Final = _Plain()
# Disjoint classes, each run taken whole: nothing to go back over.
_TOKEN: Final = re.compile(r"[0-9]+|[^\W\d_]+| +|(?s:.)")


def plain(text: str) -> str:
    """Return `text` in plain characters; its length may differ from that of `text`."""
    return text.translate(_PLAIN)


def origins(text: str) -> list[int]:
    """Return, for each character of `plain(text)`, the index in `text` that it comes from."""
    return [index for index, character in enumerate(text) for _ in character.translate(_PLAIN)]


def tokens(plain_text: str) -> list[Token]:
    """Return the tokens of a plain text, in order and without a gap."""
    read, start = [], 0
    for text in _TOKEN.findall(plain_text):
        end = start + len(text)
        first = text[0]
        if first == " ":
            kind = Kind.BLANK
        elif first.isdecimal():
            kind = Kind.DIGITS
        else:
            kind = Kind.LETTERS if first.isalnum() else Kind.SIGN
        read.append(Token(kind, text, start, end))
        start = end
    return read


def step(read: Sequence[Token], index: int, signs: str) -> Step | None:
    """Return the next run after token `index`, across blanks and the `signs` allowed; None if there is none.

    At most three separators are crossed, so that the cost of a step does not depend on the text.
    """
    separator = ""
    for ahead in range(index + 1, min(index + 2 + _MOST_SEPARATORS, len(read))):
        token = read[ahead]
        if token.kind is Kind.DIGITS or token.kind is Kind.LETTERS:
            return Step(ahead, separator)
        if token.kind is Kind.BLANK:
            separator += " "
        elif token.text in signs:
            separator += token.text
        else:
            return None
    return None


def touches(read: Sequence[Token], index: int, kind: Kind) -> bool:
    """Return whether token `index` exists and is of this kind: what sticks to its neighbour."""
    return 0 <= index < len(read) and read[index].kind is kind


def words(text: str) -> frozenset[str]:
    """Return the words of a literal list, without its forty pairs of quotes."""
    return frozenset(text.split())
