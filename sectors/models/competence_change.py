"""A commune passes to another service on a day to come: what was planned, by whom, and what it replaced."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User

from .areas import Edition
from .territory import Commune, Post


class CompetenceChange(models.Model):
    """One commune that passes to this post, and so to its unit and force, from `start` on.

    `until` and `edition_until` are what the competence and the edition before it would have ended at, to be given back
    where the plan is withdrawn. `edition`: the one made for it, without the sectors of the commune.
    """

    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="competence_changes")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    start = models.DateTimeField()
    until = models.DateTimeField(null=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="+")
    edition_until = models.DateTimeField(null=True)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    # When the open concerns were given to those who answer for them since.
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-start", "-pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["commune", "start"],
                name="competence_change_once",
                condition=models.Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="competence_change_ahead", condition=models.Q(start__gt=models.F("planned_at"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.commune} {self.start:%Y-%m-%d}"
