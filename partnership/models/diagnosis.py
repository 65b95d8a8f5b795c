"""The shared diagnosis of a problem: what each partner contributes, the texts kept, and who signed which."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sectors.models import Partner

from .of_problems import OfProblemQuerySet
from .problem import LONGEST_TEXT, Problem

LONGEST_DIAGNOSIS = 20_000


class Phase(models.TextChoices):
    """The part of the method (SARA) that a contribution is to."""

    SCAN = "reperage", _("scanning: what happens, where, since when")
    ANALYSE = "analyse", _("analysis: why it happens there")
    RESPOND = "reponse", _("response: what could be done")
    ASSESS = "evaluation", _("assessment: what came of it")


class Contribution(models.Model):
    """What one partner, or the police where `partner` is null, brings to the diagnosis; written once."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="contributions")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    phase = models.CharField(max_length=10, choices=Phase.choices)
    text = models.CharField(max_length=LONGEST_TEXT)

    objects = OfProblemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.phase} {self.at:%Y-%m-%d %H:%M}"


class Diagnosis(models.Model):
    """One version of the shared text, with the facts as they were computed that day; kept and never changed."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="diagnoses")
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(max_length=LONGEST_DIAGNOSIS)
    facts = models.JSONField(default=dict)

    objects = OfProblemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints = (models.UniqueConstraint(fields=["problem", "version"], name="diagnosis_version"),)

    def __str__(self) -> str:
        return f"{self.problem_id} v{self.version}"


class CoSignature(models.Model):
    """A partner, by one of its people and on a day, signs one version of the diagnosis; for the police it is null."""

    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.CASCADE, related_name="signatures")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints = (
            models.UniqueConstraint(fields=["diagnosis", "partner"], name="signature_once", nulls_distinct=False),
        )

    def __str__(self) -> str:
        return f"{self.diagnosis_id} {self.partner_id}"
