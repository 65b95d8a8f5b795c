"""Who would take a point, and why: the answer of `/api/locate/` and of the screens. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from sectors import atlas, words
from sectors.atlas import directory as directories
from sectors.atlas.directory import Directory, PostCard, answered
from sectors.models import BorderAgreement, CategoryRule
from sectors.routing import MOST_CANDIDATES, Candidate, Decision, Facts, Outcome, choose
from sectors.survey import survey


@dataclass(frozen=True, slots=True)
class Located:
    """A decision with the facts it rests on and the names of what it speaks of."""

    at: datetime
    facts: Facts
    decision: Decision
    directory: Directory

    def reason(self) -> dict[str, Any]:
        """The facts of the sentence, as JSON (see `words.reason_of`)."""
        return words.reason_of(self.decision, self.facts, self.directory, written_reason(self.decision, self.facts))

    def payload(self, *, with_names: bool = False) -> dict[str, Any]:
        """The answer as API.md words it; the holder's name only for those who may know, or where it is published."""
        decision, directory = self.decision, self.directory
        territory = directory.territories[decision.territory]
        edition = directory.edition_of(decision.territory)
        post = directory.posts[decision.post]
        unit = directory.units[decision.unit or post.unit_id]
        sector = directory.sectors[decision.sector.sector] if decision.sector else None
        commune = directory.communes[self.facts.commune.commune] if self.facts.commune else None
        return {
            "outcome": decision.outcome,
            "rule": decision.outcome,
            "at": timezone.localtime(self.at).replace(microsecond=0),
            "territory": territory.code,
            "edition": edition and {"code": edition.code, "in_force_from": timezone.localtime(edition.since).date()},
            "sector": sector and {"code": sector.code, "name": sector.name, "kind": sector.kind},
            "post": {"code": post.code, "label": post.label},
            "referent": referent(post, named=with_names or territory.publish_names),
            "unit": {"code": unit.code, "name": unit.name},
            "commune": commune and {"code": commune.code, "name": commune.name, "competence": commune.force or None},
            "reason": words.sentence(self.reason()),
            "border": decision.border,
            "co_readers": [reader.code for reader in decision.co_readers],
            "candidates": [candidate_json(each) for each in nearest_first(self.facts)],
        }


def referent(post: PostCard, *, named: bool) -> dict[str, Any]:
    """The public contact of a post; its holder's name only for those who may know it."""
    return {
        "name": (post.holder_name or None) if named else None,
        "phone": post.phone or None,
        "email": post.email or None,
        "stand_in": post.stand_in,
    }


def nearest_first(facts: Facts) -> list[Candidate]:
    """The candidates by signed distance, the deepest inside first; at most eight."""
    return sorted(facts.candidates, key=lambda c: (c.distance_m, *c.preference))[:MOST_CANDIDATES]


def candidate_json(candidate: Candidate) -> dict[str, Any]:
    """A candidate as it is answered and kept: metres to the millimetre."""
    share = candidate.share
    return {
        "sector": candidate.code,
        "distance_m": round(candidate.distance_m, 3) + 0.0,
        "share": None if share is None else round(share, 6),
    }


def written_reason(decision: Decision, facts: Facts) -> Mapping[str, str] | None:
    """The reason written in the agreement or the category rule that decided, in both languages; else None."""
    row: Mapping[str, Any] | None
    if decision.outcome is Outcome.AGREEMENT:
        row = BorderAgreement.objects.filter(code=decision.why["agreement"]).values("reason_fr", "reason_en").first()
    elif decision.outcome is Outcome.CATEGORY_RULE:
        place = {
            "territory_id": decision.territory,
            "post_id": decision.vacant or decision.post,
            "commune_id": decision.why["commune"],
        }
        rows = CategoryRule.objects.filter(**place, category__code=decision.why["category"])
        row = rows.values("reason_fr", "reason_en").first()
    else:
        return None
    return {"fr": row["reason_fr"], "en": row["reason_en"]} if row else {"fr": "", "en": ""}


def locate(
    lon: float,
    lat: float,
    *,
    accuracy_m: float | None = None,
    category: str | None = None,
    at: datetime | None = None,
    home: int | None = None,
) -> Located:
    """Who takes this point (EPSG:4326) now, from memory; with `at`, at that moment, asked of PostGIS.

    Raises LookupError where no territory is loaded.
    """
    if at is None:
        image = atlas.current()
        facts = image.facts(lon, lat, accuracy_m=accuracy_m, category=category, home=home)
        return Located(timezone.now(), facts, answered(image.directory, choose(facts)), image.directory)
    facts = survey([(lon, lat)], at, accuracy_m=accuracy_m, category=category, home=home)[0].facts
    directory = directories.read(at, only_sectors=[c.sector for c in facts.candidates])
    return Located(at, facts, answered(directory, choose(facts)), directory)
