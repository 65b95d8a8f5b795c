"""Contacts kept for days, figures kept for good; and the history is truncated by nobody."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


def never_truncated(table):
    return migrations.RunSQL(
        f"CREATE TRIGGER psq_never_truncated BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION psq_never_truncated()",
        f"DROP TRIGGER psq_never_truncated ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_retention"),
        ("incidents", "0002_append_only"),
        ("sectors", "0003_retention"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReporterContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=120)),
                ("phone", models.CharField(blank=True, max_length=30)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reporter_contact",
                        to="incidents.incident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StatisticalRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reported_on", models.DateField(db_index=True)),
                ("due_on", models.DateField()),
                ("settled_on", models.DateField()),
                ("result", models.CharField(max_length=20)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sectors.category"
                    ),
                ),
                (
                    "sector",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sectors.sector"
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sectors.territory"
                    ),
                ),
            ],
        ),
        never_truncated("incidents_routing"),
        never_truncated("incidents_statuschange"),
    ]
