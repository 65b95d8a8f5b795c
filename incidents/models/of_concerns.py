"""Rows that tell of a concern, by who may see them: with the concern in full, or with its desk alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q, QuerySet

from accounts.permissions import relations

from .incident import Incident
from .visibility import reached, seen_in_full

if TYPE_CHECKING:
    from sectors.scope import Scope


def _read_in_full(scope: Scope) -> QuerySet[Incident]:
    return Incident.objects.filter(seen_in_full(scope))


def _on_the_desk(scope: Scope) -> QuerySet[Incident]:
    return Incident.objects.filter(reached(scope, relations(scope.roles, "hold_desk")))


class RemarkQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Remarks by who may read them."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the concerns read in full; what is internal is the desk's alone."""
        open_to = Q(internal=False) | Q(incident__in=_on_the_desk(scope))
        return self.filter(open_to, incident__in=_read_in_full(scope))


class PhotoQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Photos by who may look at them."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the concerns read in full, with what came with the remarks that may be read."""
        open_to = Q(remark__isnull=True) | Q(remark__internal=False) | Q(incident__in=_on_the_desk(scope))
        return self.filter(open_to, incident__in=_read_in_full(scope))


class ContactQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """How to reach whoever told of a concern."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the concerns in the hands of a post that this person holds: not even the direction sees others."""
        return self.filter(incident__in=Incident.objects.filter(reached(scope, ("held",))))
