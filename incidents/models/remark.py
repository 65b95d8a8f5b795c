"""What is said about a concern: between its reporter and the desk, or among the desk alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User

from .incident import Incident
from .of_concerns import RemarkQuerySet

LONGEST_REMARK = 4000


class Side(models.TextChoices):
    """From which side of the desk a remark comes."""

    DESK = "desk"
    REPORTER = "reporter"


class Remark(models.Model):
    """One remark, written once. What is `internal` is read by the desk and by nobody else."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="remarks")
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    side = models.CharField(max_length=10, choices=Side.choices)
    internal = models.BooleanField()
    text = models.CharField(max_length=LONGEST_REMARK)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (
            models.CheckConstraint(
                name="remark_internal", condition=models.Q(internal=False) | models.Q(side=Side.DESK)
            ),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} {self.side} {self.at:%Y-%m-%d %H:%M}"
