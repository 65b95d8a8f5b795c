"""A million concerns as a stream: how far the memory of the server's processes grows."""

from __future__ import annotations

from typing import Final

from tests.bench.databases import DIRECTION, token_of
from tests.bench.load import Rate
from tests.bench.measures import Comparison, Figure, Findings, say
from tests.bench.resident import grown, warm
from tests.bench.servers import product
from tests.bench.stage import MILLION, Disagreement, Stage

ITEMS: Final = "/ogc/collections/incidents/items"
FORMS: Final = ("geojson", "geojsonseq", "csv")
ALLOWED_MB: Final = 50.0
UNIT: Final = "MB"


def run(stage: Stage, findings: Findings, concerns: int = MILLION) -> None:
    """Growth for each format. Raises Disagreement where a concern is lost."""
    database = stage.desks[concerns]
    token = token_of(database, DIRECTION)
    allowed = Figure("allowed growth", UNIT, [_rate(ALLOWED_MB, 0.0)])
    with product(database) as server:
        for form in FORMS:
            warm(server, f"{ITEMS}?f={form}&limit=5000", token)
        for form in FORMS:
            say(f"streaming {concerns:,} concerns as {form}")
            # The client stops for a while: what was read meanwhile would have to lie somewhere.
            found = grown(server, f"{ITEMS}?f={form}", token, waits_s=3.0)
            if found.lines < concerns:
                raise Disagreement(f"{form}: {found.lines} lines for {concerns} concerns")
            what = f"{concerns:,} concerns as {form}"
            figure = Figure(f"growth, {what}", UNIT, [_rate(found.mega, found.seconds)])
            findings.figures.append(figure)
            findings.comparisons.append(
                Comparison(f"memory, {what}: growth / {ALLOWED_MB:g} MB", figure, allowed, at_most=1.0)
            )
            say(f"{found.streamed_mega:,.0f} MB in {found.seconds:.0f} s; a process grew by {found.mega:.0f} MB")
    findings.checks.append(
        "memory: every concern of the direction leaves in each stream, and the client stops in between"
    )


def _rate(mega: float, seconds: float) -> Rate:
    return Rate(max(mega, 0.1), seconds * 1000, seconds * 1000, 1)
