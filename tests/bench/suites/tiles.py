"""A vector tile of a town full of concerns: tipg and the room `ogcapi` on one plain table, and the product's own layer.

All hold the same hundred thousand rows. The plain table has as its own columns what the product finds by joins, and
nobody asks there who may see what, or keeps a log of it.
"""

from __future__ import annotations

import urllib.request
from contextlib import ExitStack, closing
from functools import partial
from typing import Any, Final

import mapbox_vector_tile

from tests.bench.databases import DIRECTION, connect, token_of
from tests.bench.load import TIMEOUT_S, Questions, load
from tests.bench.measures import Comparison, Figure, Findings, say, take_turns
from tests.bench.servers import product, published, tipg
from tests.bench.stage import Disagreement, Stage

ZOOM: Final = 12
GRID: Final = "WebMercatorQuad"
UNIT: Final = "tiles/s"
PROPERTIES: Final = (
    "reference", "status", "category", "sector", "post", "unit", "partner", "month", "reported_at", "due_on",
    "overdue", "updated_at", "supports", "position",
)  # fmt: skip
# What the product tells in a tile where nothing else is asked for.
PUBLISHED: Final = ("reference", "status", "category", "overdue", "position")
_TABLE: Final = """
CREATE SCHEMA IF NOT EXISTS peer;
CREATE TABLE peer.concern AS
SELECT incident.id, incident.reference, incident.status, category.code AS category, sector.code AS sector,
  post.code AS post, unit.code AS unit, partner.code AS partner, to_char(reported_at, 'YYYY-MM') AS month, reported_at,
  due_on, due_at < now() AS overdue, updated_at, support_count AS supports, 'exact'::text AS position,
  location::geometry(Point, 4326) AS location
FROM incidents_incident AS incident
JOIN sectors_category AS category ON category.id = category_id
JOIN sectors_post AS post ON post.id = incident.post_id
JOIN sectors_unit AS unit ON unit.id = incident.unit_id
LEFT JOIN sectors_sector AS sector ON sector.id = sector_id
LEFT JOIN sectors_partner AS partner ON partner.id = partner_id;
ALTER TABLE peer.concern ADD PRIMARY KEY (id);
CREATE INDEX ON peer.concern USING gist (location);
VACUUM ANALYZE peer.concern;
"""
# The fullest tile, and how many concerns lie in it.
_FULLEST: Final = """
SELECT floor((1 - asinh(tand(ST_Y(location))) / pi()) / 2 * %(tiles)s)::int AS row,
  floor((ST_X(location) + 180) / 360 * %(tiles)s)::int AS column, count(*)
FROM incidents_incident GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1
"""


def run(stage: Stage, findings: Findings) -> None:
    """Rates of the fullest tile. Raises Disagreement where a tile does not hold what lies in it."""
    with closing(connect(stage.town)) as connection, connection.cursor() as cursor:
        for statement in filter(str.strip, _TABLE.split(";\n")):
            cursor.execute(statement)
        cursor.execute(_FULLEST, {"tiles": 2**ZOOM})
        row, column, count = cursor.fetchone()
    header = {"Authorization": f"Token {token_of(stage.town, DIRECTION)}"}
    ours = f"/ogc/collections/incidents/tiles/{GRID}/{ZOOM}/{row}/{column}"
    with ExitStack() as stack:
        here, there = stack.enter_context(product(stage.town)), stack.enter_context(tipg(stage.town))
        alone, plain = (
            stack.enter_context(published(stage.town)),
            f"/ogc/collections/concern/tiles/{GRID}/{ZOOM}/{row}/{column}",
        )
        asked: dict[str, tuple[str, Questions]] = {
            "psq_geo, the published properties": (here.address, Questions([ours], headers=header)),
            "psq_geo, all properties": (
                here.address, Questions([f"{ours}?properties={','.join(PROPERTIES)}"], headers=header),
            ),
            "ogcapi alone, the published properties": (
                alone.address, Questions([f"{plain}?properties={','.join(PUBLISHED)}"]),
            ),
            "ogcapi alone, all properties": (
                alone.address, Questions([f"{plain}?properties={','.join(PROPERTIES)}"]),
            ),
            "tipg, all properties": (
                there.address,
                Questions([f"/collections/peer.concern/tiles/{GRID}/{ZOOM}/{column}/{row}"]),
            ),
        }  # fmt: skip
        for name, (address, questions) in asked.items():
            say(f"checking {name}")
            _check(name, _tile(address, questions), count, whole="all" in name)
            # Both processes of the server have drawn it before.
            load(address, questions, stage.folder, seconds=max(3.0, stage.seconds))
        turns = {
            name: partial(load, address, questions, stage.folder, seconds=stage.seconds)
            for name, (address, questions) in asked.items()
        }
        rates = take_turns(turns, stage.rounds)
    findings.checks.append(
        f"tiles: each holds the {count:,} concerns that PostGIS counts in its square, on zoom {ZOOM}"
    )
    figures = {name: Figure(f"GET tile: {name}", UNIT, found) for name, found in rates.items()}
    findings.figures.extend(figures.values())
    peer = figures["tipg, all properties"]
    for who, bounds in (("ogcapi alone", (1.0, 2.0)), ("psq_geo", (None, None))):
        for what, bound in zip(("all properties", "the published properties"), bounds, strict=True):
            drawn = figures[f"{who}, {what}"]
            findings.comparisons.append(
                Comparison(f"GET tile, {count:,} points: {who} with {what} / tipg", drawn, peer, bound)
            )


def _tile(address: str, questions: Questions) -> bytes:
    request = urllib.request.Request(address + questions.lines[0], headers=dict(questions.headers))
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        return bytes(answer.read())


def _check(name: str, tile: bytes, count: int, *, whole: bool) -> None:
    ((_name, layer),) = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True}).items()
    inside = [each for each in layer["features"] if _within(each["geometry"]["coordinates"], layer["extent"])]
    # A point on the very edge is rounded to it.
    if abs(len(inside) - count) > max(2, count // 500):
        raise Disagreement(f"{name}: {len(inside)} concerns in the tile, not {count}")
    missing = set(PROPERTIES) - {key for each in layer["features"] for key in each["properties"]}
    if whole and missing:
        raise Disagreement(f"{name}: the tile lacks {', '.join(sorted(missing))}")


def _within(point: Any, extent: int) -> bool:
    return all(0 <= each < extent for each in point)
