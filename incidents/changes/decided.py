"""A decision asked of PostGIS for writing, and how it is laid down in a concern and in its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accounts.models import User
from incidents.models import Incident, Routing
from incidents.models.history import Trigger
from incidents.positions import cell_of, lazy_point
from incidents.records import candidates_of, settings_of
from messaging.drafting import draft
from sectors import atlas
from sectors.atlas.directory import Directory, answered
from sectors.holders import Holder, holder_of
from sectors.locating import written_reason
from sectors.models import Category
from sectors.routing import Decision, Facts, Outcome, choose
from sectors.survey import survey
from sectors.words import reason_of

# What no sector takes waits at a desk or with the direction, which hands it on within days.
TRIAGED: Final = frozenset({Outcome.COMMUNE_DESK, Outcome.OUTSIDE})


@dataclass(frozen=True, slots=True)
class Decided:
    """Who takes a point at a moment, by PostGIS, with the names it speaks of and the person who holds the post."""

    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None
    facts: Facts
    decision: Decision
    directory: Directory
    edition: int | None
    holder: Holder | None
    reason: dict[str, Any]

    @property
    def unit(self) -> int:
        """The service that answers: the commune's own where the rule named it, else the post's."""
        return self.decision.unit or self.directory.posts[self.decision.post].unit_id

    @property
    def is_served(self) -> bool:
        """Does the point lie in a commune of a territory?"""
        return self.facts.commune is not None and self.facts.commune.territory is not None

    @property
    def is_triaged(self) -> bool:
        """Must somebody hand it on, because no sector took it, or because nobody holds the post of the one that did?"""
        return self.decision.outcome in TRIAGED or self.decision.vacant is not None

    def laid_on(self, incident: Incident) -> None:
        """Sets who answers for the concern; saves nothing."""
        decision = self.decision
        incident.location = lazy_point(self.lon, self.lat)
        incident.accuracy_m = self.accuracy_m
        incident.outcome = decision.outcome
        incident.sector_id = decision.sector.sector if decision.sector else None
        incident.post_id, incident.unit_id = decision.post, self.unit
        incident.commune_id = self.facts.commune.commune if self.facts.commune else None
        incident.co_readers = [reader.code for reader in decision.co_readers]
        # Whoever takes up a post that nobody holds finds what came meanwhile.
        readers = {reader.post for reader in decision.co_readers} | ({decision.vacant} if decision.vacant else set())
        incident.co_reader_posts = sorted(readers - {decision.post})
        incident.border, incident.reason = decision.border, self.reason

    def routing(self, incident: Incident, *, trigger: Trigger, author: User, comment: str = "") -> Routing:
        """The unsaved row of the history: what was decided, and all that is needed to decide it again."""
        cell_x, cell_y = cell_of(self.lon, self.lat)
        return draft(
            Routing,
            incident_id=incident.pk,
            at=self.at,
            trigger=trigger,
            cell_x=cell_x,
            cell_y=cell_y,
            location=lazy_point(self.lon, self.lat),
            accuracy_m=self.accuracy_m,
            category_id=incident.category_id,
            edition_id=self.edition,
            outcome=incident.outcome,
            rule=incident.outcome,
            sector_id=incident.sector_id,
            post_id=incident.post_id,
            unit_id=incident.unit_id,
            commune_id=incident.commune_id,
            holder_id=self.holder.user if self.holder else None,
            co_readers=incident.co_readers,
            border=incident.border,
            candidates=candidates_of(self.facts, self.directory),
            settings=settings_of(self.facts, self.directory, self.decision),
            reason=self.reason,
            author_id=author.pk,
            comment=comment,
        )


def decide(
    lon: float, lat: float, at: datetime, *, accuracy_m: float | None, category: str, home: int | None
) -> Decided:
    """Who takes this point, asked of PostGIS by whoever is about to write it. One query."""
    surveyed = survey([(lon, lat)], at, accuracy_m=accuracy_m, category=category, home=home)[0]
    facts = surveyed.facts
    decision = choose(facts)
    directory = atlas.names_for([(facts, decision)], at)
    decision = answered(directory, decision, held=decision.post in surveyed.holders)
    reason = reason_of(decision, facts, directory, written_reason(decision, facts))
    edition = surveyed.editions.get(decision.territory)
    # Of the desk that answers for a post without a holder PostGIS was not asked.
    holder = surveyed.holders.get(decision.post) if decision.vacant is None else holder_of(decision.post, at)
    return Decided(at, lon, lat, accuracy_m, facts, decision, directory, edition, holder, reason)


def category_of(directory: Directory, territory: int, code: str) -> int:
    """The key of this category in the territory that takes the concern, else in any. Raises Category.DoesNotExist."""
    own = directory.categories.get((territory, code))
    if own is not None:
        return own.id
    return int(Category.objects.filter(code=code).order_by("territory__rank").values_list("pk", flat=True)[0])
