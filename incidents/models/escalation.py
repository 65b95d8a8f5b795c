"""That a rung of the ladder was reached by a concern: written once, so that nobody is told twice."""

from __future__ import annotations

from django.db import models

from incidents.escalation import Step

from .incident import Incident


class Escalation(models.Model):
    """A reminder or an escalation of a concern, owed in the same transaction.

    `day` is the day that it counts from (when the answer is due, when somebody must have taken it): a clock that was
    stopped, or begun again, has another day, and reminds anew. `policy_version` is that of the ladder climbed; the
    concern keeps the one that its due day was computed with.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="escalations", db_index=False)
    step = models.CharField(max_length=10, choices=[(each.value, each.name) for each in Step])
    days = models.PositiveSmallIntegerField()
    day = models.DateField()
    at = models.DateTimeField()
    policy_version = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["incident", "step", "days", "day"], name="escalation_once"),)

    def __str__(self) -> str:
        return f"{self.incident_id} {self.step} {self.day}"
