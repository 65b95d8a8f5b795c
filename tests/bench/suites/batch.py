"""Many points in one request: `POST /api/locate/batch/` beside shapely's bare search tree."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from contextlib import ExitStack, closing
from functools import partial
from typing import Any, Final

import numpy as np

from tests.bench import data
from tests.bench.data import Floats
from tests.bench.databases import REPORTER, token_of
from tests.bench.load import Rate
from tests.bench.measures import Comparison, Figure, Findings, say, take_turns
from tests.bench.servers import product
from tests.bench.stage import Stage, agree_with_survey, covering_sector, same
from tests.bench.suites.bare import bare, timed

COUNTS: Final = (10_000, 100_000)
EDGES: Final = 900
UNIT: Final = "points/s"
PATH: Final = "/api/locate/batch/"


def run(stage: Stage, findings: Findings, counts: tuple[int, ...] = COUNTS) -> None:
    """Rates at both sizes. Raises Disagreement where an answer is not PostGIS's."""
    contenders: dict[str, Any] = {}
    pairs: list[tuple[str, str, str]] = []
    with ExitStack() as stack:
        for size in stage.sizes:
            token = token_of(stage.databases[size], REPORTER)
            server = stack.enter_context(product(stage.databases[size]))
            areas = stage.sectors(size)
            for count in counts:
                points = stage.points(size, count)
                say(f"checking {count:,} points at {size} sectors")
                given = answers(server.port, points, token)
                covered = [covering_sector(each["outcome"], each["sector"]) for each in given]
                same(f"the batch at {size} sectors", points, covered, stage.judge(size, points))
                what = f"{count:,} points, {size} sectors"
                ours, theirs = f"psq_geo, {what}", f"bare STRtree, {what}"
                contenders[ours] = partial(post, server.port, points, token, seconds=stage.seconds)
                contenders[theirs] = partial(bare, areas, points, seconds=stage.seconds)
                pairs.append((what, ours, theirs))
        rates = take_turns(contenders, stage.rounds)
    compared = sum(agree_with_survey(stage.databases[size], edge_cases(stage, size)) for size in stage.sizes)
    findings.checks.append("batch: every point has the sector that PostGIS names")
    findings.checks.append(f"batch: all that is answered is the report's decision, on {compared:,} points of borders")
    figures = {name: Figure(f"POST batch: {name}", UNIT, found) for name, found in rates.items()}
    findings.figures.extend(figures.values())
    findings.comparisons.extend(
        Comparison(f"POST batch, {what}: psq_geo / bare STRtree", figures[ours], figures[theirs], at_least=0.2)
        for what, ours, theirs in pairs
    )


def edge_cases(stage: Stage, size: int) -> Floats:
    """Points on the borders of sectors and communes, and a millimetre beside them."""
    return np.vstack([data.edge_points(stage.sectors(size), EDGES), data.edge_points(stage.communes(size), EDGES // 3)])


def answers(port: int, points: Floats, token: str) -> list[dict[str, Any]]:
    """What is answered, a point each. Raises RuntimeError for anything but a full answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        found = json.loads(_exchange(connection, _body(points), _headers(token)))
    if found["count"] != len(points):
        raise RuntimeError(f"{found['count']} answers for {len(points)} points")
    results: list[dict[str, Any]] = found["results"]
    return results


def post(port: int, points: Floats, token: str, *, seconds: float) -> Rate:
    """Points a second, one request after the other on one connection, from the body to the last byte of the answer."""
    body, headers = _body(points), _headers(token)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        _exchange(connection, body, headers)
        return timed(lambda: _exchange(connection, body, headers), len(points), seconds=seconds)


def _body(points: Floats) -> bytes:
    return json.dumps({"points": points.tolist()}).encode()


def _headers(token: str) -> Mapping[str, str]:
    return {"Content-Type": "application/json", "Authorization": f"Token {token}"}


def _exchange(connection: http.client.HTTPConnection, body: bytes, headers: Mapping[str, str]) -> bytes:
    connection.request("POST", PATH, body, dict(headers))
    answer = connection.getresponse()
    found = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{PATH} answered {answer.status}: {found[:500]!r}")
    return found
