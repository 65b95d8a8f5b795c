"""A territory and who is competent in it: its settings, services, posts, holders and communes."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .checks import geometry_checks, metres
from .moments import DatedQuerySet


class NearbyNatures(models.TextChoices):
    """Which concerns near a new one may be the same thing."""

    ANY = "any", _("of any nature")
    FAMILY = "family", _("of the same family of natures")
    SAME = "same", _("of the same nature")


class Territory(models.Model):
    """What one installation serves as one: a département's police, with its rules as data."""

    code = models.CharField(max_length=20, unique=True)
    name_fr = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    rank = models.PositiveSmallIntegerField(default=0, help_text=_("The installation's first takes what is outside."))
    departments = models.JSONField(default=list, help_text=_("Codes of its départements."))
    tolerance_m = models.FloatField(default=25.0)
    days = models.PositiveSmallIntegerField(default=30)
    triage_days = models.PositiveSmallIntegerField(default=2)
    taken_days = models.PositiveSmallIntegerField(default=3, db_default=3)
    offer_days = models.PositiveSmallIntegerField(default=3, db_default=3)
    holiday_zone = models.CharField(max_length=20, blank=True)
    reminders = models.JSONField(default=list)
    policy_version = models.CharField(max_length=40)
    publish_names = models.BooleanField(default=False)
    nearby_m = models.FloatField(default=100.0)
    nearby_days = models.PositiveSmallIntegerField(default=30)
    nearby_natures = models.CharField(
        max_length=8, choices=NearbyNatures.choices, default=NearbyNatures.ANY, db_default=NearbyNatures.ANY
    )
    # How long data is kept. The law sets the longest; a territory may choose less.
    contact_days = models.PositiveSmallIntegerField(default=30, db_default=30)
    text_years = models.PositiveSmallIntegerField(default=3, db_default=3)
    log_years = models.PositiveSmallIntegerField(default=3, db_default=3)
    is_demonstration = models.BooleanField(default=False)
    # What its problems are measured by (`territory_tables.CriterionEntry`), in the order of its file.
    criteria = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    rules_kept_here = models.BooleanField(
        default=False, db_default=False, help_text=_("Its deadlines were set on the screens: its file leaves them.")
    )
    triage_post = models.ForeignKey("sectors.Post", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["rank", "code"]
        constraints = (
            models.CheckConstraint(
                name="territory_tolerance", condition=models.Q(tolerance_m__gt=0, tolerance_m__lte=500)
            ),
            models.CheckConstraint(
                name="territory_nearby_natures", condition=models.Q(nearby_natures__in=NearbyNatures.values)
            ),
            models.CheckConstraint(
                name="territory_retention",
                condition=models.Q(contact_days__range=(1, 30), text_years__range=(1, 3), log_years__range=(1, 3)),
            ),
        )

    def __str__(self) -> str:
        return self.name_fr


class Force(models.TextChoices):
    """Which force is competent in a commune, as the official file codes it."""

    POLICE = "PN", _("national police")
    GENDARMERIE = "GN", _("gendarmerie")


class Unit(models.Model):
    """A service: a police circonscription, a gendarmerie group or brigade, the département's direction."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="units")
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    force = models.CharField(max_length=2, choices=Force.choices)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return self.name


class PostKind(models.TextChoices):
    """What a post answers for."""

    SECTOR = "sector", _("référent of a sector")
    DESK = "desk", _("desk of a circonscription")
    GENDARMERIE = "gendarmerie", _("gendarme référent")
    TRIAGE = "triage", _("triage of the direction")


class Post(models.Model):
    """A post of référent, desk or triage: what a concern is given to, whoever holds it that day."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=PostKind.choices)
    label_fr = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return self.label_fr


class Holding(models.Model):
    """Who holds a post on which dates; a stand-in takes precedence for the time of the absence."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="holdings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings")
    validity = DateTimeRangeField()
    stand_in = models.BooleanField(default=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="holding_one_at_once",
                expressions=[
                    ("post", RangeOperators.EQUAL),
                    (Cast("stand_in", models.IntegerField()), RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="holding_dates", condition=models.Q(validity__isempty=False)),
        )

    def __str__(self) -> str:
        return f"{self.post} – {self.user}"


class Commune(models.Model):
    """A commune by its INSEE code, with the town hall's public contact."""

    code = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=120)
    department = models.CharField(max_length=3, db_index=True)
    territory = models.ForeignKey(Territory, on_delete=models.SET_NULL, null=True, related_name="communes")
    area = models.MultiPolygonField(srid=4326)
    area_m = metres("area", models.MultiPolygonField)
    population = models.PositiveIntegerField(null=True)
    town_hall_phone = models.CharField(max_length=60, blank=True)
    town_hall_email = models.CharField(max_length=254, blank=True)
    source = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = geometry_checks("commune", "area")
        indexes = (GistIndex(fields=["area_m"], name="commune_area_m"),)

    def __str__(self) -> str:
        return self.name


class Competence(models.Model):
    """Which force, unit and post a commune belongs to, on which dates."""

    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="competences")
    force = models.CharField(max_length=2, choices=Force.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="competences")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="competences")
    validity = DateTimeRangeField()
    source = models.CharField(max_length=160, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="competence_one_at_once",
                expressions=[("commune", RangeOperators.EQUAL), ("validity", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(name="competence_dates", condition=models.Q(validity__isempty=False)),
        )

    def __str__(self) -> str:
        return f"{self.commune} {self.force}"
