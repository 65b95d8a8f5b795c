"""How a person reaches a problem; which of these relations give a right is said by `accounts.permissions`.

The members of a group are those of the organisations in it today: who leaves it sees nothing of it any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from accounts.permissions import relations

if TYPE_CHECKING:
    from sectors.scope import Scope

    from .problem import Problem

# relation -> the column of a problem, and what of the person's scope it is looked for in.
RELATIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "held": ("post_id", "posts"),
        "group": ("post_id", "group_posts"),
        "commune": ("commune_id", "communes"),
        "territory": ("territory_id", "directed"),
    }
)
# Who reaches a problem by this alone reads across the groups, and says why before reading what somebody wrote.
_ACROSS: Final = frozenset({"territory"})


def reached(scope: Scope, names: Collection[str], path: str = "") -> Q:
    """The rows whose problem (through `path`) this person stands to in one of these relations."""
    found = Q(pk__in=())
    for name in sorted(names):
        column, covers = RELATIONS[name]
        if keys := getattr(scope, covers):
            found |= Q(**{f"{path}{column}__in": list(keys)})
    return found


def may_see(scope: Scope, path: str = "") -> Q:
    """Those whose state and result this person may see."""
    return reached(scope, relations(scope.roles, "see_problem"), path)


def may_read(scope: Scope, path: str = "") -> Q:
    """Those whose texts this person may read."""
    return reached(scope, relations(scope.roles, "read_problem"), path)


def relations_to(problem: Problem, scope: Scope) -> frozenset[str]:
    """The relations in which this person stands to the problem at hand."""
    return frozenset(
        name for name, (column, covers) in RELATIONS.items() if getattr(problem, column) in getattr(scope, covers)
    )


def may_on(problem: Problem, scope: Scope, verb: str) -> bool:
    """Whether one of the person's roles has the verb on this very problem."""
    return bool(relations(scope.roles, verb) & relations_to(problem, scope))


def asks_for_a_motive(problem: Problem, scope: Scope) -> bool:
    """Whether the person reads its texts by directing its territory and by nothing else."""
    return relations(scope.roles, "read_problem") & relations_to(problem, scope) == _ACROSS
