"""A concern whose clock stands still: since when, why, and until when at the latest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from incidents.workflow import SUSPENSION_REASONS

from .incident import Incident


class Suspension(models.Model):
    """One time that the clock stood still; open until `ended_at`.

    `until` is the last day of it, in Paris. `due_on_before` is the due day when it began, and `moves_due` whether
    the due day is put off by it: a concern already late when it is suspended stays late.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="suspensions")
    reason = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateField()
    ended_at = models.DateTimeField(null=True)
    resumes_as = models.CharField(max_length=20)
    due_on_before = models.DateField()
    moves_due = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["since", "pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["incident"], name="suspension_one_open", condition=models.Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="suspension_reason", condition=models.Q(reason__in=SUSPENSION_REASONS)),
            models.CheckConstraint(
                name="suspension_dates",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("since")),
            ),
        )
        indexes = (models.Index(fields=["until"], name="suspension_open", condition=models.Q(ended_at__isnull=True)),)

    def __str__(self) -> str:
        return f"{self.incident_id} {self.reason} until {self.until}"
