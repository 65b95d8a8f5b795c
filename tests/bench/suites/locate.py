"""One point over HTTP: the product's explained answer beside a textbook view and tipg, which only name a sector."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

from tests.bench.load import Questions, ask, load
from tests.bench.measures import Comparison, Figure, Findings, say, take_turns
from tests.bench.servers import Server, product, textbook, tipg
from tests.bench.stage import Stage, covering_sector, same

ASKED: Final = 5_000
CHECKED: Final = 300
UNIT: Final = "requests/s"
_TIPG: Final = "/collections/peer.sector/items?f=geojson&limit=1&geom-column=none&filter-lang=cql2-text&filter="


def run(stage: Stage, findings: Findings) -> None:
    """Rates at both sizes. Raises Disagreement where a server does not name the sector that PostGIS names."""
    contenders: dict[str, tuple[Server, Questions]] = {}
    with ExitStack() as stack:
        for size in stage.sizes:
            points = stage.points(size, ASKED)
            wanted = stage.judge(size, points[:CHECKED])
            for make, path, named, refusals in _servers():
                server = stack.enter_context(make(stage.databases[size]))
                questions = Questions([path(lon, lat) for lon, lat in points.tolist()], refusals=refusals)
                say(f"checking {server.name}, {size} sectors")
                given = [named(*ask(server.address, questions, line)) for line in questions.lines[:CHECKED]]
                same(f"{server.name} at {size} sectors", points, given, wanted)
                contenders[f"{server.name}, {size} sectors"] = server, questions
                load(server.address, questions, stage.folder, seconds=1)
        rates = take_turns(
            {
                name: partial(load, server.address, questions, stage.folder, seconds=stage.seconds)
                for name, (server, questions) in contenders.items()
            },
            stage.rounds,
        )
    findings.checks.append(
        f"locate: every server names the sector that PostGIS names, on {CHECKED} points at each size"
    )
    figures = {name: Figure(f"GET locate: {name}", UNIT, found) for name, found in rates.items()}
    findings.figures.extend(figures.values())
    few, many = stage.sizes
    for size in (many, few):
        ours = figures[f"psq_geo, {size} sectors"]
        asked = size == many
        for peer, bound in (("textbook DRF", 3.5), ("tipg", 3.0), ("textbook DRF on granian", None)):
            findings.comparisons.append(
                Comparison(
                    f"GET locate, {size} sectors: psq_geo / {peer}",
                    ours,
                    figures[f"{peer}, {size} sectors"],
                    at_least=bound if asked else None,
                )
            )
    findings.comparisons.append(
        Comparison(
            f"GET locate: psq_geo at {few} sectors / at {many}",
            figures[f"psq_geo, {few} sectors"],
            figures[f"psq_geo, {many} sectors"],
            at_most=2.0,
        )
    )


Named = Callable[[int, Any], str | None]


def _servers() -> list[tuple[Callable[[str], Server], Callable[[float, float], str], Named, bool]]:
    """How each is started, what it is asked, how its answer is read, and whether it may say 404."""
    return [
        (product, lambda lon, lat: f"/api/locate/?lon={lon}&lat={lat}", _of_product, False),
        (textbook, lambda lon, lat: f"/locate/?lon={lon}&lat={lat}", _of_textbook, True),
        (partial(textbook, granian=True), lambda lon, lat: f"/locate/?lon={lon}&lat={lat}", _of_textbook, True),
        (tipg, lambda lon, lat: f"{_TIPG}S_INTERSECTS(area,POINT({lon}%20{lat}))", _of_tipg, False),
    ]


def _of_product(status: int, answer: Any) -> str | None:
    assert status == 200, answer
    assert answer["reason"], answer
    return covering_sector(answer["outcome"], answer["sector"] and answer["sector"]["code"])


def _of_textbook(status: int, answer: Any) -> str | None:
    assert status in {200, 404}, answer
    return answer["code"] if status == 200 else None


def _of_tipg(status: int, answer: Any) -> str | None:
    assert status == 200, answer
    return answer["features"][0]["properties"]["code"] if answer["features"] else None
