"""Who has which role where: what the pages of the administrator and of the auditor are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet

from accounts.models import AccessLog, User
from sectors.gaps import Span, first_gap
from sectors.models import Holding, Mandate, Partner, Post, PostKind, Role, Territory
from sectors.scope import Scope

REFERENT: Final = "referent"


@dataclass(frozen=True, slots=True)
class Given:
    """A role given to a person: a mandate, or a post. `end` is None for one without an end."""

    row: Mandate | Holding
    role: str
    start: datetime
    end: datetime | None

    @classmethod
    def of(cls, row: Mandate | Holding) -> Given:
        """The role that this row gives."""
        role = row.role if isinstance(row, Mandate) else REFERENT
        return cls(row, role, row.validity.lower, row.validity.upper)

    @property
    def stand_in(self) -> bool:
        """Is the post held for somebody absent?"""
        return isinstance(self.row, Holding) and self.row.stand_in

    def state(self, at: datetime) -> str:
        """`to_come`, `in_force` or `ended`."""
        if self.end is not None and self.end <= at:
            return "ended"
        return "in_force" if self.start <= at else "to_come"


def over(territories: Sequence[int]) -> Q:
    """The mandates over these territories, and over the communes and organisations in them."""
    keys = list(territories)
    return (
        Q(territory_id__in=keys)
        | Q(role="mayor", commune__territory_id__in=keys)
        | Q(role="partner", partner__territory_id__in=keys)
    )


def mandates_over(territories: Sequence[int]) -> QuerySet[Mandate]:
    """The mandates over these territories, of all times, each with what it is over."""
    rows = Mandate.objects.filter(over(territories))
    rows = rows.select_related("territory", "commune__territory", "partner__territory")
    return rows.defer("commune__area", "commune__area_m")


def holdings_over(territories: Sequence[int]) -> QuerySet[Holding]:
    """Who holds, held or will hold the posts of these territories, each with its post."""
    return Holding.objects.filter(post__territory_id__in=list(territories)).select_related("post__territory")


def accounts_of(territories: Sequence[int]) -> QuerySet[User]:
    """The accounts that have, had or will have a role in these territories; no other may be noticed there.

    Those that their owner erased are nobody's any more.
    """
    return _everybody(territories).filter(erased_at=None)


def _everybody(territories: Sequence[int]) -> QuerySet[User]:
    mandated = Mandate.objects.filter(over(territories)).values("user_id")
    holding = Holding.objects.filter(post__territory_id__in=list(territories)).values("user_id")
    return User.objects.filter(Q(pk__in=mandated) | Q(pk__in=holding))


def roles_given(users: Iterable[int], territories: Sequence[int]) -> dict[int, list[Given]]:
    """By account, the roles in these territories, the latest first. Two queries, however many accounts there are."""
    keys = list(users)
    found: dict[int, list[Given]] = {key: [] for key in keys}
    for rows in (mandates_over(territories), holdings_over(territories)):
        for row in rows.filter(user_id__in=keys):
            found[row.user_id].append(Given.of(row))
    for given in found.values():
        given.sort(key=lambda each: (each.start, each.role), reverse=True)
    return found


def also_elsewhere(user: User, territories: Sequence[int], at: datetime) -> bool:
    """Has this account a role, now or to come, in a territory that is none of these? Two queries."""
    keys = list(territories)
    over_yet = Q(validity__fully_lt=DateTimeTZRange(at, None))
    mandates = user.mandates.exclude(pk__in=user.mandates.filter(over(keys)).values("pk")).exclude(over_yet)
    return mandates.exists() or user.holdings.exclude(post__territory_id__in=keys).exclude(over_yet).exists()


def accesses_seen_by(scope: Scope) -> QuerySet[AccessLog]:
    """The log of the territories audited: what names them, and what names none and was done by their people or by
    nobody with an account."""
    codes = Territory.objects.filter(pk__in=list(scope.audited)).values("code")
    people = _everybody(scope.audited).values("pk")
    nowhere = Q(territory="") & (Q(user_id__isnull=True) | Q(user_id__in=people))
    return AccessLog.objects.filter(Q(territory__in=codes) | nowhere if scope.audited else Q(pk__in=()))


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A seat that nobody holds from `since` on: a post, an organisation without people, a role of the territory."""

    role: str
    place: Post | Partner | Territory
    since: datetime


def empty_posts(territories: Sequence[int], at: datetime) -> list[Vacancy]:
    """The posts without a holder whose account is in use, now or later; those of now first. One query.

    A desk answers at its own address, whoever sits there.
    """
    from_now = Q(holdings__validity__overlap=DateTimeTZRange(at, None), holdings__user__is_active=True)
    posts = Post.objects.filter(territory_id__in=list(territories)).exclude(kind=PostKind.DESK).order_by("label_fr")
    rows = posts.annotate(held=ArrayAgg("holdings__validity", filter=from_now, default=[]))
    found = [
        Vacancy(REFERENT, post, since)
        for post in rows
        if (since := first_gap([(dates.lower, dates.upper) for dates in post.held], at)) is not None
    ]
    return sorted(found, key=lambda each: each.since)


def vacancies(territories: Sequence[int], at: datetime) -> list[Vacancy]:
    """The seats without a holder whose account is in use, now or later; those of now first. Four queries."""
    keys = list(territories)
    over_yet = Q(validity__fully_lt=DateTimeTZRange(at, None))
    spans: dict[tuple[str, int], list[Span]] = {}
    mandates = Mandate.objects.filter(user__is_active=True).exclude(over_yet)
    for role, territory, partner, dates in mandates.filter(
        Q(territory_id__in=keys) | Q(partner__territory_id__in=keys)
    ).values_list("role", "territory_id", "partner_id", "validity"):
        spans.setdefault((role, territory or partner), []).append((dates.lower, dates.upper))
    seats: list[tuple[str, Post | Partner | Territory]] = [
        (str(Role.PARTNER), each) for each in Partner.objects.filter(territory_id__in=keys).order_by("name")
    ]
    for territory in Territory.objects.filter(pk__in=keys):
        seats += [(str(role), territory) for role in (Role.ADMINISTRATOR, Role.DIRECTOR, Role.AUDITOR)]
    found = empty_posts(keys, at) + [
        Vacancy(role, place, since)
        for role, place in seats
        if (since := first_gap(spans.get((role, place.pk), ()), at)) is not None
    ]
    return sorted(found, key=lambda each: each.since)
