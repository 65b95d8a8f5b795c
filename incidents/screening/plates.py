"""Number plates: the national series since 2009 (AA-123-AA) and the départements' one before it (1234 AB 05)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .findings import FindingKind, Sighting
from .plain import Kind, Token, step, touches, words

_SEPARATORS: Final = ".-"
_ODD_SEPARATORS: Final = "/_"
# Never on a plate: I, O and U, taken for 1, 0 and V; SS, for what it recalls. (WW is a provisional plate.)
_LETTERS: Final = frozenset("ABCDEFGHJKLMNPQRSTVWXYZ")
_OLD_LETTERS: Final = _LETTERS | {"U"}
_NEVER: Final = frozenset({"ss"})
# Two letters that are a word, and stand before or after a number in plain speech: "le 105 de", "en 123 ..".
_WORDS: Final = words(
    "al av bd ce ch cm de en es et eh gr ha kg km la le ma me mn na ne pk pl re rn rd sa se st ta te tv va"
)
_ROADS: Final = frozenset({"rn", "rd", "rm", "vc", "cd", "pk", "av", "bd", "ch"})
# Between two numbers in plain speech: "10 et 12", "20 km 05", "4 bis 12", "18 h 05".
_BETWEEN_NUMBERS: Final = _WORDS | words(
    "au aux ans apt bat bis bus cts des dont du eme ent env er esc est etg eur fr hab hre hrs ht jrs lgt les lot mai "
    "min mm mns mois mrs nd ou par pax pcs per pkg pm px qui rdc rer rez rue rte sec sur ter ttc tva uns unt vers via "
    "zac zus"
)
_AFTER_A_MEASURE: Final = frozenset({"h", "hr", "heures", "heure", "km", "m", "cm", "min", "mn", "euros", "eur"})


def new_plate(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the plate that begins at these two letters: two letters, three digits, two letters.

    Certain with dashes, dots or nothing between, and in capitals with blanks, unless a part is an ordinary word.
    """
    number = step(read, index, _SEPARATORS + _ODD_SEPARATORS)
    if number is None or read[number.to].kind is not Kind.DIGITS or len(read[number.to].text) != 3:
        return None
    end = step(read, number.to, _SEPARATORS + _ODD_SEPARATORS)
    if end is None or read[number.to].text == "000":
        return None
    left, right = read[index].text, read[end.to].text
    if not (_is_plate_pair(left) and _is_plate_pair(right)) or _is_stuck(read, index, end.to):
        return None
    words = (left.casefold() in _WORDS) + (right.casefold() in _WORDS)
    is_road = left.casefold() in _ROADS
    if " " not in number.separator + end.separator:
        odd = any(sign in number.separator + end.separator for sign in _ODD_SEPARATORS)
        certain = words == 0 and not (is_road or odd) and not _is_part_of_a_code(read, index, end.to)
        return Sighting(FindingKind.PLATE, certain, index, end.to)
    in_capitals = left.isupper() and right.isupper()
    if is_road or words == 2 or (words and not in_capitals):
        return None
    certain = in_capitals and not words and not _is_part_of_a_code(read, index, end.to)
    return Sighting(FindingKind.PLATE, certain, index, end.to)


def _is_plate_pair(letters: str) -> bool:
    return len(letters) == 2 and _LETTERS.issuperset(letters.upper()) and letters.casefold() not in _NEVER


def _is_stuck(read: Sequence[Token], first: int, last: int) -> bool:
    return touches(read, first - 1, Kind.DIGITS) or touches(read, last + 1, Kind.DIGITS)


def _is_part_of_a_code(read: Sequence[Token], first: int, last: int) -> bool:
    """Return whether it sits inside something longer: LOT-GL-123-AB, GL-123-AB-2026 (but not AB-123-CD-05)."""
    before = first > 1 and read[first - 1].text in {"-", "_", "/"} and read[first - 2].kind is not Kind.BLANK
    after = last + 2 < len(read) and read[last + 1].text in {"-", "_", "/"} and read[last + 2].kind is Kind.DIGITS
    return before or (after and len(read[last + 2].text) > 2)


def old_plate(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the plate that begins at these digits: up to four digits, up to three letters, a département.

    Certain in capitals with three or four digits and two or three letters that are no word or unit.
    """
    digits = read[index].text
    middle = step(read, index, _SEPARATORS)
    if len(digits) > 4 or middle is None or not _is_old_middle(read[middle.to]) or _is_in_a_number(read, index):
        return None
    department = step(read, middle.to, _SEPARATORS)
    last = None if department is None else _department_end(read, department.to)
    if department is None or last is None or _measures_something(read, last):
        return None
    letters = read[middle.to].text
    spaced = " " in middle.separator + department.separator
    if not letters.isupper() or len(letters) == 1:
        rare = letters.isupper() and len(digits) == 4
        return Sighting(FindingKind.PLATE, False, index, last) if rare or (not spaced and len(digits) > 2) else None
    if len(digits) == 1 and spaced:
        return None
    certain = (len(digits), len(letters)) in {(4, 2), (3, 2), (3, 3)}
    return Sighting(FindingKind.PLATE, certain, index, last)


def _is_old_middle(token: Token) -> bool:
    fits = token.kind is Kind.LETTERS and len(token.text) <= 3 and _OLD_LETTERS.issuperset(token.text.upper())
    return fits and token.text.casefold() not in _BETWEEN_NUMBERS


def _is_in_a_number(read: Sequence[Token], index: int) -> bool:
    """Return whether the digits end a date, a decimal or a code: 10/12/2026, 46.55, lot-1234."""
    return index > 1 and read[index - 1].text in {"/", ".", "-", ",", ":"} and read[index - 2].kind is Kind.DIGITS


def _department_end(read: Sequence[Token], index: int) -> int | None:
    """Return the last token of the département's number, or None when it is none."""
    text = read[index].text
    corsican = text == "2" and touches(read, index + 1, Kind.LETTERS) and read[index + 1].text in {"A", "B"}
    last = index + 1 if corsican else index
    metropolitan = len(text) == 2 and text.isdigit() and 1 <= int(text) <= 95
    overseas = len(text) == 3 and text.isdigit() and 971 <= int(text) <= 988
    sticks = touches(read, last + 1, Kind.LETTERS) or touches(read, last + 1, Kind.DIGITS)
    return last if (corsican or metropolitan or overseas) and not sticks else None


def _measures_something(read: Sequence[Token], last: int) -> bool:
    if last + 1 < len(read) and read[last + 1].text in {"%", "€", ":", "/"}:
        return True
    ahead = step(read, last, "")
    return ahead is not None and read[ahead.to].text.casefold() in _AFTER_A_MEASURE
