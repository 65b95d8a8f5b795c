"""Rows that tell of a problem, or that are a group's own, by who may read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from accounts.permissions import relations

from .visibility import may_read

if TYPE_CHECKING:
    from sectors.scope import Scope


class OfProblemQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """What is written of a problem: a contribution, a diagnosis, an action."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the problems whose texts this person may read."""
        return self.filter(may_read(scope, "problem__"))


class OfGroupQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Meetings, and what else is a group's own, by who may know of them."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the groups that this person runs or is a member of; and of the territory, for the direction."""
        ways = {
            "held": Q(group__post_id__in=list(scope.posts)),
            "group": Q(group__post_id__in=list(scope.group_posts)),
            "territory": Q(group__territory_id__in=list(scope.directed)),
        }
        found = Q(pk__in=())
        for name in relations(scope.roles, "read_meeting"):
            found |= ways[name]
        return self.filter(found)
