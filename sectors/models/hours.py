"""When and where the public finds whoever holds a post."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from .territory import Post


class ServiceHours(models.Model):
    """One line of a post's week: `weekday` as ISO counts it (1 is Monday), times of Paris, and where."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    begins = models.TimeField()
    ends = models.TimeField()
    place = models.CharField(max_length=160, blank=True)
    # From when on: a calendar begins there.
    since = models.DateField()

    class Meta:
        ordering: ClassVar = ["weekday", "begins"]
        constraints = (
            models.CheckConstraint(name="hours_weekday", condition=models.Q(weekday__range=(1, 7))),
            models.CheckConstraint(name="hours_order", condition=models.Q(begins__lt=models.F("ends"))),
            models.UniqueConstraint(fields=["post", "weekday", "begins"], name="hours_once"),
        )

    def __str__(self) -> str:
        return f"{self.post_id} {self.weekday} {self.begins:%H:%M}"
