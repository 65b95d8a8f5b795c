"""The table of a run, for the terminal and for docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.bench import peers
from tests.bench.databases import ROOT, versions
from tests.bench.load import CONNECTIONS
from tests.bench.measures import Comparison, Figure, Findings
from tests.bench.stage import Stage

PAGE: Final = ROOT / "docs" / "performance.md"
OURS: Final = ("Django", "granian", "shapely", "psycopg2-binary", "orjson")

_HEAD: Final = """# Speed

Written by `make bench`, a part by each suite that was run; do not edit. A ratio compares two contenders that took turns
in the same run, and is the median of the rounds' ratios: read ratios, not absolute numbers. Differences under a fifth
are a tie on a machine of this size.
"""
_BEGIN: Final = "<!-- part: {} -->"
_END: Final = "<!-- end -->"
_PART: Final = re.compile(r"<!-- part: (\w+) -->\n(.*?)<!-- end -->\n", re.DOTALL)
_HOW: Final = f"""
## What is compared

- **psq_geo** is started by `scripts/serve web` (granian, two processes of two threads), with its limits on how often
  one may ask turned off, and does all that it owes: `GET /api/locate/` tells outcome, référent, commune, edition, the
  reason in words and the sectors that were weighed; a report is decided by PostGIS, dated, and stored with its
  routing, its status, two messages owed and a row of the access log, in one statement, with `fsync` and
  `synchronous_commit` on.
- **textbook DRF** is `tests/bench/peers/textbook`: a sector by `area__covers`, a `ModelViewSet` that inserts one row;
  the middleware of `startproject`, connections that are kept, two sync workers of gunicorn; and once more on the
  product's own server, granian with two processes of two threads.
- **tipg** answers a CQL2 `S_INTERSECTS` filter on the same table, without the geometry, on two workers of uvicorn.
- **bare STRtree** is `shapely.STRtree.query(points, predicate="intersects")` in a Python process on the same points,
  from numbers to an area a point, its tree built beforehand. The batch is timed from the body sent to the answer's
  last byte (one request after the other), the command from its start to its end.
- Load on a server is {CONNECTIONS} connections of wrk kept open, on the same machine as the servers and PostgreSQL.
- **The desk** is one product twice, on a database of a hundred concerns and on one of a hundred thousand, in the same
  twenty thousand sectors (`manage.py seed_bulk`): every page is asked for one at a time, by a person who directs the
  territory and by a référent who holds one concern in fifty.
- **A tile** is the fullest of zoom 12 among a hundred thousand concerns in one town: psq_geo draws it for the
  direction, with its rights, joins, order and log; tipg from one plain table with the same properties as columns.
- **Memory** is what the kernel says of each process of the server (resident set) while the direction takes a million
  concerns as one stream and stops reading for a while: the most that one of them grew by.
- **Pages of features** are asked for one at a time: the communes of the product's own collection, with their competence
  by date, and of concerns both the product's (rights, log, the sentence of each reason) and **ogcapi alone**
  (`tests/bench/published`: the room that prints them, on the plain table that the peers read). **pygeoapi** runs on two
  workers of gunicorn with its PostgreSQL provider, **drf-gis** is a `ReadOnlyModelViewSet` of the textbook project. A
  peer's table holds as columns what the product joins.
- The sectors are the six of the embedded territory, and generated ones that cover metropolitan France's box without
  gap or overlap (`tests/bench/data.py`, median 55 vertices), each with its post. Four points in five lie in a sector.
"""
_LEGEND: Final = """
For a server `median` and `slow` are the 50th and the 99th percentile of a request; for points they are of the whole
work, and `slow` the slowest.
"""


def summary(findings: Findings) -> str:
    """The ratios as a Markdown table."""
    rows = [
        (each.what, f"{each.ratio:.2f}", each.target, {True: "yes", False: "**no**", None: ""}[each.met])
        for each in findings.comparisons
    ]
    return _table(("what", "ratio", "target", "met"), rows)


def part(name: str, findings: Findings, stage: Stage) -> str:
    """What a run of one suite found, as a part of docs/performance.md."""
    return "\n".join([
        f"## {name}\n",
        f"Run of {date.today():%Y-%m-%d}: {_conditions(stage)}\n",
        summary(findings),
        "Checked in the same run, before any speed counts:\n",
        "\n".join(f"- {each}" for each in findings.checks),
        "\n<details><summary>Absolute numbers</summary>\n",
        _table(("what", "a second", "rounds apart", "median ms", "slow ms"), map(_numbers, findings.figures)),
        "</details>\n",
    ])  # fmt: skip


def page(parts: Mapping[str, str]) -> str:
    """The whole of docs/performance.md, of these parts by their suites."""
    marked = [f"{_BEGIN.format(name)}\n{text}{_END}\n" for name, text in parts.items()]
    return "\n".join([_HEAD, *marked, _HOW, _LEGEND, "## Versions\n", _table(("what", "version"), _versions())]) + "\n"


def parts_of(text: str) -> dict[str, str]:
    """The parts of a page that was written before."""
    return {found[1]: found[2] for found in _PART.finditer(text)}


def write(parts: Mapping[str, str], order: Iterable[str], path: Path = PAGE) -> None:
    """Writes the page: these parts in place of those of their suites, every other as it stands there."""
    known = {**(parts_of(path.read_text(encoding="utf-8")) if path.exists() else {}), **parts}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page({name: known[name] for name in order if name in known}), encoding="utf-8")


def _conditions(stage: Stage) -> str:
    rounds = f"{stage.rounds} rounds of {stage.seconds:g} s"
    return (
        f"{os.cpu_count()} cores, {CONNECTIONS} connections, two processes a server, {rounds}, {stage.many:,} sectors."
    )


def _numbers(figure: Figure) -> tuple[str, ...]:
    middle = sorted(figure.rates, key=lambda rate: rate.a_second)[len(figure.rates) // 2]
    return (
        figure.name,
        f"{figure.middle:,.0f} {figure.unit}",
        f"±{figure.spread:.0%}",
        f"{middle.middle_ms:,.2f}",
        f"{middle.slow_ms:,.2f}",
    )


def _versions() -> list[tuple[str, str]]:
    here = [("Python", platform.python_version()), *((name, version(name)) for name in OURS), *versions()]
    there = peers.versions("tipg", "uvicorn", "gunicorn", "djangorestframework") if peers.python_of().exists() else []
    return here + there


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---" if i == 0 else "---:" for i in range(len(heads))], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def unmet(comparisons: Iterable[Comparison]) -> list[str]:
    """The targets that were missed, in words."""
    return [f"{each.what}: {each.ratio:.2f}, {each.target} asked" for each in comparisons if each.met is False]
