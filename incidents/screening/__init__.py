"""Free text is about places and problems, never about persons: what of a person shows in it?

`screen` looks for phone numbers, e-mail addresses, number plates, social security numbers, bank accounts and titled
names. What is *certain* is refused; the rest is shown to the person who types, as a warning. It is a help and no
censor: it reads forms and understands nothing, so the writer keeps the last word on all that may be harmless.

Each detector begins at one token and reads a bounded number of tokens from there, so the time grows with the length
of the text and with nothing else, whoever wrote it. A finding's excerpt is personal data: it goes back to the writer
and into no log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from . import contacts, identifiers, names, plates, spelt
from .findings import FindingKind, Sighting
from .plain import Kind, Token, origins, plain, tokens

__all__ = ["Finding", "FindingKind", "refusals", "screen"]

_PRIORITY: Final = {kind: rank for rank, kind in enumerate(FindingKind)}

_Detector = Callable[[Sequence[Token], int], Sighting | None]
_AT_DIGITS: Final[Sequence[_Detector]] = (contacts.phone, spelt.phone, identifiers.nir, plates.old_plate)
_AT_TWO_LETTERS: Final[Sequence[_Detector]] = (identifiers.iban, plates.new_plate)
# MM, MR and AT may open a plate too.
_AT_WORD: Final[Mapping[str, Sequence[_Detector]]] = {
    **dict.fromkeys(names.TITLES, (names.name, plates.new_plate)),
    **dict.fromkeys(names.KIN, (names.kin,)),
    **dict.fromkeys(spelt.ZEROS, (spelt.phone,)),
    **dict.fromkeys(contacts.AT_WORDS, (contacts.email, spelt.email, plates.new_plate)),
    names.FAMILY: (names.family,),
    "o": (contacts.phone_with_letter,),
}
_AT_SIGN: Final[Mapping[str, Sequence[_Detector]]] = {"+": (contacts.phone,), "@": (contacts.email, spelt.email)}
_NOTHING: Final[Sequence[_Detector]] = ()
# What begins at two letters (a plate, an account) goes on with digits.
_DIGIT_OR_SIGN: Final = re.compile(f"[0-9{''.join(map(re.escape, _AT_SIGN))}]")
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something of a person at `text[start:end]`, which is `excerpt`; `certain` when it can be nothing else."""

    kind: FindingKind
    certain: bool
    start: int
    end: int
    excerpt: str


def screen(text: str) -> list[Finding]:
    """Return what of a person shows in `text`, in its order and without overlaps.

    Positions count the characters of `text` as given, end excluded. Where two readings overlap, the certain one is
    kept, then the first in the order of `FindingKind`.
    """
    return list(_found(text)) if text else []


# A text is refused for what is certain, stored, and its doubts are told: one after the other.
@lru_cache(maxsize=8)
def _found(text: str) -> tuple[Finding, ...]:
    folded = plain(text)
    if not _may_show(folded):
        return ()
    read = tokens(folded)
    kept = _without_overlaps(_sightings(read), len(read))
    if not kept:
        return ()
    origin = origins(text)
    findings = []
    for sighting in kept:
        start = origin[read[sighting.first].start]
        end = _past_marks(text, origin[read[sighting.last].end - 1] + 1)
        findings.append(Finding(sighting.kind, sighting.certain, start, end, text[start:end]))
    return tuple(findings)


def _may_show(folded: str) -> bool:
    """Is there anything at which a detector begins? Most texts hold no such thing, and are not taken apart."""
    return bool(_DIGIT_OR_SIGN.search(folded)) or any(word.casefold() in _AT_WORD for word in _WORD.findall(folded))


def _past_marks(text: str, end: int) -> int:
    """The end moved past what belongs to the last character: an accent typed after its letter."""
    while end < len(text) and unicodedata.category(text[end]) in {"Mn", "Me"}:
        end += 1
    return end


def refusals(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that refuse a text: the certain ones."""
    return [finding for finding in findings if finding.certain]


def _sightings(read: Sequence[Token]) -> Iterator[Sighting]:
    for index, token in enumerate(read):
        for detect in _detectors(token):
            sighting = detect(read, index)
            if sighting is not None:
                yield sighting


def _detectors(token: Token) -> Sequence[_Detector]:
    """Return what may begin, or be centred, at this token: most words of a text begin nothing."""
    if token.kind is Kind.BLANK:
        return _NOTHING
    if token.kind is Kind.LETTERS:
        return _AT_WORD.get(token.text.casefold(), _AT_TWO_LETTERS if len(token.text) == 2 else _NOTHING)
    return _AT_DIGITS if token.kind is Kind.DIGITS else _AT_SIGN.get(token.text, _NOTHING)


def _without_overlaps(sightings: Iterable[Sighting], length: int) -> list[Sighting]:
    taken = bytearray(length)
    kept = []
    for sighting in sorted(sightings, key=lambda seen: (not seen.certain, _PRIORITY[seen.kind], seen.first)):
        if not any(taken[sighting.first : sighting.last + 1]):
            taken[sighting.first : sighting.last + 1] = b"\x01" * (sighting.last + 1 - sighting.first)
            kept.append(sighting)
    return sorted(kept, key=lambda seen: seen.first)
