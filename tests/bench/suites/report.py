"""A concern reported over HTTP, with all that the product writes for it, beside the textbook's plain insert."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

from tests.bench.databases import EMBEDDED, REPORTER, count, token_of
from tests.bench.load import Questions, Rate, ask, load
from tests.bench.measures import Comparison, Figure, Findings, say, take_turns
from tests.bench.servers import product, textbook
from tests.bench.stage import Disagreement, Stage

ASKED: Final = 5_000
UNIT: Final = "requests/s"
CATEGORY: Final = "depot_sauvage"
PROBLEMS: Final = (
    "Dépôt de gravats au bord du chemin, depuis plusieurs jours.",
    "Lampadaire éteint devant l'école, le passage est sombre le soir.",
    "Nid-de-poule profond au milieu de la chaussée, après le virage.",
    "Bruit de moteurs sur le parking, surtout en fin de semaine.",
)
# What a report writes, in one transaction.
TABLES: Final = (
    "incidents_incident",
    "incidents_routing",
    "incidents_statuschange",
    "messaging_message",
    "accounts_accesslog",
)


def run(stage: Stage, findings: Findings) -> None:
    """Rates at the embedded territory. Raises Disagreement where a report does not write what it owes."""
    database = stage.databases[EMBEDDED]
    points = stage.points(EMBEDDED, ASKED).tolist()
    token = token_of(database, REPORTER)
    ours = Questions(
        [_feature(i, *point) for i, point in enumerate(points)],
        post="/api/incidents/",
        headers={"Content-Type": "application/geo+json", "Authorization": f"Token {token}"},
    )
    theirs = Questions(
        [_feature(i, *point, reporter="bench") for i, point in enumerate(points)],
        post="/incidents/",
        headers={"Content-Type": "application/json"},
    )
    with ExitStack() as stack:
        servers = [stack.enter_context(make(database)) for make in (product, textbook, partial(textbook, granian=True))]
        asked = [ours, theirs, theirs]
        say("checking what one report writes")
        _check_product(database, servers[0].address, ours)
        for server, questions in zip(servers, asked, strict=True):
            status, answer = ask(server.address, questions, questions.lines[0])
            if status != 201:
                raise Disagreement(f"{server.name} answered {status}: {answer}")
            load(server.address, questions, stage.folder, seconds=1)
        before = count(database, TABLES[0])
        rates = take_turns(
            {
                server.name: partial(load, server.address, questions, stage.folder, seconds=stage.seconds)
                for server, questions in zip(servers, asked, strict=True)
            },
            stage.rounds,
        )
        _check_none_lost(rates["psq_geo"], count(database, TABLES[0]) - before)
    findings.checks.append(
        "report: each writes the concern, its routing, its status, two messages and an access log row"
    )
    figures = {name: Figure(f"POST report: {name}", UNIT, found) for name, found in rates.items()}
    findings.figures.extend(figures.values())
    for peer, bound in (("textbook DRF", 1.0), ("textbook DRF on granian", None)):
        findings.comparisons.append(
            Comparison(f"POST report: psq_geo / {peer}", figures["psq_geo"], figures[peer], at_least=bound)
        )


def _feature(number: int, lon: float, lat: float, **more: str) -> str:
    properties: dict[str, Any] = {"category": CATEGORY, "description": PROBLEMS[number % len(PROBLEMS)], **more}
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": properties}, ensure_ascii=False)


def _check_product(database: str, address: str, questions: Questions) -> None:
    before = [count(database, table) for table in TABLES]
    status, answer = ask(address, questions, questions.lines[0])
    if status != 201 or not answer["properties"]["due_on"]:
        raise Disagreement(f"psq_geo answered {status}: {answer}")
    written = [count(database, table) - was for table, was in zip(TABLES, before, strict=True)]
    if written != [1, 1, 1, 2, 1]:
        raise Disagreement(f"one report wrote {dict(zip(TABLES, written, strict=True))}")


def _check_none_lost(rates: list[Rate], written: int) -> None:
    # When a load ends, the answers of its eight connections may still be on their way.
    answered = sum(rate.requests for rate in rates)
    if not answered <= written <= answered + 8 * len(rates):
        raise Disagreement(f"{answered} reports were answered and {written} are stored")
