"""Places that people know by name: the public ones of a territory, and those that an organisation keeps for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.gis.db import models

from .checks import point_check
from .partners import Partner
from .territory import Territory

if TYPE_CHECKING:
    from sectors.scope import Scope


class PublicPlace(models.Model):
    """A public place people know by name, offered in the search for a place.

    `source`: the list it came with, "" for the territory's own file. Each list is loaded by itself.
    """

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="places")
    source = models.CharField(max_length=80, blank=True, default="", db_default="")
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=40, blank=True)
    location = models.PointField(srid=4326)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["territory", "source", "code"], name="place_code_unique"),
            point_check("place", "location"),
        )

    def __str__(self) -> str:
        return self.name


class OwnPlaceQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Places of organisations, by who may see them."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the organisations that the person is a member of today."""
        return self.filter(partner__in=scope.partners)


class OwnPlace(models.Model):
    """A place of an organisation (a residence, a stop), offered to its people alone when they report."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="places")
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=40, blank=True)
    location = models.PointField(srid=4326, spatial_index=False)

    objects = OwnPlaceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["partner", "code"], name="own_place_code_unique"),
            point_check("own_place", "location"),
        )

    def __str__(self) -> str:
        return self.name
