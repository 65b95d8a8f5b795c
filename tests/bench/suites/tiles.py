"""A vector tile of a town full of concerns: the product's own layer, with rights and log, beside tipg on a plain table.

Both hold the same hundred thousand rows. tipg's table has what the product finds by joins as its own columns.
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
from tests.bench.servers import product, tipg
from tests.bench.stage import Disagreement, Stage

ZOOM: Final = 12
UNIT: Final = "tiles/s"
PROPERTIES: Final = (
    "reference", "status", "category", "sector", "post", "unit", "partner", "month", "reported_at", "due_on",
    "overdue", "updated_at", "supports", "position",
)  # fmt: skip
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
    ours = f"/ogc/collections/incidents/tiles/WebMercatorQuad/{ZOOM}/{row}/{column}"
    with ExitStack() as stack:
        here, there = stack.enter_context(product(stage.town)), stack.enter_context(tipg(stage.town))
        asked: dict[str, tuple[str, Questions]] = {
            "psq_geo, the published properties": (here.address, Questions([ours], headers=header)),
            "psq_geo, all properties": (
                here.address, Questions([f"{ours}?properties={','.join(PROPERTIES)}"], headers=header),
            ),
            "tipg, all properties": (
                there.address,
                Questions([f"/collections/peer.concern/tiles/WebMercatorQuad/{ZOOM}/{column}/{row}"]),
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
    for what, bound in (("all properties", 1.0), ("the published properties", 2.0)):
        findings.comparisons.append(
            Comparison(
                f"GET tile, {count:,} points: psq_geo with {what} / tipg", figures[f"psq_geo, {what}"], peer, bound
            )
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
