"""Keys of rows as addresses show them: sealed, so that nobody finds a row by counting."""

from __future__ import annotations

import re
from hmac import compare_digest
from typing import Final

from django.utils.crypto import salted_hmac

_SALT: Final = "psq_geo.frontend.sealed"
_LETTERS: Final = 16
_HIDDEN: Final = re.compile(r"[0-9a-f]{32}")


def mark(text: str) -> str:
    """Sixteen letters that only this installation can make of this text."""
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()[:_LETTERS]


def hidden(key: int) -> str:
    """The key in 32 letters that do not give it back, the same each time: how many rows there are is not to be told."""
    seal = mark(f"hidden:{key}")
    return f"{seal}{key ^ _veil(seal):016x}"


def opened(text: str) -> int | None:
    """The key that `hidden` hid; None where it hid none so."""
    if not _HIDDEN.fullmatch(text):
        return None
    key = int(text[_LETTERS:], 16) ^ _veil(text[:_LETTERS])
    return key if compare_digest(text[:_LETTERS], mark(f"hidden:{key}")) else None


def _veil(seal: str) -> int:
    return int(mark(f"veil:{seal}"), 16)


class Sealed:
    """A converter of addresses between a key and `<key>-<mark>`; a wrong mark is no address at all."""

    regex = "[0-9]{1,18}-[0-9a-f]{16}"

    def to_python(self, value: str) -> int:
        """The key. Raises ValueError for a mark that is not ours."""
        key, _dash, seal = value.partition("-")
        if not compare_digest(seal, mark(key)):
            raise ValueError(value)
        return int(key)

    def to_url(self, value: int) -> str:
        """The key with its mark."""
        return f"{value}-{mark(str(value))}"
