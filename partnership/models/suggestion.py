"""A problem that concerns suggest: made by the clock, decided on by the référent, and kept with the decision."""

from __future__ import annotations

from typing import Self

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import relations
from sectors.models import Post, Territory
from sectors.models.checks import geometry_checks, metres
from sectors.scope import Scope

from .problem import LONGEST_REASON, Problem
from .visibility import reached


class Fate(models.TextChoices):
    """What became of a suggestion."""

    WAITING = "proposee", _("to be looked at")
    ACCEPTED = "acceptee", _("made a problem")
    MERGED = "rattachee", _("joined to a problem")
    DISMISSED = "ecartee", _("set aside")


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Questions about suggestions."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the posts that this person runs a group with: nobody else is told before there is a problem."""
        return self.filter(reached(scope, relations(scope.roles, "run_problem")))

    def waiting(self) -> Self:
        """Those that nobody has decided on."""
        return self.filter(fate=Fate.WAITING)


class Suggestion(models.Model):
    """Concerns of one post and family that keep coming back at one place, and why that is said (`facts`)."""

    reference = models.CharField(max_length=9)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="suggestions", db_index=False)
    family = models.SlugField(max_length=60, db_index=False)
    # Keys of the concerns; one that is forgotten later stays a number that leads nowhere.
    concerns = ArrayField(models.BigIntegerField())
    extent = models.MultiPolygonField(srid=4326, spatial_index=False)
    extent_m = metres("extent", models.MultiPolygonField)
    facts = models.JSONField()
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    fate = models.CharField(max_length=10, choices=Fate.choices, default=Fate.WAITING)
    # Of one that came back: what was set aside before.
    earlier = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    problem = models.ForeignKey(Problem, on_delete=models.SET_NULL, null=True, related_name="suggestions")
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reference"], name="suggestion_reference"),
            *geometry_checks("suggestion", "extent"),
            models.CheckConstraint(
                name="suggestion_settled",
                condition=Q(fate="proposee", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(fate="proposee") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(name="suggestion_reason", condition=~Q(fate="ecartee") | ~Q(reason="")),
        )
        indexes = (models.Index(fields=["post", "family"], name="suggestion_post"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def count(self) -> int:
        """Of how many concerns."""
        return len(self.concerns)
