"""Keys of rows as addresses show them: sealed, so that nobody finds a row by counting."""

from __future__ import annotations

from hmac import compare_digest
from typing import Final

from django.utils.crypto import salted_hmac

_SALT: Final = "psq_geo.frontend.sealed"
_LETTERS: Final = 16


def mark(text: str) -> str:
    """Sixteen letters that only this installation can make of this text."""
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()[:_LETTERS]


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
