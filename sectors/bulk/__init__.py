"""Many points at once: the map in memory settles the clear ones in arrays, PostGIS settles the others.

Clear means that no threshold is near: one sector covers, or none and the nearest is plainly within reach or plainly
not, and the commune is not at issue. A point within `DOUBT_M` of any of these lines, on overlapping sectors, under an
agreement, or whose accuracy disc crosses a border, is asked of `survey`, the judge. So the answers are PostGIS's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _

from ogcapi.geojson import FieldError, Refused
from sectors.atlas import Atlas, names_for
from sectors.atlas.directory import answered
from sectors.bulk.answers import COLUMNS, Answer, Answers, answer_of, numbered, values
from sectors.bulk.places import BEYOND, DEEP, DOUBT_M, Floats, communes_of, sectors_of
from sectors.routing import Candidate, CommuneFact, Facts, choose
from sectors.survey import survey

__all__ = ["COLUMNS", "DOUBT_M", "Answer", "Answers", "answer_of", "numbered", "settle", "settle_at", "values"]

# Points asked of PostGIS in one statement, well within its time limit.
STATEMENT: Final = 1000
# A disc is cut with every sector about: fewer fit the time limit of a statement, and of a request.
STATEMENT_WITH_DISCS: Final = 100
MOST_DISCS: Final = 5_000


def settle(
    atlas: Atlas,
    lon: Floats,
    lat: Floats,
    *,
    accuracy_m: float | None = None,
    category: str | None = None,
    home: int | None = None,
) -> Answers:
    """The answers for points in EPSG:4326, in order, as `survey` and `choose` would give them one by one."""
    points = shapely.points(np.column_stack([lon, lat]))
    sector, how, doubt = sectors_of(atlas, lon, lat, points, accuracy_m)
    commune, unsure = communes_of(atlas, lon, lat, points)
    doubt |= unsure
    clear = np.flatnonzero(~doubt)
    distinct: dict[Answer, int] = {}
    index = np.zeros(len(lon), dtype=np.int64)
    # A number a combination: there are few of them, and each is decided once for this image of the map.
    kinds = ((sector[clear] + 1) * (len(atlas.ground.communes.keys) + 1) + commune[clear] + 1) * 3 + how[clear]
    numbers, first, inverse = np.unique(kinds, return_index=True, return_inverse=True)
    # Accuracies are the asker's own: what is kept for each would have no bound.
    known: dict[int, Answer] = {} if accuracy_m else atlas.drawn.setdefault(("answers", category, home), {})
    positions = np.zeros(len(numbers), dtype=np.int64)
    for i, (number, example) in enumerate(zip(numbers.tolist(), clear[first].tolist(), strict=True)):
        answer = known.get(number)
        if answer is None:
            kind = int(sector[example]), int(commune[example]), int(how[example])
            answer = known[number] = _clear_answer(atlas, *kind, accuracy_m, category, home)
        positions[i] = distinct.setdefault(answer, len(distinct))
    index[clear] = positions[inverse]
    doubtful = np.flatnonzero(doubt)
    if accuracy_m is not None and len(doubtful) > MOST_DISCS:
        message = _("Too many of these discs cross a border: send fewer points, or a smaller accuracy.")
        raise Refused([FieldError("accuracy", "too_many_points", message)], status=413)
    places = list(zip(lon[doubtful].tolist(), lat[doubtful].tolist(), strict=True))
    at = atlas.directory.at
    judged = settle_at(places, at, accuracy_m=accuracy_m, category=category, home=home)
    for place, answer in zip(doubtful.tolist(), judged, strict=True):
        index[place] = distinct.setdefault(answer, len(distinct))
    return Answers(list(distinct), index)


def settle_at(
    points: Sequence[tuple[float, float]],
    at: datetime,
    *,
    accuracy_m: float | None = None,
    category: str | None = None,
    home: int | None = None,
) -> list[Answer]:
    """The answers for (lon, lat) in EPSG:4326 at a moment, in order, asked of PostGIS alone."""
    found: list[Answer] = []
    step = STATEMENT if accuracy_m is None else STATEMENT_WITH_DISCS
    for start in range(0, len(points), step):
        surveyed = survey(points[start : start + step], at, accuracy_m=accuracy_m, category=category, home=home)
        decided = [(each.facts, choose(each.facts)) for each in surveyed]
        directory = names_for(decided, at)
        found += [
            answer_of(directory, facts, answered(directory, decision, held=decision.post in each.holders))
            for each, (facts, decision) in zip(surveyed, decided, strict=True)
        ]
    return found


def _clear_answer(
    atlas: Atlas,
    sector: int,
    commune: int,
    how: int,
    accuracy_m: float | None,
    category: str | None,
    home: int | None,
) -> Answer:
    """The answer of every point of one kind, by the rule itself, on facts that stand for all of them."""
    ground, directory = atlas.ground, atlas.directory
    candidates, place = [], None
    if sector >= 0:
        card = directory.sectors[ground.sectors.keys[sector]]
        candidates.append(
            Candidate(
                sector=card.id,
                code=card.code,
                territory=directory.editions[card.edition_id].territory_id,
                post=card.post_id,
                priority=card.priority,
                covers=how != BEYOND,
                # All that the rule makes of a clear distance is whether it is under the tolerance.
                distance_m=-1e9 if how == DEEP else 0.0,
            )
        )
    if commune >= 0:
        held = directory.communes[ground.communes.keys[commune]]
        place = CommuneFact(held.id, held.territory_id, held.force or None, held.unit_id, held.post_id)
    territory, post = atlas.triage(home)
    facts = Facts(
        candidates=candidates,
        commune=place,
        agreements=(),
        rules=atlas.rules(category),
        tolerance_m=directory.tolerance_m,
        triage_territory=territory,
        triage_post=post,
        accuracy_m=accuracy_m,
    )
    return answer_of(directory, facts, answered(directory, choose(facts)))
