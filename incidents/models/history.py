"""What happened to a concern: rows that are written once and never changed."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models.functions import Now

from accounts.models import User
from sectors.models import Category, Commune, Edition, Post, Sector, Unit
from sectors.models.checks import point_check

from .incident import Incident


class Trigger(models.TextChoices):
    """Why a concern was routed."""

    REPORT = "report"
    MOVE = "move"
    CATEGORY = "category"
    BOUNDARY = "boundary"
    MANUAL = "manual"


def _recalled(model: type[models.Model], *, null: bool = False) -> Any:
    """A key that the concern itself held when the row was written, and which its own constraints checked then.

    Neither checked nor indexed again: history is found by its concern alone.
    """
    return models.ForeignKey(
        model, on_delete=models.PROTECT, null=null, related_name="+", db_index=False, db_constraint=False
    )


class Routing(models.Model):
    """One decision on who takes a concern, with all that it rested on: enough to decide it again."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="routings")
    at = models.DateTimeField()
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    location = models.PointField(srid=4326, spatial_index=False)
    # The cell of the public grid (`positions.cell_of`): computed once, as the street is, so that no figure wanders.
    cell_x = models.IntegerField(null=True)
    cell_y = models.IntegerField(null=True)
    accuracy_m = models.FloatField(null=True)
    category = _recalled(Category)
    edition = _recalled(Edition, null=True)
    outcome = models.CharField(max_length=20)
    rule = models.CharField(max_length=20)
    sector = _recalled(Sector, null=True)
    post = _recalled(Post)
    unit = _recalled(Unit)
    commune = _recalled(Commune, null=True)
    holder = _recalled(User, null=True)
    co_readers = ArrayField(models.CharField(max_length=80), default=list)
    border = models.BooleanField(default=False)
    candidates = models.JSONField(default=list)
    settings = models.JSONField(default=dict)
    reason = models.JSONField(default=dict)
    author = _recalled(User)
    comment = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (point_check("routing", "location"),)

    def __str__(self) -> str:
        return f"{self.incident_id} {self.outcome} {self.at:%Y-%m-%d %H:%M}"


class StatusChange(models.Model):
    """One move in the life of a concern, by whom and why; nobody's where the clock made it (a suspension that ends)."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="status_changes")
    at = models.DateTimeField()
    status_from = models.CharField(max_length=20, blank=True)
    status_to = models.CharField(max_length=20)
    author = _recalled(User, null=True)
    reason = models.CharField(max_length=500, blank=True)
    # What the reporter is told when the concern is answered.
    answer = models.CharField(max_length=4000, blank=True, db_default="")
    is_public = models.BooleanField(default=True)

    class Meta:
        indexes = (
            # When a concern was answered, for the rates; nothing is written to it when one is reported.
            models.Index(
                fields=["incident", "at"],
                name="status_answered",
                condition=models.Q(status_to__in=["repondue", "non_retenue"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} {self.status_from} → {self.status_to}"


class IdempotencyKey(models.Model):
    """The first answer to a keyed POST of an account, kept seven days."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="idempotency_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
