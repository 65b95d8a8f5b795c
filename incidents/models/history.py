"""What happened to a concern: rows that are written once and never changed."""

from __future__ import annotations

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


class Routing(models.Model):
    """One decision on who takes a concern, with all that it rested on: enough to decide it again."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="routings")
    at = models.DateTimeField()
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    location = models.PointField(srid=4326)
    accuracy_m = models.FloatField(null=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20)
    rule = models.CharField(max_length=20)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, related_name="+")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    co_readers = ArrayField(models.CharField(max_length=80), default=list)
    border = models.BooleanField(default=False)
    candidates = models.JSONField(default=list)
    settings = models.JSONField(default=dict)
    reason = models.JSONField(default=dict)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    comment = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (point_check("routing", "location"),)

    def __str__(self) -> str:
        return f"{self.incident_id} {self.outcome} {self.at:%Y-%m-%d %H:%M}"


class StatusChange(models.Model):
    """One move in the life of a concern, by whom and why."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="status_changes")
    at = models.DateTimeField()
    status_from = models.CharField(max_length=20, blank=True)
    status_to = models.CharField(max_length=20)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    is_public = models.BooleanField(default=True)

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
