"""The map: dated editions of the sectors, and the agreements on their borders."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.utils.translation import gettext_lazy as _

from .checks import geometry_checks, metres
from .moments import DatedQuerySet
from .territory import Commune, Post, Territory


class Edition(models.Model):
    """A dated set of sectors of one territory; a draft has no dates yet. Never two in force at once."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="editions")
    code = models.CharField(max_length=40, unique=True)
    validity = DateTimeRangeField(null=True)  # type: ignore[misc] # the stubs know no empty range field
    note = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="edition_one_in_force",
                expressions=[("territory", RangeOperators.EQUAL), ("validity", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(name="edition_dates", condition=~models.Q(validity__isempty=True)),
        )

    def __str__(self) -> str:
        return self.code


class SectorQuerySet(models.QuerySet["Sector"]):
    """Questions about sectors."""

    def in_force(self, at: datetime) -> Self:
        """The sectors of the editions in force at this moment."""
        return self.filter(edition__validity__contains=at)


class Sector(models.Model):
    """One sector in one edition: an area in EPSG:4326, and the post that answers for it."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="sectors")
    code = models.SlugField(max_length=80)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, related_name="sectors")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="sectors")
    priority = models.PositiveSmallIntegerField(default=100, help_text=_("The lower one wins where several cover."))
    area = models.MultiPolygonField(srid=4326)
    area_m = metres("area", models.MultiPolygonField)
    source = models.CharField(max_length=160, blank=True)

    objects = SectorQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = (
            models.UniqueConstraint(fields=["edition", "code"], name="sector_code_unique"),
            *geometry_checks("sector", "area"),
        )
        indexes = (GistIndex(fields=["area_m"], name="sector_area_m"),)

    def __str__(self) -> str:
        return self.name


class BorderAgreement(models.Model):
    """A line or a small polygon for which one sector answers whatever the areas say, on dates and for a reason."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="agreements")
    code = models.SlugField(max_length=80, unique=True)
    sector_code = models.SlugField(max_length=80, help_text=_("Code of the responsible sector, in any edition."))
    location = models.GeometryField(srid=4326)
    location_m = metres("location", models.GeometryField)
    reach_m = models.FloatField(default=0.0, help_text=_("How far a line reaches on each side, in metres."))
    reason_fr = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)
    validity = DateTimeRangeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = (
            *geometry_checks("agreement", "location"),
            models.CheckConstraint(name="agreement_reach", condition=models.Q(reach_m__gte=0, reach_m__lte=200)),
            models.CheckConstraint(name="agreement_dates", condition=models.Q(validity__isempty=False)),
        )
        indexes = (GistIndex(fields=["location_m"], name="agreement_location_m"),)

    def __str__(self) -> str:
        return self.code


class MapVersion(models.Model):
    """One row that counts the changes of the map, its posts and its people: what is read from memory asks it."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
