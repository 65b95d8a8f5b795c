"""Until when nobody is told that a concern is late that was settled and is open again."""

from django.db import migrations, models

# As the ladder counted so far, so that what was told is not told again under another day.
COUNTED = """
UPDATE incidents_incident AS incident SET rests_until = (taken_due_at AT TIME ZONE 'Europe/Paris')::date
WHERE incident.taken_due_at > incident.due_at AND EXISTS (
  SELECT FROM incidents_statuschange AS moved
  WHERE moved.incident_id = incident.id AND moved.status_from IN ('repondue', 'close', 'non_retenue')
    AND moved.status_to NOT IN ('repondue', 'close', 'non_retenue'))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0017_deed_announcement"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="rests_until",
            field=models.DateField(null=True),
        ),
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop),
    ]
