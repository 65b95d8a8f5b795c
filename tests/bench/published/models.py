"""The concerns as one plain table."""

from django.contrib.gis.db import models


class Concern(models.Model):
    """What a concern is published as."""

    reference = models.TextField()
    status = models.TextField()
    category = models.TextField()
    outcome = models.TextField()
    reason = models.TextField()
    sector = models.TextField(null=True)
    post = models.TextField(null=True)
    unit = models.TextField(null=True)
    partner = models.TextField(null=True)
    month = models.TextField()
    reported_at = models.DateTimeField()
    due_on = models.DateField()
    overdue = models.BooleanField()
    updated_at = models.DateTimeField()
    suspended_until = models.DateField(null=True)
    supports = models.IntegerField()
    position = models.TextField()
    location = models.PointField()

    objects: models.Manager["Concern"] = models.Manager()

    class Meta:
        app_label = "published"
        managed = False
        db_table = "concern"

    def __str__(self) -> str:
        return str(self.reference)
