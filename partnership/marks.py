"""The mark of a text that several people may write at: who writes on says from which text they began. Pure."""

from __future__ import annotations

from hashlib import sha256


def mark(text: str) -> str:
    """Sixteen letters for this text, whatever ends its lines."""
    return sha256("\n".join(text.split("\r\n")).encode()).hexdigest()[:16]


def changed_since(text: str, seen: str | None) -> bool:
    """Is the text another than the one of the mark `seen`? None began from whatever there is."""
    return seen is not None and seen != mark(text)
