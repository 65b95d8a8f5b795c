"""Phone numbers and e-mail addresses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from .findings import FindingKind, Sighting
from .plain import Kind, Token, step, touches

_SEPARATORS: Final = " .-/_"
_ODD_SEPARATORS: Final = ",;:|*#~\n"
_PAIRS: Final = 5
_NATIONAL_DIGITS: Final = 10
_INTERNATIONAL_DIGITS: Final = range(10, 16)
# Ways of cutting ten digits that people use for a phone number and for little else.
_GROUPINGS: Final = frozenset(
    {(10,), (2, 2, 2, 2, 2), (2, 8), (4, 6), (4, 2, 2, 2), (4, 3, 3), (3, 3, 4), (2, 4, 4), (1,) * 10}
)
_BEFORE_A_NUMBER: Final = frozenset({"tel", "telephone", "portable", "port", "mob", "mobile", "au", "fixe"})
_LOCAL_SIGNS: Final = "._%+-"
_MOST_TOKENS: Final = 40  # on each side of an at-sign
_SPELT_OUT: Final = frozenset({"arobase", "arobas", "arrobase"})
AT_WORDS: Final = _SPELT_OUT | {"at"}  # "at" counts in brackets, or where a dot is written out too


def phone(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the phone number that begins at this token: digits, or a plus sign.

    Certain: +33 or 0033 and nine digits, any other +country, ten digits from 01 to 09 cut as people cut them.
    Not certain: 08 (a service, not a person), an odd cut, a run of numbers going up by one, letters stuck to it.
    Nothing: a date and a time that happen to hold ten digits, the decimals of a coordinate.
    """
    token = read[index]
    if token.text == "+":
        first = step(read, index, "(")
        return None if first is None else _international(read, index, first.to, "")
    if token.text.startswith("00"):
        return _international(read, index, index, "00")
    if not token.text.startswith("0"):
        return None
    return _national(read, index, index, token.text) or _oddly_separated(read, index)


