"""The clock's rule in force in a territory, from the directory in memory."""

from __future__ import annotations

from functools import lru_cache

from incidents.deadlines import Policy
from sectors import atlas
from sectors.atlas.directory import TerritoryCard


@lru_cache(maxsize=64)
def policy_of(territory: TerritoryCard) -> Policy:
    """The clock's rule in this territory."""
    return Policy(
        version=territory.policy_version,
        days=territory.days,
        holiday_zone=territory.holiday_zone or None,
        reminders=territory.reminders,
        triage_days=territory.triage_days,
        taken_days=territory.taken_days,
        offer_days=territory.offer_days,
    )


def policy_in(territory: int) -> Policy:
    """The clock's rule in the territory of this key."""
    return policy_of(atlas.current().directory.territories[territory])
