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


class Deed(models.TextChoices):
    """What the desk did about a concern, away from it."""

    PATROL = "passage"
    PRESENCE = "presence"
    CHECK = "controle"
    TALK = "rencontre"
    OTHER = "autre"


class Remark(models.Model):
    """One remark, written once. What is `internal` is read by the desk and by nobody else.

    With a `deed` it tells what was done and on which day, and is internal.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="remarks")
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    side = models.CharField(max_length=10, choices=Side.choices)
    internal = models.BooleanField()
    text = models.CharField(max_length=LONGEST_REMARK)
    deed = models.CharField(max_length=10, choices=Deed.choices, blank=True, default="", db_default="")
    done_on = models.DateField(null=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (
            models.CheckConstraint(
                name="remark_internal", condition=models.Q(internal=False) | models.Q(side=Side.DESK)
            ),
            models.CheckConstraint(
                name="remark_deed",
                condition=models.Q(deed="", done_on__isnull=True)
                | models.Q(deed__in=Deed.values, done_on__isnull=False, internal=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} {self.side} {self.at:%Y-%m-%d %H:%M}"
