"""A page of a thousand concerns among a million, and among ten thousand, in the same twenty thousand sectors."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Final

from tests.bench.databases import DIRECTION, token_of
from tests.bench.measures import Comparison, Figure, Findings, take_turns
from tests.bench.servers import product
from tests.bench.stage import MILLION, Disagreement, Stage
from tests.bench.suites.desk import timed
from tests.bench.suites.features import UNIT, Contender, following

FEW = 10_000
ASKED: Final = 11


def run(stage: Stage, findings: Findings) -> None:
    """Times of the first page and of the one after it, for whoever directs the territory."""
    path = "/ogc/collections/incidents/items?limit=1000"
    with ExitStack() as stack:
        first = {
            size: Contender(
                stack.enter_context(product(stage.desks[size], name=f"psq_geo of {size}")),
                path,
                {"Authorization": f"Token {token_of(stage.desks[size], DIRECTION)}"},
            )
            for size in (FEW, MILLION)
        }
        for size, contender in first.items():
            told = len(contender.document()["features"])
            if told != 1_000:
                raise Disagreement(f"of {size:,} concerns a page tells {told}")
        following_ = {size: following(contender) for size, contender in first.items()}
        for what, asked in (("1,000 concerns", first), ("1,000 concerns, the next page", following_)):
            for contender in asked.values():
                timed(contender.ask, 3)
            names = {size: f"{what} of {size:,}" for size in asked}
            rates = take_turns({names[size]: partial(timed, asked[size].ask, ASKED) for size in asked}, stage.rounds)
            figures = {size: Figure(names[size], UNIT, rates[names[size]]) for size in asked}
            findings.figures.extend(figures.values())
            # A ratio of times is the inverse of the one of rates.
            findings.comparisons.append(
                Comparison(f"{what}: time of {MILLION:,} / of {FEW:,}", figures[FEW], figures[MILLION], at_most=1.5)
            )
