"""Points that somebody types, sets on a map or uploads, to see who would take them: read strictly, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontend import outlines
from ogcapi.csv_cells import lines
from ogcapi.geojson import Refused, read_json
from sectors.changes.what_if import MOST_POINTS, Fate
from sectors.table_heads import read_head
from sectors.tables import position

MOST_BYTES: Final = 2 << 20
COLUMNS: Final = ("lon", "lat", "sector_today", "post_today", "sector_then", "post_then", "moves")
# What is told of the rows that are no points.
_MOST_TOLD: Final = 10
_JSON: Final = "application/geo+json"

Position = tuple[float, float]


class TrialForm(forms.Form):
    """Points typed or set on the map, or a file; `clean` gives `places`, (lon, lat) each."""

    points = forms.CharField(
        required=False,
        label=_("Points"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "num"}),
        help_text=_("Longitude, then latitude, one point on each line. A click on the map adds one."),
    )
    file = forms.FileField(
        required=False,
        label=_("Or a file of points"),
        help_text=_("CSV with the columns lon and lat, or GeoJSON of points: 10,000 points and 2 MB at most."),
    )

    def clean(self) -> dict[str, Any]:
        """The points; an error at the field they came from."""
        cleaned: dict[str, Any] = super().clean() or {}
        sent, text = cleaned.get("file"), cleaned.get("points") or ""
        field = "file" if sent else "points"
        try:
            cleaned["places"] = read(sent) if sent else outlines.positions(text)
            if not cleaned["places"]:
                raise ValidationError(_("Write, set or upload one point at least."), "required")
            if len(cleaned["places"]) > MOST_POINTS:
                raise ValidationError(_("At most 10,000 points are tried at once."), "too_many")
        except ValidationError as error:
            if field not in self.errors:
                self.add_error(field, error)
        return cleaned


def read(sent: Any) -> list[Position]:
    """The points of a CSV or GeoJSON. ValidationError says what is wrong, and in which rows."""
    if sent.size > MOST_BYTES:
        raise ValidationError(_("This file is larger than 2 MB."), "too_large")
    body = sent.read()
    try:
        if body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            return list(_of_features(body.removeprefix(b"\xef\xbb\xbf")))
        return _of_table(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValidationError(_("The text is not UTF-8."), "encoding") from None
    except Refused as refused:
        raise ValidationError([ValidationError(str(each.message), each.code) for each in refused.errors[:5]]) from None


def table(places: Sequence[Position], fates: Sequence[Fate]) -> str:
    """The points with who takes them, as CSV."""
    rows = (
        (lon, lat, fate.sector_today, fate.post_today, fate.sector_then, fate.post_then, int(fate.moves))
        for (lon, lat), fate in zip(places, fates, strict=True)
    )
    return "".join(lines(COLUMNS, rows))


def _of_table(text: str) -> list[Position]:
    if "\0" in text:
        raise ValidationError(_("The text holds a null character."), "null")
    head = read_head(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=head.delimiter, strict=True)
    try:
        next(rows, None)
        found = [(number, position(row, head)) for number, row in enumerate(_some(rows), start=2) if row]
    except csv.Error:
        raise ValidationError(_("The table cannot be read as CSV: look at its quotation marks."), "csv") from None
    wrong = [(number, each) for number, each in found if isinstance(each, str)]
    if wrong:
        raise ValidationError(
            [
                ValidationError(_("Row %(number)s: %(why)s"), "row", {"number": number, "why": why})
                for number, why in wrong[:_MOST_TOLD]
            ]
        )
    return [each for _number, each in found if not isinstance(each, str)]


def _some(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """One more than may be: a file of short lines must not become millions of lists."""
    return islice(rows, MOST_POINTS + 1)


def _of_features(body: bytes) -> Iterator[Position]:
    document = read_json(body, content_type=_JSON, accepted=(_JSON,), max_bytes=MOST_BYTES)
    features = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise ValidationError(_("A GeoJSON of points is expected."), "geojson")
    for number, feature in enumerate(features[: MOST_POINTS + 1], start=1):
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        at = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
        if not isinstance(at, list) or len(at) not in {2, 3} or not all(_is_number(each) for each in at):
            raise ValidationError(_("Feature %(number)s is no point."), "geojson", {"number": number})
        lon, lat = float(at[0]), float(at[1])
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            message = _("Feature %(number)s is out of range: the longitude comes first, then the latitude.")
            raise ValidationError(message, "range", {"number": number})
        yield lon, lat


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
