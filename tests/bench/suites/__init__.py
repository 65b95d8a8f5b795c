"""The suites by their names, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.bench.measures import Findings
from tests.bench.stage import Stage
from tests.bench.suites import batch, desk, locate, report, route

SUITES: Final[Mapping[str, Callable[[Stage, Findings], None]]] = {
    "locate": locate.run,
    "batch": batch.run,
    "route": route.run,
    "report": report.run,
    "desk": desk.run,
}
# Those whose contenders are other programs under load.
WITH_PEERS: Final = frozenset({"locate", "report"})
# Those that ask of the generated sectors, or of the generated concerns.
WITH_SECTORS: Final = frozenset({"locate", "batch", "route", "report"})
WITH_CONCERNS: Final = frozenset({"desk"})
