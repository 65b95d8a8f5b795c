"""The clock of acceptance, and the rungs of the ladder that were reached."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0007_standard_answer"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="taken_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("reminder", "REMINDER"),
                            ("overdue", "OVERDUE"),
                            ("direction", "DIRECTION"),
                            ("untaken", "UNTAKEN"),
                            ("triage", "TRIAGE"),
                        ],
                        max_length=10,
                    ),
                ),
                ("days", models.PositiveSmallIntegerField()),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("policy_version", models.CharField(max_length=40)),
                (
                    "incident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="escalations",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "step", "days", "day"), name="escalation_once")
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER psq_append_only BEFORE UPDATE OR DELETE ON incidents_escalation"
            " FOR EACH ROW EXECUTE FUNCTION psq_append_only()",
            "DROP TRIGGER psq_append_only ON incidents_escalation",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER psq_never_truncated BEFORE TRUNCATE ON incidents_escalation"
            " FOR EACH STATEMENT EXECUTE FUNCTION psq_never_truncated()",
            "DROP TRIGGER psq_never_truncated ON incidents_escalation",
        ),
    ]
