"""Texts with variables: ``{{ name }}`` stands for what is filled in. Nothing else between two braces is understood."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

_VARIABLE: Final = re.compile(r"\{\{[ \t]*([a-z][a-z_]*)[ \t]*\}\}")


class NotFilled(ValueError):  # noqa: N818 - the text errs, not the program
    """A text that holds what nothing is known to stand for.

    `code`: ``unknown_variable`` (`what` is its name), or ``braces_left`` for braces that are no variable.
    """

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code}: {what}")
        self.code, self.what = code, what


def names(text: str) -> list[str]:
    """The variables of the text, each once, in its order."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def check(text: str, known: Collection[str]) -> None:
    """Nothing, or NotFilled: a variable that is not known, or braces that are none."""
    for name in names(text):
        if name not in known:
            raise NotFilled("unknown_variable", name)
    _check_filled(_VARIABLE.sub("", text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; nothing between braces is left.

    Raises NotFilled, also where a value is empty (``unknown_variable``) or itself holds braces.
    """
    for name in names(text):
        if not values.get(name, "").strip():
            raise NotFilled("unknown_variable", name)
    filled = _VARIABLE.sub(lambda found: values[found.group(1)], text)
    _check_filled(filled)
    return filled


def _check_filled(text: str) -> None:
    for braces in ("{{", "}}"):
        at = text.find(braces)
        if at >= 0:
            raise NotFilled("braces_left", text[at : at + 30])
