"""The sector map, written by folium and served in two halves: its element in the page, its script at its own address.

Only codes, numbers and class names go to folium: its popups, tooltips and layer names do not escape what they are
given. Names are in the page's own list. The script is the same for everybody who sees the same edition, so it is built
once an image of the atlas and named by its digest.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import folium
import shapely

from frontend import map_styles
from frontend.insets import Inset, Town, insets_of
from sectors import atlas
from sectors.atlas import Atlas
from sectors.checking import in_degrees
from sectors.models import CitizenWatch

MAP_NAME: Final = "sectors"
KINDS: Final = ("city_centre", "economic", "dense_housing")
# About 60 m: the outline of a commune, drawn for a département.
OUTLINE_DEG: Final = 0.0006
# About 11 cm for a sector and 1 m for a commune: what is drawn needs no more, and the script stays small.
SECTOR_DECIMALS: Final = 6
OUTLINE_DECIMALS: Final = 5
_CODE: Final = re.compile(r"[\w.-]{1,80}")
_UNSAFE_BODY: Final = re.compile(r"<\s*(script|style|link)|\sstyle\s*=|\son\w+\s*=", re.IGNORECASE)
_REMOTE: Final = re.compile(r"https?:|//\w", re.IGNORECASE)


class UnsafeMapError(ValueError):
    """What folium wrote, or was to write, would not be safe in a page of ours."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drawing of the map: its element `body`, its `script` (`packed` with gzip) and the `digest` that names it.

    `box` is west, south, east, north in degrees; `insets` has one a territory; `labels` gives by key of a sector the
    (lon, lat) where its number is read best.
    """

    body: str
    script: str
    packed: bytes
    digest: str
    box: tuple[float, float, float, float]
    insets: tuple[Inset, ...]
    labels: dict[int, tuple[float, float]]
    has_agreements: bool
    has_watches: bool = False

    @property
    def towns(self) -> list[Town]:
        """Those of every territory."""
        return [town for inset in self.insets for town in inset.towns]


def kind_class(kind: str) -> str:
    """The class name and pattern of a kind of sector; `other` for one that is a territory's own."""
    return kind.replace("_", "-") if kind in KINDS else "other"


