"""Of which natures what lies near may be the same thing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sectors", "0005_invitation"),
    ]

    operations = [
        migrations.AddField(
            model_name="territory",
            name="nearby_natures",
            field=models.CharField(
                choices=[
                    ("any", "of any nature"),
                    ("family", "of the same family of natures"),
                    ("same", "of the same nature"),
                ],
                db_default="any",
                default="any",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=models.CheckConstraint(
                condition=models.Q(("nearby_natures__in", ["any", "family", "same"])), name="territory_nearby_natures"
            ),
        ),
    ]
