"""The public name of a concern: eight characters that are drawn, not counted, and easy to dictate.

Forty random bits in Crockford's base 32, written ``XXXX-XXXX``: no I, L, O or U, so that nothing
read aloud or copied by hand can be mistaken for something else. One reference says nothing about
the next, nor about how many there are. The database keeps them unique; on a clash, draw again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_BYTES: Final = 5
_HALF: Final = 4
_SHAPE: Final = re.compile(r"([0-9A-Z]{4})[-\u2010\u2011\u2012\u2013 \u00a0\u202f]?([0-9A-Z]{4})")
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_UPPER: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class ReferenceInvalid(ValueError):  # noqa: N818 - it is the reader who errs
    """The text is no reference. `code`: ``reference_malformed``; `facts`: its length."""

    def __init__(self, text: str) -> None:
        super().__init__("reference_malformed")
        self.code = "reference_malformed"
        self.facts: dict[str, object] = {"length": len(text)}


def new_reference(random_bytes: Callable[[int], bytes] = os.urandom) -> str:
    """Return a fresh reference, ``XXXX-XXXX``, from five bytes of `random_bytes`."""
    number = int.from_bytes(random_bytes(_BYTES), "big")
    letters = "".join(ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def normalise(text: str) -> str:
    """Return the reference that a person meant by `text`, as it is stored.

    Lower case, a missing dash (or a space for it), blanks around, O for 0, I or L for 1 are
    understood. Raises ReferenceInvalid for anything else, U included.
    """
    # Not str.upper: it would turn letters of other alphabets into ours.
    match = _SHAPE.fullmatch(text.strip().translate(_UPPER)) if len(text) <= 64 else None
    if match is None or "U" in match.group():
        raise ReferenceInvalid(text)
    return "-".join(match.groups()).translate(_LOOK_ALIKES)
