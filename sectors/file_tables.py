"""Tables a person wrote in a file, read into frozen dataclasses; whatever is wrong is said with its place.

The types and limits are those of the dataclass: `str`, `int`, `float`, `bool`, `date`, and tuples of `str` or `int`;
`limited(...)` adds a pattern, bounds, choices or a default. Nothing here knows Django or the database.
"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

CODE = r"[A-Za-z0-9][A-Za-z0-9_-]*"
COMMUNE = r"(?:\d{2}|2[AB])\d{3}"

Row = TypeVar("Row")
_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", date: "a date (2026-01-31)"}


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing wrong: the file, the table (with the entry's own code), the key, a stable code and the sentence."""

    file: str
    table: str
    key: str
    code: str
    message: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.table, self.key) if part)
        return (
            f"{self.file}: {place}: {self.message} [{self.code}]"
            if place
            else f"{self.file}: {self.message} [{self.code}]"
        )


class Defects(ValueError):  # noqa: N818 - it holds them; the command says they are errors
    """What is wrong with a file, all of it. `.found` is the list."""

    def __init__(self, found: Iterable[Defect]) -> None:
        self.found = list(found)
        super().__init__("\n".join(map(str, self.found)))


def limited(default: Any = MISSING, **limits: Any) -> Any:
    """A dataclass field with limits: `pattern`, `longest`, `least`, `most`, `choices`, `filled` (tuples)."""
    return field(default=default, metadata=limits, kw_only=True)


class TableReader:
    """Reads the tables of one file and gathers what is wrong in `defects`."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.defects: list[Defect] = []

    def blame(self, table: str, key: str, code: str, message: str) -> None:
        """Adds a defect of this file."""
        self.defects.append(Defect(self.file, table, key, code, message))

    def row(self, kind: type[Row], raw: object, table: str, *, extra: frozenset[str] = frozenset()) -> Row | None:
        """The table as this dataclass, or None when a defect was added. `extra` keys are the caller's."""
        if not isinstance(raw, Mapping):
            self.blame(table, "", "not_a_table", "a table is expected here")
            return None
        before = len(self.defects)
        hints = get_type_hints(kind)
        declared = {item.name: item for item in fields(kind)}  # type: ignore[arg-type]
        for key in raw.keys() - declared.keys() - extra:
            self.blame(
                table, key, "unknown_key", f"unknown key; known are {', '.join(sorted(declared.keys() | extra))}"
            )
        values: dict[str, Any] = {}
        for name, item in declared.items():
            if name in raw:
                values[name] = self._value(raw[name], hints[name], item.metadata, table, name)
            elif item.default is MISSING:
                self.blame(table, name, "missing", "this key is required")
        return kind(**values) if len(self.defects) == before else None

    def rows(self, kind: type[Row], raw: object, name: str, *, extra: frozenset[str] = frozenset()) -> list[Row]:
        """The entries of an array of tables that are sound."""
        return [
            row
            for place, entry in self.entries(raw, name)
            if (row := self.row(kind, entry, place, extra=extra)) is not None
        ]

    def entries(self, raw: object, name: str) -> list[tuple[str, Mapping[str, Any]]]:
        """The entries of an array of tables, each with its place in words: `posts[2] (hyper-centre)`."""
        if not isinstance(raw, list) or not all(isinstance(entry, Mapping) for entry in raw):
            self.blame(name, "", "not_an_array", f"an array of tables is expected: [[{name}]]")
            return []
        return [(placed(name, number, entry), entry) for number, entry in enumerate(raw, 1)]

    def _value(self, value: Any, kind: Any, limits: Mapping[str, Any], table: str, key: str) -> Any:
        """The value in its type, or None with a defect added."""
        if get_origin(kind) is types.UnionType:
            kind = get_args(kind)[0]
        if get_origin(kind) is tuple:
            return self._values(value, get_args(kind)[0], limits, table, key)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind or isinstance(value, datetime):
            self.blame(table, key, "wrong_type", f"{_NAMES[kind]} is expected, not {value!r}")
            return None
        wrong = _outside(value, limits)
        if wrong:
            self.blame(table, key, *wrong)
            return None
        return value

    def _values(self, value: Any, kind: Any, limits: Mapping[str, Any], table: str, key: str) -> tuple[Any, ...] | None:
        if not isinstance(value, list):
            self.blame(table, key, "wrong_type", f"a list is expected, not {value!r}")
            return None
        if limits.get("filled") and not value:
            self.blame(table, key, "empty", "at least one entry is required")
        if len(set(map(repr, value))) < len(value):
            self.blame(table, key, "repeated", "an entry stands twice")
        return tuple(self._value(each, kind, limits, table, f"{key}[{n}]") for n, each in enumerate(value))


def placed(name: str, number: int, entry: Mapping[str, Any]) -> str:
    """The place of an entry, counted from 1, with its code where it has one."""
    code = entry.get("code") or entry.get("name")
    return f"{name}[{number}] ({code})" if isinstance(code, str) else f"{name}[{number}]"


def _outside(value: Any, limits: Mapping[str, Any]) -> tuple[str, str] | None:
    """What a limit says against this value: a stable code and a sentence."""
    if isinstance(value, str):
        return _text_outside(value, limits)
    if isinstance(value, float) and not math.isfinite(value):
        return "not_finite", "a finite number is expected"
    if "least" in limits and value < limits["least"]:
        return "too_small", f"at least {limits['least']} is expected, not {value}"
    if "most" in limits and value > limits["most"]:
        return "too_large", f"at most {limits['most']} is expected, not {value}"
    return None


def _text_outside(value: str, limits: Mapping[str, Any]) -> tuple[str, str] | None:
    if not value.strip():
        return None if limits.get("blank") and not value else ("empty", "a text is required")
    verdicts = (
        ("null_byte", "\x00" not in value, "a null character cannot be stored"),
        ("too_long", len(value) <= limits.get("longest", 300), f"at most {limits.get('longest', 300)} characters"),
        ("wrong_form", re.fullmatch(limits.get("pattern", r"(?s).*"), value), f"{value!r} has not the form expected"),
        (
            "unknown_choice",
            value in limits.get("choices", (value,)),
            f"{value!r} is not one of {limits.get('choices')}",
        ),
    )
    return next(((code, sentence) for code, holds, sentence in verdicts if not holds), None)
