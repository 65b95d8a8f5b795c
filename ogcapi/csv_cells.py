"""CSV for people who open it in a spreadsheet: no cell of it is ever a formula.

A spreadsheet computes a cell that begins like a formula, and a formula may call programs or send what stands beside it
to an address. French Excel splits at `;` whatever the quotes of another delimiter say, so every table leaves with `;`,
each cell quoted, and an apostrophe before what would be computed. What programs exchange (`/api/locate/batch/`,
`manage.py route`) gives its sender's own columns back unchanged and is not written here.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

CONTENT_TYPE: Final = "text/csv; charset=utf-8"
# Without it Excel takes UTF-8 for the local code page.
MARK: Final = "\ufeff"
# What begins a formula, in the wide forms of East Asian keyboards too, which Excel takes for the same.
STARTERS: Final = frozenset("=+-@|\uff1d\uff0b\uff0d\uff20\uff5c")
# As printed for a number, and as nobody writes a formula. A plus sign is none of it: it begins telephone numbers.
_NUMBER: Final = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)


def cell(value: object) -> str:
    """The value as the text of a cell that no spreadsheet computes.

    None is empty, a switch `true` or `false`, a moment or a date ISO 8601, a number as it is; a text that begins like a
    formula, behind blanks or not, or with a control character, gets an apostrophe in front. Several are one text.
    """
    match value:
        case str():
            # Most begin so, and no formula does.
            return f"'{value}" if not value[:1].isalnum() and _computed(value) else value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return cell(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


def _computed(text: str) -> bool:
    if _NUMBER.fullmatch(text):
        return False
    for character in text:
        kind = unicodedata.category(character)
        if kind == "Cc":
            return True
        # Blanks of all widths, and the marks that show nothing (zero-width space, byte order mark).
        if kind not in {"Zs", "Zl", "Zp", "Cf"}:
            return character in STARTERS
    return False


def lines(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The table line by line, its head first, to be streamed as UTF-8: `;`, all quoted, CRLF, byte order mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    out.write(MARK)
    writer.writerow([cell(name) for name in names])
    yield out.getvalue()
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow([cell(value) for value in row])
        yield out.getvalue()
