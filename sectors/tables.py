"""Tables of points in CSV: the columns of an answer are added to each row, and no row is lost.

A row whose place cannot be read keeps its place in the file, with the reason in `error`. The sender's own columns come
back as they were, even a cell that a spreadsheet would take for a formula: programs read these tables, and whoever sent
one knows it. What people open, with cells that others wrote, is `ogcapi.csv_cells`'.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from numpy.typing import NDArray

from ogcapi.geojson import FieldError, Refused
from sectors.atlas import Atlas
from sectors.bulk import COLUMNS, Answer, settle
from sectors.table_heads import Head, read_head, unpaired

ADDED: Final = (*COLUMNS, "error")
# Where EPSG:2154 puts France, Corsica included: no degrees are as large.
LAMBERT_93: Final = (0.0, 6_000_000.0, 1_300_000.0, 7_200_000.0)
_LINE_END = re.compile(r"\r\n|\n|\r")
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
# What no plain decimal number holds.
_ODD = re.compile(r"[^0-9.-]")
# Rows read and written together where all are plain; one odd row sends its block the careful way.
BLOCK: Final = 2_000
Floats = NDArray[np.float64]


class Answered(NamedTuple):
    """Rows as CSV text, and how many of them have an error instead of an answer."""

    text: str
    errors: int


def answered(
    rows: Sequence[list[str]], head: Head, atlas: Atlas, *, category: str | None = None, home: int | None = None
) -> Answered:
    """The rows, each with the cells of `ADDED` appended, in order."""
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
    errors = 0
    for start in range(0, len(rows), BLOCK):
        block, numbers = rows[start : start + BLOCK], index[start : start + BLOCK].tolist()
        lines = _plain_lines(block, head)
        if lines is not None and not any(start + i in problems for i in range(len(block))):
            out.write("".join([line + tails[number] for line, number in zip(lines, numbers, strict=True)]))
            continue
        for i, (row, number) in enumerate(zip(block, numbers, strict=True), start):
            problem = _swallowing(row, head) or problems.get(i)
            errors += problem is not None
            line = [*_fitted(row, head), *(cells[number] if problem is None else [*[""] * 6, problem])]
            # Python's writer takes a lone carriage return for no reason to quote; readers end a row there.
            (quoting if any("\r" in cell for cell in line) else writer).writerow(line)
    return Answered(out.getvalue(), errors)


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
            found = position(row, head)
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


def position(row: list[str], head: Head) -> tuple[float, float] | str:
    """(lon, lat), or in words why there is none."""
    misfit = _misfit(row, head)
    if misfit:
        return misfit
    lon, lat = row[head.lon].strip(), row[head.lat].strip()
    if head.delimiter == ";":
        lon, lat = lon.replace(",", "."), lat.replace(",", ".")
    for name, text in (("lon", lon), ("lat", lat)):
        if not text:
            return _("%(name)s is empty") % {"name": name}
        if not _DECIMAL.fullmatch(text):
            return _("%(name)s is not a number") % {"name": name}
    return _of_the_globe(float(lon), float(lat))


def _misfit(row: list[str], head: Head) -> str:
    """In words why this row cannot be one of the table; empty where it can."""
    if len(row) > len(head.names):
        return _("more cells than columns")
    if len(row) <= max(head.lon, head.lat):
        return _("cells are missing")
    if head.of_features and not row[head.lon] and not row[head.lat]:
        return _("this feature is not a point")
    return ""


def _of_the_globe(lon: float, lat: float) -> tuple[float, float] | str:
    if _in_metres(lon, lat):
        return _("these are metres (Lambert-93), and degrees are expected")
    for name, number, limit in (("lon", lon, 180.0), ("lat", lat, 90.0)):
        if not abs(number) <= limit:
            return _("%(name)s is out of range") % {"name": name}
    return lon, lat


def _in_metres(x: float, y: float) -> bool:
    """Could this be a place of France in EPSG:2154, in either order of its coordinates?"""
    west, south, east, north = LAMBERT_93
    return any(west <= a <= east and south <= b <= north for a, b in ((x, y), (y, x)))


def _swallowing(row: list[str], head: Head) -> str | None:
    """In words, if lines within a cell of this row are rows of points: a quotation mark too many has hidden them."""
    if not any("\n" in cell or "\r" in cell for cell in row):
        return None
    lines = [line.split(head.delimiter) for cell in row for line in _LINE_END.split(cell)[1:]]
    hidden = sum(len(cells) == len(head.names) and _placed(cells, head) for cells in lines)
    if not hidden:
        return None
    return ngettext(
        "a quotation mark swallowed the row after it",
        "a quotation mark swallowed the %(count)s rows after it",
        hidden,
    ) % {"count": hidden}


def _placed(row: list[str], head: Head) -> bool:
    texts = [row[at].strip().replace(",", ".") for at in (head.lon, head.lat)]
    return all(_DECIMAL.fullmatch(text) for text in texts)


def first_defect(lines: Iterable[str], delimiter: str) -> int:
    """The line where the record begins that cannot be read as CSV; 0 where all can."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begins = 1
    try:
        for _row in reader:
            begins = reader.line_num + 1
    except csv.Error:
        return begins
    return 0


def locate_csv(body: bytes, atlas: Atlas, *, most: int, home: int | None = None) -> str:
    """The whole table with the columns added. Refused: 400 for its encoding or first line, 413 above `most` rows."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused([FieldError("", "invalid_encoding", gettext_lazy("The text is not UTF-8."))]) from None
    if "\0" in text:
        raise Refused([FieldError("", "null_character", gettext_lazy("The text holds a null character."))])
    head = read_head(text)
    # Strict: a quotation mark out of place would make one row of many, and nobody would miss them.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=head.delimiter, strict=True)
    try:
        next(reader, None)
        # One more than allowed is enough to know: a body of short lines must not become millions of lists.
        rows = list(islice((row for row in reader if row), most + 1))
    except csv.Error:
        raise unpaired(first_defect(io.StringIO(text, newline=""), head.delimiter)) from None
    if len(rows) > most:
        message = gettext_lazy("Too many points for one request.")
        raise Refused([FieldError("", "too_many_points", message)], status=413)
    return _line([*head.names, *ADDED], head) + answered(rows, head, atlas, home=home).text
