"""Concerns as those see them who are told the least: by their reference, at the street."""

from __future__ import annotations

from typing import Self

from django.contrib.gis.db import models

from sectors.models import Category
from sectors.scope import Scope

from .incident import Incident


class IncidentAtStreetQuerySet(models.QuerySet["IncidentAtStreet"]):
    """Who sees which."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the concerns that this person may see anything of."""
        return self.filter(reference__in=Incident.objects.visible_to(scope).values("reference"))


class IncidentAtStreet(models.Model):
    """A concern named by its reference, for programs that print a row's key: the other key counts what is reported."""

    reference = models.CharField(max_length=9, primary_key=True)
    status = models.CharField(max_length=20)
    category = models.ForeignKey(Category, on_delete=models.DO_NOTHING, related_name="+")
    street_location = models.PointField(srid=4326)

    objects = IncidentAtStreetQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "incidents_incident"

    def __str__(self) -> str:
        return self.reference
