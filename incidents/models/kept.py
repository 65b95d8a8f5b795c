"""What is kept beside a concern for a short time, and what is kept of it for good."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models.functions import Now

from accounts.models import User
from messaging.owned import OwnRows
from sectors.models import Category, Sector, Territory

from .incident import Incident
from .of_concerns import ContactQuerySet


class ReporterContact(models.Model):
    """How to reach a third person who told of a concern: typed on purpose, and forgotten soon after it is settled."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="reporter_contact")
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ContactQuerySet.as_manager()

    def __str__(self) -> str:
        return f"contact of {self.incident_id}"


class StatisticalRow(models.Model):
    """What stays of a concern for statistics: nature, sector, days and result; no reference, text, place or person."""

    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, related_name="+")
    reported_on = models.DateField(db_index=True)
    due_on = models.DateField()
    settled_on = models.DateField()
    result = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.reported_on} {self.result}"


class KeptDraft(models.Model):
    """A report begun and not sent yet, kept with its writer's account: `content` is what the screens wrote into it.

    `content["photos"]` names files in the folder of drafts.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=40, unique=True)
    content = models.JSONField(default=dict)
    changed_at = models.DateTimeField(db_index=True)

    objects = OwnRows.as_manager()

    def __str__(self) -> str:
        return f"draft of {self.user_id}"
