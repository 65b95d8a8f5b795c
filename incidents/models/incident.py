"""A concern as it stands now."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from incidents.deadlines import overdue_bound
from incidents.workflow import OPEN
from sectors.models import Category, Commune, Partner, Post, Sector, Territory, Unit
from sectors.models.checks import point_check
from sectors.scope import Scope

from .visibility import may_read


class ReceivedVia(models.TextChoices):
    """How the concern came in."""

    API = "api", _("programming interface")
    WEB = "web", _("web page")
    PHONE = "telephone", _("phone")
    COUNTER = "accueil", _("reception desk")
    MEETING = "reunion", _("meeting")


class Position(models.TextChoices):
    """How precisely a reader is told where."""

    EXACT = "exact"
    STREET = "street"


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Questions about concerns."""

    def visible_to(self, scope: Scope) -> Self:
        """The concerns this person may see at all, in full or in part. Anything else is foreign: it does not exist."""
        return self.filter(may_read(scope))

    def open(self) -> Self:
        """The concerns still waiting for something."""
        return self.filter(status__in=sorted(OPEN))

    def standing(self) -> Self:
        """Those dealt with as themselves, and not within another: what work lists, counters and reminders are about."""
        return self.filter(merged_into__isnull=True)

    def on_desk(self) -> Self:
        """What waits for the desk: the open concerns, and those whose reporter has written and waits for a word."""
        return self.standing().filter(models.Q(status__in=sorted(OPEN)) | models.Q(replied_at__isnull=False))

    def overdue(self, at: datetime) -> Self:
        """The open concerns whose answer was due before this moment."""
        return self.open().filter(due_at__lte=overdue_bound(at))


class Incident(models.Model):
    """A concern: a place and a problem, never a person. Its history is in Routing and StatusChange.

    An index is paid by every report: there are those that a list or a right is found by, and no others.
    """

    reference = models.CharField(max_length=9)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="incidents", db_index=False)
    location = models.PointField(srid=4326)
    # Where those who may know the street and not the door are shown it: computed once, so that it never wanders. It is
    # looked for by the index of `location`, which is less than 20 m away.
    street_location = models.PointField(srid=4326, spatial_index=False)
    accuracy_m = models.FloatField(null=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="incidents", db_index=False)
    description = models.CharField(max_length=1000)
    occurred_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField()
    external_reference = models.CharField(max_length=100, blank=True)
    received_via = models.CharField(max_length=10, choices=ReceivedVia.choices)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="incidents")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="incidents", db_index=False)
    status = models.CharField(max_length=20, default="signalee")
    outcome = models.CharField(max_length=20)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, related_name="incidents")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="incidents", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="incidents", db_index=False)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, related_name="incidents", db_index=False)
    co_readers = ArrayField(models.CharField(max_length=80), default=list)
    co_reader_posts = ArrayField(models.BigIntegerField(), default=list)
    border = models.BooleanField(default=False)
    reason = models.JSONField(default=dict)
    due_on = models.DateField()
    due_at = models.DateTimeField()
    # Until when a concern that no sector took must be handed on; null for the others.
    triage_due_at = models.DateTimeField(null=True)
    # Until when somebody must have taken it in charge; it counts while nobody has (`workflow.UNTAKEN`).
    taken_due_at = models.DateTimeField(null=True)
    # Of one that was settled and is open again: until when nobody is told that it is late; null for the others.
    rests_until = models.DateField(null=True)
    policy_version = models.CharField(max_length=40)
    updated_at = models.DateTimeField(db_default=Now())
    # Since when its reporter waits for a word: until then it is on the desk, whatever its status.
    replied_at = models.DateTimeField(null=True)
    # The concern within which this one is dealt with: one that is itself in no other.
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="group", db_index=False)
    # Other organisations that reported the same or said so.
    support_count = models.PositiveIntegerField(default=0, db_default=0)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = (
            # As a constraint, and not on the field: that would bring an index for LIKE besides.
            models.UniqueConstraint(fields=["reference"], name="incident_reference"),
            point_check("incident", "location"),
            point_check("incident", "street_location"),
            models.CheckConstraint(
                name="incident_accuracy",
                condition=models.Q(accuracy_m__isnull=True) | models.Q(accuracy_m__gte=0, accuracy_m__lte=100_000),
            ),
            models.CheckConstraint(
                name="incident_not_in_itself",
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
            ),
        )
        indexes = (
            models.Index(fields=["post", "due_at"], name="incident_open", condition=models.Q(status__in=sorted(OPEN))),
            # Empty for a concern just reported: no report pays for these two.
            models.Index(
                fields=["post", "replied_at"],
                name="incident_replied",
                condition=models.Q(replied_at__isnull=False),
            ),
            models.Index(fields=["merged_into"], name="incident_merged", condition=models.Q(merged_into__isnull=False)),
            models.Index(fields=["partner", "id"], name="incident_partner"),
            models.Index(fields=["post", "id"], name="incident_post"),
            models.Index(fields=["commune", "id"], name="incident_commune"),
            models.Index(fields=["updated_at"], name="incident_updated"),
            GinIndex(fields=["co_reader_posts"], name="incident_co_readers"),
        )

    def __str__(self) -> str:
        return self.reference
