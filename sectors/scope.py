"""What a person's roles cover at a moment: the places, organisations and posts that every rights question needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Coalesce

from sectors.models import Holding, Mandate, PartnershipGroup, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Scope:
    """Database keys of what a person covers; empty tuples for nobody.

    `author` holds the person's own key, `home` the territory of their places.
    """

    posts: tuple[int, ...] = ()
    partners: tuple[int, ...] = ()
    group_posts: tuple[int, ...] = ()
    communes: tuple[int, ...] = ()
    directed: tuple[int, ...] = ()
    administered: tuple[int, ...] = ()
    audited: tuple[int, ...] = ()
    author: tuple[int, ...] = ()
    home: int | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The role names of DOMAIN's table that this person has now."""
        held = {
            "referent": self.posts,
            Role.PARTNER: self.partners,
            Role.MAYOR: self.communes,
            Role.DIRECTOR: self.directed,
            Role.ADMINISTRATOR: self.administered,
            Role.AUDITOR: self.audited,
        }
        return frozenset(str(role) for role, keys in held.items() if keys)


NOBODY = Scope()


def scope_of(user: User | AnonymousUser, at: datetime) -> Scope:
    """What this account covers at this moment; NOBODY for an anonymous or suspended one. One query."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    mandates = Mandate.objects.in_force(at).filter(user_id=user.pk)
    organisations = mandates.filter(role=Role.PARTNER).values("partner_id")
    rows = mandates.values_list(
        Cast("role", TextField()),
        Coalesce("partner_id", "commune_id", "territory_id"),
        Coalesce("partner__territory_id", "commune__territory_id", "territory_id"),
    ).union(
        _labelled(Holding.objects.in_force(at).filter(user_id=user.pk), "referent", "post_id", "post__territory_id"),
        _labelled(
            PartnershipGroup.objects.filter(memberships__partner__in=organisations), "group", "post_id", "territory_id"
        ),
    )
    places: dict[str, list[int]] = {}
    homes: list[int] = []
    for role, place, territory in rows:
        places.setdefault(role, []).append(place)
        if territory is not None:
            homes.append(territory)
    return Scope(
        posts=tuple(sorted(places.get("referent", ()))),
        partners=tuple(sorted(places.get(Role.PARTNER, ()))),
        group_posts=tuple(sorted(places.get("group", ()))),
        communes=tuple(sorted(places.get(Role.MAYOR, ()))),
        directed=tuple(sorted(places.get(Role.DIRECTOR, ()))),
        administered=tuple(sorted(places.get(Role.ADMINISTRATOR, ()))),
        audited=tuple(sorted(places.get(Role.AUDITOR, ()))),
        author=(user.pk,),
        home=min(homes, default=None),
    )


def _labelled(queryset: Any, label: str, place: str, territory: str) -> Any:
    return queryset.values_list(Value(label, output_field=TextField()), F(place), F(territory))
