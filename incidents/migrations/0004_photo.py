"""Photos, three a concern at most: added, and taken away by the purge alone."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0003_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=32, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("size_bytes", models.PositiveIntegerField()),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="incidents.incident"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "rank"), name="photo_rank"),
                    models.CheckConstraint(
                        condition=models.Q(("rank__gte", 1), ("rank__lte", 3)), name="photo_rank_range"
                    ),
                    models.UniqueConstraint(fields=("incident", "digest"), name="photo_once"),
                    models.CheckConstraint(condition=models.Q(("key__regex", "^[0-9a-f]{32}$")), name="photo_key"),
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER psq_append_only BEFORE UPDATE OR DELETE ON incidents_photo"
            " FOR EACH ROW EXECUTE FUNCTION psq_append_only()",
            "DROP TRIGGER psq_append_only ON incidents_photo",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER psq_never_truncated BEFORE TRUNCATE ON incidents_photo"
            " FOR EACH STATEMENT EXECUTE FUNCTION psq_never_truncated()",
            "DROP TRIGGER psq_never_truncated ON incidents_photo",
        ),
    ]