def phone_with_letter(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the phone number that begins with this letter O, which stands for a zero: "O6 12 34 56 78"."""
    if not touches(read, index + 1, Kind.DIGITS) or touches(read, index - 1, Kind.LETTERS):
        return None
    found = _national(read, index, index + 1, "0" + read[index + 1].text)
    return None if found is None else found._replace(certain=False)


def _international(read: Sequence[Token], first: int, index: int, prefix: str) -> Sighting | None:
    digits, last = read[index].text, index
    if read[index].kind is not Kind.DIGITS:
        return None
    while len(digits) - len(prefix) < _length_expected(digits[len(prefix) :]):
        ahead = step(read, last, _SEPARATORS + "()")
        if ahead is None or read[ahead.to].kind is not Kind.DIGITS:
            return None
        last = ahead.to
        digits += read[last].text
    number = digits[len(prefix) :]
    french = number.startswith("33")
    # 00 opens many other numbers; only the country that everyone here writes with it is believed.
    if not digits.startswith(prefix) or len(number) not in _INTERNATIONAL_DIGITS or (prefix and not french):
        return None
    subscriber = number[2:].removeprefix("0")
    if french and subscriber.startswith("0"):
        return None
    return Sighting(FindingKind.PHONE, not french or len(subscriber) == 9, first, last)


def _length_expected(number: str) -> int:
    """Return how many digits to read, country included; a French number may repeat its 0: +33 (0)6."""
    if number.startswith("33"):
        return 12 if number.startswith("330") else 11
    return _INTERNATIONAL_DIGITS.start


def _oddly_separated(read: Sequence[Token], first: int) -> Sighting | None:
    """Return five pairs with one and the same sign between them that no one puts there: 06,12,34,56,78."""
    groups, separators, last = [read[first].text], [], first
    while len(groups) < _PAIRS and len(groups[-1]) == 2:
        ahead = step(read, last, _ODD_SEPARATORS)
        if ahead is None or read[ahead.to].kind is not Kind.DIGITS or not ahead.separator.strip(" "):
            return None
        last = ahead.to
        groups.append(read[last].text)
        separators.append(ahead.separator)
    is_number = len(groups) == _PAIRS and len(groups[-1]) == 2 and groups[0][1:] not in {"0", "8"}
    if not is_number or len(set(separators)) > 1 or _counts_up(groups):
        return None
    return Sighting(FindingKind.PHONE, False, first, last)


def _national(read: Sequence[Token], first: int, last: int, begun: str) -> Sighting | None:
    groups: list[str] = [begun]
    separators: list[str] = []
    total = len(groups[0])
    while total < _NATIONAL_DIGITS:
        ahead = step(read, last, _SEPARATORS)
        if ahead is None or read[ahead.to].kind is not Kind.DIGITS:
            return None
        last = ahead.to
        groups.append(read[last].text)
        separators.append(ahead.separator)
        total += len(groups[-1])
    digits = "".join(groups)
    if total != _NATIONAL_DIGITS or digits[1] == "0" or _is_something_else(read, first, groups, separators):
        return None
    certain = (
        digits[1] != "8"
        and tuple(map(len, groups)) in _GROUPINGS
        and _is_regular(separators)
        and not _has_year(groups)
        and not _counts_up(groups)
        and not _goes_on(read, last, groups, separators)
        and not touches(read, last + 1, Kind.LETTERS)
        and (not touches(read, first - 1, Kind.LETTERS) or read[first - 1].text.casefold() in _BEFORE_A_NUMBER)
    )
    return Sighting(FindingKind.PHONE, certain, first, last)


def _is_something_else(read: Sequence[Token], first: int, groups: list[str], separators: list[str]) -> bool:
    if not separators:
        # 6.0612345678
        return first > 1 and read[first - 1].text in {".", ","} and touches(read, first - 2, Kind.DIGITS)
    if tuple(map(len, groups)) not in _GROUPINGS and _has_year(groups):
        return True  # 06 12 2026 18
    if len(groups) < 4 or _is_regular(separators):
        return False
    one, two, three = separators[:3]
    numbers = [int(group) for group in groups]
    is_date = one == two != three and one.strip() != "" and numbers[0] <= 31 and numbers[1] <= 12  # 01/02/26 10 30
    quarters = {0, 15, 30, 45}
    is_opening_hours = one == three and numbers[0] <= 24 and {numbers[1], numbers[3]} <= quarters  # 08.00-12.00 14
    return is_date or is_opening_hours


def _is_regular(separators: list[str]) -> bool:
    """Return whether one separator is used throughout, or throughout but after the first group (06-12 34 56 78)."""
    if len(set(separators)) <= 1:
        return True
    return len(set(separators[1:])) == 1 and "/" not in separators[0]


def _has_year(groups: list[str]) -> bool:
    return any(len(group) == 4 and group[:2] in {"19", "20"} for group in groups)


def _counts_up(groups: list[str]) -> bool:
    """Return whether these are numbers at one pace: lines 01 02 03 04 05, minutes 05 10 15 20 25."""
    paces = {int(after) - int(before) for before, after in pairwise(groups)}
    return len(groups) == 5 and len(paces) == 1 and min(paces) > 0


def _goes_on(read: Sequence[Token], last: int, groups: list[str], separators: list[str]) -> bool:
    """Return whether the pairs go on after the tenth digit: a list of numbers, unless another phone number follows."""
    ahead = step(read, last, _SEPARATORS)
    if ahead is None or not separators or ahead.separator != separators[-1]:
        return False
    following = read[ahead.to]
    is_pair = following.kind is Kind.DIGITS and len(following.text) == len(groups[-1])
    return is_pair and not following.text.startswith("0")


def email(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the e-mail address around this at-sign, or around a word or brackets written for it.

    Certain when it is written as an address; not when blanks stand around the sign or a word stands for it.
    """
    left, right = index - 1, index + 1
    certain = read[index].text == "@"
    if not certain and read[index].text.casefold() not in _SPELT_OUT:
        if not (index > 0 and read[index - 1].text in {"(", "[", "{"} and touches(read, index + 1, Kind.SIGN)):
            return None
        left, right = left - 1, right + 1
    if touches(read, left, Kind.BLANK):
        left, certain = left - 1, False
    if touches(read, right, Kind.BLANK):
        right, certain = right + 1, False
    first, last = _local_part(read, left), _domain(read, right)
    return None if first is None or last is None else Sighting(FindingKind.EMAIL, certain, first, last)


def _local_part(read: Sequence[Token], index: int) -> int | None:
    first = None
    for back in range(index, max(index - _MOST_TOKENS, -1), -1):
        token = read[back]
        if token.kind is Kind.DIGITS or token.kind is Kind.LETTERS:
            first = back
        elif token.kind is Kind.BLANK or token.text not in _LOCAL_SIGNS:
            break
    return first


def _domain(read: Sequence[Token], index: int) -> int | None:
    """Return the token that ends the domain: the last label of two letters or more after a dot."""
    last = None
    for ahead in range(index, min(index + _MOST_TOKENS, len(read))):
        token = read[ahead]
        if token.kind is Kind.BLANK or (token.kind is Kind.SIGN and token.text not in ".-"):
            break
        if token.kind is Kind.LETTERS and len(token.text) > 1 and ahead > index + 1 and read[ahead - 1].text == ".":
            last = ahead
    return last
