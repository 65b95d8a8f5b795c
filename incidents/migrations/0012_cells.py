"""The cell of the public grid is kept with each decision, as the place was when it was taken."""

from django.db import migrations, models

# As `positions.cell_of` does; a history that is never changed is completed by the owner alone.
FILL = """
SET LOCAL psq_geo.purge = 'on';
UPDATE incidents_routing SET cell_x = floor(ST_X(metres) / 200), cell_y = floor(ST_Y(metres) / 200)
FROM (
  SELECT id, ST_Transform(location, 2154) AS metres FROM incidents_routing
  WHERE ST_Y(location) BETWEEN -80 AND 80
) AS placed
WHERE placed.id = incidents_routing.id AND abs(ST_X(metres)) < 1e9 AND abs(ST_Y(metres)) < 1e9;
SET LOCAL psq_geo.purge = '';
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0011_drafts")]
    operations = [
        migrations.AddField("routing", "cell_x", models.IntegerField(null=True)),
        migrations.AddField("routing", "cell_y", models.IntegerField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
