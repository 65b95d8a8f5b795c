"""A problem of a sector as it stands now, the concerns that it is about, and its history."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from incidents.deadlines import overdue_bound
from incidents.models import Incident
from partnership.life import AWAITED, OPEN, PROPOSED, SUSPENSION_REASONS, Outcome, State, values
from partnership.severity import Recurrence, Severity
from sectors.models import Commune, Partner, Post, Territory
from sectors.models.checks import geometry_checks, metres
from sectors.scope import Scope

from .visibility import may_read, may_see

LONGEST_TITLE = 160
LONGEST_TEXT = 4000
LONGEST_REASON = 500


class Origin(models.TextChoices):
    """Who brought the problem to the group."""

    REFERENT = "referent", _("the référent")
    PARTNER = "partenaire", _("a partner")
    MAYOR = "maire", _("a mayor")
    SUGGESTED = "suggestion", _("a suggestion made from concerns")


class ProblemQuerySet(models.QuerySet["Problem"]):
    """Questions about problems."""

    def visible_to(self, scope: Scope) -> Self:
        """The problems this person may see at all: their state and result. Anything else does not exist."""
        return self.filter(may_see(scope))

    def read_by(self, scope: Scope) -> Self:
        """Those whose texts they may read: the group's members and the direction, and no mayor."""
        return self.filter(may_read(scope))

    def open(self) -> Self:
        """The problems that are neither closed nor turned down."""
        return self.filter(state__in=values(OPEN))

    def overdue(self, at: datetime) -> Self:
        """Those whose answer is waited for and was due before this moment."""
        return self.filter(state__in=values(AWAITED), due_at__lte=overdue_bound(at))


class Problem(models.Model):
    """A problem that a group works on: a place and what goes wrong there, never a person.

    Its post says whose it is: the group is the one that the post runs, and the référent whoever holds it that day.
    """

    reference = models.CharField(max_length=9)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="problems")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="problems", db_index=False)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, related_name="problems")
    family = models.SlugField(max_length=60, db_index=False, help_text=_("Family of the natures of concerns."))
    title = models.CharField(max_length=LONGEST_TITLE)
    description = models.CharField(max_length=LONGEST_TEXT, blank=True)
    # Drawn by whoever brings it or by the référent; no problem is retained without it.
    extent = models.MultiPolygonField(srid=4326, null=True)
    extent_m = metres("extent", models.MultiPolygonField)
    state = models.CharField(max_length=20, default=State.SIGNALEE.value)
    result = models.CharField(max_length=24, blank=True, default="", db_default="")
    result_reason = models.CharField(max_length=LONGEST_REASON, blank=True, default="", db_default="")
    recurrence = models.CharField(max_length=12, choices=[(each.value, each.name) for each in Recurrence])
    severity = models.CharField(max_length=8, choices=[(each.value, each.name) for each in Severity])
    origin = models.CharField(max_length=12, choices=Origin.choices)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    # From `retenue` on, by the clock of the territory.
    retained_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    policy_version = models.CharField(max_length=40, blank=True, default="", db_default="")
    closed_at = models.DateTimeField(null=True)
    # Left out of what leaves for the local council (CLSPD).
    confidential = models.BooleanField(default=False, db_default=False)
    updated_at = models.DateTimeField(db_default=Now())

    objects = ProblemQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reference"], name="problem_reference"),
            *geometry_checks("problem", "extent"),
            models.CheckConstraint(name="problem_state", condition=Q(state__in=values(State))),
            models.CheckConstraint(
                name="problem_drawn",
                condition=Q(extent__isnull=False) | Q(state__in=values([*PROPOSED, State.NON_RETENUE, State.ROUVERTE])),
            ),
            models.CheckConstraint(
                name="problem_result",
                condition=Q(state=State.CLOSE.value, result__in=values(Outcome), closed_at__isnull=False)
                | (~Q(state=State.CLOSE.value) & Q(result="", closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="problem_abandoned", condition=~Q(result=Outcome.ABANDONNEE.value) | ~Q(result_reason="")
            ),
            models.CheckConstraint(
                name="problem_due",
                condition=Q(due_on__isnull=False, due_at__isnull=False)
                | Q(state__in=values([*PROPOSED, State.NON_RETENUE]), due_on__isnull=True, due_at__isnull=True),
            ),
        )
        indexes = (
            models.Index(fields=["post", "due_at"], name="problem_post_due"),
            models.Index(fields=["updated_at"], name="problem_updated"),
        )

    def __str__(self) -> str:
        return self.reference


class ProblemConcern(models.Model):
    """A concern in a problem, from `since` until `until`; in one problem at a time."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="concerns")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="problems")
    since = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    until = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (
            models.UniqueConstraint(fields=["incident"], name="problem_concern_once", condition=Q(until__isnull=True)),
            models.CheckConstraint(
                name="problem_concern_dates", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} in {self.problem_id}"


class ProblemChange(models.Model):
    """One move in the life of a problem, by whom and why; written once, with the day that counted after it."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    state_from = models.CharField(max_length=20, blank=True)
    state_to = models.CharField(max_length=20)
    # Nobody's where the clock made it.
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)
    result = models.CharField(max_length=24, blank=True)
    due_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.state_from} → {self.state_to}"


class ProblemSuspension(models.Model):
    """One time that a problem's clock stood still, as `incidents.models.Suspension` is of a concern's."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="suspensions")
    reason = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateField()
    ended_at = models.DateTimeField(null=True)
    resumes_as = models.CharField(max_length=20)
    due_on_before = models.DateField()
    moves_due = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["since", "pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["problem"], name="problem_suspension_one_open", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="problem_suspension_reason", condition=Q(reason__in=SUSPENSION_REASONS)),
        )

    def __str__(self) -> str:
        return f"{self.problem_id} {self.reason} until {self.until}"
