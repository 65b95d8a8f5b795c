"""Numbers that carry their own proof: the social security number (NIR) and the bank account (IBAN)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .findings import FindingKind, Sighting
from .plain import Kind, Token, step

_NIR_BODY: Final = 13
_NIR_FULL: Final = 15
# Sex, year, month, département (2A and 2B in Corsica, 99 abroad), commune, order. Months above 12 stand for an
# unknown one; with its key right a number may have them, without it they are no reason to warn.
_NIR: Final = re.compile(r"[1-478]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)(?:0[1-9]|[1-9]\d|2[AB])\d{6}(?:\d\d)?")
_NIR_USUAL: Final = re.compile(r"[12]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[0-57-9]|2[AB])\d{6}(?:\d\d)?")
_NIR_BODY_GROUPS: Final = frozenset({(13,), (1, 2, 2, 2, 3, 3), (1, 2, 2, 2, 6)})
# One number in a hundred has a right key by chance, so it must also be cut as people cut it.
_NIR_GROUPS: Final = frozenset({(15,), (1, 14), (1, 12, 2), (1, 6, 6, 2), (1, 2, 2, 2, 3, 5)}) | {
    (*groups, 2) for groups in _NIR_BODY_GROUPS
}

# Length and shape by country: the eurozone neighbours, and where online banks open accounts.
_IBAN: Final = {
    "BE": (16, r"BE\d{14}"),
    "CH": (21, r"CH\d{7}[A-Z\d]{12}"),
    "DE": (22, r"DE\d{20}"),
    "ES": (24, r"ES\d{22}"),
    "FR": (27, r"FR\d{12}[A-Z\d]{11}\d\d"),
    "GB": (22, r"GB\d\d[A-Z]{4}\d{14}"),
    "IE": (22, r"IE\d\d[A-Z]{4}\d{14}"),
    "IT": (27, r"IT\d\d[A-Z]\d{10}[A-Z\d]{12}"),
    "LT": (20, r"LT\d{18}"),
    "LU": (20, r"LU\d{5}[A-Z\d]{13}"),
    "MC": (27, r"MC\d{12}[A-Z\d]{11}\d\d"),
    "NL": (18, r"NL\d\d[A-Z]{4}\d{10}"),
    "PT": (25, r"PT\d{23}"),
}


def nir(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the social security number that begins at these digits.

    Certain when its fifteen digits are cut as usual and the key is right; not when the key is wrong or missing.
    """
    if read[index].text[0] not in "123478":
        return None
    text, last, groups, body_last = read[index].text, index, [len(read[index].text)], None
    while len(text) < _NIR_FULL:
        if len(text) == _NIR_BODY and tuple(groups) in _NIR_BODY_GROUPS and _NIR_USUAL.fullmatch(text):
            body_last = last
        ahead = step(read, last, ".-/")
        if ahead is None or not _may_go_on(read[ahead.to], text):
            break
        last = ahead.to
        text += read[last].text.upper()
        if ahead.separator:
            groups.append(0)
        groups[-1] += len(read[last].text)  # 2A is one group, though a digit and a letter
    if len(text) == _NIR_FULL and _NIR.fullmatch(text):
        is_right = _nir_key(text[:_NIR_BODY]) == int(text[_NIR_BODY:])
        if is_right or _NIR_USUAL.fullmatch(text):
            return Sighting(FindingKind.NIR, is_right and tuple(groups) in _NIR_GROUPS, index, last)
    return None if body_last is None else Sighting(FindingKind.NIR, False, index, body_last)


def _may_go_on(token: Token, text: str) -> bool:
    """Return whether the token can be the next part: digits, or the letter of a Corsican département."""
    return token.kind is Kind.DIGITS or (len(text) == 6 and text[5] == "2" and token.text in {"A", "B", "a", "b"})


def _nir_key(body: str) -> int:
    corsica = {"2A": "19", "2B": "18"}.get(body[5:7])
    number = int(body if corsica is None else body[:5] + corsica + body[7:])
    return 97 - number % 97


def iban(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the bank account number that begins at these two letters; certain when its key is right."""
    expected = _IBAN.get(read[index].text.upper())
    if expected is None:
        return None
    length, shape = expected
    text, last = read[index].text, index
    while len(text) < length:
        ahead = step(read, last, ".-")
        if ahead is None or (last == index and read[ahead.to].kind is not Kind.DIGITS):
            return None
        last = ahead.to
        text += read[last].text
    text = text.upper()
    if not re.fullmatch(shape, text):
        return None
    number = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return Sighting(FindingKind.IBAN, int(number) % 97 == 1, index, last)
