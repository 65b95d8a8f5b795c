"""Answers written once for many concerns: texts with variables, of a territory, for one category or for all."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language

from sectors.models import Category, Territory


class StandardAnswerQuerySet(models.QuerySet["StandardAnswer"]):
    """Standard answers, by what they are for."""

    def offered(self, territory: int, category: int) -> models.QuerySet[StandardAnswer]:
        """Those offered for a concern of this category: its own first, then those for all."""
        fitting = models.Q(category=category) | models.Q(category__isnull=True)
        rows = self.filter(fitting, territory=territory, is_active=True)
        return rows.order_by(models.F("category").asc(nulls_last=True), "rank", "pk")


class StandardAnswer(models.Model):
    """A text to begin an answer from; its variables (`incidents.standard_answers`) are filled in on the desk.

    Without an English text the French one serves.
    """

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="standard_answers")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    title_fr = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    text_fr = models.CharField(max_length=4000)
    text_en = models.CharField(max_length=4000, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = StandardAnswerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["rank", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language."""
        return self.title_en if get_language() == "en" and self.title_en else self.title_fr

    @property
    def text(self) -> str:
        """The text in the active language."""
        return self.text_en if get_language() == "en" and self.text_en else self.text_fr
