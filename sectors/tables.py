"""Tables of points in CSV: the columns of an answer are added to each row, and no row is lost.

A row whose place cannot be read keeps its place in the file, with the reason in `error`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from ogcapi.geojson import FieldError, Refused
from sectors.atlas import Atlas
from sectors.bulk import COLUMNS, Answer, settle

ADDED: Final = (*COLUMNS, "error")
# More than any table of points has; what a short row is filled up with is bounded by it.
MOST_COLUMNS: Final = 500
LON_NAMES: Final = ("lon", "lng", "longitude", "x")
LAT_NAMES: Final = ("lat", "latitude", "y")
_LINE_END = re.compile(r"\r\n|\n|\r")
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
# What no plain decimal number holds.
_ODD = re.compile(r"[^0-9.-]")
# Rows read and written together where all are plain; one odd row sends its block the careful way.
BLOCK: Final = 2_000
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Head:
    """What the first line tells: the delimiter, the names, and where the coordinates stand."""

    delimiter: str
    names: list[str]
    lon: int
    lat: int


def read_head(text: str, *, columns: tuple[str, str] | None = None) -> Head:
    """The head of a CSV table delimited by `,` or `;`, from its beginning. Refused (400): missing_column, invalid_csv.

    `columns` names the longitude's and the latitude's column; by default the usual names are looked for.
    """
    line = _LINE_END.split(text, maxsplit=1)[0]
    delimiter = ";" if line.count(";") > line.count(",") else ","
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        raise _unreadable() from None
    if len(names) > MOST_COLUMNS:
        message = gettext_lazy("The table has too many columns.")
        raise Refused([FieldError("", "too_many_columns", message)], status=413)
    plain = [name.strip().lower() for name in names]
    wanted = ((columns[0].lower(),), (columns[1].lower(),)) if columns else (LON_NAMES, LAT_NAMES)
    places = [next((plain.index(each) for each in some if each in plain), None) for some in wanted]
    if places[0] is None or places[1] is None:
        missing = wanted[0][0] if places[0] is None else wanted[1][0]
        message = gettext_lazy("The first line must name the columns lon and lat.")
        raise Refused([FieldError(missing, "missing_column", message)])
    return Head(delimiter, names, places[0], places[1])


def answered(
    rows: Sequence[list[str]], head: Head, atlas: Atlas, *, category: str | None = None, home: int | None = None
) -> str:
    """The rows as CSV text, each with the cells of `ADDED` appended, in order."""
    places, problems = _positions(rows, head)
    good = np.flatnonzero(~np.isnan(places[:, 0]))
    answers = settle(atlas, places[good, 0], places[good, 1], category=category, home=home)
    index = np.zeros(len(rows), dtype=np.int64)
    index[good] = answers.index
    cells = [_cells(answer) for answer in answers.distinct]
    tails = [f"{head.delimiter}{_line(each, head)}" for each in cells]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=head.delimiter, lineterminator="\n")
    quoting = csv.writer(out, delimiter=head.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for start in range(0, len(rows), BLOCK):
        block, numbers = rows[start : start + BLOCK], index[start : start + BLOCK].tolist()
        lines = _plain_lines(block, head)
        if lines is not None and not any(start + i in problems for i in range(len(block))):
            out.write("".join([line + tails[number] for line, number in zip(lines, numbers, strict=True)]))
            continue
        for i, (row, number) in enumerate(zip(block, numbers, strict=True), start):
            problem = problems.get(i)
            line = [*_fitted(row, head), *(cells[number] if problem is None else [*[""] * 6, problem])]
            # Python's writer takes a lone carriage return for no reason to quote; readers end a row there.
            (quoting if any("\r" in cell for cell in line) else writer).writerow(line)
    return out.getvalue()


def _line(cells: list[str], head: Head) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=head.delimiter, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _plain_lines(block: Sequence[list[str]], head: Head) -> list[str] | None:
    """The rows as lines, where this is all that CSV asks: no cell is quoted, none lacks. None otherwise."""
    lines = list(map(head.delimiter.join, block))
    text = "\n".join(lines)
    plain = (
        text.count(head.delimiter) == (len(head.names) - 1) * len(block)
        and text.count("\n") == len(block) - 1
        and '"' not in text
        and "\r" not in text
    )
    return lines if plain and set(map(len, block)) == {len(head.names)} else None


def _fitted(row: list[str], head: Head) -> list[str]:
    """The row with as many cells as there are names; what is added then stands under its own names.

    Surplus cells stay, joined into the last one.
    """
    width = len(head.names)
    return row + [""] * (width - len(row)) if len(row) <= width else _joined(row, head)


def _positions(rows: Sequence[list[str]], head: Head) -> tuple[Floats, dict[int, str]]:
    """(lon, lat) a row, and for the rows that have none, where NaN stands, why."""
    places = np.full((len(rows), 2), np.nan)
    problems: dict[int, str] = {}
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        plain = _plain_positions(block, head)
        if plain is not None:
            places[start : start + BLOCK] = plain
            continue
        for i, row in enumerate(block, start):
            found = _position(row, head)
            if isinstance(found, str):
                problems[i] = found
            else:
                places[i] = found
    return places, problems


def _plain_positions(block: Sequence[list[str]], head: Head) -> Floats | None:
    """(lon, lat) a row, where all rows of the block are as they should be; None otherwise."""
    if set(map(len, block)) != {len(head.names)}:
        return None
    lon, lat = [row[head.lon] for row in block], [row[head.lat] for row in block]
    if head.delimiter == ";":
        lon, lat = [text.replace(",", ".") for text in lon], [text.replace(",", ".") for text in lat]
    if _ODD.search("".join(lon)) or _ODD.search("".join(lat)):
        return None
    try:
        found = np.array([list(map(float, lon)), list(map(float, lat))]).T
    except ValueError:
        return None
    return found if bool((np.abs(found) <= (180.0, 90.0)).all()) else None


def _joined(row: list[str], head: Head) -> list[str]:
    width = len(head.names)
    return [*row[: width - 1], head.delimiter.join(row[width - 1 :])]


def _cells(answer: Answer) -> list[str]:
    border = "true" if answer.border else "false"
    return [answer.outcome, answer.sector or "", answer.post, answer.unit, answer.commune or "", border, ""]


def _position(row: list[str], head: Head) -> tuple[float, float] | str:
    """(lon, lat), or in words why there is none."""
    if len(row) > len(head.names):
        return _("more cells than columns")
    try:
        texts = row[head.lon].strip(), row[head.lat].strip()
    except IndexError:
        return _("cells are missing")
    if head.delimiter == ";":
        texts = texts[0].replace(",", "."), texts[1].replace(",", ".")
    for name, text, limit in (("lon", texts[0], 180.0), ("lat", texts[1], 90.0)):
        if not text:
            return _("%(name)s is empty") % {"name": name}
        if not _DECIMAL.fullmatch(text):
            return _("%(name)s is not a number") % {"name": name}
        if not abs(float(text)) <= limit:
            return _("%(name)s is out of range") % {"name": name}
    return float(texts[0]), float(texts[1])


def _unreadable() -> Refused:
    return Refused([FieldError("", "invalid_csv", gettext_lazy("The table cannot be read as CSV."))])


def locate_csv(body: bytes, atlas: Atlas, *, most: int, home: int | None = None) -> str:
    """The whole table with the columns added. Refused: 400 for its encoding or first line, 413 above `most` rows."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused([FieldError("", "invalid_encoding", gettext_lazy("The text is not UTF-8."))]) from None
    if "\0" in text:
        raise Refused([FieldError("", "null_character", gettext_lazy("The text holds a null character."))])
    head = read_head(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=head.delimiter)
    try:
        next(reader, None)
        # One more than allowed is enough to know: a body of short lines must not become millions of lists.
        rows = list(islice((row for row in reader if row), most + 1))
    except csv.Error:
        raise _unreadable() from None
    if len(rows) > most:
        message = gettext_lazy("Too many points for one request.")
        raise Refused([FieldError("", "too_many_points", message)], status=413)
    return _line([*head.names, *ADDED], head) + answered(rows, head, atlas, home=home)
