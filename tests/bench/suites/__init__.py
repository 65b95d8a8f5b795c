"""The suites by their names, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.bench.measures import Findings
from tests.bench.stage import FEW, MANY, MILLION, Stage
from tests.bench.suites import batch, desk, features, locate, memory, million, report, route, suggestions, tiles

# What waits for the disk comes before what fills it: a hundred thousand concerns made by the way are written out for
# minutes, under whoever is measured then.
SUITES: Final[Mapping[str, Callable[[Stage, Findings], None]]] = {
    "report": report.run,
    "locate": locate.run,
    "batch": batch.run,
    "route": route.run,
    "desk": desk.run,
    "tiles": tiles.run,
    "features": features.run,
    "million": million.run,
    "memory": memory.run,
    "suggestions": suggestions.run,
}
# Those whose contenders are other programs under load.
WITH_PEERS: Final = frozenset({"locate", "report", "tiles", "features"})
# Those that ask of the generated sectors, of the generated concerns, or of as many in one town.
WITH_SECTORS: Final = frozenset({"locate", "batch", "route", "report"})
WITH_CONCERNS: Final = {
    "desk": (FEW, MANY),
    "features": (MANY,),
    "million": (million.FEW, MILLION),
    "memory": (MILLION,),
}
WITH_TOWN: Final = frozenset({"tiles", "suggestions"})
