"""What a person's roles cover at a moment: the places, organisations and posts that every rights question needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection

from accounts import prepared
from accounts.permissions import relations
from sectors.models import Role

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
    def speaks_for_others(self) -> bool:
        """Does this person also write down what a partner tells: a référent, a mayor?"""
        return bool(self.posts or self.communes)

    @property
    def reports(self) -> bool:
        """Does this person have a role that reports concerns?"""
        return self.speaks_for_others or bool(self.partners)

    @property
    def wrote_for_anybody(self) -> tuple[int, ...]:
        """The person's own key, where all that they wrote down stays theirs to see."""
        return self.author if self.speaks_for_others else ()

    @property
    def wrote_alone(self) -> tuple[int, ...]:
        """The person's own key, where only what they wrote for no organisation does."""
        return self.author if self.partners and not self.speaks_for_others else ()

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

    def over(self, verb: str) -> tuple[int, ...]:
        """The territories all over which a role of this person has the verb."""
        held = {Role.DIRECTOR: self.directed, Role.ADMINISTRATOR: self.administered, Role.AUDITOR: self.audited}
        keys = {key for role, keys in held.items() if "territory" in relations((role,), verb) for key in keys}
        return tuple(sorted(keys))


NOBODY = Scope()


_SQL = """
SELECT role, coalesce(mandate.partner_id, mandate.commune_id, mandate.territory_id),
  coalesce(partner.territory_id, commune.territory_id, mandate.territory_id)
FROM sectors_mandate AS mandate
LEFT JOIN sectors_partner AS partner ON partner.id = mandate.partner_id
LEFT JOIN sectors_commune AS commune ON commune.id = mandate.commune_id
WHERE mandate.user_id = %(user)s AND mandate.validity @> %(at)s::timestamptz
UNION ALL
SELECT 'referent', holding.post_id, post.territory_id
FROM sectors_holding AS holding JOIN sectors_post AS post ON post.id = holding.post_id
WHERE holding.user_id = %(user)s AND holding.validity @> %(at)s::timestamptz
UNION ALL
SELECT 'group', circle.post_id, circle.territory_id
FROM sectors_mandate AS mandate
JOIN sectors_membership AS membership ON membership.partner_id = mandate.partner_id
JOIN sectors_partnershipgroup AS circle ON circle.id = membership.group_id
WHERE mandate.user_id = %(user)s AND mandate.role = 'partner' AND mandate.validity @> %(at)s::timestamptz
"""
# Asked for every request of an account: planning it anew would cost more than running it.
_STATEMENT = prepared.Statement("psq_scope", _SQL, {"user": "bigint", "at": "timestamptz"})
# The same in one value, for the question that finds a token's account: a call of the API then asks once for both.
WITH_TOKENS = (
    f"SELECT json_agg(json_build_array(role, place, territory)) FROM ({_SQL}) AS held (role, place, territory)"  # noqa: S608
)


def scope_of(user: User | AnonymousUser, at: datetime) -> Scope:
    """What this account covers at this moment; NOBODY for an anonymous or suspended one.

    One query, or none right after the account was found by its token: that question told it, once.
    """
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    places: dict[str, set[int]] = {}
    homes: set[int] = set()
    for role, place, territory in _rows(user, at):
        places.setdefault(role, set()).add(place)
        if territory is not None:
            homes.add(territory)
    return Scope(
        posts=_keys(places, "referent"),
        partners=_keys(places, Role.PARTNER),
        group_posts=_keys(places, "group"),
        communes=_keys(places, Role.MAYOR),
        directed=_keys(places, Role.DIRECTOR),
        administered=_keys(places, Role.ADMINISTRATOR),
        audited=_keys(places, Role.AUDITOR),
        author=(user.pk,),
        home=min(homes, default=None),
    )


def _keys(places: dict[str, set[int]], role: str) -> tuple[int, ...]:
    return tuple(sorted(places.get(role, ())))


def _rows(user: User | AnonymousUser, at: datetime) -> list[tuple[str, int, int | None]]:
    if "told" in user.__dict__:
        # Once: whoever asks later, on the same object, is answered from the tables.
        return user.__dict__.pop("told") or []
    with connection.cursor() as cursor:
        _STATEMENT.run(cursor, {"user": user.pk, "at": at})
        return list(cursor.fetchall())
