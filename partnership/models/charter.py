"""What a group has agreed to be bound by: a text of its own, kept by versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User
from sectors.models import PartnershipGroup

from .of_problems import OfGroupQuerySet
from .problem import LONGEST_TEXT


class Charter(models.Model):
    """One version of a group's charter, with its day; written once, and the last one holds."""

    group = models.ForeignKey(PartnershipGroup, on_delete=models.CASCADE, related_name="charters", db_index=False)
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(max_length=LONGEST_TEXT)

    objects = OfGroupQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints = (models.UniqueConstraint(fields=["group", "version"], name="charter_version"),)

    def __str__(self) -> str:
        return f"{self.group_id} v{self.version}"
