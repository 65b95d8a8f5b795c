"""Who may see which concern, and how precisely: one QuerySet method, used by every output."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.gis.db import models
from django.db.models import Q

from incidents.deadlines import overdue_bound
from incidents.workflow import OPEN
from sectors.scope import Scope

if TYPE_CHECKING:
    pass


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Questions about concerns."""

    def visible_to(self, scope: Scope) -> Self:
        """The concerns this person may see at all, in full or not. Anything else is foreign and does not exist."""
        return self.filter(self.seen_in_full(scope) | self.seen_in_part(scope))

    @staticmethod
    def seen_in_full(scope: Scope) -> Q:
        """Text and exact point: the author's organisation, the référent who holds or co-reads, the direction."""
        return _any(
            partner_id__in=scope.partners,
            post_id__in=scope.posts,
            co_reader_posts__overlap=scope.posts,
            territory_id__in=scope.directed,
            author_id__in=scope.author,
        )

    @staticmethod
    def seen_in_part(scope: Scope) -> Q:
        """Category, street, month and state, no text: partners of the sector's group, the mayor of the commune."""
        return _any(post_id__in=scope.group_posts, commune_id__in=scope.communes)

    def open(self) -> Self:
        """The concerns still waiting for something."""
        return self.filter(status__in=sorted(OPEN))

    def overdue(self, at: datetime) -> Self:
        """The open concerns whose answer was due before this moment."""
        return self.open().filter(due_at__lte=overdue_bound(at))


def _any(**terms: tuple[int, ...]) -> Q:
    """Any of these, leaving out those that nothing can fulfil; nothing where all are empty."""
    found = Q(pk__in=())
    for lookup, keys in terms.items():
        if keys:
            found |= Q(**{lookup: list(keys)})
    return found
