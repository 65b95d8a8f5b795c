"""What people write out so that no program sees it: numbers in words, signs in words, an O for a zero.

Always a warning: nobody writes so by chance, but a sentence full of numbers may be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .findings import FindingKind, Sighting
from .plain import Kind, Token, step, touches, words

_UNITS: Final = {
    word: value
    for table in (
        "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
        "oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen",
    )
    for value, word in enumerate(table.split())
} | {"une": 1}
_TENS: Final = {
    word: 10 * value
    for table in (
        "vingt trente quarante cinquante soixante septante huitante nonante",
        "twenty thirty forty fifty sixty seventy eighty ninety",
    )
    for value, word in enumerate(table.split(), start=2)
}
ZEROS: Final = frozenset({"zero", "oh"})
_DIGITS: Final = 10
_BETWEEN: Final = " .,-/"
_MOST_RUNS: Final = 24

_DOT_WORDS: Final = frozenset({"point", "dot"})
_TOP_LEVELS: Final = words("be biz ch com de edu es eu fr info io it lu net org uk")
_MOST_LABELS: Final = 4
_BRACKETS: Final = frozenset("()[]{}<>")


def phone(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the phone number that begins at this zero, some or all of it in words: "zéro six 12 trente-quatre"…"""
    digits, words_seen, last, at = "", 0, index, index
    for _ in range(_MOST_RUNS):
        if read[at].kind is Kind.DIGITS:
            digits, last = digits + read[at].text, at
        else:
            number = _number(read, at)
            if number is None:
                return None
            value, last = number
            digits, words_seen = digits + str(value), words_seen + 1
        if len(digits) >= _DIGITS:
            break
        ahead = step(read, last, _BETWEEN)
        if ahead is None:
            return None
        at = ahead.to
    is_number = len(digits) == _DIGITS and digits[0] == "0" and digits[1] != "0" and words_seen > 0
    return Sighting(FindingKind.PHONE, False, index, last) if is_number else None


def _number(read: Sequence[Token], index: int) -> tuple[int, int] | None:
    """Return the number under a hundred that begins at this word, and the token it ends with: the longest there is."""
    word = read[index].text.casefold()
    value, last = _TENS.get(word), index
    if value is None:
        value = _UNITS.get(word)
        if value is None:
            return None
        following = _next_word(read, index)
        if value == 4 and following is not None and read[following].text.casefold() in {"vingt", "vingts"}:
            value, last = 80, following
        elif value == 10 and following is not None and 7 <= _UNITS.get(read[following].text.casefold(), 0) <= 9:
            return 10 + _UNITS[read[following].text.casefold()], following
        else:
            return value, index
    following = _next_word(read, last)
    if following is not None and read[following].text.casefold() == "et":
        following = _next_word(read, following)
    if following is None:
        return value, last
    # Sixty-ten to sixty-nineteen, eighty-ten to eighty-nineteen: soixante-douze, quatre-vingt-seize.
    most = 19 if value in {60, 80} else 9
    more = _number(read, following) if read[following].text.casefold() == "dix" else None
    unit, end = more or (_UNITS.get(read[following].text.casefold(), 0), following)
    return (value + unit, end) if 1 <= unit <= most else (value, last)


def _next_word(read: Sequence[Token], index: int) -> int | None:
    ahead = step(read, index, "-")
    return ahead.to if ahead is not None and read[ahead.to].kind is Kind.LETTERS else None


def email(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the address around this at-sign, or word for one, whose domain has a word or a lone sign for its dot."""
    left, right = _beside(read, index, -1), _beside(read, index, 1)
    if not _is_run(read, left) or not _is_run(read, right):
        return None
    last, labels = right, 1
    spelt = False
    while labels < _MOST_LABELS:
        after = _label_after(read, last)
        if after is None:
            break
        last, by_word = after
        spelt, labels = spelt or by_word, labels + 1
    if labels == 1 or read[last].text.casefold() not in _TOP_LEVELS:
        return None
    # What is written in full is contacts.email's.
    bare = read[index].text.casefold() == "at"
    return Sighting(FindingKind.EMAIL, False, _local(read, left), last) if spelt or not bare else None


def _beside(read: Sequence[Token], index: int, way: int) -> int:
    """Return the token on this side, across a blank and a bracket: (at), [at], at."""
    at = index + way
    for _ in range(3):
        if not 0 <= at < len(read) or not (read[at].kind is Kind.BLANK or read[at].text in _BRACKETS):
            break
        at += way
    return at


def _is_run(read: Sequence[Token], index: int) -> bool:
    return touches(read, index, Kind.LETTERS) or touches(read, index, Kind.DIGITS)


def _label_after(read: Sequence[Token], index: int) -> tuple[int, bool] | None:
    """Return the next label of the domain, and whether its dot is a word or stands alone."""
    dot = _beside(read, index, 1)
    if not 0 <= dot < len(read):
        return None
    by_word = read[dot].text.casefold() in _DOT_WORDS
    if not by_word and read[dot].text != ".":
        return None
    label = _beside(read, dot, 1)
    if not touches(read, label, Kind.LETTERS):
        return None
    alone = (dot == index + 2, label == dot + 2)
    # A dot that sticks to the word before it, with a blank after it, ends a sentence.
    return None if not by_word and alone[0] != alone[1] else (label, by_word or all(alone))


def _local(read: Sequence[Token], index: int) -> int:
    """Return the first token of what stands before the sign: "jean point dupont", "jean.dupont"."""
    first = index
    for _ in range(_MOST_LABELS):
        dot = _beside(read, first, -1)
        if not dot >= 0 or not (read[dot].text.casefold() in _DOT_WORDS or read[dot].text in {".", "_", "-", "+"}):
            break
        before = _beside(read, dot, -1)
        if not _is_run(read, before):
            break
        first = before
    return first
