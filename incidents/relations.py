"""How a person reaches a concern, in the words of the permission table."""

from __future__ import annotations

from accounts.permissions import relations
from incidents.models import Incident
from sectors.scope import Scope


def relations_to(incident: Incident, scope: Scope) -> frozenset[str]:
    """The relations of `accounts.permissions` in which this person stands to the concern."""
    found = {
        "own": incident.partner_id in scope.partners
        or (
            incident.author_id in scope.author
            and scope.reports
            and (scope.speaks_for_others or incident.partner_id is None)
        ),
        "held": incident.post_id in scope.posts,
        "co_read": bool(set(incident.co_reader_posts) & set(scope.posts)),
        "group": incident.sector is not None and incident.sector.post_id in scope.group_posts,
        "commune": incident.commune_id in scope.communes,
        "territory": incident.territory_id in scope.directed,
    }
    return frozenset(name for name, holds in found.items() if holds)


def may_on(incident: Incident, scope: Scope, verb: str) -> bool:
    """Whether one of the person's roles has the verb on this very concern."""
    return bool(relations(scope.roles, verb) & relations_to(incident, scope))
