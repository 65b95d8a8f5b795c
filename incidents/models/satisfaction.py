"""Whether it is settled, as the reporter sees it: asked when the concern is closed, and once more later."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User

from .history import StatusChange
from .incident import Incident


class Stage(models.TextChoices):
    """When the reporter is asked."""

    CLOSING = "closing"
    LATER = "later"


class Settled(models.TextChoices):
    """What the reporter answers; the words are in `incidents.words`."""

    YES = "oui"
    PARTLY = "en_partie"
    NO = "non"


class Satisfaction(models.Model):
    """One time that the reporter is asked, about one closing; `answer` is empty until there is one."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="satisfactions")
    closing = models.ForeignKey(StatusChange, on_delete=models.CASCADE, related_name="+", db_index=False)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Settled.choices, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (
            models.UniqueConstraint(fields=["closing", "stage"], name="satisfaction_asked_once"),
            models.CheckConstraint(
                name="satisfaction_answered",
                condition=models.Q(answer="", answered_at__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
            ),
        )
        indexes = (
            models.Index(fields=["asked_at"], name="satisfaction_asked", condition=models.Q(stage=Stage.CLOSING)),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} {self.stage} {self.answer}"
