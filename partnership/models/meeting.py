"""A meeting of a group: its agenda, who came, what was decided, and the minutes that stay as they were validated."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import User
from partnership.life import MeetingState, values
from sectors.models import Partner, PartnershipGroup

from .action import Action
from .of_problems import OfGroupQuerySet
from .problem import LONGEST_REASON, LONGEST_TEXT, LONGEST_TITLE, Problem

LONGEST_MINUTES = 20_000


class Meeting(models.Model):
    """A meeting of one group; `sequence` counts what was changed of it, for calendars that have it already."""

    reference = models.CharField(max_length=9)
    group = models.ForeignKey(PartnershipGroup, on_delete=models.PROTECT, related_name="meetings", db_index=False)
    state = models.CharField(max_length=10, default=MeetingState.PLANIFIEE.value)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    # Nobody named: all organisations of the group.
    invited = models.ManyToManyField(Partner, related_name="+")
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    called_at = models.DateTimeField()
    # Why it was called off.
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, default="", db_default="")
    sequence = models.PositiveSmallIntegerField(default=0, db_default=0)
    updated_at = models.DateTimeField(db_default=Now())

    objects = OfGroupQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-begins_at", "-pk"]
        constraints = (
            models.UniqueConstraint(fields=["reference"], name="meeting_reference"),
            models.CheckConstraint(name="meeting_state", condition=Q(state__in=values(MeetingState))),
            models.CheckConstraint(name="meeting_hours", condition=Q(ends_at__gt=F("begins_at"))),
            models.CheckConstraint(name="meeting_called_off", condition=~Q(state="annulee") | ~Q(reason="")),
        )
        indexes = (models.Index(fields=["group", "begins_at"], name="meeting_group"),)

    def __str__(self) -> str:
        return self.reference


class AgendaKind(models.TextChoices):
    """What a point of the agenda is about."""

    PROBLEM = "probleme"
    PROMISE = "promesse"
    SUGGESTION = "suggestion"
    OTHER = "autre"


class AgendaItem(models.Model):
    """One point of an agenda, in the order of `rank`."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=AgendaKind.choices)
    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, null=True, related_name="+")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    title = models.CharField(max_length=LONGEST_TITLE)
    confidential = models.BooleanField(default=False, db_default=False)
    # What was said of it: as confidential as the point.
    note = models.CharField(max_length=LONGEST_TEXT, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["rank", "pk"]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.rank}"


class Presence(models.TextChoices):
    """Whether somebody came."""

    PRESENT = "present"
    LATE = "retard"
    EXCUSED = "excuse"
    ABSENT = "absent"


class Attendance(models.Model):
    """Whether an organisation, or the police where `partner` is null, was there, by how many people and by whom.

    `came` are those of its people who have an account; a name is nowhere copied, so that it leaves with the account.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    presence = models.CharField(max_length=8, choices=Presence.choices)
    people = models.PositiveSmallIntegerField(default=1)
    came = models.ManyToManyField(User, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (
            models.UniqueConstraint(fields=["meeting", "partner"], name="attendance_once", nulls_distinct=False),
        )

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.partner_id} {self.presence}"


class Decision(models.Model):
    """One decision of a meeting; of a problem it becomes an action at once. Written once."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(max_length=LONGEST_TEXT)
    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, null=True, related_name="decisions")
    action = models.OneToOneField(Action, on_delete=models.CASCADE, null=True, related_name="decision")
    confidential = models.BooleanField(default=False, db_default=False)
    # Of the form that it was typed in: sent twice over a bad line, it is one decision.
    key = models.CharField(max_length=40, null=True)  # noqa: DJ001 - none, and not the empty one

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (models.UniqueConstraint(fields=["meeting", "key"], name="decision_once"),)

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.at:%Y-%m-%d %H:%M}"


class Minutes(models.Model):
    """The minutes: a draft until the référent validates it, and from then on changed by nobody.

    `facts` is what they rest on, frozen when they are validated: who came, the agenda, what was decided.
    """

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="minutes")
    text = models.CharField(max_length=LONGEST_MINUTES, blank=True)
    # The text is for the members alone: left out of what leaves for the local council (CLSPD).
    confidential = models.BooleanField(default=False, db_default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    drafted_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    validated_at = models.DateTimeField(null=True)
    validated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="minutes_validated",
                condition=Q(validated_at__isnull=True, validated_by__isnull=True)
                | Q(validated_at__isnull=False, validated_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.meeting_id}"


class Addendum(models.Model):
    """A correction of validated minutes: beside them, with its day; written once."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="addenda")
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(max_length=LONGEST_TEXT)
    confidential = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.at:%Y-%m-%d %H:%M}"
