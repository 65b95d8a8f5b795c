"""What came of a problem: evaluations that are kept as they were computed, and what the partners say of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partnership.evaluation import Displacement
from sectors.models import Partner

from .of_problems import OfProblemQuerySet
from .problem import LONGEST_TEXT, Problem, ProblemChange


class Evaluation(models.Model):
    """One evaluation of a problem; written once. `facts` is described by `partnership.measured`."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="evaluations", db_index=False)
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    facts = models.JSONField()
    # What the ring says, beside whatever result people give.
    displacement = models.CharField(max_length=20, choices=[(each.value, each.name) for each in Displacement])
    # What the group makes of it, in words.
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)

    objects = OfProblemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints = (models.UniqueConstraint(fields=["problem", "version"], name="evaluation_version"),)

    def __str__(self) -> str:
        return f"{self.problem_id} v{self.version}"


class RatingStage(models.TextChoices):
    """When the partners are asked."""

    CLOSING = "closing", _("at the closing")
    LATER = "later", _("sixty days later")


class Rating(models.Model):
    """One partner asked about one closing, and what it answers: from 1, no better, to 4, settled."""

    WORST: ClassVar = 1
    BEST: ClassVar = 4

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="ratings")
    closing = models.ForeignKey(ProblemChange, on_delete=models.CASCADE, related_name="+", db_index=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="ratings", db_index=False)
    stage = models.CharField(max_length=10, choices=RatingStage.choices)
    asked_at = models.DateTimeField()
    grade = models.PositiveSmallIntegerField(null=True)
    comment = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    objects = OfProblemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (
            models.UniqueConstraint(fields=["closing", "partner", "stage"], name="rating_asked_once"),
            models.CheckConstraint(
                name="rating_answered",
                condition=Q(grade__isnull=True, answered_at__isnull=True)
                | Q(grade__range=(1, 4), answered_at__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["asked_at"], name="rating_asked", condition=Q(stage="closing")),)

    def __str__(self) -> str:
        return f"{self.problem_id} {self.partner_id} {self.stage} {self.grade}"
