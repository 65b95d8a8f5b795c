"""What stays when a problem is forgotten."""

from __future__ import annotations

from django.db import models

from sectors.models import Post, Territory


class StatisticalProblem(models.Model):
    """A problem for statistics: family, post, days and result; no reference, text, place, organisation or person."""

    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)
    family = models.SlugField(max_length=60, db_index=False)
    severity = models.CharField(max_length=8)
    proposed_on = models.DateField(db_index=True)
    # Null for one that was never retained.
    due_on = models.DateField(null=True)
    settled_on = models.DateField()
    state = models.CharField(max_length=20)
    result = models.CharField(max_length=24, blank=True)
    # Of its actions that were not called off.
    actions_given = models.PositiveSmallIntegerField()
    actions_done = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.settled_on} {self.result or self.state}"
