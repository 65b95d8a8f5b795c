"""Which référent takes a concern: the rule, alone.

`choose` takes what lies around a point and says who answers, by which rule, and who else should read: always one
answer. It reads no clock, no setting and no map: the facts come from PostGIS (`survey`) or from its image in memory
(`atlas`), and the same facts give the same decision, whatever the order in which they come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a point was settled."""

    AGREEMENT = "agreement"
    CATEGORY_RULE = "category_rule"
    INSIDE = "inside"
    TIE = "tie"
    NEAREST = "nearest"
    COMMUNE_DESK = "commune_desk"
    GENDARMERIE = "gendarmerie"
    OUTSIDE = "outside"


# A position read on a phone may be wrong by its accuracy, but a sector is never stretched by more than this.
MOST_ACCURACY_M = 200.0
# A point in no commune's polygon (a lake, a coarse outline) belongs to the nearest one within this distance.
COMMUNE_REACH_M = 200.0
# Under this share of the accuracy disc, the best sector's neighbours read too.
CLEAR_SHARE = 0.8
# How many sectors are weighed besides those that cover the point, and how near they lie: as near as this, or as the
# accuracy. Where there is none, the nearest within the horizon is told.
MOST_CANDIDATES = 8
WEIGHED_M = 2_000.0
HORIZON_M = 20_000.0


