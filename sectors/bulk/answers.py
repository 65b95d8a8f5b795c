"""What a batch tells of each point: few answers are distinct, so each is kept once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sectors.atlas.directory import Directory
from sectors.routing import Decision, Facts


@dataclass(frozen=True, slots=True)
class Answer:
    """What a batch tells of a point: codes, None where there is none."""

    outcome: str
    sector: str | None
    post: str
    unit: str
    commune: str | None
    border: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """An answer a point: `index[i]` is the place of point i's answer in `distinct`."""

    distinct: list[Answer]
    index: NDArray[np.int64]

    def __iter__(self) -> Iterator[Answer]:
        return (self.distinct[i] for i in self.index)


def numbered(answers: Sequence[Answer]) -> Answers:
    """The same answers, each kept once."""
    distinct: dict[Answer, int] = {}
    index = [distinct.setdefault(answer, len(distinct)) for answer in answers]
    return Answers(list(distinct), np.array(index, dtype=np.int64))


def answer_of(directory: Directory, facts: Facts, decision: Decision) -> Answer:
    """The answer of a decision."""
    post = directory.posts[decision.post]
    return Answer(
        outcome=str(decision.outcome),
        sector=decision.sector.code if decision.sector else None,
        post=post.code,
        unit=directory.units[decision.unit or post.unit_id].code,
        commune=directory.communes[facts.commune.commune].code if facts.commune else None,
        border=decision.border,
    )


COLUMNS: Final = ("outcome", "sector", "post", "unit", "commune", "border")


def values(answer: Answer) -> dict[str, Any]:
    """The answer by column."""
    return {name: getattr(answer, name) for name in COLUMNS}
