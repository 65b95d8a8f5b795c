"""Several reports of one thing: who said "me too", and which concern is dealt with within which other."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User
from sectors.models import Partner

from .incident import Incident

LONGEST_NOTE = 1000


class Support(models.Model):
    """ "Me too" of an organisation, or of a person who reports for none: once for each concern."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="supports")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    # What they would have reported, for the desk alone.
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["incident", "partner"], name="support_once", condition=models.Q(partner__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["incident", "author"], name="support_once_alone", condition=models.Q(partner__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} {self.partner_id or self.author_id}"


class Merge(models.Model):
    """One concern dealt with within another, from `at` until `undone_at`; what it was before is restored then."""

    kept = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="merged_by")
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=500, blank=True)
    status_before = models.CharField(max_length=20)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    undone_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["merged"], name="merge_one_standing", condition=models.Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(name="merge_of_two", condition=~models.Q(kept=models.F("merged"))),
        )

    def __str__(self) -> str:
        return f"{self.merged_id} within {self.kept_id}"