def weighed_within_m(accuracy_m: float | None) -> float:
    """How near to the point a sector must lie to be weighed, in metres."""
    return min(max(accuracy_m or 0.0, WEIGHED_M), HORIZON_M)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sector near the point. `distance_m` is to its border: negative inside, 0 on it, positive outside."""

    sector: int
    code: str
    territory: int
    post: int
    priority: int
    covers: bool
    distance_m: float
    share: float | None = None

    @property
    def preference(self) -> tuple[int, str, int]:
        """The lower one wins where nothing else decides: the territory's priority, then the code.

        A code is a sector's within its territory, hence the territory last.
        """
        return self.priority, self.code, self.territory


@dataclass(frozen=True, slots=True)
class AgreementFact:
    """A border agreement that covers the point, and the sector it makes answerable."""

    code: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class CommuneFact:
    """The commune of the point, and who is competent there at that moment (None: not known)."""

    commune: int
    territory: int | None
    force: str | None = None
    unit: int | None = None
    post: int | None = None
    distance_m: float = 0.0


@dataclass(frozen=True, slots=True)
class CategoryFact:
    """A rule of the territory that sends a category to one post; `commune` None means everywhere in it."""

    category: str
    territory: int
    commune: int | None
    post: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that lies around a point. `tolerance_m` is by territory; `triage` is the post that takes what is outside."""

    candidates: Sequence[Candidate]
    commune: CommuneFact | None
    agreements: Sequence[AgreementFact]
    rules: Sequence[CategoryFact]
    tolerance_m: Mapping[int, float]
    triage_post: int
    triage_territory: int
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who answers and why. `sector` is None where no sector took it; `co_readers` are codes of sectors, sorted.

    `vacant` is the post that the map names, where nobody holds it and `post` answers in its place.
    """

    outcome: Outcome
    post: int
    territory: int
    sector: Candidate | None = None
    unit: int | None = None
    co_readers: tuple[Candidate, ...] = ()
    border: bool = False
    why: Mapping[str, Any] = field(default_factory=dict)
    vacant: int | None = None


def in_place(decision: Decision, desk: int) -> Decision:
    """The same decision, answered at this post as long as nobody holds the one that the map names."""
    return replace(decision, post=desk, unit=None, vacant=decision.post)


def _by_code(candidate: Candidate) -> tuple[str, int]:
    return candidate.code, candidate.territory


def choose(facts: Facts) -> Decision:
    """The decision for these facts: agreement, category rule, inside or tie, nearest, commune, in this order."""
    candidates = sorted(facts.candidates, key=lambda c: (not c.covers, c.distance_m, *c.preference))
    covering = [c for c in candidates if c.covers]
    if facts.agreements:
        return _by_agreement(facts, covering)
    best = _best(covering, candidates, facts)
    rule = _rule_for(facts, best)
    if rule is not None:
        return _by_category(rule, best)
    if best is not None:
        return _by_sector(best, covering, candidates, facts)
    return _by_commune(facts, candidates)


def _best(covering: Sequence[Candidate], candidates: Sequence[Candidate], facts: Facts) -> Candidate | None:
    """The sector that the map alone would name: the preferred one that covers, else the nearest within reach."""
    if covering:
        return min(covering, key=lambda c: (-(c.share or 0.0), *c.preference))
    near = [c for c in candidates if c.distance_m <= _reach(c, facts)]
    return min(near, key=lambda c: (c.distance_m, *c.preference)) if near else None


def _reach(candidate: Candidate, facts: Facts) -> float:
    """How far outside its border this sector still takes a point, in metres."""
    return max(facts.tolerance_m[candidate.territory], min(facts.accuracy_m or 0.0, MOST_ACCURACY_M))


def _by_agreement(facts: Facts, covering: Sequence[Candidate]) -> Decision:
    agreement = min(facts.agreements, key=lambda a: a.code)
    chosen = agreement.candidate
    return Decision(
        Outcome.AGREEMENT,
        post=chosen.post,
        territory=chosen.territory,
        sector=chosen,
        co_readers=tuple(sorted((c for c in covering if c.sector != chosen.sector), key=_by_code)),
        why={"agreement": agreement.code},
    )


def _rule_for(facts: Facts, best: Candidate | None) -> CategoryFact | None:
    """The rule that holds here: one for this very commune before one for its whole territory."""
    place = facts.commune
    territory = best.territory if best is not None else place.territory if place is not None else None
    commune = place.commune if place is not None else None
    fitting = [r for r in facts.rules if r.territory == territory and r.commune in (None, commune)]
    return min(fitting, key=lambda r: (r.commune is None, r.post)) if fitting else None


def _by_category(rule: CategoryFact, best: Candidate | None) -> Decision:
    return Decision(
        Outcome.CATEGORY_RULE,
        post=rule.post,
        territory=rule.territory,
        sector=best,
        co_readers=(best,) if best is not None and best.post != rule.post else (),
        why={"category": rule.category, "commune": rule.commune},
    )


def _by_sector(
    best: Candidate, covering: Sequence[Candidate], candidates: Sequence[Candidate], facts: Facts
) -> Decision:
    outcome = Outcome.NEAREST if not covering else Outcome.TIE if len(covering) > 1 else Outcome.INSIDE
    tolerance = facts.tolerance_m[best.territory]
    border = abs(best.distance_m) < tolerance or (best.share is not None and best.share < CLEAR_SHARE)
    others = [c for c in candidates if c.sector != best.sector]
    readers = [c for c in others if c.covers or (border and (c.distance_m < tolerance or (c.share or 0.0) > 0))]
    return Decision(
        outcome,
        post=best.post,
        territory=best.territory,
        sector=best,
        co_readers=tuple(sorted(readers, key=_by_code)),
        border=border,
        why={"covering": sorted(c.code for c in covering)} if outcome is Outcome.TIE else {},
    )


def _by_commune(facts: Facts, candidates: Sequence[Candidate]) -> Decision:
    why = {"nearest": candidates[0].sector} if candidates else {}
    place = facts.commune
    # What the force of the commune means for a point that no sector took.
    outcome = {"PN": Outcome.COMMUNE_DESK, "GN": Outcome.GENDARMERIE}.get((place and place.force) or "")
    if outcome is None or place is None or place.post is None or place.territory is None:
        return Decision(Outcome.OUTSIDE, post=facts.triage_post, territory=facts.triage_territory, why=why)
    return Decision(outcome, post=place.post, territory=place.territory, unit=place.unit, why=why)
