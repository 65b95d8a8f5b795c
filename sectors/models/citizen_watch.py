"""Citizen watch (participation citoyenne): the protocols that communes have signed, as numbers and never as names."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from .checks import geometry_checks, metres
from .territory import Commune, Territory


class CitizenWatchState(models.TextChoices):
    """How far a protocol has come."""

    PREPARED = "en_preparation", _("in preparation")
    SIGNED = "signe", _("signed")
    IN_FORCE = "en_vigueur", _("in force")
    TO_RENEW = "a_renouveler", _("to be renewed")
    CLOSED = "clos", _("closed")


class CitizenWatchQuerySet(models.QuerySet["CitizenWatch"]):
    """Protocols."""

    def told(self) -> CitizenWatchQuerySet:
        """Those that anybody may know of: once they are signed."""
        return self.exclude(state=CitizenWatchState.PREPARED)

    def standing(self) -> CitizenWatchQuerySet:
        """Those of them that are not closed."""
        return self.told().exclude(state=CitizenWatchState.CLOSED)


class CitizenWatch(models.Model):
    """One protocol of a commune; without an area of its own it holds in the whole commune.

    It is signed for so many years, and with `tacit` goes on for as many more each time. What nobody has published is
    null: the day, the next review, how many volunteers there are.
    """

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="citizen_watches")
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="citizen_watches")
    code = models.SlugField(max_length=80, unique=True)
    state = models.CharField(max_length=14, choices=CitizenWatchState.choices)
    signed_on = models.DateField(null=True)
    years = models.PositiveSmallIntegerField(default=3)
    tacit = models.BooleanField(default=True)
    review_on = models.DateField(null=True)
    volunteers = models.PositiveSmallIntegerField(null=True)
    area = models.MultiPolygonField(srid=4326, null=True)
    area_m = metres("area", models.MultiPolygonField)
    source = models.CharField(max_length=160, blank=True)

    objects = CitizenWatchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code"]
        constraints = (
            *geometry_checks("citizen_watch", "area"),
            models.CheckConstraint(name="citizen_watch_state", condition=models.Q(state__in=CitizenWatchState.values)),
            models.CheckConstraint(name="citizen_watch_years", condition=models.Q(years__range=(1, 10))),
        )

    def __str__(self) -> str:
        return self.code
