"""Tables of points in CSV: the columns of an answer are added to each row, and no row is lost.

A row whose place cannot be read keeps its place in the file, with the reason in `error`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogcapi.geojson import FieldError, Refused
from sectors.atlas import Atlas
from sectors.bulk import COLUMNS, Answer, settle

ADDED: Final = (*COLUMNS, "error")
LON_NAMES: Final = ("lon", "lng", "longitude", "x")
LAT_NAMES: Final = ("lat", "latitude", "y")
_LINE_END = re.compile(r"\r\n|\n|\r")
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)


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
    plain = [name.strip().lower() for name in names]
    wanted = ((columns[0].lower(),), (columns[1].lower(),)) if columns else (LON_NAMES, LAT_NAMES)
    places = [next((plain.index(each) for each in some if each in plain), None) for some in wanted]
    if places[0] is None or places[1] is None:
        missing = wanted[0][0] if places[0] is None else wanted[1][0]
        message = gettext_lazy("The first line must name the columns lon and lat.")
        raise Refused([FieldError(missing, "missing_column", message)])
    return Head(delimiter, names, places[0], places[1])


def added(rows: Sequence[list[str]], head: Head, atlas: Atlas, *, category: str | None = None) -> Iterable[list[str]]:
    """Each row with the columns of `ADDED` appended, in order."""
    width = len(head.names)
    numbers = [_position(row, head) for row in rows]
    good = [i for i, number in enumerate(numbers) if not isinstance(number, str)]
    places = np.array([numbers[i] for i in good], dtype=float).reshape(-1, 2)
    answers = settle(atlas, places[:, 0].copy(), places[:, 1].copy(), category=category)
    cells = [_cells(answer) for answer in answers.distinct]
    found = dict(zip(good, answers.index.tolist(), strict=True))
    for i, row in enumerate(rows):
        # Surplus cells stay, joined into the last one, so that what is added stands under its names.
        kept = row + [""] * (width - len(row)) if len(row) <= width else _joined(row, head)
        problem = numbers[i]
        yield [*kept, *(cells[found[i]] if i in found else ["", "", "", "", "", "", str(problem)])]


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


def locate_csv(body: bytes, atlas: Atlas, *, most: int) -> str:
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
        rows = [row for row in reader if row][1:]
    except csv.Error:
        raise _unreadable() from None
    if len(rows) > most:
        message = gettext_lazy("Too many points for one request.")
        raise Refused([FieldError("", "too_many_points", message)], status=413)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=head.delimiter, lineterminator="\n")
    writer.writerow([*head.names, *ADDED])
    writer.writerows(added(rows, head, atlas))
    return out.getvalue()
