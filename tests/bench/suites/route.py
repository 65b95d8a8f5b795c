"""A file of points: `manage.py route` from start to end, beside shapely's bare search tree."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.bench.data import Floats
from tests.bench.databases import manage
from tests.bench.load import Rate
from tests.bench.measures import Comparison, Figure, Findings, say, take_turns
from tests.bench.stage import Disagreement, Stage, covering_sector, same
from tests.bench.suites.bare import bare, timed

# In the smaller file the start of Python and Django counts as much as the work: it is told, nothing is asked of it.
ASKED: Final = 1_000_000
COUNTS: Final = (100_000, ASKED)
UNIT: Final = "points/s"


def run(stage: Stage, findings: Findings, counts: tuple[int, ...] = COUNTS) -> None:
    """Rates at both sizes. Raises Disagreement where a row is lost or its answer is not PostGIS's."""
    contenders: dict[str, Any] = {}
    pairs: list[tuple[str, str, str, int]] = []
    for size in stage.sizes:
        for count in counts:
            points = stage.points(size, count)
            given = stage.folder / f"points-{size}-{count}.csv"
            answered = stage.folder / f"answers-{size}-{count}.csv"
            _write(given, points)
            command = partial(manage, stage.databases[size], "route", str(given), "--output", str(answered))
            say(f"checking {count:,} rows at {size} sectors")
            command()
            same(f"route at {size} sectors", points, _read(answered), stage.judge(size, points))
            what = f"{count:,} rows, {size} sectors"
            ours, theirs = f"psq_geo, {what}", f"bare STRtree, {what}"
            contenders[ours] = partial(_once, command, count)
            contenders[theirs] = partial(bare, stage.sectors(size), points, seconds=stage.seconds)
            pairs.append((what, ours, theirs, count))
    rates = take_turns(contenders, stage.rounds)
    findings.checks.append("route: no row is lost, and every row has the sector that PostGIS names")
    findings.checks.append(
        "route: the rate is that of the whole command, the start of Python included; asked at 1,000,000 rows of CSV, "
        "where it no longer counts"
    )
    figures = {name: Figure(f"route: {name}", UNIT, found) for name, found in rates.items()}
    findings.figures.extend(figures.values())
    findings.comparisons.extend(
        Comparison(
            f"route, {what}: psq_geo / bare STRtree",
            figures[ours],
            figures[theirs],
            at_least=0.25 if count >= ASKED else None,
        )
        for what, ours, theirs, count in pairs
    )


def _once(command: Any, count: int) -> Rate:
    """The rate of the whole command, its start included."""
    return timed(command, count, seconds=0.0001)


def _write(path: Path, points: Floats) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("id,lon,lat\n")
        file.writelines(f"{n},{lon!r},{lat!r}\n" for n, (lon, lat) in enumerate(points.tolist()))


def _read(path: Path) -> list[str | None]:
    """The covering sector of each row, in order. Raises Disagreement where a row lacks."""
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if row["id"] != str(number) or row["error"]:
                raise Disagreement(f"{path.name}: row {number} came back as {row}")
            found.append(covering_sector(row["outcome"], row["sector"] or None))
    return found
