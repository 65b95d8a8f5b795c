"""What a person may invite others to, and the signed token of an invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.core import signing

from accounts.permissions import relations
from sectors.models import Commune, Partner, Post, Role, Territory
from sectors.models.invitations import REFERENT, Invitation

if TYPE_CHECKING:
    from sectors.scope import Scope

SALT: Final = "sectors.invitations"
OF_A_TERRITORY: Final = (Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Offer:
    """A role over a place that one may invite to; `key` names it in a form."""

    role: str
    over: Territory | Commune | Partner | Post
    territory: int

    @property
    def key(self) -> str:
        """Such as `partner:bailleur`."""
        return f"{self.role}:{self.over.code}"


def offers(scope: Scope) -> list[Offer]:
    """What this person may invite to, by role and name: five queries for an administrator, one for a référent."""
    through = relations(scope.roles, "invite")
    found: dict[str, Offer] = {}
    if "territory" in through:
        found |= {offer.key: offer for offer in _of_territories(scope.administered)}
    if "held" in through:
        partners = Partner.objects.filter(groups__post_id__in=scope.posts).distinct().order_by("name")
        found |= {offer.key: offer for offer in (Offer(Role.PARTNER, each, each.territory_id) for each in partners)}
    return list(found.values())


def _of_territories(keys: tuple[int, ...]) -> list[Offer]:
    partners = Partner.objects.filter(territory_id__in=keys).order_by("name")
    posts = Post.objects.filter(territory_id__in=keys).order_by("label_fr")
    communes = Commune.objects.filter(territory_id__in=keys).only("code", "name", "territory_id").order_by("name")
    return [
        *(Offer(Role.PARTNER, each, each.territory_id) for each in partners),
        *(Offer(REFERENT, each, each.territory_id) for each in posts),
        *(Offer(role, each, each.pk) for each in Territory.objects.filter(pk__in=keys) for role in OF_A_TERRITORY),
        *(Offer(Role.MAYOR, each, each.territory_id or 0) for each in communes),
    ]


def state(invitation: Invitation, at: datetime, sender: Scope) -> str:
    """What became of it, as `Invitation.state`; `lapsed` where it waits, but who sent it no longer may.

    sender: what `invited_by` covers at this moment. One query for a référent's, none where `partner.groups` is loaded.
    """
    found = invitation.state(at)
    return found if found != "waiting" or _still_offers(sender, invitation) else "lapsed"


def _still_offers(scope: Scope, invitation: Invitation) -> bool:
    through = relations(scope.roles, "invite")
    if "territory" in through and invitation.territory_id in scope.administered:
        return True
    partner = invitation.partner
    return (
        "held" in through and partner is not None and any(each.post_id in scope.posts for each in partner.groups.all())
    )


def token(invitation: Invitation) -> str:
    """What stands in the link; it changes each time the invitation is sent."""
    return signing.dumps([invitation.code, invitation.times_sent], salt=SALT)


def read(text: str) -> tuple[str, int] | None:
    """The code and the sending of a token; None for one that is not ours."""
    try:
        code, times_sent = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return code, times_sent