def _safe(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise UnsafeMapError(f"{code!r} is not a plain code.")
    return code


def _by_code(row: tuple[str, str, Any]) -> str:
    return row[0]


def _collection(features: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def _feature(code: str, classes: str, area: Any, decimals: int) -> dict[str, Any]:
    rings = [
        [
            [[round(x, decimals), round(y, decimals)] for x, y in ring.coords]
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        for polygon in shapely.get_parts(area)
        if not polygon.is_empty
    ]
    geometry = {"type": "MultiPolygon", "coordinates": rings}
    return {"type": "Feature", "id": _safe(code), "properties": {"c": classes}, "geometry": geometry}


def write(
    communes: Sequence[tuple[str, str, Any]],
    sectors: Sequence[tuple[str, str, Any]],
    outline: Any,
    box: tuple[float, float, float, float],
    agreements: Sequence[tuple[str, str, Any]] = (),
    watched: Sequence[tuple[str, str, Any]] = (),
) -> tuple[str, str]:
    """Element and script of the map: (code, class, area) of communes, sectors, agreements, and what is under citizen
    watch. Raises UnsafeMapError."""
    west, south, east, north = box
    sheet = folium.Map(
        location=((south + north) / 2, (west + east) / 2),
        tiles=None,
        zoom_control=False,
        zoom_start=9,
        attribution_control=False,
        zoom_snap=0.25,
    )
    # folium draws a random id for each element: fixed ones give the same bytes for the same map.
    sheet._id = MAP_NAME
    layers: list[tuple[str, Any, Any]] = [
        ("communes", _collection([_feature(*row, OUTLINE_DECIMALS) for row in communes]), map_styles.commune),
        ("watched", _collection([_feature(*row, OUTLINE_DECIMALS) for row in watched]), map_styles.watched),
        ("outline", _collection([_feature("outline", "outline", outline, OUTLINE_DECIMALS)]), map_styles.outline),
        ("areas", _collection([_feature(*row, SECTOR_DECIMALS) for row in sectors]), map_styles.sector),
        ("agreed", _collection([_feature(*row, SECTOR_DECIMALS) for row in agreements]), map_styles.agreed),
    ]
    for name, collection, style in layers:
        if collection["features"]:
            layer = folium.GeoJson(collection, style_function=style, control=False, smooth_factor=0.5)
            layer._id = name
            layer.add_to(sheet)
    # The first view is set by the page's own script: folium's is animated, and would undo what the page shows next.
    figure: Any = sheet.get_root()
    for child in list(figure._children.values()):
        child.render()
    body, script = figure.html.render().strip(), figure.script.render()
    if _UNSAFE_BODY.search(body) or _REMOTE.search(script) or "</" in script:
        raise UnsafeMapError("folium wrote an inline script, a style or a remote address.")
    return body, script


def _label(area: Any) -> tuple[float, float]:
    """Where a number is read best: in the widest place of the largest part, (lon, lat)."""
    largest = max(shapely.get_parts(area), key=lambda part: part.area)
    west, south, east, north = largest.bounds
    middle = shapely.maximum_inscribed_circle(largest, tolerance=max(east - west, north - south) / 50)
    lon, lat = middle.coords[0]
    return round(lon, 6), round(lat, 6)


def draw(image: Atlas) -> Sheet:
    """The sheet of this image of the atlas. One query, of the citizen watch, which routes nothing and is in no image.

    Raises UnsafeMapError, or LookupError where nothing is loaded.
    """
    directory, ground = image.directory, image.ground
    cards = [directory.communes[key] for key in ground.communes.keys]
    inside = [i for i, card in enumerate(cards) if card.territory_id is not None]
    areas = {key: ground.sectors.areas[i] for i, key in enumerate(ground.sectors.keys)}
    if not inside and not areas:
        raise LookupError("No commune and no sector is loaded.")
    # Simplified together, so that neighbours keep one common border.
    simple = shapely.coverage_simplify(ground.communes.areas[inside], OUTLINE_DEG) if inside else []
    grounds: dict[int, list[Any]] = {}
    for i, area in zip(inside, simple, strict=True):
        grounds.setdefault(int(cards[i].territory_id or 0), []).append(shapely.make_valid(area))
    if not inside:
        for key, area in areas.items():
            grounds.setdefault(directory.posts[directory.sectors[key].post_id].territory_id, []).append(area)
    outlines = {territory: shapely.union_all(parts) for territory, parts in grounds.items()}
    outline = shapely.union_all(list(outlines.values()))
    communes = [
        (cards[i].code, {"PN": "police", "GN": "gendarmerie"}.get(cards[i].force, "unknown"), area)
        for i, area in zip(inside, simple, strict=True)
        if not area.is_empty
    ]
    named = [
        (directory.sectors[key].code, kind_class(directory.sectors[key].kind), area) for key, area in areas.items()
    ]
    west, south, east, north = (float(bound) for bound in shapely.total_bounds([outline]))
    agreed = [
        (code, "agreed", in_degrees(_held(metres, reach_m))) for code, _s, _g, metres, reach_m in ground.agreements
    ]
    whole = {cards[i].id: area for i, area in zip(inside, simple, strict=True)}
    watched = [
        (code, "watched", shapely.from_wkb(bytes(area.wkb)) if area else whole[commune])
        for code, commune, area in CitizenWatch.objects.standing().values_list("code", "commune", "area")
        if area or commune in whole
    ]
    body, script = write(
        sorted(communes, key=_by_code),
        sorted(named, key=_by_code),
        outline,
        (west, south, east, north),
        agreed,
        sorted(watched, key=_by_code),
    )
    return Sheet(
        body=body,
        script=script,
        packed=gzip.compress(script.encode(), mtime=0),
        digest=hashlib.sha256(script.encode()).hexdigest(),
        box=(west, south, east, north),
        insets=insets_of(directory, outlines, areas),
        labels={key: _label(area) for key, area in areas.items()},
        has_agreements=bool(agreed),
        has_watches=bool(watched),
    )


def _held(shape: Any, reach_m: float) -> Any:
    """The area that an agreement holds, in EPSG:2154; a line without a reach is drawn as wide as it can be seen."""
    return shape if not reach_m and shapely.get_dimensions(shape) == 2 else shapely.buffer(shape, max(reach_m, 0.5))


class _Drawn:
    """The last sheet drawn by this process, and the image it was drawn from."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ground: object = None
        self.sheet: Sheet | None = None

    def of(self, image: Atlas) -> Sheet:
        with self.lock:
            if self.sheet is None or self.ground is not image.ground:
                self.sheet = draw(image)
                self.ground = image.ground
            return self.sheet


_drawn = _Drawn()


def current() -> Sheet | None:
    """The sheet of now; None where no territory is loaded."""
    try:
        return _drawn.of(atlas.current())
    except LookupError:
        return None
