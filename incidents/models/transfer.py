"""A concern offered to another référent, and one handed over outside the police."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Count

from accounts.models import User
from sectors.models import Post

from .incident import Incident


class TransferState(models.TextChoices):
    """What became of an offer; its words are in `incidents.words`."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    ASSIGNED = "assigned"


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Offers, by what became of them."""

    def waiting(self) -> Self:
        """Those that nobody has answered."""
        return self.filter(state=TransferState.OFFERED)

    def unanswered(self, today: date) -> Self:
        """Those that wait although their last day is over."""
        return self.waiting().filter(due_on__lt=today)

    def answers_by_post(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """What was proposed to each post in `[since, until)`; those that disagree most on whose sector it is first.

        Rows of `to_post_id`, `offered`, `refused` and `out`: refused because the place is not in their sector, where
        the limits of the sectors are to be looked at again. What the direction assigned was not proposed.
        """
        made = self.filter(offered_at__gte=since, offered_at__lt=until).exclude(state=TransferState.ASSIGNED)
        rows: Any = made.order_by().values("to_post_id")
        refused = models.Q(state=TransferState.REFUSED)
        counted = rows.annotate(
            offered=Count("pk"),
            refused=Count("pk", filter=refused),
            out=Count("pk", filter=refused & models.Q(out_of_sector=True)),
        )
        return list(counted.order_by("-out", "-refused", "-offered", "to_post_id"))


class Transfer(models.Model):
    """A concern proposed to another post, with a reason; until it is answered the post that has it keeps it.

    `due_on` is the last day on which an answer is in time; None for what the direction assigned.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="transfers")
    from_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.OFFERED)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    answer = models.CharField(max_length=500, blank=True)
    # The refusal says that the place is not in the receiver's sector: kept for statistics.
    out_of_sector = models.BooleanField(default=False)
    # The receiver reads the concern for the sake of this offer alone.
    opened_to_receiver = models.BooleanField(default=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["incident"], name="transfer_one_offer", condition=models.Q(state=TransferState.OFFERED)
            ),
            models.CheckConstraint(
                name="transfer_answered",
                condition=models.Q(state=TransferState.OFFERED, answered_at__isnull=True)
                | (~models.Q(state=TransferState.OFFERED) & models.Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="transfer_out_of_sector",
                condition=models.Q(out_of_sector=False) | models.Q(state=TransferState.REFUSED),
            ),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} {self.state}"


class HandoverTo(models.TextChoices):
    """Who outside takes a concern; the words are in `incidents.words`."""

    GENDARMERIE = "gendarmerie"
    TOWN_HALL = "mairie"
    COUNCIL = "clspd"


class Handover(models.Model):
    """A concern told to somebody outside, who says that it has arrived; the clock here runs on."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="handovers")
    to = models.CharField(max_length=12, choices=HandoverTo.choices)
    # A service by its name, and no person.
    recipient = models.CharField(max_length=160)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    acknowledgement = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints = (
            # The same hands are not asked twice before they have answered.
            models.UniqueConstraint(
                fields=["incident", "to"],
                name="handover_one_waiting",
                condition=models.Q(acknowledged_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} to {self.to}"
