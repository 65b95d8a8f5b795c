"""People and roles as an administrator reads them: rows in words, filtered as the address asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, BrowserSession, User
from frontend import words
from frontend.sealed import mark
from sectors.changes.administering import Place, place_of
from sectors.mandates import REFERENT, Given, Vacancy, accounts_of, over
from sectors.models import Holding, Mandate, Post, Territory

STATES: Final = MappingProxyType(
    {
        "active": _("In use"),
        "suspended": _("Suspended account"),
        "new": _("Never signed in"),
        "without": _("Without a role today"),
    }
)
SPANS: Final = MappingProxyType({"in_force": _("in force"), "to_come": _("to come"), "ended": _("ended")})


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role in words. `kind` and `key` are what its address is made of."""

    kind: str
    key: int
    role: str
    place: str
    stand_in: bool
    start: datetime
    end: datetime | None
    state: str

    @property
    def last(self) -> datetime | None:
        """A moment of the last day; None without an end."""
        return None if self.end is None else self.end - timedelta(microseconds=1)

    @property
    def span(self) -> str:
        """The state in words."""
        return str(SPANS[self.state])


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list."""

    user: User
    state: str
    roles: Sequence[RoleRow]


def role_row(given: Given, at: datetime) -> RoleRow:
    """The role in words."""
    return RoleRow(
        kind="post" if isinstance(given.row, Holding) else "mandate",
        key=given.row.pk,
        role=words.word(words.ROLES, given.role),
        place=place_name(place_of(given.row)),
        stand_in=given.stand_in,
        start=given.start,
        end=given.end,
        state=given.state(at),
    )


def state(user: User) -> str:
    """`suspended`, `new` or `active`."""
    if not user.is_active:
        return "suspended"
    return "active" if user.last_login else "new"


def person_row(user: User, roles: Sequence[Given], at: datetime) -> PersonRow:
    """The person with the roles that are not over."""
    return PersonRow(user, state(user), [role_row(each, at) for each in roles if each.state(at) != "ended"])


def listed(territories: Sequence[int], parameters: Mapping[str, str], at: datetime) -> QuerySet[User]:
    """The people of these territories that the query string asks for, by name."""
    rows = accounts_of(territories)
    for word in parameters.get("q", "").replace("\0", "").split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
    match parameters.get("state", ""):
        case "":
            pass
        case "active":
            rows = rows.filter(is_active=True, last_login__isnull=False)
        case "suspended":
            rows = rows.filter(is_active=False)
        case "new":
            rows = rows.filter(is_active=True, last_login__isnull=True)
        case "without":
            rows = rows.exclude(_in_force(territories, at))
        case _:
            rows = rows.none()
    role = parameters.get("role", "")
    if role:
        rows = rows.filter(_in_force(territories, at, role))
    return rows.order_by("name", "email")


def _in_force(territories: Sequence[int], at: datetime, role: str = "") -> Q:
    """People with a role, or this one, here at this moment."""
    mandates = Mandate.objects.in_force(at).filter(over(territories))
    if role:
        mandates = mandates.filter(role=role)
    found = Q(pk__in=mandates.values("user_id"))
    if role in {"", REFERENT}:
        holdings = Holding.objects.in_force(at).filter(post__territory_id__in=list(territories))
        found |= Q(pk__in=holdings.values("user_id"))
    return found


def tokens(user: User) -> list[tuple[str, ApiToken]]:
    """The account's tokens, each with the mark that its form carries: a digest is not for an address."""
    return [(mark(token.digest), token) for token in ApiToken.objects.visible_to(user).order_by("-created")]


@dataclass(frozen=True, slots=True)
class VacancyRow:
    """An empty seat in words."""

    role: str
    place: str
    since: datetime
    is_now: bool


def vacancy_row(vacancy: Vacancy, at: datetime) -> VacancyRow:
    """The empty seat in words."""
    return VacancyRow(
        words.word(words.ROLES, vacancy.role), place_name(vacancy.place), vacancy.since, vacancy.since <= at
    )


def place_name(place: Place) -> str:
    """What a place or a post is called in the active language."""
    if isinstance(place, Post):
        return words.label(place)
    return words.name(place) if isinstance(place, Territory) else place.name


def counts(territories: Sequence[int], at: datetime) -> dict[str, int]:
    """How many accounts there are in all and in each state. One query."""
    without = ~_in_force(territories, at)
    found: dict[str, int] = accounts_of(territories).aggregate(
        every=Count("pk"),
        new=Count("pk", filter=Q(is_active=True, last_login__isnull=True)),
        suspended=Count("pk", filter=Q(is_active=False)),
        without=Count("pk", filter=without),
    )
    return found


def sessions(user: User, at: datetime) -> list[tuple[str, BrowserSession]]:
    """The account's open sessions, the latest first, each with the mark that its form carries."""
    rows = (
        BrowserSession.objects.visible_to(user)
        .filter(expire_date__gt=at)
        .defer("session_data")
        .order_by("-signed_in_at")
    )
    return [(mark(row.pk), row) for row in rows]
