"""Sectors and concerns, each one table."""

from django.contrib.gis.db import models


class Sector(models.Model):
    """A sector and its référent."""

    code = models.TextField()
    name = models.TextField()
    referent = models.TextField()
    email = models.TextField()
    phone = models.TextField()
    commune_code = models.TextField()
    active = models.BooleanField(default=True)
    area = models.MultiPolygonField()

    objects: models.Manager["Sector"] = models.Manager()

    class Meta:
        app_label = "textbook"
        managed = False
        db_table = "sector"

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune."""

    code = models.TextField()
    name = models.TextField()
    territory = models.TextField()
    competence = models.TextField(null=True)
    unit = models.TextField(null=True)
    area = models.MultiPolygonField()

    objects: models.Manager["Commune"] = models.Manager()

    class Meta:
        app_label = "textbook"
        managed = False
        db_table = "commune"

    def __str__(self) -> str:
        return self.name


class Incident(models.Model):
    """A concern."""

    reference = models.TextField(blank=True, null=True)
    category = models.TextField()
    status = models.TextField(default="signalee")
    description = models.TextField()
    reporter = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    location = models.PointField()
    sector = models.ForeignKey(Sector, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects: models.Manager["Incident"] = models.Manager()

    class Meta:
        app_label = "textbook"
        managed = False
        db_table = "incident"

    def __str__(self) -> str:
        return str(self.reference)
