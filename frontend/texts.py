"""A text cut where something of a person shows in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend import words
from incidents.screening import Finding


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text; `kind` says what was recognised in it, "" for nothing."""

    text: str
    kind: str = ""
    certain: bool = False


def marked(text: str, findings: Sequence[Finding]) -> list[Piece]:
    """The whole text in pieces; nothing when there is nothing to show."""
    if not findings:
        return []
    pieces, at = [], 0
    for finding in findings:
        if finding.start > at:
            pieces.append(Piece(text[at : finding.start]))
        pieces.append(
            Piece(text[finding.start : finding.end], words.word(words.FINDINGS, finding.kind), finding.certain)
        )
        at = finding.end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return pieces
