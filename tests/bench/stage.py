"""What every suite stands on: databases of two sizes, the points asked, and PostGIS's word on each."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.db import connections

from sectors import atlas, bulk
from sectors.routing import choose
from sectors.survey import survey
from tests.bench import data
from tests.bench.data import Floats, Geometries
from tests.bench.databases import EMBEDDED, areas_of, connect, judged

# How many concerns the two desks hold.
FEW, MANY = 100, 100_000
# How many are streamed.
MILLION = 1_000_000


class Disagreement(RuntimeError):  # noqa: N818 - it is a finding
    """An answer that is not PostGIS's: no speed counts then."""


@dataclass(slots=True)
class Stage:
    """Databases by the number of their sectors, and a folder for what is asked. `many` is the generated number.

    `desks` are databases by the number of their concerns, `town` is one whose concerns lie close together.
    """

    databases: dict[int, str]
    folder: Path
    many: int
    rounds: int = 3
    seconds: float = 2.0
    desks: dict[int, str] = field(default_factory=dict)
    town: str = ""
    _points: dict[tuple[int, int], Floats] = field(default_factory=dict)
    _areas: dict[tuple[int, str], tuple[list[str], Geometries]] = field(default_factory=dict)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The embedded territory's six sectors, and the generated ones."""
        return (EMBEDDED, self.many)

    def sectors(self, size: int) -> Geometries:
        """The areas of the sectors."""
        return self._of(size, "sectors_sector")[1]

    def communes(self, size: int) -> Geometries:
        """The areas of the communes."""
        return self._of(size, "sectors_commune")[1]

    def points(self, size: int, count: int) -> Floats:
        """Points to ask about: four in five in a sector, the others anywhere in the country around."""
        if (size, count) not in self._points:
            self._points[size, count] = self._drawn(size, count)
        return self._points[size, count]

    def _drawn(self, size: int, count: int) -> Floats:
        sectors = self.sectors(size)
        if size == EMBEDDED:
            return data.mixed_points(sectors, self.communes(size), count)
        west, south, east, north = data.FRANCE
        around = shapely.box(west - 0.5, south - 0.5, east + 0.5, north + 0.5)
        return data.mixed_points(sectors, np.array([around], dtype=object), count)

    def judge(self, size: int, points: Floats) -> list[str | None]:
        """The sector that PostGIS names for each point."""
        with closing(connect(self.databases[size])) as connection, connection.cursor() as cursor:
            return judged(cursor, points)

    def _of(self, size: int, table: str) -> tuple[list[str], Geometries]:
        if (size, table) not in self._areas:
            self._areas[size, table] = areas_of(self.databases[size], table)
        return self._areas[size, table]


def covering_sector(outcome: str, sector: str | None) -> str | None:
    """The sector that an answer says covers the point: None where it took it for another reason, or none did."""
    return sector if outcome in {"inside", "tie"} else None


def same(what: str, points: Floats, given: Sequence[Any], wanted: Sequence[Any]) -> None:
    """Raises Disagreement with the first points whose answers differ."""
    if len(given) != len(wanted):
        raise Disagreement(f"{what}: {len(given)} answers for {len(wanted)} points")
    wrong = [i for i, (one, other) in enumerate(zip(given, wanted, strict=True)) if one != other]
    if wrong:
        some = "; ".join(f"{points[i].tolist()}: {given[i]!r}, not {wanted[i]!r}" for i in wrong[:5])
        raise Disagreement(f"{what}: {len(wrong)} of {len(wanted)} points differ: {some}")


def agree_with_survey(database: str, points: Floats) -> int:
    """Every answer of the batch against the decision that a report would be given; returns how many were compared.

    Outcome, sector, post, unit, commune and border alike. Raises Disagreement.
    """
    connection = connections["default"]
    connection.close()
    connection.settings_dict["NAME"] = database
    atlas.forget()
    try:
        image = atlas.current()
        given = list(bulk.settle(image, points[:, 0].copy(), points[:, 1].copy()))
        wanted = []
        for start in range(0, len(points), 200):
            some = [(lon, lat) for lon, lat in points[start : start + 200].tolist()]
            for each in survey(some, image.directory.at):
                wanted.append(bulk.answer_of(image.directory, each.facts, choose(each.facts)))
        same("the batch and the survey", points, given, wanted)
        return len(wanted)
    finally:
        connection.close()
        atlas.forget()
