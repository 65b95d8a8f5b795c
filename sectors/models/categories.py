"""The nature of a concern, and the rules that send one nature to one post: data of the territory."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from .territory import Commune, Post, Territory


class Category(models.Model):
    """One nature of concern, in a family; codes are stable and never reused."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="categories")
    code = models.SlugField(max_length=60)
    family = models.SlugField(max_length=60)
    family_fr = models.CharField(max_length=120)
    family_en = models.CharField(max_length=120)
    label_fr = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160)
    rank = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    is_frequent = models.BooleanField(default=False)
    asked_by = models.CharField(
        max_length=13, blank=True, default="", db_default="", help_text=_("The role it is for; empty for everybody.")
    )
    kept_here = models.BooleanField(
        default=False, db_default=False, help_text=_("Made or changed on the screens: the territory's file leaves it.")
    )

    class Meta:
        ordering: ClassVar = ["rank"]
        constraints = (models.UniqueConstraint(fields=["territory", "code"], name="category_code_unique"),)

    def __str__(self) -> str:
        return self.label_fr


class CategoryRule(models.Model):
    """Concerns of this category in this commune (or in the whole territory) go to this post."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="category_rules")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="rules")
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, null=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    reason_fr = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["category", "commune"], name="category_rule_once", nulls_distinct=False),
        )

    def __str__(self) -> str:
        return f"{self.category} → {self.post}"
