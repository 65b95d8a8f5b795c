"""Pages of features as GIS programs ask for them: real communes, and a hundred thousand concerns.

The communes are the product's own collection, told from memory until the map changes; "anew" is a question that nobody
asked before, each time. Of the concerns the product tells each reader those that they may see, and logs it; what the
room `ogcapi` costs by itself is measured beside it, on the very table that the peers read.
"""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any, Final

from tests.bench.databases import DIRECTION, token_of
from tests.bench.load import TIMEOUT_S, Questions, load
from tests.bench.measures import Comparison, Figure, Findings, say, take_turns
from tests.bench.published_data import COMMUNES, add_communes, make_plain_tables
from tests.bench.servers import Server, product, published, pygeoapi, textbook, tipg
from tests.bench.stage import MANY, Disagreement, Stage
from tests.bench.suites.desk import timed

UNIT: Final = "pages/s"
PSQ, ANEW, ALONE, TIPG, PYGEOAPI, DRF = "psq_geo", "psq_geo anew", "ogcapi alone", "tipg", "pygeoapi", "drf-gis"
# What many ask for at once: the concerns of a box that holds about half of them.
BOX: Final = "-9.6,43.4,-7.96,47.4"


@dataclass(frozen=True, slots=True)
class Contender:
    """A server and what it is asked."""

    server: Server
    path: str
    headers: Mapping[str, str]
    # What it accepts is worded as by nobody before, so that no answer kept in memory is the one to it.
    anew: Iterator[int] | None = None

    def ask(self) -> bytes:
        """The page, whole. Raises HTTPError."""
        headers = dict(self.headers)
        if self.anew is not None:
            headers["Accept"] = f"application/geo+json, asked/{next(self.anew)}"
        request = urllib.request.Request(self.server.address + self.path, headers=headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return bytes(answer.read())

    def document(self) -> Any:
        """The page as JSON."""
        return json.loads(self.ask())


def run(stage: Stage, findings: Findings) -> None:
    """Times of every page. Raises Disagreement where two contenders do not tell the same features."""
    database = stage.desks[MANY]
    say("storing the communes, and the peers' tables")
    add_communes(database)
    make_plain_tables(database)
    bearer = {"Authorization": f"Token {token_of(database, DIRECTION)}"}
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(make(database))
            for name, make in (
                (PSQ, product), (ALONE, published), (TIPG, tipg), (PYGEOAPI, pygeoapi), (DRF, textbook),
            )
        }  # fmt: skip

        def contenders(paths: Mapping[str, str]) -> dict[str, Contender]:
            return {
                name: Contender(servers[name], path, bearer if "incidents" in path else {})
                for name, path in paths.items()
            }

        for limit, bounds in ((10, {TIPG: 1 / 0.8}), (1_000, {}), (COMMUNES, {TIPG: 6.0, PYGEOAPI: None, DRF: 20.0})):
            asked = contenders(_communes(limit))
            asked[ANEW] = replace(asked[PSQ], anew=count())
            _agree(f"{limit} communes", asked, "code", limit)
            _compare(f"{limit:,} communes", asked, PSQ, bounds, stage.rounds, findings)
            _against(f"{limit:,} communes", ANEW, bounds, findings)
        first = contenders(_concerns(1_000))
        _agree("1,000 concerns", first, "reference", 1_000)
        _compare("1,000 concerns, counted", first, ALONE, {TIPG: 2.0}, stage.rounds, findings)
        after = first | {name: following(first[name]) for name in (PSQ, ALONE)}
        _compare("1,000 concerns, the next page", after, ALONE, {TIPG: 9.0}, stage.rounds, findings)
        deep = contenders({name: f"{path}&offset=99000" for name, path in _concerns(1_000).items()})
        _agree("1,000 concerns at 99,000", deep, "reference", 1_000)
        _compare("1,000 concerns at offset 99,000", deep, ALONE, {TIPG: 4.0}, stage.rounds, findings)
        boxed = contenders({name: f"{path}&bbox={BOX}" for name, path in _concerns(1_000).items()})
        _agree("1,000 concerns of a box", boxed, "reference", 1_000)
        _at_once("1,000 concerns of a box, counted", boxed, {TIPG: 2.0}, stage, findings)
        further = boxed | {name: following(boxed[name]) for name in (PSQ, ALONE)}
        _at_once("1,000 concerns of a box, the next page", further, {TIPG: 9.0}, stage, findings)
    findings.checks.append("features: every contender tells the same features on every page that is compared")


