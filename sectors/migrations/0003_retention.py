"""How long a territory keeps data."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sectors", "0002_map_version"),
    ]

    operations = [
        migrations.AddField(
            model_name="territory",
            name="contact_days",
            field=models.PositiveSmallIntegerField(db_default=30, default=30),
        ),
        migrations.AddField(
            model_name="territory",
            name="log_years",
            field=models.PositiveSmallIntegerField(db_default=3, default=3),
        ),
        migrations.AddField(
            model_name="territory",
            name="text_years",
            field=models.PositiveSmallIntegerField(db_default=3, default=3),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contact_days__range", (1, 30)), ("log_years__range", (1, 3)), ("text_years__range", (1, 3))
                ),
                name="territory_retention",
            ),
        ),
    ]
