"""What an administrator announces on the first pages of the people of a territory, on certain days."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sectors.models import Territory

LONGEST_ANNOUNCEMENT = 600


class Audience(models.TextChoices):
    """On whose first page it stands."""

    EVERYBODY = "everybody", _("référents and partners")
    DESK = "desk", _("référents and the direction")
    REPORTERS = "reporters", _("partners and mayors")


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Announcements, by where and when they are read."""

    def read_by(self, audience: str, territory: int | None, on: date) -> QuerySet[Announcement]:
        """Those for these people of this territory on this day, the latest first."""
        rows = self.filter(territory=territory, audience__in=[audience, Audience.EVERYBODY])
        return rows.filter(since__lte=on, until__gte=on).order_by("-since", "-pk")


class Announcement(models.Model):
    """A short text, from a day to another, both included. Without an English text the French one serves."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="announcements")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    text_fr = models.CharField(max_length=LONGEST_ANNOUNCEMENT)
    text_en = models.CharField(max_length=LONGEST_ANNOUNCEMENT, blank=True)
    since = models.DateField()
    until = models.DateField()

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-since", "-pk"]
        constraints = (
            models.CheckConstraint(name="announcement_audience", condition=Q(audience__in=Audience.values)),
            models.CheckConstraint(name="announcement_days", condition=Q(since__lte=F("until"))),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def language(self) -> str:
        """The language that `text` is in."""
        return "en" if get_language() == "en" and self.text_en else "fr"

    @property
    def text(self) -> str:
        """The text in the active language, where there is one."""
        return self.text_en if self.language == "en" else self.text_fr
