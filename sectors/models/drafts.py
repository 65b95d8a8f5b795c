"""What was done to a draft of the map: steps that are written once, and by which it is led back and forth."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import User

from .areas import Edition


class DraftVerb(models.TextChoices):
    """What a step did."""

    BEGIN = "begin"
    DRAW = "draw"
    UNDO = "undo"
    REDO = "redo"


class DraftStep(models.Model):
    """One step of a draft, which made it the version `number`: by whom, and the sectors before and after it.

    `before` and `after` hold the sectors of `codes` as rows (`drafts.as_kept`); null is a sector that was not there.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=8, choices=DraftVerb.choices)
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    codes = ArrayField(models.CharField(max_length=80), default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["edition", "number"], name="draft_step_once"),)

    def __str__(self) -> str:
        return f"{self.edition_id} {self.number} {self.verb}"
