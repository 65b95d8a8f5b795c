"""The map: dated editions of the sectors, and the agreements on their borders."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .checks import geometry_checks, metres
from .moments import DatedQuerySet
from .territory import Commune, Post, Territory


class EditionQuerySet(DatedQuerySet):
    """Questions about editions."""

    def drafts(self) -> Self:
        """Those still being drawn: without dates, and not given up."""
        return self.filter(validity__isnull=True, abandoned_at__isnull=True)


class EditionState(models.TextChoices):
    """How far an edition has come. What is changed after it was checked is a draft again."""

    DRAFT = "draft", _("draft")
    CHECKED = "checked", _("checked")
    PREVIEWED = "previewed", _("previewed")
    DATED = "dated", _("with its dates")
    ABANDONED = "abandoned", _("given up")


class Edition(models.Model):
    """A dated set of sectors of one territory; a draft has no dates yet. Never two in force at once.

    `number` counts the changes of a draft; what was looked at is looked at as it stood at one number.
    """

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="editions")
    code = models.CharField(max_length=40, unique=True)
    validity = DateTimeRangeField(null=True)  # type: ignore[misc] # the stubs know no empty range field
    note = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    number = models.PositiveIntegerField(default=0, db_default=0)
    checked_number = models.PositiveIntegerField(null=True)
    previewed_number = models.PositiveIntegerField(null=True)
    # From then on its sectors are sealed: the database takes no change of them.
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # From then on those of an edition that a territory's file brought are sealed too; what they are called is mended.
    sealed_at = models.DateTimeField(null=True)
    # References of the open concerns that stay with the post that has them.
    kept = ArrayField(models.CharField(max_length=9), default=list, db_default=[])
    abandoned_at = models.DateTimeField(null=True)
    # When the open concerns were given to those who answer for them under it.
    applied_at = models.DateTimeField(null=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="edition_one_in_force",
                expressions=[("territory", RangeOperators.EQUAL), ("validity", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(name="edition_dates", condition=~models.Q(validity__isempty=True)),
            models.CheckConstraint(
                name="edition_approved_is_dated",
                condition=models.Q(approved_at__isnull=True)
                | models.Q(validity__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="edition_abandoned_is_undated",
                condition=models.Q(abandoned_at__isnull=True) | models.Q(validity__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> EditionState:
        """How far it has come; by its number, a draft that was changed since is neither checked nor previewed."""
        reached = (
            (EditionState.ABANDONED, self.abandoned_at is not None),
            (EditionState.DATED, self.validity is not None),
            (EditionState.PREVIEWED, self.previewed_number == self.number),
            (EditionState.CHECKED, self.checked_number == self.number),
        )
        return next((state for state, holds in reached if holds), EditionState.DRAFT)


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
    version = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("The number of its draft when it was last drawn.")
    )

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