def _communes(limit: int) -> dict[str, str]:
    return {
        PSQ: f"/ogc/collections/communes/items?limit={limit}",
        TIPG: f"/collections/peer.commune/items?f=geojson&limit={limit}",
        PYGEOAPI: f"/collections/commune/items?f=json&limit={limit}",
        DRF: f"/communes/?limit={limit}",
    }


def _concerns(limit: int) -> dict[str, str]:
    return {
        PSQ: f"/ogc/collections/incidents/items?limit={limit}",
        ALONE: f"/ogc/collections/concern/items?limit={limit}",
        TIPG: f"/collections/peer.concern/items?f=geojson&limit={limit}",
        PYGEOAPI: f"/collections/concern/items?f=json&limit={limit}",
    }


def following(contender: Contender) -> Contender:
    """The page after the first, which counts nothing."""
    link = next(each["href"] for each in contender.document()["links"] if each["rel"] == "next")
    split = urllib.parse.urlsplit(link)
    return Contender(contender.server, f"{split.path}?{split.query}", contender.headers)


def _agree(what: str, contenders: Mapping[str, Contender], key: str, count: int) -> None:
    say(f"checking {what}")
    found = {name: [each["properties"][key] for each in _features(contender)] for name, contender in contenders.items()}
    first = next(iter(found.values()))
    if len(first) != count or any(names != first for names in found.values()):
        raise Disagreement(f"{what}: { ({name: (len(names), names[:3]) for name, names in found.items()}) }")


def _features(contender: Contender) -> list[Any]:
    document = contender.document()
    return list(document.get("features") or document["results"]["features"])


def _compare(
    what: str,
    contenders: Mapping[str, Contender],
    ours: str,
    bounds: Mapping[str, float | None],
    rounds: int,
    findings: Findings,
) -> None:
    times = 3 if _count(what) == COMMUNES else 11
    asks: dict[str, Callable[[], bytes]] = {name: contender.ask for name, contender in contenders.items()}
    for ask in asks.values():
        timed(ask, 3)
    rates = take_turns({f"{what}: {name}": partial(timed, ask, times) for name, ask in asks.items()}, rounds)
    figures = {name: Figure(f"{what}: {name}", UNIT, rates[f"{what}: {name}"]) for name in asks}
    findings.figures.extend(figures.values())
    _against(what, ours, bounds, findings)


def _at_once(
    what: str, contenders: Mapping[str, Contender], bounds: Mapping[str, float | None], stage: Stage, findings: Findings
) -> None:
    """The same at eight connections."""
    turns = {
        f"{what}: {name}": partial(
            load,
            each.server.address,
            Questions([each.path], headers=each.headers),
            stage.folder,
            seconds=max(3.0, stage.seconds),
        )
        for name, each in contenders.items()
    }
    for turn in turns.values():
        turn()
    findings.figures.extend(Figure(name, UNIT, found) for name, found in take_turns(turns, stage.rounds).items())
    _against(what, ALONE, bounds, findings)


def _against(what: str, ours: str, bounds: Mapping[str, float | None], findings: Findings) -> None:
    """One contender compared with each other that was measured with it."""
    figures = {each.name: each for each in findings.figures if each.name.startswith(f"{what}: ")}
    mine = figures[f"{what}: {ours}"]
    for name, figure in figures.items():
        if figure is not mine:
            other = name.removeprefix(f"{what}: ")
            bound = bounds.get(other)
            findings.comparisons.append(Comparison(f"{what}: rate of {ours} / {other}", mine, figure, at_least=bound))


def _count(what: str) -> int:
    return int(what.split(maxsplit=1)[0].replace(",", ""))
