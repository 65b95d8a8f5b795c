"""Lists of named places in CSV or GeoJSON, as transport operators, landlords and town halls have them.

Whatever is wrong is said with its line, all of it at once. Columns go by the names that people and GTFS give them;
those that are none of ours are passed over.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ogcapi.geojson import Refused, read_json
from sectors.table_heads import Head, read_head
from sectors.tables import first_defect, position

# By the name of the column; the first that the table has counts.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "name": ("name", "nom", "libelle", "libellé", "stop_name"),
        "kind": ("kind", "type", "nature"),
        "commune": ("commune", "insee", "code_insee", "ville"),
        "code": ("code", "id", "stop_id"),
    }
)
LONGEST: Final = MappingProxyType({"name": 160, "kind": 40, "commune": 120, "code": 80})
MOST_BYTES: Final = 32 * 1024 * 1024
MOST_TOLD: Final = 50
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place of a list: where it stands in the file, and its place in EPSG:4326. `commune` is as the list says it."""

    line: int
    code: str
    name: str
    kind: str
    commune: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Wrong:
    """What its owner should know of a list. `line`: of the table, or the feature's number; 0 for the whole file."""

    line: int
    message: str

    def __str__(self) -> str:
        return (
            _("line %(line)s: %(message)s") % {"line": self.line, "message": self.message}
            if self.line
            else self.message
        )


class WrongList(ValueError):  # noqa: N818 - it holds them
    """Why a list is not taken: `.found` is everything that is wrong with it."""

    def __init__(self, found: Sequence[Wrong]) -> None:
        self.found = list(found)
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """One line each, in the active language, to MOST_TOLD, and how many there are more."""
        return told(self.found, MOST_TOLD)


def told(found: Sequence[Wrong], most: int) -> list[str]:
    """One line each, and the number of those beyond the first `most`."""
    lines = [str(each) for each in found[:most]]
    more = len(found) - len(lines)
    if more:
        lines.append(ngettext("… and %(count)s more", "… and %(count)s more", more) % {"count": more})
    return lines


def fold(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return tuple(_WORD.findall(plain))


def read_places(body: bytes, *, most: int) -> list[PlaceRow]:
    """The places of a CSV table (`,` or `;`, UTF-8) or of a GeoJSON FeatureCollection of points, in its order.

    Without a code a place goes by its name and commune. Raises WrongList: what is no such list, more than `most`
    places, each line that is wrong, and what stands twice.
    """
    if len(body) > MOST_BYTES:
        raise WrongList([Wrong(0, _("The file is too large."))])
    try:
        raw = list(_features(body) if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else _table(body))
    except Refused as refused:
        raise WrongList([Wrong(0, " ".join(_words(each) for each in refused.errors))]) from refused
    if len(raw) > most:
        raise WrongList(
            [Wrong(0, _("The list has %(count)s places; it may have %(most)s.") % {"count": len(raw), "most": most})]
        )
    rows: list[PlaceRow] = []
    wrong: list[Wrong] = []
    lines: dict[str, int] = {}
    for line, cells, point in raw:
        row = point if isinstance(point, str) else _row(line, cells, *point)
        if isinstance(row, str):
            wrong.append(Wrong(line, row))
        elif row.code in lines:
            message = _("“%(name)s” is on line %(line)s already: give each place a name or a code of its own")
            wrong.append(Wrong(line, message % {"name": row.name, "line": lines[row.code]}))
        else:
            lines[row.code] = line
            rows.append(row)
    if wrong:
        raise WrongList(wrong)
    return rows


def _words(error: Any) -> str:
    return f"{error.message} ({error.field})" if error.field else str(error.message)


Raw = tuple[int, dict[str, str], "tuple[float, float] | str"]


def _table(body: bytes) -> Iterator[Raw]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise WrongList([Wrong(line, _("this is not UTF-8: save the table as “CSV UTF-8”"))]) from error
    if not text.strip():
        raise WrongList([Wrong(0, _("The file is empty."))])
    head = _head(text)
    plain = [name.strip().casefold() for name in head.names]
    at = {name: next((plain.index(each) for each in known if each in plain), None) for name, known in COLUMNS.items()}
    if at["name"] is None:
        raise WrongList([Wrong(1, _("a column called name (or nom) is missing"))])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=head.delimiter, strict=True)
    try:
        next(reader)
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                given = {
                    name: cells[index] if index is not None and index < len(cells) else "" for name, index in at.items()
                }
                yield begins, given, position(cells, head)
            begins = reader.line_num + 1
    except csv.Error:
        line = first_defect(io.StringIO(text, newline=""), head.delimiter)
        raise WrongList(
            [Wrong(line, _("the table cannot be read from here on: look at the quotation marks"))]
        ) from None


def _head(text: str) -> Head:
    """The head, whichever of the usual names the coordinates have."""
    first = text.partition("\n")[0].casefold()
    gtfs = "stop_lon" in first and "stop_lat" in first
    return read_head(text, columns=("stop_lon", "stop_lat") if gtfs else None)


def _features(body: bytes) -> Iterator[Raw]:
    document = read_json(
        body.removeprefix(b"\xef\xbb\xbf"),
        content_type="application/geo+json",
        accepted=("application/geo+json",),
        max_bytes=MOST_BYTES,
    )
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise WrongList([Wrong(0, _("A FeatureCollection of points is expected."))])
    for number, feature in enumerate(features, 1):
        given = feature.get("properties") if isinstance(feature, dict) else None
        known = (
            {str(name).strip().casefold(): value for name, value in (given or {}).items()}
            if isinstance(given, dict)
            else {}
        )
        cells = {
            name: _text(next((known[each] for each in names if known.get(each) is not None), ""))
            for name, names in COLUMNS.items()
        }
        yield number, cells, _point(feature)


def _text(value: Any) -> str:
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _point(feature: Any) -> tuple[float, float] | str:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    pair = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    if not isinstance(pair, list) or not 2 <= len(pair) <= 3 or not all(type(each) in {int, float} for each in pair):
        return _("this feature is not a point")
    return position([repr(float(pair[0])), repr(float(pair[1]))], Head(",", ["lon", "lat"], 0, 1))


def _row(line: int, cells: Mapping[str, str], lon: float, lat: float) -> PlaceRow | str:
    """The place, or in words what is wrong with its cells."""
    plain = {name: " ".join(_CONTROL.sub(" ", cells[name]).split()) for name in COLUMNS}
    if not plain["name"]:
        return _("the name is empty")
    for name, text in plain.items():
        if len(text) > LONGEST[name]:
            return _("%(name)s is longer than %(most)s characters") % {"name": name, "most": LONGEST[name]}
    code = plain["code"] or slugify(f"{plain['name']} {plain['commune']}")[: LONGEST["code"]]
    if not code or not fold(plain["name"]):
        return _("the name has no letter")
    return PlaceRow(line, code, plain["name"], plain["kind"], plain["commune"], round(lon, 7), round(lat, 7))
