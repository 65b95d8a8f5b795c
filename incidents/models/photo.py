"""A photo of a place: its file lies outside the database, under a name that says nothing."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import User
from incidents.photos import MOST_PHOTOS

from .incident import Incident
from .of_concerns import PhotoQuerySet
from .remark import Remark


class Photo(models.Model):
    """A JPEG written anew by `incidents.photos`; `key` names its file and its address, and cannot be guessed."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="photos")
    # With which remark it came; none for those of the concern itself.
    remark = models.ForeignKey(Remark, on_delete=models.CASCADE, null=True, related_name="photos", db_index=False)
    rank = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=32, unique=True)
    digest = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    objects = PhotoQuerySet.as_manager()

    class Meta:
        constraints = (
            # Three at most, whoever adds them at the same time.
            models.UniqueConstraint(
                fields=["incident", "rank"], name="photo_rank", condition=models.Q(remark__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["remark", "rank"], name="photo_rank_of_remark", condition=models.Q(remark__isnull=False)
            ),
            models.CheckConstraint(name="photo_rank_range", condition=models.Q(rank__gte=1, rank__lte=MOST_PHOTOS)),
            models.UniqueConstraint(
                fields=["incident", "digest"], name="photo_once", condition=models.Q(remark__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["remark", "digest"], name="photo_once_in_remark", condition=models.Q(remark__isnull=False)
            ),
            models.CheckConstraint(name="photo_key", condition=models.Q(key__regex="^[0-9a-f]{32}$")),
        )

    def __str__(self) -> str:
        return f"{self.incident_id} {self.rank}"
