"""Who sits at the table of a group: the people of each of its organisations, and who holds its post."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from sectors.models import Holding, Mandate, PartnershipGroup, Role


def seated(group: PartnershipGroup, at: datetime) -> dict[int | None, list[User]]:
    """The people in use of an account, by their organisation's key, None for the police, by name. Two queries."""
    found: dict[int | None, list[User]] = {}
    holding = Holding.objects.in_force(at).filter(post=group.post_id, user__is_active=True)
    for each in holding.select_related("user").order_by("user__name", "user_id"):
        found.setdefault(None, []).append(each.user)
    speaking = Mandate.objects.in_force(at).filter(role=Role.PARTNER, user__is_active=True)
    rows = speaking.filter(partner__memberships__group=group).select_related("user")
    for mandate in rows.order_by("user__name", "user_id"):
        people = found.setdefault(mandate.partner_id, [])
        if mandate.user not in people:
            people.append(mandate.user)
    return found
