"""The first record of a CSV table: its delimiter, its names, and where the coordinates stand."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ogcapi.geojson import FieldError, Refused

# More than any table of points has; what a short row is filled up with is bounded by it.
MOST_COLUMNS: Final = 500
# A head of more lines is a quotation mark that nobody closed.
MOST_LINES: Final = 100
LON_NAMES: Final = ("lon", "lng", "longitude", "x")
LAT_NAMES: Final = ("lat", "latitude", "y")
_QUOTED = re.compile(r'"[^"]*"')
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Head:
    """What the first record tells. `of_features`: the coordinates were taken from a GIS file's geometries."""

    delimiter: str
    names: list[str]
    lon: int
    lat: int
    of_features: bool = False


def first_record(lines: Iterable[str]) -> str:
    """The lines of the first record joined, without its line end: a quoted name may hold line breaks.

    Reads no further. Refused (400): invalid_csv, where its quotation marks do not pair up.
    """
    text, read = "", 0
    for line in lines:
        text, read = text + line, read + 1
        if text.count('"') % 2 == 0:
            return text.rstrip("\r\n")
        if read >= MOST_LINES:
            break
    if text:
        raise unpaired(1)
    return text


def read_head(text: str, *, columns: tuple[str, str] | None = None) -> Head:
    """The head of a CSV table delimited by `,` or `;`, from its beginning.

    `columns` names the longitude's and the latitude's column; by default the usual names are looked for.
    Refused: 400 missing_column, duplicate_column, invalid_csv; 413 too_many_columns.
    """
    # A delimiter within quotation marks is part of a name.
    line = _LINE_END.split(_QUOTED.sub("", text), maxsplit=1)[0]
    delimiter = ";" if line.count(";") > line.count(",") else ","
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error:
        raise unpaired(1) from None
    if len(names) > MOST_COLUMNS:
        message = _("The table has too many columns.")
        raise Refused([FieldError("", "too_many_columns", message)], status=413)
    plain = [name.strip().lower() for name in names]
    wanted = ((columns[0].lower(),), (columns[1].lower(),)) if columns else (LON_NAMES, LAT_NAMES)
    found = [next((each for each in some if each in plain), None) for some in wanted]
    missing = [some[0] for some, name in zip(wanted, found, strict=True) if name is None]
    if missing:
        message = _("The first line must name the columns lon and lat.")
        raise Refused([FieldError(name, "missing_column", message) for name in missing])
    twice = [name for name in found if name is not None and plain.count(name) > 1]
    if twice:
        message = _("Two columns have this name: which of them holds the coordinate?")
        raise Refused([FieldError(name, "duplicate_column", message) for name in twice])
    lon, lat = (plain.index(name) for name in found if name is not None)
    return Head(delimiter, names, lon, lat)


def repeated(names: Sequence[str], added: Sequence[str]) -> list[str]:
    """The names that stand more than once among those of a table and those that the answer adds, each once."""
    return [name for name, times in Counter([*names, *added]).items() if times > 1]


def unpaired(line: int) -> Refused:
    """The refusal of a table whose quotation marks do not pair up, from this line (1: the head) on."""
    message = format_lazy(
        _("The table cannot be read as CSV: look at the quotation marks from line {line} on."), line=line
    )
    return Refused([FieldError(f"line {line}", "invalid_csv", message)])
