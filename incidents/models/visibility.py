"""How a person reaches a concern: one table, asked of PostgreSQL as a condition and of a concern at hand as a test.

Which of these relations give a right is said by `accounts.permissions`. `visible_to`, every list, every output and
every change are made from these two tables and from nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BooleanField, Case, Q, Value, When

from accounts.permissions import relations
from sectors.scope import Scope

if TYPE_CHECKING:
    from .incident import Incident


@dataclass(frozen=True, slots=True)
class Way:
    """A column of the concern whose value is among the keys that the person covers; `path` as Django writes it."""

    path: str
    covers: str
    # The column holds several keys, and one in common is enough.
    several: bool = False
    # Only what was reported for no organisation.
    alone: bool = False

    def condition(self, scope: Scope) -> Q | None:
        """For the database; None where the person covers nothing, which no concern can fulfil."""
        keys = list(attrgetter(self.covers)(scope))
        if not keys:
            return None
        found = Q(**{f"{self.path}__{'overlap' if self.several else 'in'}": keys})
        return found & Q(partner_id__isnull=True) if self.alone else found

    def holds(self, incident: Incident, scope: Scope) -> bool:
        """The same of this concern."""
        if self.alone and incident.partner_id is not None:
            return False
        value: Any = incident
        for name in self.path.split("__"):
            value = None if value is None else getattr(value, name)
        keys = attrgetter(self.covers)(scope)
        return bool(set(value) & set(keys)) if self.several else value in keys


# What was reported for an organisation belongs to it: of its members, only those of today reach it. Référents and
# mayors also keep sight of what they wrote down for others.
RELATIONS: Final[Mapping[str, tuple[Way, ...]]] = MappingProxyType(
    {
        "own": (
            Way("partner_id", "partners"),
            Way("author_id", "wrote_for_anybody"),
            Way("author_id", "wrote_alone", alone=True),
        ),
        "held": (Way("post_id", "posts"),),
        "co_read": (Way("co_reader_posts", "posts", several=True),),
        # Of the sector, whose concerns a rule may give to another post.
        "group": (Way("sector__post_id", "group_posts"),),
        "commune": (Way("commune_id", "communes"),),
        "territory": (Way("territory_id", "directed"),),
    }
)

# Who reaches a concern by this alone reads across the sectors.
_ACROSS: Final = frozenset({"territory"})


def reached(scope: Scope, names: Collection[str]) -> Q:
    """The concerns to which this person stands in one of these relations; none where they can reach none."""
    ways = [way.condition(scope) for name, each in RELATIONS.items() if name in names for way in each]
    found = Q(pk__in=())
    for condition in ways:
        if condition is not None:
            found |= condition
    return found


def relations_to(incident: Incident, scope: Scope) -> frozenset[str]:
    """The relations in which this person stands to the concern at hand."""
    return frozenset(name for name, ways in RELATIONS.items() if any(way.holds(incident, scope) for way in ways))


def may_read(scope: Scope) -> Q:
    """The concerns this person may see at all."""
    return reached(scope, relations(scope.roles, "read"))


def seen_in_full(scope: Scope) -> Q:
    """Those with their text and exact point."""
    return reached(scope, relations(scope.roles, "read_text"))


def told_for_a_motive(scope: Scope) -> Case | Value:
    """Whether the person reads it in full by directing its territory and by nothing else: they first say why."""
    if not scope.directed:
        return Value(False)
    ways = relations(scope.roles, "read_text")
    return Case(
        When(reached(scope, ways - _ACROSS), then=Value(False)),
        When(reached(scope, ways & _ACROSS), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def asks_for_a_motive(incident: Incident, scope: Scope) -> bool:
    """The same of the concern at hand."""
    return relations(scope.roles, "read_text") & relations_to(incident, scope) == _ACROSS


def seen_with_month(scope: Scope) -> Q:
    """Those of which a person who may not see them in full is told the month and the sector at least."""
    return reached(scope, relations(scope.roles, "read_month") - relations(scope.roles, "read_text"))


def may_on(incident: Incident, scope: Scope, verb: str) -> bool:
    """Whether one of the person's roles has the verb on this very concern."""
    return bool(relations(scope.roles, verb) & relations_to(incident, scope))
